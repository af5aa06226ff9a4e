"""Noticing that more may be answerable by now: another model serves, the catalogue or the staff's answers changed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from bot.review.recheck import RECHECK
from bot.storage.jobs import defer_in

MARK = "knows"
SETTLE = timedelta(seconds=20)
"""After so long every process has taken the change up."""

_KNOWS = (
    ("catalogue_revision", "SELECT max(revision) FROM catalogue_revision"),
    ("faq_revision", "SELECT max(revision) FROM faq_revision"),
    ("publications", "SELECT max(id) FROM publications WHERE state IN ('live', 'partial')"),
)
_THERE = text("SELECT to_regclass(:name) IS NOT NULL")
_MARK = text("SELECT value FROM review_marks WHERE name = :name FOR UPDATE")
_KEEP = text(
    "INSERT INTO review_marks (name, value) VALUES (:name, :value) ON CONFLICT (name) DO UPDATE SET value = :value"
)


async def ask_again_if_newer(sessions: async_sessionmaker[AsyncSession], now: datetime | None = None) -> bool:
    """Have the waiting groups asked again where the bot knows more than at the last look; whether it does.

    The first look only remembers.
    """
    async with sessions.begin() as session:
        knows = []
        for table, statement in _KNOWS:
            found = await session.scalar(text(statement)) if await session.scalar(_THERE, {"name": table}) else None
            knows.append(str(found or 0))
        value = " ".join(knows)
        before = await session.scalar(_MARK, {"name": MARK})
        if value == before:
            return False
        await session.execute(_KEEP, {"name": MARK, "value": value})
        if before is None:
            return False
        await defer_in(session, RECHECK, queueing_lock=RECHECK, lock=RECHECK, at=(now or datetime.now(UTC)) + SETTLE)
        return True
