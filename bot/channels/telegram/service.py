"""The two services of the Telegram channel, run by the worker when a token is set."""

from __future__ import annotations

import asyncio

import structlog
from psycopg import AsyncConnection
from telegram import Update
from telegram.constants import ChatType
from telegram.error import Conflict, InvalidToken, NetworkError, RetryAfter

from bot.channels.entry import HELP, Entry
from bot.channels.message import Location, Payload, Received, Text
from bot.channels.sending import Sender
from bot.channels.telegram.client import TelegramClient
from bot.conversations.context import Context, Service
from bot.storage.database import libpq_url

log = structlog.get_logger(__name__)

CHANNEL = "telegram"
LOCK_PAUSE = 5.0
_POLLER_LOCK = 0x4D43_0010
"""Advisory lock of the one poller: Telegram refuses two."""


def services(context: Context) -> dict[str, Service]:
    """What the worker runs."""
    token = context.settings.telegram_token.get_secret_value()

    def client() -> TelegramClient:
        return TelegramClient(token, context.settings.telegram_api_base)

    async def poll() -> None:
        await Poller(client(), Entry.of(context), context.database_url).run()

    async def send() -> None:
        await Sender.of(CHANNEL, client(), context).run()

    return {"telegram.poll": poll, "telegram.send": send}


class Poller:
    """Takes updates into the inbox. An update is confirmed to Telegram only after it is stored."""

    def __init__(self, client: TelegramClient, entry: Entry, database_url: str) -> None:
        self._client = client
        self._entry = entry
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
        received = translate(update)
        if received is not None:
            await self._entry.take(received)
        if update.callback_query is not None:
            await self._client.answer_callback(update.callback_query.id)


def translate(update: Update) -> Received | None:
    """An update as a message of a citizen; none for what is not said to us by one."""
    chat, query, message = update.effective_chat, update.callback_query, update.message
    if chat is None or chat.type != ChatType.PRIVATE:
        return None
    citizen = str(chat.id)
    if query is not None:
        return Received(CHANNEL, citizen, f"c{query.id}", Payload(query.data)) if query.data else None
    if message is None:
        return None
    number = f"m{message.message_id}"
    if message.location is not None:
        return Received(CHANNEL, citizen, number, Location(message.location.latitude, message.location.longitude))
    text = message.text or message.caption or ""
    if not text.strip() or text.split()[0] in ("/start", "/help"):
        # Also what we cannot read (a picture, a sticker): say what we can do.
        return Received(CHANNEL, citizen, number, Payload(HELP))
    return Received(CHANNEL, citizen, number, Text(text))


async def _lock(connection: AsyncConnection) -> None:
    """Wait for the poller's lock; a try now and then, because a statement that waits could not be cancelled."""
    while True:
        row = await (await connection.execute("SELECT pg_try_advisory_lock(%s)", [_POLLER_LOCK])).fetchone()
        if row and row[0]:
            return
        await asyncio.sleep(LOCK_PAUSE)
