"""What citizens are told while their ticket lives: notices, answers to their buttons, refusals."""

from __future__ import annotations

LIFE: dict[str, str] = {
    # Parts of sentences
    "due_promise": " Thời hạn xử lý: {due}.",
    "due_none": " Khi có kết quả, tôi sẽ báo bạn tại đây.",
    "somebody": "Nơi xử lý",
    # What happened, and what comes next
    "notice_routed": "Phản ánh {code} đã được chuyển đến {agency}.{due}",
    "notice_started": "{agency} đã bắt đầu xử lý phản ánh {code}.{due}",
    "notice_answered": "Trả lời của {agency} về phản ánh {code}:\n{text}{next}",
    "next_open": "\nViệc xử lý còn tiếp tục; khi xong, tôi sẽ hỏi bạn xác nhận.",
    "next_done": "",
    "notice_question": (
        "{agency} cần bạn cho biết thêm về phản ánh {code}:\n{text}\n"
        "Bạn bấm “Trả lời câu hỏi”, hoặc nhắn câu trả lời tại đây.{pause}"
    ),
    "question_pause": " Thời hạn xử lý tạm dừng đến khi bạn trả lời, nhiều nhất {days} ngày.",
    "notice_done": (
        "{agency} báo đã xử lý xong phản ánh {code}.{text}\nBạn xác nhận giúp: việc đã được giải quyết chưa?"
        " Nếu bạn không trả lời đến hết ngày {until}, phản ánh sẽ được đóng."
    ),
    "notice_confirmed": "Phản ánh {code} đã được xác nhận là xong và đã đóng.",
    "notice_not_solved": "Đã ghi nhận phản ánh {code} chưa được giải quyết xong, {agency} xử lý tiếp.{due}",
    "notice_closed": "Phản ánh {code} đã đóng vì hết thời gian chờ bạn xác nhận.{reopen}",
    "reopen_until": " Nếu việc chưa xong, bạn mở lại được đến hết ngày {until}.",
    "notice_reopened": "Phản ánh {code} đã được mở lại, {agency} xử lý tiếp.{due}",
    "notice_refused": (
        "Phản ánh {code} không được tiếp nhận. Lý do: {text}\nNếu bạn thấy chưa đúng, hãy hỏi {office}{phone}."
    ),
    "notice_escalated": (
        "Phản ánh {code} vượt thẩm quyền nên đã được chuyển cấp trên. Ghi chú: {text}\n"
        "Nơi đó sẽ trả lời bạn; cần biết thêm, bạn hỏi {office}{phone}."
    ),
    "notice_joined": "Phản ánh {code} mà bạn cùng theo dõi: {label}.",
    "filed_due": "Thời hạn xử lý: {due}.\n",
    # Answers to what the citizen does
    "thanks_solved": (
        "Cảm ơn bạn đã xác nhận. Phản ánh {code} đã đóng.{reopen}\nBạn hài lòng với việc xử lý đến mức nào?"
    ),
    "thanks_rated": "Cảm ơn bạn đã đánh giá {rating}/5 cho việc xử lý phản ánh {code}.",
    "unsolved_noted": (
        "Đã ghi nhận: phản ánh {code} chưa được giải quyết xong và đã trả lại cho {agency} xử lý tiếp.{due}"
    ),
    "ask_reopen": "Vì sao bạn muốn mở lại phản ánh {code}?",
    "ask_reason": "Bạn viết giúp vì sao phản ánh {code} cần mở lại. Nếu đổi ý, bạn nhắn “thôi”.",
    "ask_reply": "Bạn viết câu trả lời về phản ánh {code}, tôi chuyển đến cán bộ.{question}",
    "confirm_reply": "Bạn muốn gửi nội dung này đến cán bộ để trả lời câu hỏi về phản ánh {code}?\n“{text}”",
    "words_dropped": "Vâng, tôi chưa gửi gì đến cán bộ. Bạn cần việc khác thì nhắn lại giúp tôi.",
    "words_missing": "Bạn viết giúp bằng chữ.",
    "words_gone": "Tôi không còn giữ nội dung đó. Bạn nhắn lại câu trả lời giúp tôi.",
    "reopened": "Đã mở lại phản ánh {code}, {agency} xử lý tiếp.{due}",
    "reply_noted": "Đã chuyển câu trả lời của bạn về phản ánh {code} đến {agency}.{due}",
    "reply_photo": "(Ảnh kèm theo)",
    "photo_noted": (
        "Đã chuyển ảnh của bạn về phản ánh {code} đến {agency}.{due} Còn ảnh khác thì bạn gửi tiếp tại đây."
    ),
    "linked": "Từ giờ tin về phản ánh {code} cũng được báo tại đây.",
    "reason_undone": "Việc chưa được làm",
    "reason_partly": "Làm chưa xong",
    "reason_again": "Tình trạng tái diễn",
    "reason_other": "Lý do khác",
    # A ticket in "phản ánh của tôi"
    "ticket_due": " Thời hạn: {due}.",
    "ticket_overdue": " Đã quá thời hạn {due}.",
    "ticket_waiting": " Nơi xử lý đang chờ bạn trả lời, thời hạn tạm dừng.",
    "ticket_last": " Gần nhất: {label} lúc {at}{text}.",
    # Buttons
    "button_solved": "Đã xong",
    "button_unsolved": "Chưa xong",
    "button_reopen": "Mở lại",
    "button_reply": "Trả lời câu hỏi",
    "button_reply_send": "Đúng, gửi cho cán bộ",
    "button_new_report": "Báo việc khác",
    "button_reply_drop": "Không, việc khác",
    "button_rate": "{rating} sao",
    # What went wrong, by the error's code
    "error_unknown_ticket": "Mã phản ánh hoặc mã PIN chưa đúng, hoặc đã thử sai nhiều lần. Bạn kiểm tra lại giúp.",
    "error_forbidden": "Bạn không có quyền làm việc này với phản ánh này.",
    "error_unknown_category": "Không có lĩnh vực này.",
    "error_unknown_agency": "Không có đơn vị này.",
    "error_transition": "Phản ánh không chuyển được sang trạng thái này từ trạng thái hiện tại.",
    "error_reason_missing": "Cần ghi lý do.",
    "error_photo_missing": "Lĩnh vực này cần ảnh chụp sau khi xử lý.",
    "error_photos_many": "Phản ánh này đã đủ ảnh. Bạn mô tả thêm bằng chữ giúp.",
    "error_period_over": "Đã hết thời gian xác nhận hoặc mở lại phản ánh này. Nếu việc vẫn còn, bạn gửi phản ánh mới.",
    "error_invalid": "Nội dung chưa hợp lệ.",
    "error_ticket_error": "Chưa làm được việc này với phản ánh.",
}
