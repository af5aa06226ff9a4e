"""What keeps the house in order by itself: retention of personal data, and jobs whose worker died."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import structlog
from procrastinate import JobContext
from procrastinate.exceptions import UniqueViolation
from procrastinate.jobs import Status
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from bot.settings import Settings
from bot.storage.jobs import app, tools

log = structlog.get_logger(__name__)

BATCH = 1000
"""Rows a transaction, so that a big clean-up holds nobody up."""
DEAD_AFTER = 30.0
"""Seconds without a sign of life after which a worker counts as dead."""
FAILED_JOBS_KEPT = 30 * 24
"""Hours."""

_BY_AGE = {
    # A conversation that went quiet, with all that hangs on it; its tickets stay, without the link. While one of
    # them is open, its citizen still has to be told.
    "conversations": "DELETE FROM conversations WHERE id IN (SELECT c.id FROM conversations c"
    " WHERE c.last_message_at < :before AND c.waiting = 0 AND NOT EXISTS"
    " (SELECT 1 FROM tickets t WHERE t.conversation_id = c.id AND t.closed_at IS NULL) LIMIT :batch)",
    "messages": "DELETE FROM messages WHERE id IN (SELECT id FROM messages"
    " WHERE received_at < :before AND state <> 'pending' LIMIT :batch)",
    "outbox": "DELETE FROM outbox WHERE id IN (SELECT id FROM outbox WHERE created_at < :before LIMIT :batch)",
    "live_chats": "DELETE FROM live_chats WHERE id IN (SELECT id FROM live_chats"
    " WHERE closed_at < :before LIMIT :batch)",
    "trackers": "DELETE FROM engine.trackers WHERE sender_id IN (SELECT sender_id FROM engine.trackers"
    " WHERE updated_at < :before LIMIT :batch)",
}
_DELIVERED = (
    "DELETE FROM outbox WHERE id IN (SELECT id FROM outbox WHERE state = 'sent' AND created_at < :before LIMIT :batch)"
)
_MASKED = "DELETE FROM masked_values WHERE id IN (SELECT id FROM masked_values WHERE created_at < :before LIMIT :batch)"


async def expire(
    settings: Settings, sessions: async_sessionmaker[AsyncSession], *, now: datetime | None = None
) -> dict[str, int]:
    """Delete what is older than the settings allow.

    Returns:
        How many rows of each kind went.
    """
    now = now or datetime.now(UTC)
    old = now - timedelta(days=settings.retention_days)
    counts = {name: await _delete(sessions, statement, old) for name, statement in _BY_AGE.items()}
    counts["delivered"] = await _delete(sessions, _DELIVERED, now - timedelta(days=settings.delivered_days))
    counts["masked_values"] = await _delete(sessions, _MASKED, now - timedelta(hours=settings.masked_value_hours))
    return counts


@app.periodic(cron="17 * * * *")
@app.task(name="housekeeping.expire", pass_context=True, queueing_lock="housekeeping.expire")
async def expire_data(context: JobContext, timestamp: int) -> None:
    """Every hour: retention."""
    made = tools(context)
    counts = await expire(made.settings, made.sessions)
    log.info("housekeeping.expired", tick=timestamp, **counts)


@app.periodic(cron="* * * * *")
@app.task(name="housekeeping.revive", pass_context=True, queueing_lock="housekeeping.revive")
async def revive_jobs(context: JobContext, timestamp: int) -> None:
    """Every minute: jobs whose worker was killed are put back, or they would block their lock for ever."""
    manager = context.app.job_manager
    for job in await manager.get_stalled_jobs(seconds_since_heartbeat=DEAD_AFTER):
        try:
            await manager.retry_job(job)
        except UniqueViolation:
            # One of its queueing lock waits already and does the same; this one would hold up its lock for ever.
            await manager.finish_job(job, Status.FAILED, delete_job=True)
        log.warning("job.revived", task=job.task_name, job=job.id, tick=timestamp)


@app.periodic(cron="41 3 * * *")
@app.task(name="housekeeping.forget_jobs", pass_context=True, queueing_lock="housekeeping.forget_jobs")
async def forget_jobs(context: JobContext, timestamp: int) -> None:
    """Every night: jobs that failed long ago."""
    await context.app.job_manager.delete_old_jobs(
        nb_hours=FAILED_JOBS_KEPT, include_failed=True, include_cancelled=True, include_aborted=True
    )
    log.info("job.forgotten", tick=timestamp)


async def _delete(sessions: async_sessionmaker[AsyncSession], statement: str, before: datetime) -> int:
    total = 0
    while True:
        async with sessions.begin() as session:
            result = await session.execute(text(statement), {"before": before, "batch": BATCH})
        count = int(getattr(result, "rowcount", 0))
        total += count
        if count < BATCH:
            return total
