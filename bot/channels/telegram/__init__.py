"""Telegram, by webhook or by long polling."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from bot.channels.channel import Channel, Fetcher, Finding
from bot.channels.entry import Entry
from bot.conversations.context import Context, Service
from bot.settings import Settings
from bot.storage.outgoing import Shape

if TYPE_CHECKING:
    from starlette.routing import BaseRoute

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

# Imported late, below: the library takes 16 MB, and the channel may be off.


def _services(context: Context) -> dict[str, Service]:
    from bot.channels.telegram.service import services

    return services(context)


def _routes(context: Context, entry: Entry) -> list[BaseRoute]:
    from bot.channels.telegram.webhook import routes

    return routes(context, entry)


def _fetcher(context: Context) -> Fetcher:
    from bot.channels.telegram.service import fetcher

    return fetcher(context)


async def _checks(settings: Settings) -> list[Finding]:
    from bot.channels.telegram.checks import checks

    return await checks(settings)


CHANNEL = Channel(
    name="telegram",
    is_on=lambda settings: bool(settings.telegram_token.get_secret_value()),
    shape=lambda settings: replace(SHAPE, thumbs=settings.thumbs == "on"),
    services=_services,
    routes=_routes,
    fetcher=_fetcher,
    checks=_checks,
)
