"""Before a citizen is promised a person: can anybody come, and how long does it usually take?"""

from __future__ import annotations

import math
from dataclasses import dataclass

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.tickets.people import Role

ROLES: frozenset[Role] = frozenset({"officer", "supervisor", "admin"})
"""Who may take chats; `bot.console.permissions` says the same, and checks that it does."""
LEAST = 5
"""Chats from which a usual time can be told."""
ROUND = (1, 2, 3, 5, 10, 15, 20, 30, 45, 60)
"""Minutes as people say them; the next larger one is told, above the last nothing."""

_PROSPECTS = text("""
SELECT EXISTS (SELECT 1 FROM staff WHERE NOT disabled AND roles ?| CAST(:roles AS text[])) AS staffed,
    count(*) AS many,
    percentile_cont(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM first_taken_at - opened_at)) AS usual
FROM (
    SELECT first_taken_at, opened_at FROM live_chats
    WHERE why = 'asked' AND first_taken_at IS NOT NULL AND opened_at > now() - interval '30 days'
    ORDER BY id DESC LIMIT 200
) taken
""")


@dataclass(frozen=True)
class Prospects:
    """What may be promised.

    Attributes:
        staffed: whether there is any account that may take chats.
        usual: minutes until somebody comes, by the last month; none where too little is known.
    """

    staffed: bool
    usual: int | None


async def prospects(database: AsyncEngine) -> Prospects:
    """What the last month's chats say."""
    async with database.connect() as connection:
        row = (await connection.execute(_PROSPECTS, {"roles": sorted(ROLES)})).one()
    if row.many < LEAST:
        return Prospects(row.staffed, None)
    minutes = math.ceil(row.usual / 60)
    return Prospects(row.staffed, next((told for told in ROUND if told >= minutes), None))
