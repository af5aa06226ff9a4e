"""The two services of the Zalo channel, run by the worker: the sender, and the token keeper."""

from __future__ import annotations

import re

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
from bot.privacy import Cipher
from bot.settings import Settings
from bot.storage.database import connect_async
from bot.tickets.photos import Photos

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
