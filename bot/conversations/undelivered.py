"""Outgoing messages that did not reach their citizen, for staff: which there are, and sending one again.

A message is sent again by putting it back into the outbox as it was. That happens once for what was seen: whoever asks
says in which state, after how many tries, they saw it, and a second press finds it changed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

from sqlalchemy import ColumnElement, and_, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.conversations.turns import Json
from bot.storage.models import Conversation, Outbox

WAITING_LONG = timedelta(minutes=10)
ENDED = ("failed", "unknown", "opted_out")
OPEN = ("queued", "sending")
STATES = (*ENDED, "waiting")
"""What one can ask for; `waiting`: not sent for longer than `WAITING_LONG`."""

Again = Literal["queued", "changed", "opted_out"]


@dataclass(frozen=True)
class UndeliveredQuery:
    """What to look for; empty is all.

    Attributes:
        since, until: of the time when the message was made; `until` excluded.
        before: only ids below.
    """

    channel: str = ""
    state: str = ""
    since: datetime | None = None
    until: datetime | None = None
    before: int | None = None


@dataclass(frozen=True)
class Undelivered:
    """One message.

    Attributes:
        state: of `STATES`.
        reason: the stable word of `outbox.error`; empty where none is known.
        gone: the citizen does not want messages (now).
    """

    id: int
    channel: str
    state: str
    reason: str
    tries: int
    body: Json
    created_at: datetime
    gone: bool

    @property
    def text(self) -> str:
        """What was to be said."""
        return str(self.body.get("text") or "")


def _wanted(state: str) -> ColumnElement[bool]:
    if state in ENDED:
        return Outbox.state == state
    waiting = and_(Outbox.state.in_(OPEN), Outbox.created_at < func.now() - WAITING_LONG)
    return waiting if state == "waiting" else or_(Outbox.state.in_(ENDED), waiting)


async def undelivered(session: AsyncSession, asked: UndeliveredQuery, limit: int) -> Sequence[Undelivered]:
    """The messages, the newest first."""
    conditions: list[Any] = [_wanted(asked.state)]
    if asked.channel:
        conditions.append(Outbox.channel == asked.channel)
    if asked.since:
        conditions.append(Outbox.created_at >= asked.since)
    if asked.until:
        conditions.append(Outbox.created_at < asked.until)
    if asked.before:
        conditions.append(Outbox.id < asked.before)
    query = (
        select(Outbox, Conversation.opted_out_at)
        .join(Conversation, Conversation.id == Outbox.conversation_id)
        .where(*conditions)
        .order_by(Outbox.id.desc())
        .limit(limit)
    )
    return [_shown(row, gone is not None) for row, gone in await session.execute(query)]


async def one(session: AsyncSession, number: int) -> Undelivered | None:
    """One of them, or none: it is no longer undelivered."""
    query = (
        select(Outbox, Conversation.opted_out_at)
        .join(Conversation, Conversation.id == Outbox.conversation_id)
        .where(Outbox.id == number, _wanted(""))
    )
    row = (await session.execute(query)).one_or_none()
    return _shown(row[0], row[1] is not None) if row else None


async def send_again(session: AsyncSession, number: int, *, state: str, tries: int) -> Again:
    """Put a message back into the outbox, in the caller's transaction.

    Args:
        state, tries: as they were seen; where they are others by now, nothing is done.
    """
    if state not in ENDED:
        return "changed"
    gone = await session.scalar(
        select(Conversation.opted_out_at)
        .join(Outbox, Outbox.conversation_id == Conversation.id)
        .where(Outbox.id == number)
    )
    if gone is not None:
        return "opted_out"
    done = await session.execute(
        update(Outbox)
        .where(Outbox.id == number, Outbox.state == state, Outbox.tries == tries)
        .values(state="queued", error=None, not_before=func.now())
        .returning(Outbox.id)
    )
    if done.scalar_one_or_none() is None:
        return "changed"
    await session.execute(select(func.pg_notify("outbox", "")))
    return "queued"


def _shown(row: Outbox, gone: bool) -> Undelivered:
    state = "waiting" if row.state in OPEN else row.state
    return Undelivered(row.id, row.channel, state, row.error or "", row.tries, row.body, row.created_at, gone)
