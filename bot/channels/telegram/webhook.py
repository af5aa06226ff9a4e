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
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route
from telegram import Update

from bot.channels.entry import Entry
from bot.channels.telegram.client import TelegramClient
from bot.channels.telegram.service import client_of, take
from bot.conversations.context import Context

log = structlog.get_logger(__name__)

PATH = "/webhooks/telegram"
SECRET = "x-telegram-bot-api-secret-token"  # noqa: S105  the header's name
MOST_BODY = 256 * 1024
"""Bytes; the longest text with all its entities has less."""
SLOWEST = 10.0
"""Seconds within which a body has to have come in."""
MOST_UNANSWERED = 200


class Webhook:
    """The endpoint of one web process."""

    def __init__(self, entry: Entry, client: TelegramClient, secret: str) -> None:
        self._entry = entry
        self._client = client
        self._secret = secret.encode()
        self._answering: set[asyncio.Task[None]] = set()

    async def receive(self, request: Request) -> Response:
        """One update."""
        told = request.headers.get(SECRET, "").encode()
        if not self._secret or not secrets.compare_digest(told, self._secret):
            log.warning("telegram.webhook.refused", reason="secret" if self._secret else "no_secret_set")
            return Response(status_code=401)
        try:
            async with asyncio.timeout(SLOWEST):
                body = await _read(request)
        except TimeoutError:
            return Response(status_code=408)
        except ClientDisconnect:
            return Response(status_code=400)
        if body is None:
            return Response(status_code=413)
        try:
            data = json.loads(body)
        except (ValueError, RecursionError):
            return Response(status_code=400)
        update = parsed(data)
        if update is None:
            return Response(status_code=200)
        try:
            await take(self._entry, update)
        except (DatabaseError, PoolTimeout, DBAPIError) as error:
            log.warning("telegram.webhook.database", error=type(error).__name__)
            return Response(status_code=503, headers={"Retry-After": "5"})
        if update.callback_query is not None:
            self._answer(update.callback_query.id)
        return Response(status_code=200)

    def _answer(self, callback: str) -> None:
        """Stop the button's spinner, after the acknowledgement: Telegram's slowness is not ours."""
        if len(self._answering) < MOST_UNANSWERED:
            task = asyncio.create_task(self._client.answer_callback(callback))
            self._answering.add(task)
            task.add_done_callback(self._answering.discard)


async def _read(request: Request) -> bytes | None:
    """The body; none where it is too long."""
    announced = request.headers.get("content-length", "")
    if announced.isdecimal() and int(announced[:12]) > MOST_BODY:
        return None
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > MOST_BODY:
            return None
    return bytes(body)


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
