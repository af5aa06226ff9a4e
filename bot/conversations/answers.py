"""Waiting for answers: one LISTEN connection a process, many requests that wait.

The notification says only which message is done; the answers are then read together, so that under load one
statement serves many requests.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections import OrderedDict
from dataclasses import dataclass

import structlog
from psycopg import Error as DatabaseError
from psycopg_pool import PoolTimeout

from bot.conversations.errors import NotAnsweredYetError
from bot.conversations.listening import TURN_DONE, listen
from bot.conversations.pool import Pool, fetch

log = structlog.get_logger(__name__)

LOOK = 1.0
"""Seconds between looks at everything that is waited for, in case a notification was missed."""
RECENT = 2000
"""Notifications remembered, for answers that are quicker than the one who will wait for them."""

_READ = "SELECT id, status, result::text FROM messages WHERE id = ANY(%(ids)s) AND state <> 'pending'"


@dataclass(frozen=True)
class Answer:
    """What was stored: the status, and the JSON `{"replies", "understanding"}` as text."""

    status: str
    result: str


class Answers:
    """Hands stored answers to whoever waits for them."""

    def __init__(self, pool: Pool, database_url: str) -> None:
        self._pool = pool
        self._url = database_url
        self._waiting: dict[int, set[asyncio.Future[Answer]]] = {}
        self._recent: OrderedDict[int, None] = OrderedDict()
        self._ready: set[int] = set()
        self._wake = asyncio.Event()
        self._closed = False

    @property
    def waiting(self) -> int:
        """How many requests wait."""
        return sum(map(len, self._waiting.values()))

    async def run(self) -> None:
        """Listen and hand out until cancelled."""
        listener = asyncio.create_task(listen(self._url, [TURN_DONE], self._heard))
        try:
            while True:
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(LOOK):
                        await self._wake.wait()
                if self._wake.is_set():
                    self._wake.clear()
                else:
                    self._ready |= self._waiting.keys()
                await self._hand_out()
        finally:
            listener.cancel()
            self.close()

    async def wait(self, message: int, *, timeout: float) -> Answer:  # noqa: ASYNC109  the limit is part of the contract
        """The answer to a message (`messages.id`).

        Raises:
            NotAnsweredYetError: not within `timeout` seconds, or this process is stopping.
        """
        if self._closed:
            raise NotAnsweredYetError
        future: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
        self._waiting.setdefault(message, set()).add(future)
        if message in self._recent:
            self._look_at(message)
        try:
            async with asyncio.timeout(timeout):
                return await future
        except TimeoutError as error:
            raise NotAnsweredYetError from error
        finally:
            others = self._waiting.get(message)
            if others is not None:
                others.discard(future)
                if not others:
                    del self._waiting[message]

    async def read(self, message: int) -> Answer | None:
        """The answer, if it is there."""
        rows = await fetch(self._pool, _READ, {"ids": [message]})
        return Answer(rows[0][1], rows[0][2]) if rows else None

    def close(self) -> None:
        """Nobody waits any longer: what waits is told to ask again."""
        self._closed = True
        for futures in self._waiting.values():
            for future in futures:
                if not future.done():
                    future.set_exception(NotAnsweredYetError())

    def _heard(self, _channel: str, payload: str) -> None:
        if not payload:  # connected (again): what happened before was not heard
            self._ready |= self._waiting.keys()
            self._wake.set()
            return
        message = int(payload)
        if message in self._waiting:
            self._look_at(message)
        else:
            self._recent[message] = None
            if len(self._recent) > RECENT:
                self._recent.popitem(last=False)

    def _look_at(self, message: int) -> None:
        self._ready.add(message)
        self._wake.set()

    async def _hand_out(self) -> None:
        ids = [message for message in self._ready if message in self._waiting]
        self._ready.clear()
        if not ids:
            return
        try:
            rows = await fetch(self._pool, _READ, {"ids": ids})
        except (DatabaseError, PoolTimeout) as error:
            log.warning("answers.database", error=type(error).__name__)
            self._ready |= set(ids)
            await asyncio.sleep(0.2)
            self._wake.set()
            return
        for message, status, result in rows:
            for future in self._waiting.get(message, ()):
                if not future.done():
                    future.set_result(Answer(status, result))
