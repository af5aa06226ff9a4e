"""Shows citizens on Telegram that an officer is typing.

Every worker hears of it and tells Telegram; twice is the same as once.
"""

from __future__ import annotations

import asyncio

import structlog
from psycopg import Error as DatabaseError
from psycopg_pool import PoolTimeout

from bot.channels.telegram.client import TelegramClient
from bot.channels.telegram.updates import CHANNEL
from bot.conversations.listening import TYPING, listen
from bot.conversations.pool import Pool, fetch

log = structlog.get_logger(__name__)

WAITING = 100
"""Signs that may wait; what is more is left out: each is good for a moment only."""

_TO = "SELECT external_id FROM conversations WHERE id = %(id)s AND channel = %(channel)s AND opted_out_at IS NULL"


class Typing:
    """Listens until it is cancelled."""

    def __init__(self, client: TelegramClient, pool: Pool, database_url: str) -> None:
        self._client = client
        self._pool = pool
        self._url = database_url
        self._signs: asyncio.Queue[int] = asyncio.Queue(WAITING)

    async def run(self) -> None:
        """Show what is heard."""
        await self._client.open()
        listener = asyncio.create_task(listen(self._url, [TYPING], self._heard))
        try:
            while True:
                values = {"id": await self._signs.get(), "channel": CHANNEL}
                try:
                    rows = await fetch(self._pool, _TO, values)
                except (DatabaseError, PoolTimeout) as error:
                    log.warning("telegram.typing", error=type(error).__name__)
                    continue
                for (to,) in rows:
                    await self._client.typing(to)
        finally:
            listener.cancel()
            await self._client.close()

    def _heard(self, _channel: str, payload: str) -> None:
        if payload.isdecimal() and not self._signs.full():
            self._signs.put_nowait(int(payload))
