"""What the worker runs for Telegram: the sender, and the poller where no webhook is set."""

from __future__ import annotations

import asyncio

import structlog
from psycopg import AsyncConnection
from telegram import Update
from telegram.error import Conflict, InvalidToken, NetworkError, RetryAfter, TelegramError

from bot.channels.entry import BusyError, Entry
from bot.channels.sending import Sender
from bot.channels.telegram.client import TelegramClient, seconds
from bot.channels.telegram.files import TelegramFiles
from bot.channels.telegram.typing import Typing
from bot.channels.telegram.updates import CHANNEL, read
from bot.conversations.context import Context, Service
from bot.settings import Settings
from bot.storage.database import libpq_url

log = structlog.get_logger(__name__)

LOCK_PAUSE = 5.0
BUSY_PAUSE = 1.0
WEBHOOK_PAUSE, CONFLICT_PAUSE = 60.0, 10.0
_POLLER_LOCK = 0x4D43_0010
"""Advisory lock of the one poller: Telegram refuses two."""


def client_of(settings: Settings) -> TelegramClient:
    """The client that the settings name."""
    token = settings.telegram_token.get_secret_value()
    return TelegramClient(token, settings.telegram_api_base, share=1 / settings.workers)


def services(context: Context) -> dict[str, Service]:
    """What the worker runs."""
    settings = context.settings
    expects_webhook = bool(settings.telegram_secret.get_secret_value())

    async def poll() -> None:
        await Poller(
            client_of(settings), Entry.of(context), context.database_url, expects_webhook=expects_webhook
        ).run()

    async def send() -> None:
        await Sender.of(CHANNEL, client_of(settings), context).run()

    async def typing() -> None:
        await Typing(client_of(settings), context.pool, context.database_url).run()

    return {"telegram.poll": poll, "telegram.send": send, "telegram.typing": typing}


def fetcher(context: Context) -> TelegramFiles:
    """Gets the pictures that citizens sent."""
    return TelegramFiles(client_of(context.settings), context.settings.telegram_api_base)


class Poller:
    """Takes updates into the inbox. An update is confirmed to Telegram only after it is stored.

    Telegram refuses polling while a webhook is set (409): then this looks again from time to time, so that deleting the
    webhook is all it takes to poll.

    Args:
        expects_webhook: that one is set is as wanted.
    """

    def __init__(
        self, client: TelegramClient, entry: Entry, database_url: str, *, expects_webhook: bool = False
    ) -> None:
        self._client = client
        self._entry = entry
        self._url = database_url
        self._expects_webhook = expects_webhook

    async def run(self) -> None:
        """Poll until cancelled; of several workers one polls, and another takes over when it ends."""
        async with await AsyncConnection.connect(libpq_url(self._url), autocommit=True) as connection:
            await _lock(connection)
            await self._client.open()
            log.info("telegram.polling")
            await self._offer_commands()
            offset: int | None = None
            try:
                while True:
                    await connection.execute("SELECT 1")  # the lock is held for as long as this connection lives
                    for update in await self._next(offset):
                        await self._take(update)
                        if update.callback_query is not None:
                            pressed = update.callback_query
                            await self._client.answer_callback(pressed.id, pressed.data)
                        offset = update.update_id + 1
            finally:
                await self._client.close()

    async def _take(self, update: Update) -> None:
        while True:
            try:
                return await take(self._entry, update)
            except BusyError:
                await asyncio.sleep(BUSY_PAUSE)

    async def _next(self, offset: int | None) -> tuple[Update, ...]:
        try:
            return tuple(await self._client.updates(offset))
        except RetryAfter as error:
            await asyncio.sleep(seconds(error))
        except Conflict as error:
            webhook = "webhook" in error.message.lower()
            if webhook and self._expects_webhook:
                log.debug("telegram.webhook.set")
            else:
                log.error("telegram.conflict", hint="a webhook is set, or another program polls with this token")
            await asyncio.sleep(WEBHOOK_PAUSE if webhook else CONFLICT_PAUSE)
        except InvalidToken:
            log.error("telegram.token.refused")
            await asyncio.sleep(60)
        except NetworkError as error:
            log.warning("telegram.unreachable", error=type(error).__name__)
            await asyncio.sleep(2)
        return ()

    async def _offer_commands(self) -> None:
        try:
            await self._client.offer_commands()
        except TelegramError as error:
            log.warning("telegram.commands.unset", error=type(error).__name__)


async def take(entry: Entry, update: Update) -> None:
    """Store what an update says."""
    for received in read(update):
        await entry.take(received)


async def _lock(connection: AsyncConnection) -> None:
    """Wait for the poller's lock; a try now and then, because a statement that waits could not be cancelled."""
    while True:
        row = await (await connection.execute("SELECT pg_try_advisory_lock(%s)", [_POLLER_LOCK])).fetchone()
        if row and row[0]:
            return
        await asyncio.sleep(LOCK_PAUSE)
