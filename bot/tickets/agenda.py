"""What comes up for a ticket by itself, and when: reminders, the deadline, escalation, the end of a silence."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.storage.models import Ticket, TicketEvent
from bot.tickets.kit import Kit
from bot.tickets.states import OPEN, Status


@dataclass(frozen=True)
class Item:
    """Something that happens at a moment, once.

    Attributes:
        kind: of the event.
        key: unique for the ticket; of a reopened ticket the same things come up again.
        detail: which reminder, for people.
    """

    at: datetime
    kind: str
    key: str
    detail: str = ""


def items(kit: Kit, ticket: Ticket, now: datetime) -> Iterator[Item]:
    """Everything that a ticket as it stands has before it, or has missed."""
    rules, cycle = kit.locality.tickets, ticket.reopened or 0
    if ticket.paused_at is not None:
        since = int(ticket.paused_at.timestamp())
        yield Item(kit.days(ticket.paused_at, rules.reply_days), "CitizenSilent", f"{cycle}:silent:{since}")
        return
    if ticket.status == Status.AWAITING_CITIZEN:
        yield Item(kit.days(ticket.status_at, rules.silence_days), "TicketClosed", f"{cycle}:closed")
        return
    if ticket.status not in OPEN or ticket.due_at is None:
        return
    due = ticket.due_at
    for clock in rules.remind_before:
        at = kit.time.shift(due, clock, back=True)
        # Too late, or a clock so short that the reminder would come with the report.
        if now < due and at > ticket.created_at:
            yield Item(at, "DueSoon", f"{cycle}:before:{clock}", str(clock))
    yield Item(due, "DeadlinePassed", f"{cycle}:due")
    for clock in rules.remind_after:
        yield Item(kit.time.shift(due, clock), "DeadlinePassed", f"{cycle}:after:{clock}", str(clock))
    if rules.escalate_after:
        clock = rules.escalate_after
        yield Item(kit.time.shift(due, clock), "EscalationRaised", f"{cycle}:escalation", str(clock))


async def open_items(session: AsyncSession, kit: Kit, ticket: Ticket, now: datetime) -> list[Item]:
    """Those that have not happened, the earliest first."""
    query = select(TicketEvent.key).where(TicketEvent.ticket_id == ticket.id, TicketEvent.key.is_not(None))
    happened = set(await session.scalars(query))
    return sorted((item for item in items(kit, ticket, now) if item.key not in happened), key=lambda item: item.at)


def first_look(kit: Kit, ticket: Ticket) -> datetime | None:
    """The same as `next_look` for a ticket that is just being filed."""
    return min((item.at for item in items(kit, ticket, ticket.created_at)), default=None)


async def next_look(session: AsyncSession, kit: Kit, ticket: Ticket) -> datetime | None:
    """When the sweep has to look at a ticket; none: nothing comes up."""
    coming = await open_items(session, kit, ticket, datetime.now(UTC))
    return coming[0].at if coming else None
