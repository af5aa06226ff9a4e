"""What the relay itself says to citizens: only that an answer is late, or will not come."""

from __future__ import annotations

from bot.conversations.turns import Json, Turn, no_understanding

COMING: Json = {
    "text": "Tôi đã nhận được tin nhắn của bạn. Hệ thống đang chậm hơn mọi khi, tôi sẽ trả lời ngay khi có thể;"
    " bạn không cần gửi lại.",
    "buttons": [],
    "image": None,
}

GIVEN_UP = Turn(
    [
        {
            "text": "Rất tiếc, tôi đang gặp sự cố nên chưa trả lời được tin nhắn này. Bạn vui lòng hỏi lại sau ít phút,"
            " hoặc liên hệ trực tiếp bộ phận Một cửa.",
            "buttons": [{"title": "Gặp cán bộ", "payload": "menu:handoff"}],
            "image": None,
        }
    ],
    no_understanding("error"),
    form_active=True,  # unknown: what a report may still need is left to retention
)
