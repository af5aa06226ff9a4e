"""Telegram by long polling: updates into the inbox, the outbox to the citizens."""

from __future__ import annotations

from bot.channels.channel import Channel
from bot.conversations.context import Context, Service
from bot.storage.outgoing import Shape


def _services(context: Context) -> dict[str, Service]:
    from bot.channels.telegram.service import services  # late: the library takes 16 MB

    return services(context)


CHANNEL = Channel(
    name="telegram",
    is_on=lambda settings: bool(settings.telegram_token.get_secret_value()),
    shape=lambda _settings: Shape(limit=4096, buttons=True, caption=1024),
    services=_services,
)
