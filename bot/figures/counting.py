"""Counting messages: the days that may still change again and again, each earlier day once.

Messages go after a while (retention), their counts stay; so a day is never counted again once its messages may be gone.

They are counted along one line at a time (result, hour, procedure, aspect), each by day, channel and ward. Along all
lines at once there would be almost as many counts as messages: slow to add up, and a trace of each message for good.
"""

from __future__ import annotations

from datetime import date, timedelta

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

OPEN_DAYS = 2
"""Today and yesterday are counted again: answers come late, and figures are looked at during the day."""
MOST_DAYS = 400
"""How far back the first count goes."""

_LOCK = text("SELECT pg_try_advisory_xact_lock(1296236577)")
_KNOWN = text("SELECT max(day) FROM figure_days")
_FIRST = text("SELECT (min(received_at) AT TIME ZONE :zone)::date FROM messages")
_DROP = text("DELETE FROM message_figures WHERE day = :day")
_COUNT = text(
    """
    INSERT INTO message_figures (line, day, key, channel, ward, messages, within_2, within_10, within_60)
    SELECT along.line, :day, along.key, c.channel, coalesce(m.ward, ''), count(*),
           count(*) FILTER (WHERE m.finished_at - m.received_at <= interval '2 s'),
           count(*) FILTER (WHERE m.finished_at - m.received_at <= interval '10 s'),
           count(*) FILTER (WHERE m.finished_at - m.received_at <= interval '60 s')
      FROM messages m JOIN conversations c ON c.id = m.conversation_id CROSS JOIN LATERAL (VALUES
        ('status', CASE WHEN m.state = 'failed' THEN 'failed' ELSE coalesce(m.status, 'staff') END),
        ('hour', extract(hour FROM m.received_at AT TIME ZONE :zone)::int::text),
        ('procedure', CASE WHEN m.state <> 'failed' AND m.status = 'answered'
            THEN nullif(m.result -> 'understanding' -> 'procedures' ->> 0, '') END),
        ('aspect', CASE WHEN m.state <> 'failed' AND m.status = 'answered'
            THEN nullif(m.result -> 'understanding' -> 'aspects' ->> 0, '') END)) AS along (line, key)
     WHERE m.received_at >= (CAST(:day AS date)::timestamp AT TIME ZONE :zone)
       AND m.received_at < ((CAST(:day AS date) + 1)::timestamp AT TIME ZONE :zone)
       AND m.state <> 'pending' AND c.channel <> 'cli' AND along.key IS NOT NULL
     GROUP BY 1, 3, 4, 5
    """
)
_DONE = text("INSERT INTO figure_days (day) VALUES (:day) ON CONFLICT (day) DO UPDATE SET counted_at = now()")
_AGE = text("SELECT now() - max(counted_at) FROM figure_days WHERE day = :day")


async def count(sessions: async_sessionmaker[AsyncSession], today: date, zone: str) -> int:
    """Count the days that are not counted for good, each in a transaction of its own.

    Args:
        today: in the locality's time.
        zone: its time zone.

    Returns:
        How many days were counted; 0 where somebody else is counting.
    """
    async with sessions() as session:
        known = await session.scalar(_KNOWN)
        first = known or await session.scalar(_FIRST, {"zone": zone}) or today
    start = max(min(first, today - timedelta(days=OPEN_DAYS - 1)), today - timedelta(days=MOST_DAYS))
    counted = 0
    for offset in range((today - start).days + 1):
        day = start + timedelta(days=offset)
        async with sessions.begin() as session:
            if not await session.scalar(_LOCK):
                return counted
            await session.execute(_DROP, {"day": day})
            await session.execute(_COUNT, {"day": day, "zone": zone})
            await session.execute(_DONE, {"day": day})
        counted += 1
    return counted


async def age(session: AsyncSession, today: date) -> timedelta | None:
    """How old the count of today is; none where there is none yet."""
    found: timedelta | None = await session.scalar(_AGE, {"day": today})
    return found
