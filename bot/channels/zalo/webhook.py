"""POST /webhooks/zalo: verify over the raw bytes, parse, store, say 200; and what Zalo needs to verify the domain.

| answer | when |
|---|---|
| 200 | stored, or nothing to store: our own echo, a receipt, an event that we do not know |
| 401 | the signature does not hold: nothing was parsed |
| 408, 413 | the body came too slowly, or is too long: not read to its end |
| 503 | not stored: Zalo sends it again |

Zalo wants its answer within two seconds, so nothing here waits for the engine, and for the database not longer than
`STORING`. What was stored by a try that was cut off is found again by the next: the same message is one message.
"""

from __future__ import annotations

import asyncio
import html
import json
from typing import Any

import structlog
from psycopg import Error as DatabaseError
from psycopg_pool import PoolTimeout
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as EnginePoolTimeout
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from bot.channels.bodies import read_body
from bot.channels.entry import BusyError, Entry
from bot.channels.metrics import WEBHOOKS
from bot.channels.refusals import Refusals
from bot.channels.zalo.events import CHANNEL, parse
from bot.channels.zalo.signature import HEADER, TIMESTAMP_HEADER, Signature
from bot.settings import Settings

log = structlog.get_logger(__name__)

PATH = "/webhooks/zalo"
LARGEST = 128 * 1024
"""Bytes of an event; Zalo's have a few hundred."""
SLOWEST = 10.0
"""Seconds for the body to come in."""
STORING = 1.5
SETUP = "setup"
"""The OA secret key while it is not known yet (docs/runbooks/zalo.md)."""


class Webhook:
    """The endpoint of one web process.

    Args:
        signature: none while the webhook's address is being registered: 200 to everything, nothing is stored.
    """

    def __init__(self, entry: Entry, signature: Signature | None) -> None:
        self._entry = entry
        self._signature = signature
        self._refusals = Refusals(CHANNEL)

    async def serve(self, request: Request) -> Response:
        """One POST."""
        try:
            async with asyncio.timeout(SLOWEST):
                body = await read_body(request, LARGEST)
        except TimeoutError:
            return _say(408, "too_slow")
        except ClientDisconnect:
            return _say(400, "broken_off")
        if body is None:
            return _say(413, "too_large")
        if self._signature is None:
            log.warning("zalo.webhook.setup", hint="BOT_ZALO_OA_SECRET=setup: events are not stored")
            return _say(200, "setup")
        if not self._signature.holds(body, request.headers.get(HEADER), request.headers.get(TIMESTAMP_HEADER)):
            self._refusals.seen("bad_signature")
            return _say(401, "bad_signature")
        return await self._take(body, request.headers.get("num_retry"))

    async def _take(self, body: bytes, retry: str | None) -> Response:
        event = _event(body)
        parsed = parse(event)
        if parsed.outcome == "unknown":
            log.info("zalo.event.unknown", kind=_name(event))
        elif parsed.outcome == "unreadable":
            log.warning("zalo.event.unreadable", kind=_name(event))
        try:
            async with asyncio.timeout(STORING):
                for received in parsed.received:
                    await self._entry.take(received)
        except (DatabaseError, DBAPIError, PoolTimeout, EnginePoolTimeout, BusyError, TimeoutError, OSError) as error:
            log.warning("zalo.event.unstored", error=type(error).__name__, retry=_digits(retry))
            return _say(503, "unavailable")
        return _say(200, parsed.outcome)


class Verification:
    """The page by which Zalo knows that the domain is ours."""

    def __init__(self, code: str) -> None:
        self._body = (
            f'<!doctype html><html lang="vi"><head><meta charset="utf-8">{meta_tag(code)}'
            "<title>Zalo</title></head><body>There Is No Limit To What You Can Accomplish Using Zalo!</body></html>"
        ).encode()

    async def serve(self, _request: Request) -> Response:
        """The page."""
        return Response(self._body, media_type="text/html; charset=utf-8")


def meta_tag(code: str) -> str:
    """What Zalo looks for on a page."""
    return f'<meta name="zalo-platform-site-verification" content="{html.escape(code)}">'


def routes(settings: Settings, entry: Entry) -> list[BaseRoute]:
    """The routes for these settings; without an OA secret key there is no webhook."""
    found: list[BaseRoute] = []
    if code := settings.zalo_site_verification:
        found.append(Route(f"/zalo_verifier{code}.html", Verification(code).serve, methods=["GET"]))
    if secret := settings.zalo_oa_secret.get_secret_value():
        signature = None if secret == SETUP else Signature(settings.zalo_app_id, secret)
        found.append(Route(PATH, Webhook(entry, signature).serve, methods=["POST"]))
    return found


def _event(body: bytes) -> Any:
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        return None


def _say(status: int, outcome: str) -> Response:
    WEBHOOKS.labels(CHANNEL, outcome).inc()
    headers = {"Retry-After": "30"} if status == 503 else None
    if status == 200:
        return JSONResponse({"status": outcome}, headers=headers)
    return JSONResponse({"error": {"code": outcome}}, status, headers)


def _name(event: Any) -> str:
    """The kind of an event, for the log: a short word, or nothing."""
    name = event.get("event_name") if isinstance(event, dict) else None
    return name[:40] if isinstance(name, str) and name.isidentifier() and name.isascii() else "?"


def _digits(value: str | None) -> str | None:
    return value[:4] if value and value.isascii() and value.isdigit() else None
