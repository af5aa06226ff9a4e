"""A citizen takes back their consent: nothing more is sent at once, and everything is deleted by a job."""

from __future__ import annotations

import time
import uuid

import structlog
from procrastinate import JobContext

from bot.conversations.pool import Pool, fetch, repeat
from bot.privacy import erasure
from bot.storage.jobs import app, tools
from bot.tickets.photos import Photos

log = structlog.get_logger(__name__)

SLACK = 300.0
"""Seconds by which the platform's clock may be behind ours."""

# A conversation that began after the withdrawal is of a citizen who came back: a late repetition is not about it.
_WITHDRAW = """
WITH c AS (
    UPDATE conversations SET opted_out_at = now()
    WHERE channel = %(channel)s AND external_id = %(external_id)s AND created_at <= to_timestamp(%(before)s)
    RETURNING id, key
), o AS (
    UPDATE outbox o SET state = 'opted_out' FROM c WHERE o.conversation_id = c.id AND o.state = 'queued' RETURNING o.id
)
SELECT c.id, procrastinate_defer_jobs_v1(ARRAY[ROW('default', 'privacy.erase', 10, NULL, NULL,
    jsonb_build_object('conversation', c.key::text), NULL)::procrastinate_job_to_defer_v1])
FROM c
"""


async def withdraw(pool: Pool, channel: str, external_id: str, *, at: float | None = None) -> bool:
    """Opt a citizen out and have their data deleted, in one transaction.

    Args:
        at: when they withdrew, seconds since 1970; None: now.

    Returns:
        Whether there is a conversation of theirs.
    """
    values = {"channel": channel, "external_id": external_id, "before": (at or time.time()) + SLACK}
    found = bool(await repeat(pool, lambda: fetch(pool, _WITHDRAW, values)))
    log.info("conversation.withdrawn", channel=channel, found=found)
    return found


@app.task(name="privacy.erase", pass_context=True, retry=5)
async def erase_conversation(context: JobContext, conversation: str) -> None:
    """Delete a conversation and what hangs on it, the pictures that no ticket has included."""
    made = tools(context)
    await Photos(made.sessions, made.settings).forget(conversation)
    async with made.sessions.begin() as session:
        done = await (await session.connection()).run_sync(erasure.erase, uuid.UUID(conversation))
    log.info("conversation.erased", messages=done.messages, contacts=done.contacts)
