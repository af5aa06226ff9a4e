"""Conversations' state in PostgreSQL: one row each, written once at the end of a turn.

Beside the state, the row holds the id and the response of the last turn taken, in the same
statement, so a repeated message is answered from here. The column `version` notices a second
writer. The table `engine.trackers` is made by the migrations of the bot.
"""

from __future__ import annotations

import asyncio
import copy
import json
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import psycopg
from rasa.core.brokers.broker import EventBroker
from rasa.core.tracker_store import TrackerStore
from rasa.shared.core.domain import Domain
from rasa.shared.core.trackers import DialogueStateTracker

from bot.engine.runtime import state
from bot.engine.runtime.faults import CannotStart, StateConflict, StoreFailed

CONNECTIONS = 4
"""Statements take under a millisecond and turns are computed one at a time."""
CONNECT_TIMEOUT = 3
STATEMENT_TIMEOUT = 4.0

_LOAD = "SELECT version, state::text, last_message_id, last_response::text FROM engine.trackers WHERE sender_id = %s"
_INSERT = (
    "INSERT INTO engine.trackers (sender_id, version, state, last_message_id, last_response, updated_at)"
    " VALUES (%(sender_id)s, 1, %(state)s, %(message_id)s, %(response)s, now())"
    " ON CONFLICT (sender_id) DO NOTHING"
)
_UPDATE = (
    "UPDATE engine.trackers SET version = version + 1, state = %(state)s, last_message_id = %(message_id)s,"
    " last_response = %(response)s, updated_at = now()"
    " WHERE sender_id = %(sender_id)s AND version = %(version)s"
)


@dataclass
class Stored:
    """A conversation as it was read."""

    tracker: DialogueStateTracker
    version: int
    """0: there is no row yet."""
    message_id: str | None = None
    """Of the last turn taken."""
    response: dict[str, Any] | None = None
    """Of the last turn taken."""


def check(url: str) -> None:
    """Whether the store can be used at all.

    Raises:
        CannotStart: the database is down, or the table is not there.
    """
    try:
        with psycopg.connect(url, connect_timeout=CONNECT_TIMEOUT) as connection:
            connection.execute("SELECT 1 FROM engine.trackers LIMIT 1")
    except psycopg.errors.UndefinedTable as error:
        raise CannotStart("the table engine.trackers is missing: run the migrations first") from error
    except psycopg.Error as error:
        first_line = (str(error).strip() or type(error).__name__).splitlines()[0]
        raise CannotStart(f"the database of the tracker store cannot be used: {first_line}") from error


class ConversationStore(TrackerStore):  # type: ignore[misc]  # Rasa carries no types
    """The tracker store; `endpoints.yml` names it."""

    def __init__(
        self, domain: Domain | None = None, host: str | None = None, event_broker: EventBroker | None = None
    ) -> None:
        """Rasa calls this with what stands in `endpoints.yml`; `host` is its `url`."""
        super().__init__(domain, event_broker)
        if not host:
            raise CannotStart("endpoints.yml names no database for the tracker store")
        self._url = host
        self._idle: list[psycopg.AsyncConnection[Any]] = []
        self._slots = asyncio.Semaphore(CONNECTIONS)

    def beside(self) -> ConversationStore:
        """The same store for another model: a domain of its own, over the same connections."""
        return copy.copy(self)

    async def load(self, sender_id: str) -> Stored:
        """Read a conversation; an unknown one is a blank tracker of version 0.

        Raises:
            StoreFailed: the database cannot be reached, or what it holds cannot be read.
        """
        row = await self._retried(_LOAD, (sender_id,))
        if row is None:
            return Stored(self.init_tracker(sender_id), version=0)
        version, events, message_id, response = row
        try:
            tracker = state.decode(sender_id, json.loads(events), self.domain.slots)
        except Exception as error:
            raise StoreFailed(f"the stored state cannot be read: {type(error).__name__}") from error
        return Stored(tracker, version, message_id, json.loads(response) if response else None)

    async def save_turn(self, stored: Stored, message_id: str | None, response: dict[str, Any] | None) -> None:
        """Write the conversation as it is after a turn, with the turn's response.

        Raises:
            StateConflict: the row changed since it was loaded.
            StoreFailed: the database cannot be reached. Whether the turn was taken is then unknown, and the
                same message id settles it.
        """
        parameters = {
            "sender_id": stored.tracker.sender_id,
            "version": stored.version,
            "state": _json(state.encode(stored.tracker, self.domain.slots)),
            "message_id": message_id,
            "response": None if response is None else _json(response),
        }
        async with self._connection() as connection:
            cursor = await connection.execute(_UPDATE if stored.version else _INSERT, parameters)
        if cursor.rowcount != 1:
            raise StateConflict("another turn of this conversation was taken meanwhile")

    async def close(self) -> None:
        """Close the idle connections."""
        while self._idle:
            await self._idle.pop().close()

    # What Rasa's own tools (`rasa shell`, `rasa export`) call; our channel uses the two above.

    async def retrieve(self, sender_id: str) -> DialogueStateTracker | None:
        """The tracker, or none."""
        stored = await self.load(sender_id)
        if stored.version == 0:
            return None
        stored.tracker.stored_version = stored.version
        return stored.tracker

    async def save(self, tracker: DialogueStateTracker) -> None:
        """Save a tracker that `retrieve` gave, or a new one."""
        await self.save_turn(Stored(tracker, getattr(tracker, "stored_version", 0)), None, None)

    async def keys(self) -> Iterable[str]:
        """The ids of all conversations."""
        async with self._connection() as connection:
            rows = await (await connection.execute("SELECT sender_id FROM engine.trackers")).fetchall()
        return [row[0] for row in rows]

    async def _retried(self, statement: str, parameters: tuple[str]) -> tuple[Any, ...] | None:
        """One row. Connections that a restarted database left behind are found out here: reading may be repeated."""
        try:
            return await self._fetch_one(statement, parameters)
        except StoreFailed:
            while self._idle:
                self._idle.pop().pgconn.finish()
            return await self._fetch_one(statement, parameters)

    async def _fetch_one(self, statement: str, parameters: tuple[str]) -> tuple[Any, ...] | None:
        async with self._connection() as connection:
            return await (await connection.execute(statement, parameters)).fetchone()

    @asynccontextmanager
    async def _connection(self) -> AsyncIterator[psycopg.AsyncConnection[Any]]:
        async with self._slots:
            connection: psycopg.AsyncConnection[Any] | None = None
            try:
                async with asyncio.timeout(CONNECT_TIMEOUT + STATEMENT_TIMEOUT):
                    connection = self._idle.pop() if self._idle else await self._connect()
                    yield connection
            except (psycopg.Error, OSError, TimeoutError) as error:
                if connection is not None:
                    connection.pgconn.finish()
                raise StoreFailed(f"{type(error).__name__}: {str(error).strip()[:200]}") from error
            except BaseException:
                if connection is not None:
                    connection.pgconn.finish()
                raise
            self._idle.append(connection)

    async def _connect(self) -> psycopg.AsyncConnection[Any]:
        return await psycopg.AsyncConnection.connect(
            self._url,
            autocommit=True,
            connect_timeout=CONNECT_TIMEOUT,
            application_name="mot-cua-engine",
            options=f"-c statement_timeout={int(STATEMENT_TIMEOUT * 1000)}",
        )


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
