"""A citizen who asks nearly the same again within minutes was not helped: that becomes a case."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from bot.conversations.cases import COUNTED, JOB, KEEP, SPEAKABLE
from bot.conversations.turns import FORGOTTEN
from bot.review.terms import key_of, terms_of

ALIKE = 0.7
"""From this likeness on it is the same question."""
SHORTEST = 3
"""Words; what is shorter is no question of its own."""
WITHIN = 10
"""Minutes between the two."""
SLACK = timedelta(minutes=2)
"""How long a turn may take: so far back every look reaches."""
MARK = "repeats"
MOST = 5000

_SPEAKABLE = ", ".join(f"'{status}'" for status in SPEAKABLE[:3])
_PAIRS = text(f"""
SELECT m.id, m.conversation_id, m.body, before.body
FROM messages m CROSS JOIN LATERAL (
    SELECT p.body FROM messages p
    WHERE p.conversation_id = m.conversation_id AND p.id < m.id AND p.kind = 'text' AND p.state = 'done'
        AND p.status IN ({_SPEAKABLE}) AND p.received_at > m.received_at - interval '{WITHIN} minutes'
    ORDER BY p.id DESC LIMIT 3
) before
WHERE m.received_at > :since AND m.kind = 'text' AND m.state = 'done' AND m.status IN ({_SPEAKABLE})
    AND m.body <> '{FORGOTTEN}' AND before.body <> '{FORGOTTEN}'
ORDER BY m.id LIMIT {MOST}
""")  # noqa: S608  constants of this module
_SINCE = text("SELECT value FROM review_marks WHERE name = :name")
_SEEN = text(
    "INSERT INTO review_marks (name, value) VALUES (:name, :value) ON CONFLICT (name) DO UPDATE SET value = :value"
)
_ADD = f"""
WITH words AS (
    SELECT id, conversation_id, body FROM messages WHERE id = %(message)s
), kept AS ({KEEP}), grouping AS ({JOB})
SELECT count(*){COUNTED} FROM kept
"""  # noqa: S608  constants


async def find_repeats(sessions: async_sessionmaker[AsyncSession], now: datetime | None = None) -> int:
    """Look through what was said since the last look; returns how many repeated questions there were."""
    now = now or datetime.now(UTC)
    async with sessions.begin() as session:
        mark = await session.scalar(_SINCE, {"name": MARK})
        since = (datetime.fromisoformat(mark) if mark else now - timedelta(minutes=WITHIN)) - SLACK
        rows = (await session.execute(_PAIRS, {"since": since})).all()
        found = {number for number, _, said, before in rows if is_repeat(said, before)}
        connection = await session.connection()
        for number in sorted(found):
            values = {"message": number, "reason": "repeated", "candidates": "[]", "sure": None}
            await connection.exec_driver_sql(_ADD, values | {"signals": json.dumps(["repeated"])})
        await session.execute(_SEEN, {"name": MARK, "value": now.isoformat()})
    return len(found)


def is_repeat(said: str, before: str) -> bool:
    """Whether the second question is nearly the first one."""
    keys = key_of(said), key_of(before)
    if min(len(key.split()) for key in keys) < SHORTEST:
        return False
    return keys[0] == keys[1] or terms_of(said).alike(terms_of(before)) >= ALIKE
