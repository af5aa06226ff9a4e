"""POST /webhooks/telegram: [secret, size, parse, store, acknowledge]. Nothing is read before the secret is right.

Telegram delivers again whatever is not answered with 2xx, at once and then for a day, and meanwhile nothing else of
that chat: so only what cannot be stored now is refused (503); what we do not understand is acknowledged and left.
"""

from __future__ import annotations

import asyncio
import json
import secrets
from typing import Any

import structlog
from psycopg import Error as DatabaseError
from psycopg_pool import PoolTimeout
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as EnginePoolTimeout
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route
from telegram import Update

from bot.channels.bodies import read_body
from bot.channels.entry import BusyError, Entry
from bot.channels.metrics import WEBHOOKS
from bot.channels.refusals import Refusals
from bot.channels.telegram.client import TelegramClient
from bot.channels.telegram.service import client_of, take
from bot.channels.telegram.updates import CHANNEL
from bot.conversations.context import Context

log = structlog.get_logger(__name__)

PATH = "/webhooks/telegram"
SECRET = "x-telegram-bot-api-secret-token"  # noqa: S105  the header's name
MOST_BODY = 256 * 1024
"""Bytes; the longest text with all its entities has less."""
SLOWEST = 10.0
"""Seconds within which a body has to have come in."""
STORING = 10.0
"""Seconds for the database; then Telegram delivers again."""
MOST_UNANSWERED = 200


class Webhook:
    """The endpoint of one web process."""

    def __init__(self, entry: Entry, client: TelegramClient, secret: str) -> None:
        self._entry = entry
        self._client = client
        self._secret = secret.encode()
        self._refusals = Refusals(CHANNEL)
        self._answering: set[asyncio.Task[None]] = set()

    async def receive(self, request: Request) -> Response:
        """One update."""
        told = request.headers.get(SECRET, "").encode()
        if not self._secret or not secrets.compare_digest(told, self._secret):
            self._refusals.seen("bad_secret" if self._secret else "no_secret_set")
            return _say(401, "bad_secret")
        try:
            async with asyncio.timeout(SLOWEST):
                body = await read_body(request, MOST_BODY)
        except TimeoutError:
            return _say(408, "too_slow")
        except ClientDisconnect:
            return _say(400, "broken_off")
        if body is None:
            return _say(413, "too_large")
        try:
            data = json.loads(body)
        except (ValueError, RecursionError):
            return _say(400, "bad_json")
        update = parsed(data)
        if update is None:
            return _say(200, "unreadable")
        try:
            async with asyncio.timeout(STORING):
                await take(self._entry, update)
        except (DatabaseError, PoolTimeout, DBAPIError, EnginePoolTimeout, BusyError, TimeoutError, OSError) as error:
            log.warning("telegram.webhook.unstored", error=type(error).__name__)
            return _say(503, "unavailable")
        if update.callback_query is not None:
            self._answer(update.callback_query.id, update.callback_query.data)
        return _say(200, "taken")

    def _answer(self, callback: str, pressed: str | None) -> None:
        """Stop the button's spinner, after the acknowledgement: Telegram's slowness is not ours."""
        if len(self._answering) < MOST_UNANSWERED:
            task = asyncio.create_task(self._client.answer_callback(callback, pressed))
            self._answering.add(task)
            task.add_done_callback(self._answering.discard)


def _say(status: int, outcome: str) -> Response:
    WEBHOOKS.labels(CHANNEL, outcome).inc()
    return Response(status_code=status, headers={"Retry-After": "5"} if status == 503 else None)


def parsed(data: Any) -> Update | None:
    """The update; none for what is none, or of a shape that the library does not know."""
    try:
        update = Update.de_json(data, None) if isinstance(data, dict) else None
    except Exception as error:  # whatever the library stumbles over: delivered again, it would stumble again
        log.warning("telegram.update.unread", error=type(error).__name__)
        return None
    return update


def routes(context: Context, entry: Entry) -> list[BaseRoute]:
    """The webhook's route."""
    settings = context.settings
    webhook = Webhook(entry, client_of(settings), settings.telegram_secret.get_secret_value())
    return [Route(PATH, webhook.receive, methods=["POST"])]
