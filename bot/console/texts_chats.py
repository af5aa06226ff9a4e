"""What staff read on the pages of live chats."""

from __future__ import annotations

STATES = {"waiting": "đang chờ cán bộ", "taken": "đang trò chuyện với cán bộ", "bot": "đang nói chuyện với bot"}
ENDS = {
    "closed": "cán bộ kết thúc",
    "handed_back": "trả cho bot",
    "idle": "tự khép, lâu không có tin mới",
    "out_of_hours": "hết giờ làm việc",
    "left": "người dân tự rời",
}
EVENTS = {
    "opened": "Người dân xin gặp cán bộ",
    "stepped_in": "Cán bộ chủ động vào trò chuyện",
    "taken": "Cán bộ đã nhận cuộc trò chuyện",
    "forwarded": "Đã chuyển",
    "returned": "Cán bộ im lặng quá lâu, đưa lại vào hàng chờ",
    "delayed": "Đã báo người dân là còn phải chờ",
    "closed": "Cuộc trò chuyện với cán bộ kết thúc",
    "rated": "Người dân đánh giá",
}
WHO = {"citizen": "Người dân", "bot": "Bot", "staff": "Cán bộ"}
SENT = {
    "queued": "đang chờ gửi",
    "sending": "đang gửi",
    "sent": "đã gửi",
    "failed": "không gửi được",
    "unknown": "không rõ đã đến chưa",
    "opted_out": "người dân không nhận tin",
}
ERRORS = {
    "held": "{holder} vừa nhận cuộc trò chuyện này trước bạn. Bạn vẫn đọc theo được.",
    "lost": "Bạn không còn giữ cuộc trò chuyện này ({holder}), nên chưa có gì được gửi đi. Hãy xem lại bên dưới.",
    "lost_nobody": "hiện chưa ai giữ",
    "lost_to": "{holder} đang giữ",
    "reserved": "Cuộc trò chuyện này đang chờ {whom}. Quá thời gian chờ thì ai cũng nhận được.",
    "text": "Tin nhắn cần từ 1 đến 1.800 ký tự.",
    "reason": "Cần ghi lý do chuyển (tối đa 500 ký tự).",
    "target": "Hãy chọn một đồng nghiệp khác, hoặc một cơ quan.",
    "opted_out": "Người dân đã chặn hoặc thôi nhận tin trên kênh này, nên không nhắn được.",
    "window_closed": "Đã quá 7 ngày từ tin cuối của người dân: Zalo không cho nhắn nữa, đến khi người dân nhắn lại.",
    "window_paid": (
        "Đã quá 48 giờ từ tin cuối của người dân: Zalo tính phí tin này, và nơi này không bật gửi tin tính phí."
        " Đợi người dân nhắn lại, hoặc gọi điện."
    ),
}
DONE = {
    "take": "Bạn đang giữ cuộc trò chuyện này. Tin nhắn mới của người dân đến thẳng bạn, bot tạm dừng trả lời.",
    "hand_back": "Đã trả cuộc trò chuyện cho bot.",
    "close": "Đã kết thúc. Người dân được hỏi mức hài lòng.",
    "forward": "Đã chuyển. Cuộc trò chuyện đang chờ người nhận; trong lúc đó bot trả lời.",
}
TYPING = {
    "web": "Người dân thấy khi bạn đang gõ.",
    "telegram": "Người dân thấy khi bạn đang gõ.",
    "zalo": "Zalo không cho báo “đang gõ”, nên người dân chỉ thấy tin khi bạn gửi.",
}
REPLIES: tuple[tuple[str, str], ...] = (
    ("Chào hỏi", "Chào bạn, tôi là cán bộ của {agency}. Tôi đang xem nội dung bạn vừa hỏi, bạn chờ tôi một chút nhé."),
    ("Xin thêm thông tin", "Để trả lời đúng, bạn cho tôi biết thêm: "),
    ("Mời đến trực tiếp", "Việc này cần xem giấy tờ gốc, mời bạn mang theo giấy tờ đến {agency} trong giờ làm việc."),
    ("Đừng gửi thông tin riêng", "Bạn không cần gửi số giấy tờ, mật khẩu hay mã OTP ở đây."),
    ("Kết thúc", "Bạn còn cần hỏi gì nữa không? Nếu không, tôi xin kết thúc cuộc trò chuyện. Cảm ơn bạn."),
)
"""Canned replies that every place starts with; those of the place are in `canned_replies`, marked for live chats."""
