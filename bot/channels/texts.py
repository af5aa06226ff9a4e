"""What the channels themselves say to citizens: about what cannot be read, and about limits."""

from __future__ import annotations

from bot.conversations.turns import Json

_READS = "Tôi đọc được tin nhắn chữ, ảnh (JPEG, PNG, WebP) và vị trí bạn chia sẻ."

UNREAD: dict[str, str] = {
    "voice": f"Rất tiếc, tôi chưa nghe được tin nhắn thoại. {_READS} Bạn viết lại bằng chữ giúp.",
    "sticker": f"Tôi chưa hiểu được nhãn dán. {_READS} Bạn cần hỏi hoặc phản ánh điều gì?",
    "video": f"Rất tiếc, tôi chưa xem được video. {_READS} Bạn gửi ảnh chụp hoặc mô tả bằng chữ giúp.",
    "file": f"Rất tiếc, tôi chưa đọc được tệp này. {_READS} Bạn gửi ảnh chụp hoặc viết bằng chữ giúp.",
    "photo": f"Rất tiếc, ở đây tôi chưa nhận được ảnh. {_READS} Bạn mô tả bằng chữ giúp.",
    "contact": "Tôi chỉ nhận số điện thoại của chính bạn. Bạn dùng nút chia sẻ số của mình, hoặc gõ số vào đây giúp.",
}
"""By kind, for what is never read."""

PHOTO: dict[str, str] = {
    "gone": "Tôi không tải được ảnh bạn vừa gửi. Bạn gửi lại ảnh giúp, hoặc mô tả bằng chữ.",
    "unavailable": "Tôi chưa tải được ảnh bạn vừa gửi do mạng trục trặc. Bạn gửi lại ảnh sau ít phút giúp.",
    "too_large": "Ảnh lớn quá. Bạn gửi ảnh dưới 10 MB, không quá 50 triệu điểm ảnh giúp.",
    "unreadable": "Tôi không đọc được ảnh này. Bạn gửi ảnh JPEG, PNG hoặc WebP giúp.",
    "too_many": (
        "Bạn đã gửi nhiều ảnh chưa kèm vào phản ánh nào. Bạn gửi phản ánh đang viết trước, rồi thêm ảnh sau giúp."
    ),
}
"""By reason, for a photo that was not kept."""

THANKS = "Cảm ơn bạn đã góp ý."
"""For a thumb."""

TOO_FAST = (
    "Bạn gửi nhanh quá nên tôi chưa đọc được những tin vừa rồi. Bạn đợi một lát rồi gửi lại, tốt nhất là trong một tin"
    " nhắn."
)


def reply(text: str) -> Json:
    """One reply without buttons."""
    return {"text": text, "buttons": [], "image": None}
