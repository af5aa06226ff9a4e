"""The index that follows the catalogue: rebuilt within seconds of a change, without a restart."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Sequence

import psycopg
import structlog
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.knowledge.search.index import SearchIndex
from bot.knowledge.store import CHANNEL, read_index, read_revision
from bot.storage.database import libpq_url
from bot.text import fold

log = structlog.get_logger()


class LiveIndex:
    """A search index kept at the catalogue's revision.

    A notification wakes it at once; a poll of the revision catches what a lost connection missed. Searches go on
    with the old index while the new one is made, in a thread of its own.
    """

    def __init__(self, engine: AsyncEngine, *, poll: float = 2.0, domains: Callable[[], Sequence[str]] = tuple) -> None:
        """Follow an engine's catalogue once started.

        Args:
            poll: seconds between looks at the revision when nothing is heard.
            domains: the fields of procedures ("lĩnh vực") that are searched, asked at each look; none: all.
        """
        self._engine = engine
        self._domains = domains
        self._indexed: frozenset[str] = frozenset()
        self._poll = poll
        self._index = SearchIndex([])
        self._revision = -1
        self._changed = asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []
        self._refreshing = asyncio.Lock()

    @property
    def current(self) -> SearchIndex:
        """The newest index."""
        return self._index

    @property
    def revision(self) -> int:
        """The catalogue's revision of which the index is; -1 before the first."""
        return self._revision

    async def start(self) -> None:
        """Follow the catalogue from now on; a database that is down is waited for."""
        with contextlib.suppress(SQLAlchemyError, OSError):
            await self.refresh()
        self._tasks = [asyncio.create_task(self._follow()), asyncio.create_task(self._listen())]

    async def stop(self) -> None:
        """Stop following."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._tasks = []

    async def refresh(self) -> bool:
        """Rebuild if the catalogue has changed; true when it was rebuilt."""
        async with self._refreshing, self._engine.connect() as connection:
            # The revision is read first: a change in between costs one rebuild too many, never one too few.
            revision = await read_revision(connection)
            domains = frozenset(map(fold, self._domains()))
            if revision == self._revision and domains == self._indexed:
                return False
            rows = await read_index(connection)
            if domains:
                rows = [row for row in rows if fold(row.field or "") in domains]
            self._index = await asyncio.to_thread(SearchIndex, rows)
            self._revision, self._indexed = revision, domains
            log.info("search.index.built", procedures=len(rows), revision=revision)
            return True

    async def _follow(self) -> None:
        while True:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._changed.wait(), self._poll)
            self._changed.clear()
            try:
                await self.refresh()
            except (SQLAlchemyError, OSError) as error:
                log.warning("search.index.refresh.failed", error=type(error).__name__)

    async def _listen(self) -> None:
        url = libpq_url(self._engine.url.render_as_string(hide_password=False))
        while True:
            try:
                async with await psycopg.AsyncConnection.connect(url, autocommit=True) as connection:
                    await connection.execute(f"LISTEN {CHANNEL}")
                    self._changed.set()  # whatever happened before the ear was there
                    async for _ in connection.notifies():
                        self._changed.set()
            except (psycopg.Error, OSError) as error:
                log.warning("search.index.listen.failed", error=type(error).__name__)
            await asyncio.sleep(self._poll)
