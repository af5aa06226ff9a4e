"""The list of changes to what the bot is taught."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.storage.models import CorpusChange


@dataclass(frozen=True)
class Change:
    """A row of the list of changes."""

    id: int
    at: datetime
    account: str
    kind: str
    target: str
    action: str
    before: dict[str, Any]
    after: dict[str, Any]
    reverts: int | None
    reverted: bool

    @classmethod
    def of(cls, row: CorpusChange, *, reverted: bool) -> Change:
        """From a row of the database."""
        return cls(
            *(row.id, row.at, row.account, row.kind, row.target, row.action),
            *(row.before, row.after, row.reverts, reverted),
        )


async def changes(
    session: AsyncSession,
    *,
    kind: str = "",
    target: str = "",
    account: str = "",
    after: int | None = None,
    limit: int = 50,
) -> list[Change]:
    """The newest first.

    Args:
        after: the number of the last one seen.
    """
    query = select(CorpusChange).order_by(CorpusChange.id.desc()).limit(limit)
    if kind:
        query = query.where(CorpusChange.kind == kind)
    if target:
        query = query.where(CorpusChange.target == target)
    if account:
        query = query.where(CorpusChange.account == account)
    if after is not None:
        query = query.where(CorpusChange.id < after)
    rows = list(await session.scalars(query))
    undone = set(
        await session.scalars(select(CorpusChange.reverts).where(CorpusChange.reverts.in_([row.id for row in rows])))
    )
    return [Change.of(row, reverted=row.id in undone) for row in rows]


async def last_changes(session: AsyncSession, kind: str) -> dict[str, tuple[datetime, str]]:
    """When each target of a kind was last changed, and by whom."""
    newest = select(func.max(CorpusChange.id)).where(CorpusChange.kind == kind).group_by(CorpusChange.target)
    rows = await session.scalars(select(CorpusChange).where(CorpusChange.id.in_(newest)))
    return {row.target: (row.at, row.account) for row in rows}
