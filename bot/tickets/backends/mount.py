"""POST /webhooks/tickets: what a backend tells us unasked."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator
from datetime import UTC, datetime

import structlog
from sqlalchemy import func, select
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from bot.locality import LocalitySource, current
from bot.settings import Settings
from bot.storage.database import connect_async, sessions
from bot.storage.models import TicketSubmission
from bot.tickets.backends.errors import WebhookError
from bot.tickets.backends.making import backend_of
from bot.tickets.kit import Kit
from bot.tickets.merging import Merging

log = structlog.get_logger(__name__)

LARGEST = 256 * 1024
"""Bytes of a body."""
AGAIN = "30"
CONNECTIONS = 2


class Webhook:
    """Takes signed updates. 200 says that all are stored; anything else that they should come again."""

    def __init__(self, kit: Kit, settings: Settings, source: LocalitySource) -> None:
        self._kit = kit
        self._settings = settings
        self._source = source

    async def serve(self, request: Request) -> Response:
        """One POST."""
        try:
            taken = await self._take(request)
        except WebhookError as error:
            log.warning("backend.webhook.refused", code=error.code)
            headers = {"Retry-After": AGAIN} if error.status == 503 else None
            return JSONResponse({"error": {"code": error.code}}, error.status, headers)
        except (OperationalError, InterfaceError, PoolTimeout, OSError) as error:
            log.warning("backend.webhook.database", error=type(error).__name__)
            return JSONResponse({"error": {"code": "unavailable"}}, 503, {"Retry-After": AGAIN})
        return JSONResponse({"taken": taken})

    async def _take(self, request: Request) -> int:
        locality = current(self._source)
        backend = backend_of(self._settings, locality)
        updates = backend.parse_webhook(request.headers, await _body(request), datetime.now(UTC))
        strange = await Merging(self._kit, backend).take(updates)
        if strange:
            # It may be about a ticket that we have sent, and whose number has not reached us.
            pending = await self._pending(backend.name)
            raise WebhookError("not_yet" if pending else "unknown_ticket", 503 if pending else 404)
        return len(updates)

    async def _pending(self, backend: str) -> int:
        query = select(func.count()).where(
            TicketSubmission.backend == backend, TicketSubmission.state.in_(("unknown", "token"))
        )
        async with self._kit.sessions() as session:
            return await session.scalar(query) or 0


async def _body(request: Request) -> bytes:
    parts, size = [], 0
    try:
        async for part in request.stream():
            size += len(part)
            if size > LARGEST:
                raise WebhookError("too_large", 413)
            parts.append(part)
    except ClientDisconnect as error:
        raise WebhookError("broken_off", 400) from error
    return b"".join(parts)


@contextlib.asynccontextmanager
async def routes(settings: Settings, locality: LocalitySource) -> AsyncIterator[list[BaseRoute]]:
    """The route, with a small database pool of its own."""
    engine = connect_async(settings.database_url.get_secret_value(), pool_size=CONNECTIONS)
    try:
        webhook = Webhook(Kit(sessions(engine), settings, locality), settings, locality)
        yield [Route("/webhooks/tickets", webhook.serve, methods=["POST"])]
    finally:
        await engine.dispose()
