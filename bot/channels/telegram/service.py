"""The two services of the Telegram channel, run by the worker when a token is set."""

from __future__ import annotations

import asyncio
import contextlib
from typing import TypeVar

import structlog
from psycopg import AsyncConnection
from telegram import Update
from telegram.constants import ChatType
from telegram.error import Conflict, InvalidToken, NetworkError, RetryAfter

from bot.channels.telegram.client import (
    NotSentError,
    OptedOutError,
    RefusedError,
    TelegramClient,
    UnknownError,
)
from bot.conversations.context import Context, Service
from bot.conversations.inbox import Inbox, clean
from bot.conversations.listening import OUTBOX, listen
from bot.conversations.outbox import Outbox, Outgoing
from bot.conversations.turns import Incoming
from bot.storage.database import libpq_url

log = structlog.get_logger(__name__)

CHANNEL = "telegram"
AT_ONCE = 8
POLL = 1.0
LOOK_FOR_LOST = 30.0
LOCK_PAUSE = 5.0
MAX_TEXT = 2000
KEPT = 24 * 3600.0
"""Seconds for which an unreachable platform is tried."""
_POLLER_LOCK = 0x4D43_0010
"""Advisory lock of the one poller: Telegram refuses two."""

T = TypeVar("T")


def services(context: Context) -> dict[str, Service]:
    """What the worker runs."""
    token = context.settings.telegram_token.get_secret_value()

    def client() -> TelegramClient:
        return TelegramClient(token, context.settings.telegram_api_base)

    outbox = Outbox(context.pool, CHANNEL)

    async def poll() -> None:
        await Poller(client(), context.inbox, outbox, context.database_url).run()

    async def send() -> None:
        await Sender(client(), outbox, context.database_url).run()

    return {"telegram.poll": poll, "telegram.send": send}


class Poller:
    """Takes updates into the inbox. An update is confirmed to Telegram only after it is stored."""

    def __init__(self, client: TelegramClient, inbox: Inbox, outbox: Outbox, database_url: str) -> None:
        self._client = client
        self._inbox = inbox
        self._outbox = outbox
        self._url = database_url

    async def run(self) -> None:
        """Poll until cancelled; of several workers one polls, and another takes over when it ends."""
        async with await AsyncConnection.connect(libpq_url(self._url), autocommit=True) as connection:
            await _lock(connection)
            await self._client.open()
            log.info("telegram.polling")
            offset: int | None = None
            try:
                while True:
                    await connection.execute("SELECT 1")  # the lock is held for as long as this connection lives
                    for update in await self._next(offset):
                        await self._take(update)
                        offset = update.update_id + 1
            finally:
                await self._client.close()

    async def _next(self, offset: int | None) -> tuple[Update, ...]:
        try:
            return tuple(await self._client.updates(offset))
        except RetryAfter as error:
            wait = error.retry_after
            await asyncio.sleep(wait if isinstance(wait, int) else wait.total_seconds())
        except Conflict:
            log.error("telegram.conflict", hint="a webhook is set, or another program polls with this token")
            await asyncio.sleep(10)
        except InvalidToken:
            log.error("telegram.token.refused")
            await asyncio.sleep(60)
        except NetworkError as error:
            log.warning("telegram.unreachable", error=type(error).__name__)
            await asyncio.sleep(2)
        return ()

    async def _take(self, update: Update) -> None:
        incoming = translate(update)
        if incoming is not None:
            await self._inbox.accept(incoming)
            await self._outbox.opt_in(incoming.external_id or "")
        if update.callback_query is not None:
            await self._client.answer_callback(update.callback_query.id)


def translate(update: Update) -> Incoming | None:
    """An update as a message for the inbox; none for what is not said to us by one citizen."""
    chat, query, message = update.effective_chat, update.callback_query, update.message
    if chat is None or chat.type != ChatType.PRIVATE:
        return None
    citizen = str(chat.id)
    if query is not None:
        return Incoming(CHANNEL, f"c{query.id}", payload=query.data, external_id=citizen) if query.data else None
    if message is None:
        return None
    if message.location is not None:
        place = f"location:{message.location.latitude:.6f},{message.location.longitude:.6f}"
        return Incoming(CHANNEL, f"m{message.message_id}", payload=place, external_id=citizen)
    text = clean(message.text or message.caption or "")
    if not text or text.split()[0] in ("/start", "/help"):
        # Also what we cannot read (a picture, a sticker): say what we can do.
        return Incoming(CHANNEL, f"m{message.message_id}", payload="menu:help", external_id=citizen)
    return Incoming(CHANNEL, f"m{message.message_id}", text=text[:MAX_TEXT], external_id=citizen)


class Sender:
    """Delivers the outbox, several citizens at once, each in order."""

    def __init__(self, client: TelegramClient, outbox: Outbox, database_url: str) -> None:
        self._client = client
        self._outbox = outbox
        self._url = database_url
        self._wake = asyncio.Event()

    async def run(self) -> None:
        """Send until cancelled; a message under way is finished first."""
        await self._client.open()
        helpers = [
            asyncio.create_task(listen(self._url, [OUTBOX], lambda *_: self._wake.set())),
            asyncio.create_task(self._look_for_lost()),
        ]
        try:
            while True:
                self._wake.clear()
                taken = await self._outbox.take(AT_ONCE)
                if taken:
                    sending = asyncio.gather(*map(self._send, taken))
                    await _finish(sending)
                    continue
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(POLL):
                        await self._wake.wait()
        finally:
            for helper in helpers:
                helper.cancel()
            await self._client.close()

    async def _send(self, message: Outgoing) -> None:
        try:
            platform_id = await self._client.send(message.to, message.body)
        except NotSentError as error:
            if message.age > KEPT:
                await self._outbox.end(message, "failed", error=str(error))
                return
            pause = error.pause if error.pause is not None else min(2.0**message.tries, 60.0)
            log.warning("telegram.send.later", code=str(error), outbox=message.id, pause=pause)
            await self._outbox.again(message, pause, str(error))
        except OptedOutError as error:
            await self._outbox.end(message, "opted_out", error=str(error))
        except RefusedError as error:
            log.warning("telegram.send.refused", code=str(error), outbox=message.id)
            await self._outbox.end(message, "failed", error=str(error))
        except UnknownError as error:
            log.warning("telegram.send.unknown", code=str(error), outbox=message.id)
            await self._outbox.end(message, "unknown", error=str(error))
        else:
            await self._outbox.end(message, "sent", platform_id=platform_id)

    async def _look_for_lost(self) -> None:
        while True:
            lost = await self._outbox.mark_lost()
            if lost:
                log.warning("telegram.send.lost", count=lost)
            await asyncio.sleep(LOOK_FOR_LOST)


async def _lock(connection: AsyncConnection) -> None:
    """Wait for the poller's lock; a try now and then, because a statement that waits could not be cancelled."""
    while True:
        row = await (await connection.execute("SELECT pg_try_advisory_lock(%s)", [_POLLER_LOCK])).fetchone()
        if row and row[0]:
            return
        await asyncio.sleep(LOCK_PAUSE)


async def _finish(work: asyncio.Future[T]) -> T:
    """Wait for it; when we are cancelled meanwhile, let it end first."""
    try:
        return await asyncio.shield(work)
    except asyncio.CancelledError:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(5):
                await work
        raise
