"""What the ticket page says after something was done or could not be; what stands there always is in its templates."""

from __future__ import annotations

PAGE: dict[str, str] = {
    "page_solved": "Cảm ơn bạn đã xác nhận. Phản ánh đã đóng.",
    "page_unsolved": "Đã ghi nhận: việc chưa xong. Phản ánh được trả lại để xử lý tiếp.",
    "page_rated": "Cảm ơn bạn đã đánh giá.",
    "page_reopened": "Đã mở lại phản ánh để xử lý tiếp.",
    "page_replied": "Đã chuyển câu trả lời của bạn đến nơi xử lý.",
    "page_left": "Bạn đã thoát. Máy này không còn mở được phản ánh nếu không có mã PIN.",
    "page_over": "Phiên xem đã hết. Bạn nhập lại mã phản ánh và mã PIN giúp.",
    "page_too_fast": "Bạn thử nhanh quá. Hãy đợi {seconds} giây rồi thử lại.",
    "page_unavailable": "Hệ thống tạm thời chưa phục vụ được. Hãy thử lại sau ít phút.",
}
