"""Telegram by long polling: updates into the inbox, the outbox to the citizens."""

from __future__ import annotations

from bot.conversations.context import Context, Service


def services(context: Context) -> dict[str, Service]:
    """What the worker runs; nothing without a token."""
    if not context.settings.telegram_token.get_secret_value():
        return {}
    from bot.channels.telegram.service import services as started  # late: the library takes 16 MB

    return started(context)
