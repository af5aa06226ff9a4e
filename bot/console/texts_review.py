"""What staff read on the pages of unanswered questions."""

from __future__ import annotations

STATES = {
    "open": "chưa xử lý",
    "labelled": "đã gắn nhãn",
    "answered": "đã trả lời",
    "dismissed": "ngoài phạm vi",
    "merged": "đã gộp",
}
SIGNALS = {
    "unresolved": "không trả lời được",
    "low_confidence": "không chắc",
    "thumbs_down": "người dân chê",
    "handoff": "xin gặp cán bộ",
    "repeated": "hỏi lại nhiều lần",
}
CONFIDENCE = {"low": "thấp (dưới 35%)", "middle": "vừa (35–65%)", "high": "cao (từ 65%)"}
CASE_STATES = {"open": "đang chờ", "told": "đã được báo", "closed": "đã khép"}
REASONS = {
    "no_match": "không tìm thấy thủ tục",
    "not_understood": "không hiểu câu",
    "no_such_code": "mã thủ tục không có",
    "out_of_scope": "ngoài phạm vi",
    "no_data": "chưa có dữ liệu",
    "handoff": "xin gặp cán bộ",
    "doubt": "trả lời mà không chắc",
    "thumbs_down": "câu trả lời bị chê",
    "repeated": "hỏi lại",
}
DELIVERY = {
    "shown": "đã hiện trên trang trò chuyện",
    "sent": "đã gửi",
    "queued": "đang chờ gửi",
    "sending": "đang gửi",
    "failed": "không gửi được",
    "unknown": "không rõ đã đến chưa",
    "opted_out": "người dân không nhận tin",
    "gone": "đã hết hạn lưu",
}
KINDS = {
    "procedure": "Thủ tục",
    "intent": "Ý định",
    "faq": "Câu hỏi thường gặp",
    "alias": "Tên gọi thường ngày",
    "new_intent": "Ý định mới",
    "scope": "Ngoài phạm vi",
}
INTENTS = {
    "ask_overview": "hỏi chung về thủ tục",
    "ask_documents": "hỏi giấy tờ",
    "ask_fee": "hỏi phí, lệ phí",
    "ask_duration": "hỏi thời hạn",
    "ask_place": "hỏi nơi nộp",
    "ask_steps": "hỏi các bước",
    "ask_online": "hỏi nộp qua mạng",
    "ask_form": "hỏi mẫu đơn",
    "ask_eligibility": "hỏi điều kiện",
    "ask_legal_basis": "hỏi căn cứ pháp lý",
    "ask_result": "hỏi kết quả",
    "hours": "hỏi giờ làm việc",
    "contact": "hỏi địa chỉ, điện thoại",
    "report": "muốn gửi phản ánh",
    "ticket_status": "hỏi phản ánh đã gửi",
    "dossier_status": "hỏi hồ sơ đã nộp",
    "complaint_decision": "khiếu nại quyết định",
    "denunciation": "tố cáo",
    "emergency": "khẩn cấp",
    "crime": "tố giác tội phạm",
    "privacy": "dữ liệu của tôi",
    "capabilities": "hỏi bot làm được gì",
    "bot_challenge": "hỏi có phải người không",
    "chitchat": "chuyện phiếm",
    "other_language": "tiếng khác",
    "abuse": "nói tục",
    "out_of_scope": "ngoài phạm vi",
}
ERRORS = {
    "stale": "Nhóm này vừa được {who} thay đổi lúc {at}. Chưa có gì bị ghi đè: hãy xem lại bên dưới rồi làm tiếp.",
    "answer": "Câu trả lời cần từ 1 đến 1.800 ký tự.",
    "placeholder": "Chỉ dùng được {cau_hoi} và {ngay_hoi} trong câu trả lời.",
    "nobody": "Không còn người dân nào đang chờ câu trả lời của nhóm này.",
    "comment": "Ghi chú cần từ 1 đến 2.000 ký tự.",
    "nothing": "Hãy chọn ít nhất một nhóm khác để gộp.",
    "split": "Hãy chọn một vài câu (không phải tất cả) để tách thành nhóm mới.",
    "label": "Chưa chọn nhãn hợp lệ.",
    "procedure": "Không có thủ tục mang mã này trong danh mục.",
    "alias": "Tên gọi cần từ 2 đến 120 ký tự.",
    "intent": "Không có ý định này.",
    "intent_name": "Tên ý định mới: 3–80 ký tự.",
    "faq": "Cần có câu trả lời, nguồn và ít nhất một câu hỏi; ngày hết hiệu lực phải là ngày hợp lệ.",
    "teach": "Chưa ghi được: {what}",
    "place": "Vị trí trong danh sách không hợp lệ.",
    "officer": "Không có người này.",
}
DONE = {
    "label": "Đã ghi nhãn. {taught}",
    "scope": "Đã đánh dấu ngoài phạm vi. Câu hỏi giống vậy sau này cũng vào nhóm này.",
    "reopen": "Đã mở lại.",
    "assign": "Đã giao.",
    "comment": "Đã ghi chú.",
    "merge": "Đã gộp.",
    "split": "Đã tách thành nhóm mới.",
    "answer": "Đã gửi cho {told} người dân.{opted_out}",
    "opted_out": " {n} người đã chặn tin nhắn nên không gửi.",
    "merged": "Nhóm này đã được gộp vào nhóm dưới đây.",
    "end": "Hết danh sách: không còn nhóm nào khớp bộ lọc.",
}
HELP = (
    ("1 … 9", "chấp nhận gợi ý mang số đó"),
    ("j / k", "nhóm sau / nhóm trước (trong danh sách: dòng dưới / dòng trên)"),
    ("Enter", "mở dòng đang chọn (trong danh sách)"),
    ("a", "viết câu trả lời cho người dân"),
    ("c", "ghi chú"),
    ("u", "về danh sách"),
    ("?", "mở hoặc đóng bảng này"),
)
