"""What citizens are told about talking to a person: that one will come, has come, goes, or cannot come now."""

from __future__ import annotations

DESK: dict[str, str] = {
    # Asked for, within working hours
    "handoff_live": (
        "Tôi đã báo cho {office}. Cán bộ sẽ trả lời bạn ngay tại đây{usual}. Trong lúc chờ, bạn viết luôn việc cần hỏi"
        " để cán bộ xem trước; tôi vẫn trả lời được các câu hỏi về thủ tục."
    ),
    "handoff_usual": ", thường trong khoảng {minutes} phút",
    # Outside them
    "handoff_closed": (
        "Tôi đã ghi lại là bạn muốn gặp cán bộ. {state} Câu hỏi của bạn được lưu lại để cán bộ xem; trong giờ làm việc,"
        " bạn nhắn “gặp cán bộ” để trò chuyện trực tiếp. Cần ngay, bạn gọi {lines}."
    ),
    # What happens then
    "desk_who": "Cán bộ của {office}",
    "desk_who_named": "Cán bộ {name}",
    "desk_taken": (
        "{who} đã vào trò chuyện với bạn. Từ bây giờ tin nhắn của bạn đến thẳng cán bộ; trợ lý tự động tạm dừng trả"
        " lời."
    ),
    "desk_back": (
        "{who} đã chuyển cuộc trò chuyện về trợ lý tự động. Bạn cứ hỏi tiếp; cần gặp lại, bạn nhắn “gặp cán bộ”."
    ),
    "desk_forwarded": (
        "Cuộc trò chuyện được chuyển đến {to} để trả lời đúng việc của bạn. Những gì bạn đã viết được chuyển theo, bạn"
        " không cần viết lại. Trong lúc chờ, trợ lý tự động trả lời bạn."
    ),
    "desk_colleague": "một cán bộ khác",
    "desk_returned": (
        "Cán bộ chưa trả lời được ngay, nên cuộc trò chuyện được đưa lại vào hàng chờ để cán bộ khác tiếp. Những gì bạn"
        " đã viết vẫn còn. Trong lúc chờ, trợ lý tự động trả lời bạn."
    ),
    "desk_delayed": "Chưa có cán bộ nào vào được. Bạn vẫn ở trong hàng chờ; cần ngay, bạn gọi {lines}.",
    "desk_break": "{state} Bạn vẫn ở trong hàng chờ; cần ngay, bạn gọi {lines}.",
    "desk_out_of_hours": (
        "Hôm nay cán bộ chưa trả lời được bạn. {state} Những gì bạn viết vẫn được lưu; trong giờ làm việc, bạn nhắn"
        " “gặp cán bộ” để trò chuyện trực tiếp. Cần ngay, bạn gọi {lines}."
    ),
    "desk_idle": (
        "Cuộc trò chuyện với cán bộ đã khép lại vì một lúc lâu không có tin mới. Từ bây giờ trợ lý tự động trả lời bạn;"
        " cần gặp lại, bạn nhắn “gặp cán bộ”."
    ),
    "desk_closed": (
        "Cuộc trò chuyện với cán bộ đã kết thúc. Từ bây giờ trợ lý tự động trả lời bạn; cần gặp lại, bạn nhắn “gặp cán"
        " bộ”."
    ),
    "desk_left": "Bạn đã trở lại với trợ lý tự động. Bạn hỏi tiếp nhé; cần gặp lại, bạn nhắn “gặp cán bộ”.",
    "desk_rate": (
        "Bạn hài lòng với cuộc trò chuyện vừa rồi ở mức nào? 1 sao là rất không hài lòng, 5 sao là rất hài lòng."
    ),
    "desk_rated": "Cảm ơn bạn đã đánh giá {rating} sao.",
    "desk_rated_before": "Bạn đã đánh giá cuộc trò chuyện này rồi. Cảm ơn bạn.",
    "desk_stale": "Lựa chọn này không còn dùng được. Bạn cần tôi giúp gì?",
    "desk_lines": "{office}{phone}",
    "button_leave": "Thôi, không chờ nữa",
}
