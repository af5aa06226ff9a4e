"""Zalo Official Account: webhook in, `message/cs` out, and the tokens that both need."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.channels.channel import Channel, Fetcher, Finding
from bot.channels.entry import Entry
from bot.conversations.context import Context, Service
from bot.settings import Settings
from bot.storage.outgoing import Shape

if TYPE_CHECKING:
    from starlette.routing import BaseRoute

LIMIT = 2000
"""Characters of a text; Zalo refuses a longer one (-210)."""
MOST_BUTTONS, MOST_TITLE = 5, 100
"""Buttons of one message and characters of their titles, where an Official Account takes them."""


def _shape(settings: Settings) -> Shape:
    buttons = MOST_BUTTONS if settings.zalo_buttons == "template" else 0
    # Both lead to the public address: a picture that Zalo fetches, the QR code of the slip.
    extras = settings.zalo_extras.split(",") if settings.public_url else []
    return Shape(
        limit=LIMIT,
        buttons=buttons,
        title=MOST_TITLE,
        pictures=True,
        caption=LIMIT,
        photos=True,
        asks=frozenset({"contact"} & set(extras)),
        slips="slip" in extras,
    )


def _services(context: Context) -> dict[str, Service]:
    from bot.channels.zalo.service import services  # late: only where the channel is on

    return services(context)


def _routes(context: Context, entry: Entry) -> list[BaseRoute]:
    from bot.channels.zalo.webhook import routes

    return routes(context.settings, entry)


def _fetcher(context: Context) -> Fetcher:
    from bot.channels.zalo.media import fetcher

    return fetcher(context.settings)


async def _checks(settings: Settings) -> list[Finding]:
    from bot.channels.zalo.checks import checks

    return await checks(settings)


CHANNEL = Channel(
    name="zalo",
    is_on=lambda settings: bool(settings.zalo_app_id),
    shape=_shape,
    services=_services,
    routes=_routes,
    fetcher=_fetcher,
    checks=_checks,
)
