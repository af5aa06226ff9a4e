"""What staff read, besides the templates. What citizens read is in `bot.tickets.texts`."""

from __future__ import annotations

from bot.tickets.channels import CHANNELS as CHANNELS

LOGIN_WRONG = (
    "Sai tên đăng nhập hoặc mật khẩu, hoặc tài khoản đang bị khoá."
    " Sau 5 lần sai, tài khoản tạm khoá 15 phút. Quên mật khẩu: hỏi quản trị viên."
)
LOGIN_TOO_OFTEN = "Đăng nhập quá nhiều lần từ máy này. Hãy đợi một phút rồi thử lại."

UNREADABLE = "Biểu mẫu gửi lên không đọc được. Hãy quay lại trang và thử lại."

PASSWORD = {
    "short": "Mật khẩu cần ít nhất 10 ký tự. Một câu dài dễ nhớ là tốt nhất.",
    "long": "Mật khẩu dài quá 200 ký tự.",
    "common": "Mật khẩu này quá dễ đoán.",
    "name": "Mật khẩu không được chứa tên đăng nhập.",
    "repeat": "Hai lần nhập mật khẩu mới không giống nhau.",
    "same": "Mật khẩu mới phải khác mật khẩu cũ.",
    "wrong": "Mật khẩu hiện tại không đúng.",
    "locked": "Sai quá nhiều lần. Hãy đợi 15 phút rồi thử lại.",
    "changed": "Đã đổi mật khẩu. Các nơi khác đang đăng nhập đã bị thoát.",
}

SECOND_FACTOR = {
    "wrong": "Mã không đúng, đã dùng hoặc đã hết hạn. Hãy nhập mã mới nhất mà ứng dụng hiện ra.",
    "locked": "Sai quá nhiều lần. Hãy đợi 15 phút rồi thử lại.",
    "stale": "Hình đã cũ. Hãy quét lại hình mới.",
    "already": "Tài khoản đã có xác thực hai lớp.",
    "needed": "Nơi này yêu cầu tài khoản của bạn có xác thực hai lớp.",
    "removed": "Đã tắt xác thực hai lớp.",
}

SSO_LABEL = "Đăng nhập bằng tài khoản của cơ quan"
SSO_REFUSED = {
    "unreachable": "Chưa kết nối được với hệ thống đăng nhập của cơ quan. Hãy thử lại, hoặc dùng mật khẩu.",
    "refused": "Hệ thống đăng nhập của cơ quan chưa xác nhận bạn. Hãy thử lại.",
    "unknown": "Chưa có tài khoản cho bạn ở đây, hoặc tài khoản đang bị khoá. Hãy hỏi quản trị viên.",
    "too_often": LOGIN_TOO_OFTEN,
}

SESSIONS = {
    "ended": "Đã kết thúc phiên đăng nhập.",
    "others": "Đã kết thúc {count} phiên đăng nhập khác.",
}

ROLES = {
    "officer": "cán bộ xử lý",
    "supervisor": "lãnh đạo, điều phối",
    "restricted_reader": "người đọc phản ánh hạn chế",
    "curator": "người biên tập nội dung",
    "reviewer": "người duyệt câu hỏi",
    "auditor": "người kiểm tra",
    "admin": "quản trị",
}

ERRORS = {
    "ticket_error": "Chưa làm được. Hãy thử lại.",
    "unknown_ticket": "Không có phản ánh này, hoặc bạn không được xem.",
    "forbidden": "Bạn không được làm việc này.",
    "unknown_category": "Không có lĩnh vực này.",
    "unknown_agency": "Hãy chọn cơ quan.",
    "transition": "Không chuyển được từ trạng thái hiện tại. Có thể người khác vừa thay đổi, hãy xem lại.",
    "reason_missing": "Cần ghi lý do.",
    "photo_missing": "Lĩnh vực này cần ảnh sau xử lý trước khi báo đã xong.",
    "period_over": "Đã quá thời hạn xác nhận hoặc mở lại.",
    "invalid": "Nội dung trống hoặc không hợp lệ (tối đa 2.000 ký tự).",
}
"""By the code of a `TicketError`."""

