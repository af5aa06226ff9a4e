"""The two services of the Zalo channel, run by the worker: the sender, and the token keeper."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable

from sqlalchemy.ext.asyncio import AsyncEngine

from bot.channels.sending import Sender
from bot.channels.zalo.client import ZaloClient
from bot.channels.zalo.events import CHANNEL
from bot.channels.zalo.http import Http
from bot.channels.zalo.oauth import OAuth
from bot.channels.zalo.pace import Pace
from bot.channels.zalo.platform import ZaloPlatform
from bot.channels.zalo.tokens import TokenKeeper
from bot.conversations.context import Context, Service
from bot.conversations.pool import Pool
from bot.locality import LiveLocality
from bot.privacy import Cipher
from bot.settings import Settings
from bot.storage.database import connect_async
from bot.tickets import Citizen, TicketService, UnknownTicketError
from bot.tickets.photos import Photos
from bot.tickets.pins import Pins
from bot.tickets.slip import slip

LOGO = "/static/icon.png"
_PHOTO = re.compile(r"(?:photo:)?([0-9a-f]{32})")


def services(context: Context) -> dict[str, Service]:
    """What the worker runs."""
    settings = context.settings
    keeper = token_keeper(settings, context.pool)

    async def send() -> None:
        database = connect_async(context.database_url, pool_size=1)
        photos = Photos(database, settings)

        async def read(image: str) -> bytes | None:
            key = _PHOTO.fullmatch(image)
            return await photos.read(key[1]) if key else None

        platform = ZaloPlatform(
            ZaloClient(Http(settings.zalo_api_base), keeper, Pace()),
            read,
            buttons=settings.zalo_buttons == "template",
            paid=settings.zalo_paid_messages == "on",
            slip=slips(settings, database) if settings.public_url else None,
            logo=f"{settings.public_url.rstrip('/')}{LOGO}" if settings.public_url else "",
        )
        try:
            await Sender.of(CHANNEL, platform, context).run()
        finally:
            await database.dispose()

    async def tokens() -> None:
        try:
            await keeper.run()
        finally:
            await keeper.close()

    return {"zalo.send": send, "zalo.tokens": tokens}


def slips(settings: Settings, database: AsyncEngine) -> Callable[[str], Awaitable[bytes | None]]:
    """What makes the slip of a ticket for the citizen who has just filed it."""
    tickets = TicketService(database, settings, LiveLocality(settings.locality))

    async def make(code: str) -> bytes | None:
        try:
            found = await tickets.detail(code, Citizen(proved=True))
        except UnknownTicketError:
            return None
        pin = Pins(settings.secret_key).of(code)
        return await asyncio.to_thread(slip, found, pin, tickets.locality, settings.public_url)

    return make


def oauth(settings: Settings) -> OAuth:
    """Zalo's token endpoint for these settings."""
    return OAuth(Http(settings.zalo_oauth_base), settings.zalo_app_id, settings.zalo_app_secret.get_secret_value())


def token_keeper(settings: Settings, pool: Pool) -> TokenKeeper:
    """The token keeper of one process."""
    return TokenKeeper(
        pool,
        oauth(settings),
        Cipher(settings.secret_key, "zalo-tokens"),
        settings.zalo_app_id,
        seed=settings.zalo_refresh_token.get_secret_value(),
    )
