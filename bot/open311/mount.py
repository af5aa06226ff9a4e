"""Puts the Open311 server into the web process (bot/channels/web/app.py)."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.routing import BaseRoute, Mount, Route

from bot.locality import LocalitySource
from bot.open311.keys import ApiKeys
from bot.open311.limits import Limits
from bot.open311.server import Open311
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
        server = Open311(
            locality=locality,
            tickets=TicketService(engine, settings, locality),
            published=Published(engine, settings, locality),
            updates=PostedUpdates(engine, settings, locality),
            photos=Photos(engine, settings),
            keys=keys,
            tokens=Cipher(settings.secret_key, "open311-token"),
            limits=Limits(limited=settings.rate_limit == "on"),
            public_url=settings.public_url,
        )
        yield [Mount("/open311", app=application(server))]
    finally:
        await engine.dispose()


def application(server: Open311) -> Starlette:
    """The application below `/open311`."""
    serve = server.endpoint
    app = Starlette(
        routes=[
            Route("/openapi.json", serve(server.openapi)),
            Route("/discovery.{format}", serve(server.discovery)),
            Route("/v2/discovery.{format}", serve(server.discovery)),
            Route("/v2/services.{format}", serve(server.services)),
            Route("/v2/services/{code}.{format}", serve(server.service)),
            Route("/v2/requests.{format}", serve(server.requests), methods=["GET", "POST"]),
            Route("/v2/requests/{id}.{format}", serve(server.request)),
            Route("/v2/tokens/{token}.{format}", serve(server.token)),
            Route("/v2/servicerequestupdates.{format}", serve(server.updates), methods=["GET", "POST"]),
        ],
        exception_handlers={HTTPException: server.on_http_error},
    )
    app.router.redirect_slashes = False
    return app