FORBIDDEN = "Bạn không được mở trang hoặc làm việc này."
NOT_FOUND = "Không có trang này, hoặc bạn không được xem."
DONE = {
    "move": "Đã chuyển trạng thái.",
    "answer": "Đã gửi trả lời chính thức.",
    "note": "Đã ghi chú.",
    "assign": "Đã giao.",
    "forward": "Đã chuyển cơ quan.",
    "recategorise": "Đã đổi lĩnh vực.",
    "ask": "Đã hỏi người dân; thời hạn tạm dừng.",
    "replied": "Đã ghi lời đáp; thời hạn tính tiếp.",
    "confirm": "Đã ghi ý kiến của người dân.",
    "reopen": "Đã mở lại.",
    "photos": "Đã thêm ảnh.",
    "gone": "Phản ánh nay thuộc cơ quan khác, bạn không còn xem được.",
    "view": "Đã lưu bộ lọc “{name}”.",
    "view_gone": "Đã xoá bộ lọc.",
    "view_name": "Tên bộ lọc cần từ 1 đến 60 ký tự.",
    "nothing": "Hãy chọn ít nhất một phản ánh và một thay đổi.",
    "photo_bad": "Ảnh không đọc được hoặc quá lớn. Chỉ nhận JPEG, PNG, WebP.",
}

SLA = {
    "late": "quá hạn",
    "soon": "sắp đến hạn",
    "fine": "còn hạn",
    "paused": "tạm dừng",
    "resolved_late": "xong trễ hạn",
    "resolved": "xong đúng hạn",
    "none": "không hẹn",
}

MOVES = {
    "sorting": "Đưa về phân loại",
    "forwarded": "Chuyển cơ quan xử lý",
    "in_progress": "Bắt đầu / tiếp tục xử lý",
    "done": "Báo đã xử lý xong",
    "awaiting_citizen": "Hỏi người dân xác nhận",
    "closed": "Đóng",
    "refused": "Không tiếp nhận",
    "escalated": "Chuyển cấp trên",
}

DELIVERIES = {
    "failed": "không gửi được",
    "unknown": "không rõ đã đến",
    "opted_out": "người dân thôi nhận tin",
    "waiting": "chờ lâu",
}
SEND_AGAIN = {
    "queued": "Đã đưa tin vào hàng gửi lại.",
    "changed": "Tin này đã được gửi lại hoặc vừa đổi tình trạng, nên không gửi thêm.",
    "opted_out": "Người dân đã chặn hoặc thôi nhận tin, nên không gửi lại được.",
    "sure": "Tin này có thể đã đến. Hãy đánh dấu rằng bạn biết tin có thể đến hai lần, rồi gửi lại.",
}

CALLERS = ("phone", "counter", "letter")
"""How a report reached the officer who enters it."""

NOTICES = {
    "assigned": "Được giao",
    "citizen_replied": "Người dân đã trả lời",
    "not_solved": "Người dân báo chưa xong",
    "reopened": "Người dân mở lại",
    "due_soon": "Sắp đến hạn",
    "overdue": "Quá hạn",
    "escalation": "Báo lãnh đạo vì quá hạn",
    "silent": "Người dân chưa trả lời",
    "submission": "Hệ thống ngoài không nhận",
    "photo_wanted": "Hệ thống ngoài báo xong, chưa có ảnh sau xử lý",
}

CALLING = "Có người dân đang chờ cán bộ ({channel})"

REPLIES: tuple[tuple[str, tuple[str, ...], str], ...] = (
    (
        "Đã nhận, đang xem xét",
        ("received", "sorting", "forwarded"),
        "Chúng tôi đã nhận phản ánh {code} của bạn và đang xem xét. {agency} sẽ thông báo khi có kết quả.",
    ),
    (
        "Đang xử lý",
        ("in_progress",),
        "{agency} đã kiểm tra thực tế và đang xử lý nội dung bạn phản ánh.",
    ),
    (
        "Đã xử lý xong",
        ("in_progress", "done"),
        "Nội dung bạn phản ánh đã được xử lý xong. Nếu chưa đúng như mong muốn, bạn hãy cho chúng tôi biết.",
    ),
    (
        "Không thuộc thẩm quyền",
        ("sorting", "forwarded", "in_progress"),
        "Nội dung này không thuộc thẩm quyền giải quyết của chúng tôi. Cơ quan có thẩm quyền: ",
    ),
    (
        "Cần thêm thông tin",
        ("sorting", "forwarded", "in_progress"),
        "Để xử lý, chúng tôi cần biết thêm: ",
    ),
)
"""Canned replies that every place starts with: title, statuses, text. Those of the place are in `canned_replies`."""
