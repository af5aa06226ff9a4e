"""Why a message to a citizen was not delivered, and what staff can do: for the stable words of `outbox.error`."""

from __future__ import annotations

from bot.channels.zalo.codes import STAFF as ZALO

_CALL = "Gọi điện hoặc nhắn theo liên hệ trong phản ánh; nếu không có, đợi người dân nhắn lại."
_TECHNICAL = "Báo bộ phận kỹ thuật, xong thì gửi lại."

REASONS: dict[str, str] = {
    **ZALO,
    "sender_died": "Chương trình gửi dừng giữa chừng nên không rõ tin đã đến hay chưa.",
    "timeout": "Hết giờ chờ nên không rõ tin đã đến hay chưa.",
    "TimedOut": "Hết giờ chờ Telegram nên không rõ tin đã đến hay chưa.",
    "NetworkError": "Mất kết nối với Telegram giữa chừng nên không rõ tin đã đến hay chưa.",
    "broken_off": "Mất kết nối giữa chừng nên không rõ tin đã đến hay chưa.",
    "unreadable": "Kênh trả lời không rõ nghĩa nên không biết tin đã đến hay chưa.",
    "unreachable": f"Không kết nối được với kênh. Kiểm tra đường truyền. {_TECHNICAL}",
    "flood": "Kênh yêu cầu gửi chậm lại. Hệ thống tự gửi lại khi được phép.",
    "rate_limited": "Kênh yêu cầu gửi chậm lại. Hệ thống tự gửi lại khi được phép.",
    "send_failed": "Kênh báo gửi chưa được. Hệ thống tự thử lại trong 24 giờ.",
    "attachment_expired": "Ảnh kèm đã hết hạn ở kênh. Hệ thống tự tải lên lại.",
    "blocked": f"Người dân đã chặn trợ lý trên kênh này. {_CALL}",
    "BadRequest": f"Kênh từ chối tin này (nội dung hoặc người nhận không hợp lệ). {_CALL}",
    "ChatMigrated": f"Cuộc trò chuyện đã chuyển đi nơi khác. {_CALL}",
    "InvalidToken": f"Mã của bot Telegram không đúng hoặc đã thu hồi. {_TECHNICAL}",
    "redirected": f"Địa chỉ của kênh bị chuyển hướng. {_TECHNICAL}",
    "file": f"Không đọc được ảnh kèm theo tin. {_TECHNICAL}",
    "upload": f"Kênh không nhận ảnh kèm theo tin. {_TECHNICAL}",
}
WITHOUT_WORD: dict[str, str] = {
    "failed": f"Kênh không nhận tin. {_TECHNICAL}",
    "unknown": "Không rõ tin đã đến hay chưa.",
    "opted_out": f"Người dân đã chặn hoặc thôi nhận tin trên kênh này. {_CALL}",
    "waiting": "Đang chờ gửi. Nếu chờ lâu, kiểm tra tiến trình worker và kết nối với kênh.",
}


def reason(state: str, word: str) -> str:
    """The sentence; a word that is not known is shown itself, so that technicians can look it up."""
    if word in REASONS:
        return REASONS[word]
    if not word:
        return WITHOUT_WORD.get(state, "")
    return f"{WITHOUT_WORD.get(state, '')} Mã lỗi: {word}."
