"""The FAQs in memory, read anew within seconds of a change."""

from __future__ import annotations

import asyncio
import contextlib

import structlog
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.knowledge.faqs.matching import FaqAnswer, FaqIndex

log = structlog.get_logger(__name__)

POLL = 2.0
"""Seconds between looks at the revision."""

_REVISION = text("SELECT revision FROM faq_revision WHERE id = 1")
_READ = text(
    "SELECT f.id, f.answer, f.source, f.updated_at, f.valid_until, f.intent, array_agg(q.text ORDER BY q.id)"
    " FROM faqs f JOIN faq_questions q ON q.faq_id = f.id WHERE NOT f.retired GROUP BY f.id ORDER BY f.id"
)


class LiveFaqs:
    """An index of the FAQs that follows the database; a database that is away leaves the last one standing."""

    def __init__(self, engine: AsyncEngine, *, poll: float = POLL) -> None:
        self._engine = engine
        self._poll = poll
        self._index = FaqIndex()
        self._revision = -1
        self._task: asyncio.Task[None] | None = None

    @property
    def current(self) -> FaqIndex:
        """The newest index."""
        return self._index

    async def start(self) -> None:
        """Follow from now on."""
        await self._look()
        self._task = asyncio.create_task(self._follow())

    async def stop(self) -> None:
        """Stop following."""
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task

    async def refresh(self) -> bool:
        """Read anew if something has changed; true when it was."""
        async with self._engine.connect() as connection:
            revision = (await connection.execute(_REVISION)).scalar() or 0
            if revision == self._revision:
                return False
            rows = (await connection.execute(_READ)).all()
        self._index = FaqIndex(
            (FaqAnswer(number, answer, source, updated.date(), until, intent), questions)
            for number, answer, source, updated, until, intent, questions in rows
        )
        self._revision = revision
        log.info("faqs.read", faqs=len(rows), revision=revision)
        return True

    async def _follow(self) -> None:
        while True:
            await asyncio.sleep(self._poll)
            await self._look()

    async def _look(self) -> None:
        try:
            await self.refresh()
        except (SQLAlchemyError, OSError) as error:
            log.warning("faqs.unread", error=type(error).__name__)
