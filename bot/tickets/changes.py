"""The changes that every operation is made of: an event, a step to another status, a clock that stops or goes on.

All work on a row that the caller has locked, in the caller's transaction.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import structlog
from sqlalchemy import and_, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.storage.models import Ticket, TicketEvent, TicketPhoto
from bot.tickets import agenda, notices
from bot.tickets.errors import InvalidError, PhotoMissingError
from bot.tickets.kinds import KINDS
from bot.tickets.kit import Kit
from bot.tickets.people import Actor
from bot.tickets.states import ENDED, OPEN, Status, check

log = structlog.get_logger(__name__)

STEPS: dict[tuple[Status, Status], str] = {
    (Status.RECEIVED, Status.SORTING): "TicketSorted",
    (Status.FORWARDED, Status.SORTING): "TicketSentBack",
    (Status.SORTING, Status.FORWARDED): "TicketRouted",
    (Status.FORWARDED, Status.FORWARDED): "TicketForwarded",
    (Status.IN_PROGRESS, Status.FORWARDED): "TicketForwarded",
    (Status.FORWARDED, Status.IN_PROGRESS): "TicketStarted",
    (Status.DONE, Status.IN_PROGRESS): "ReviewFailed",
    (Status.AWAITING_CITIZEN, Status.IN_PROGRESS): "TicketNotSolved",
    (Status.CLOSED, Status.IN_PROGRESS): "TicketReopened",
}
"""The event of a step; of all others the target alone says it."""

ENDS: dict[Status, str] = {
    Status.DONE: "TicketResolved",
    Status.AWAITING_CITIZEN: "ConfirmationAsked",
    Status.CLOSED: "TicketClosed",
    Status.REFUSED: "TicketRefused",
    Status.ESCALATED: "TicketEscalated",
}


async def record(
    session: AsyncSession,
    kit: Kit,
    ticket: Ticket,
    kind: str,
    actor: Actor | None,
    *,
    text: str | None = None,
    data: dict[str, Any] | None = None,
    key: str | None = None,
    but: int | None = None,
    tell: bool = True,
    at: datetime | None = None,
) -> TicketEvent:
    """Add an event, tell those whom it concerns, and plan when to look at the ticket next.

    Args:
        actor: none for the citizen.
        text: cleaned.
        but: the conversation that caused it.
        tell: whether the citizen is told (where the kind has a text at all).
        at: when it happened, where another system says so.
    """
    now = at or datetime.now(UTC)
    last = await session.scalar(select(func.max(TicketEvent.seq)).where(TicketEvent.ticket_id == ticket.id))
    event = TicketEvent(
        ticket_id=ticket.id,
        seq=(last or 0) + 1,
        kind=kind,
        status=ticket.status,
        actor=actor.kind if actor else "citizen",
        account=actor.account if actor and actor.kind != "system" else None,
        public=KINDS[kind].public,
        text=text,
        data=data or {},
        key=key,
        at=now,
    )
    session.add(event)
    ticket.updated_at = datetime.now(UTC)
    ticket.updated_by = actor.account if actor else "citizen"
    await session.flush()
    if tell:
        await notices.tell_citizens(session, kit, ticket, event, but=but)
    ticket.check_at = await agenda.next_look(session, kit, ticket)
    log.info("ticket.event", ticket=ticket.code, kind=kind, status=ticket.status, actor=event.actor)
    return event


async def step(
    session: AsyncSession,
    kit: Kit,
    ticket: Ticket,
    target: Status,
    actor: Actor | None,
    *,
    reason: str | None = None,
    text: str | None = None,
    agency: str | None = None,
    kind: str | None = None,
    data: dict[str, Any] | None = None,
    but: int | None = None,
    tell: bool = True,
    at: datetime | None = None,
    key: str | None = None,
) -> TicketEvent:
    """Take a ticket to another status, with everything that follows from it.

    Args:
        reason, text: cleaned; what the event says.
        agency: for FORWARDED.
        kind: of the event, where the step alone does not say it.

    Another system's "done" counts also without the picture that the category wants: the matter is done there, and
    often it has no way to send one. Staff are told, and the citizen is asked in any case.

    Raises:
        TransitionError: the table does not hold it, or a reason or a picture is missing.
    """
    source, now = Status(ticket.status), datetime.now(UTC)
    check(source, target, reason)
    lacking = target is Status.DONE and await _lacks_photo(session, kit, ticket)
    if lacking and not (actor and actor.kind == "remote"):
        raise PhotoMissingError("the category wants a photo of what was done")
    if ticket.paused_at and target is not Status.FORWARDED:
        go_on(kit, ticket, now)
    _move_clock(kit, ticket, source, target, now)
    if target is Status.SORTING and source is Status.FORWARDED:
        ticket.agency = ticket.officer = None
    if target is Status.FORWARDED and agency != ticket.agency:
        ticket.agency, ticket.officer = agency, None
    ticket.status, ticket.status_at = target, now
    event = await record(
        session,
        kit,
        ticket,
        kind or STEPS.get((source, target)) or ENDS[target],
        actor,
        text=text or reason,
        data={**({"agency": agency} if agency else {}), **({"photo_missing": True} if lacking else {}), **(data or {})},
        but=but,
        tell=tell,
        at=at,
        key=key,
    )
    if lacking:
        await notices.tell_staff(session, ticket, "photo_wanted", f"photo_wanted:{event.seq}", account=ticket.officer)
    return event


def go_on(kit: Kit, ticket: Ticket, now: datetime) -> None:
    """Let a clock that stood go on; the deadline moves by the working time that it stood."""
    if ticket.paused_at is None:
        return
    if ticket.due_at is not None:
        ticket.due_at, stood = kit.time.moved(ticket.due_at, ticket.paused_at, now)
        ticket.paused_seconds = (ticket.paused_seconds or 0) + int(stood.total_seconds())
    ticket.paused_at = None


async def attach(
    session: AsyncSession,
    ticket: Ticket,
    keys: tuple[str, ...],
    stage: str,
    *,
    account: str | None = None,
    conversation: int | None = None,
) -> None:
    """Give pictures that belong to no ticket yet to this one.

    Args:
        account: of the officer who took them; none: they are of `conversation`, of the ticket's own, or of none.

    Raises:
        InvalidError: one is not there, or another's.
    """
    if not keys:
        return
    owners = [owner for owner in (conversation, ticket.conversation_id) if owner is not None]
    mine = (
        TicketPhoto.account == account
        if account
        else and_(
            TicketPhoto.account.is_(None),
            or_(TicketPhoto.conversation_id.is_(None), TicketPhoto.conversation_id.in_(owners)),
        )
    )
    done = await session.execute(
        update(TicketPhoto)
        .where(TicketPhoto.key.in_(keys), TicketPhoto.ticket_id.is_(None), mine)
        .values(ticket_id=ticket.id, stage=stage)
        .returning(TicketPhoto.id)
    )
    if len(done.all()) != len(set(keys)):
        raise InvalidError("a photo is not there any more, or is another's")


def _move_clock(kit: Kit, ticket: Ticket, source: Status, target: Status, now: datetime) -> None:
    """What a step does to the moments that a ticket keeps."""
    if target is Status.DONE:
        ticket.resolved_at = now
    if target in ENDED:
        ticket.closed_at = now
    if target is not Status.IN_PROGRESS or source in OPEN:
        return
    if source is Status.CLOSED:
        ticket.due_at = kit.deadline(kit.category(ticket), now)
        ticket.paused_seconds = 0
    elif ticket.due_at is not None and ticket.resolved_at is not None:
        # What the citizen took to answer is not the office's time.
        ticket.due_at, _ = kit.time.moved(ticket.due_at, ticket.resolved_at, now)
    if source is not Status.DONE:
        ticket.reopened = (ticket.reopened or 0) + 1
    ticket.resolved_at = ticket.closed_at = None


async def _lacks_photo(session: AsyncSession, kit: Kit, ticket: Ticket) -> bool:
    """Whether the category wants a picture of what was done, and there is none since the last reopening."""
    category = kit.category(ticket)
    if category is None or category.photo != "after":
        return False
    since = ticket.created_at
    if ticket.reopened:
        since = (
            await session.scalar(
                select(func.max(TicketEvent.at)).where(
                    TicketEvent.ticket_id == ticket.id, TicketEvent.kind.in_(("TicketReopened", "TicketNotSolved"))
                )
            )
            or since
        )
    found = await session.scalar(
        select(func.count())
        .select_from(TicketPhoto)
        .where(TicketPhoto.ticket_id == ticket.id, TicketPhoto.stage == "after", TicketPhoto.created_at >= since)
    )
    return not found
