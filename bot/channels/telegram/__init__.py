"""Telegram by long polling: updates into the inbox, the outbox to the citizens."""

from __future__ import annotations

from bot.channels.channel import Channel
from bot.conversations.context import Context, Service
from bot.storage.outgoing import Shape


def _services(context: Context) -> dict[str, Service]:
    from bot.channels.telegram.service import services  # late: the library takes 16 MB

    return services(context)


SHAPE = Shape(
    limit=4096,
    buttons=100,
    title=100,
    pictures=True,
    caption=1024,
    photos=True,
    asks=frozenset({"location", "contact"}),
)
"""https://core.telegram.org/bots/api: sendMessage, sendPhoto, InlineKeyboardButton."""

CHANNEL = Channel(
    name="telegram",
    is_on=lambda settings: bool(settings.telegram_token.get_secret_value()),
    shape=lambda _settings: SHAPE,
    services=_services,
)
