"""What retention leaves behind: groups whose cases were deleted with their conversations."""

from __future__ import annotations

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from bot.review.anchors import anchor
from bot.review.regrouping import COUNT

# A group that nobody asks about any more says nothing; what was decided stands in the audit log.
_EMPTY = text("""
DELETE FROM case_groups g WHERE g.state <> 'merged' AND NOT EXISTS (
    SELECT 1 FROM unresolved_cases u WHERE u.group_id = g.id)
""")
_MERGED = text("DELETE FROM case_groups WHERE state = 'merged' AND changed_at < now() - interval '30 days'")
_LEADERLESS = text("""
UPDATE case_groups g SET leader = (SELECT min(u.id) FROM unresolved_cases u WHERE u.group_id = g.id)
WHERE g.state <> 'merged' AND NOT EXISTS (SELECT 1 FROM unresolved_cases u WHERE u.id = g.leader AND u.group_id = g.id)
""")
_UNFINDABLE = text("""
SELECT u.id, u.group_id, u.text, u.procedure, u.aspects FROM unresolved_cases u JOIN case_groups g ON g.leader = u.id
WHERE u.group_id = g.id AND NOT EXISTS (SELECT 1 FROM case_exemplars e WHERE e.group_id = g.id)
""")


async def tidy(sessions: async_sessionmaker[AsyncSession]) -> int:
    """Count groups anew, give them a first case again, and drop those that are empty; returns how many went."""
    async with sessions.begin() as session:
        gone = int(getattr(await session.execute(_EMPTY), "rowcount", 0))
        await session.execute(_MERGED)
        await session.execute(_LEADERLESS)
        for row in (await session.execute(_UNFINDABLE)).all():
            await anchor(session, row.group_id, row)
        await session.execute(text(COUNT.format(where="WHERE u.group_id IS NOT NULL")))
    return gone
