"""What happens to tickets by itself: reminders, the passing of the deadline, escalation, the end of a silence."""

from __future__ import annotations

from datetime import datetime

import structlog
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.storage.models import Ticket
from bot.tickets import agenda, changes, notices
from bot.tickets.kit import Kit
from bot.tickets.people import SYSTEM
from bot.tickets.states import Status

log = structlog.get_logger(__name__)

BATCH = 200
_STAFF = {
    "DueSoon": "due_soon",
    "DeadlinePassed": "overdue",
    "EscalationRaised": "escalation",
    "CitizenSilent": "silent",
}


async def sweep(kit: Kit, now: datetime) -> int:
    """Do all that has come up until now; two sweeps at once share the work.

    Returns:
        How many events there were.
    """
    done = 0
    tried: set[int] = set()
    while True:
        async with kit.sessions() as session:
            query = select(Ticket.id).where(Ticket.check_at <= now, Ticket.id.not_in(tried)).order_by(Ticket.check_at)
            due = list(await session.scalars(query.limit(BATCH)))
        for number in due:
            done += await _one(kit, number, now)
        tried |= set(due)
        if len(due) < BATCH:
            return done


async def _one(kit: Kit, number: int, now: datetime) -> int:
    async with kit.sessions.begin() as session:
        query = select(Ticket).where(Ticket.id == number, Ticket.check_at <= now).with_for_update(skip_locked=True)
        ticket = await session.scalar(query)
        if ticket is None:
            return 0
        done = 0
        # One at a time: each may change what else comes up.
        while (coming := await agenda.open_items(session, kit, ticket, now)) and coming[0].at <= now:
            await _happen(session, kit, ticket, coming[0], now)
            done += 1
        if not done:
            ticket.check_at = await agenda.next_look(session, kit, ticket)
        return done


async def _happen(session: AsyncSession, kit: Kit, ticket: Ticket, item: agenda.Item, now: datetime) -> None:
    if item.kind == "TicketClosed":
        await changes.step(session, kit, ticket, Status.CLOSED, SYSTEM, key=item.key, data={"silence": True})
        return
    if item.kind == "CitizenSilent":
        changes.go_on(kit, ticket, now)
    data = {"clock": item.detail} if item.detail else {}
    await changes.record(session, kit, ticket, item.kind, SYSTEM, key=item.key, data=data)
    # A late officer's supervisor is told, not the officer again.
    up = item.kind == "EscalationRaised"
    await notices.tell_staff(
        session,
        ticket,
        _STAFF[item.kind],
        item.key,
        account=None if up else ticket.officer,
        role="supervisor" if up else "officer",
        data=data,
    )
    log.warning("ticket.clock", ticket=ticket.code, kind=item.kind, agency=ticket.agency, clock=item.detail)
