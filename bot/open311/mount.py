"""Puts the Open311 server into the web process (bot/channels/web/app.py)."""

from __future__ import annotations

import contextlib
import re
from collections.abc import AsyncIterator

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Mount, Route

from bot.locality import LocalitySource
from bot.open311.door import Door, Handler
from bot.open311.formats import Format
from bot.open311.keys import ApiKeys
from bot.open311.limits import Limits
from bot.open311.reading import Reading
from bot.open311.tokens import Tokens
from bot.open311.writing import Writing
from bot.privacy import Cipher
from bot.settings import Settings
from bot.storage.database import connect_async
from bot.tickets import TicketService
from bot.tickets.photos import Photos
from bot.tickets.posted import PostedUpdates
from bot.tickets.published import Published

CONNECTIONS = 4


@contextlib.asynccontextmanager
async def routes(settings: Settings, locality: LocalitySource) -> AsyncIterator[list[BaseRoute]]:
    """The routes under `/open311`, with a database pool of their own.

    Raises:
        SettingsError: BOT_OPEN311_API_KEYS does not hold.
    """
    keys = ApiKeys.parse(settings.open311_api_keys)
    engine = connect_async(settings.database_url.get_secret_value(), pool_size=CONNECTIONS)
    try:
        door = Door(locality, keys, Limits(limited=settings.rate_limit == "on"), settings.public_url)
        tokens = Tokens(Cipher(settings.secret_key, "open311-token"))
        published = Published(engine, settings, locality)
        reading = Reading(door, published, tokens)
        writing = Writing(
            door,
            TicketService(engine, settings, locality),
            published,
            PostedUpdates(engine, settings, locality),
            Photos(engine, settings),
            tokens,
        )
        mount = Mount("/open311", app=application(door, reading, writing))
        # With its own expression an address with a line break would get the web's own error, in another shape.
        mount.path_regex = re.compile(mount.path_regex.pattern, re.DOTALL)
        yield [mount]
    finally:
        await engine.dispose()


def application(door: Door, reading: Reading, writing: Writing) -> Starlette:
    """The application below `/open311`."""

    def get(path: str, handler: Handler) -> Route:
        return Route(path, door.endpoint(handler))

    def get_and_post(path: str, reader: Handler, writer: Handler) -> Route:
        async def either(request: Request, wanted: Format) -> Response:
            return await (writer if request.method == "POST" else reader)(request, wanted)

        return Route(path, door.endpoint(either), methods=["GET", "POST"])

    app = Starlette(
        routes=[
            get("/openapi.json", reading.openapi),
            get("/discovery.{format}", reading.discovery),
            get("/v2/discovery.{format}", reading.discovery),
            get("/v2/services.{format}", reading.services),
            get("/v2/services/{code}.{format}", reading.service),
            get_and_post("/v2/requests.{format}", reading.requests, writing.request),
            get("/v2/requests/{id}.{format}", reading.request),
            get("/v2/tokens/{token}.{format}", reading.token),
            get_and_post("/v2/servicerequestupdates.{format}", reading.updates, writing.update),
        ],
        exception_handlers={HTTPException: door.on_http_error},
    )
    app.router.redirect_slashes = False
    return app
