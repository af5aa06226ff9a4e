"""POST /api/photos: a picture for the report that a conversation writes.

The body is the file itself; `Authorization: Bearer <conversation>` says whose it is. The answer `{"photo": "<key>"}` is
then sent as the payload `photo:<key>` of a chat message, which puts the picture into the report.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator

import structlog
from psycopg import Error as DatabaseError
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from bot.channels.web.api import bearer
from bot.channels.web.errors import ApiError
from bot.channels.web.limits import RateLimiter, client_name
from bot.conversations.capability import Capabilities
from bot.locality import LiveLocality
from bot.settings import Settings
from bot.storage.database import connect_async
from bot.tickets.photos import MOST_BYTES, PhotoError, Photos

log = structlog.get_logger(__name__)

AT_ONCE = 6
"""Pictures that one process takes in at a time; each may hold 10 MiB."""
SLOWEST = 60.0
"""Seconds within which a picture has to have come in."""
AGAIN = 5


class PhotoApi:
    """The endpoint of one web process."""

    def __init__(self, photos: Photos, capabilities: Capabilities, *, limited: bool) -> None:
        self._photos = photos
        self._capabilities = capabilities
        self._by_client = RateLimiter(burst=40, per_second=0.5) if limited else None
        self._by_conversation = RateLimiter(burst=10, per_second=0.1) if limited else None
        self._taking = 0

    async def take(self, request: Request) -> Response:
        """Check and keep one picture; nothing is read before the sender is known."""
        self._limit(self._by_client, client_name(request.client.host if request.client else None))
        key = self._capabilities.verify(bearer(request))
        if key is None:
            raise ApiError("unknown_conversation")
        self._limit(self._by_conversation, key)
        if self._taking >= AT_ONCE:
            raise ApiError("unavailable", retry_after=AGAIN)
        self._taking += 1
        try:
            kept = await self._keep(request, str(key))
        finally:
            self._taking -= 1
        return Response(json.dumps(kept), 201, media_type="application/json")

    async def _keep(self, request: Request, conversation: str) -> dict[str, object]:
        try:
            if not await self._photos.check_room(conversation):
                raise ApiError("unknown_conversation")
            async with asyncio.timeout(SLOWEST):
                data = await read_picture(request)
            stored = await self._photos.keep(data, conversation=conversation)
        except TimeoutError as error:
            raise ApiError("too_slow") from error
        except PhotoError as error:
            log.info("photo.refused", code=error.code)
            raise ApiError(error.code, limit=MOST_BYTES // 2**20) from error
        except (DatabaseError, DBAPIError, PoolTimeout) as error:
            log.warning("photo.database", error=type(error).__name__)
            raise ApiError("unavailable", retry_after=AGAIN) from error
        return {"photo": stored.key, "width": stored.width, "height": stored.height}

    @staticmethod
    def _limit(limiter: RateLimiter | None, name: object) -> None:
        seconds = limiter.take(name) if limiter else 0
        if seconds:
            raise ApiError("too_many_requests", retry_after=seconds)


async def read_picture(request: Request) -> bytes:
    """The body, refused before it is read where it says that it is too long.

    Raises:
        ApiError: 413, or 400 for an empty one.
    """
    announced = request.headers.get("content-length", "")
    if announced.isdecimal() and int(announced[:12]) > MOST_BYTES:
        raise ApiError("photo_too_large", limit=MOST_BYTES // 2**20)
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > MOST_BYTES:
            raise ApiError("photo_too_large", limit=MOST_BYTES // 2**20)
    if not body:
        raise ApiError("photo_unreadable")
    return bytes(body)


@contextlib.asynccontextmanager
async def routes(settings: Settings, _locality: LiveLocality) -> AsyncIterator[list[BaseRoute]]:
    """The routes, for `bot.channels.web.app`."""
    database = connect_async(settings.database_url.get_secret_value(), pool_size=2)
    try:
        api = PhotoApi(
            Photos(database, settings), Capabilities(settings.secret_key), limited=settings.rate_limit == "on"
        )
        yield [Route("/api/photos", api.take, methods=["POST"])]
    finally:
        await database.dispose()
