"""Showing tickets: to their citizens, and to staff one by one."""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.storage.models import Ticket, TicketEvent, TicketFollower, TicketPhoto
from bot.tickets import citizens, work
from bot.tickets.kinds import KINDS
from bot.tickets.kit import Kit, conversation_id
from bot.tickets.people import Actor
from bot.tickets.records import EventView, LastEvent, PhotoView, TicketDetail, TicketRow, TicketView
from bot.tickets.states import OPEN, Status

MOST_SHOWN = 10
"""Tickets in "phản ánh của tôi"."""


def overdue(ticket: Ticket, now: datetime) -> bool:
    """Past the deadline, and the office has to act."""
    return bool(ticket.due_at and ticket.due_at < now and ticket.paused_at is None and Status(ticket.status) in OPEN)


async def view(session: AsyncSession, kit: Kit, ticket: Ticket, *, owned: bool = True) -> TicketView:
    """A ticket for its citizen."""
    query = (
        select(TicketEvent)
        .where(TicketEvent.ticket_id == ticket.id, TicketEvent.public)
        .order_by(TicketEvent.seq.desc())
        .limit(1)
    )
    last = await session.scalar(query)
    question = None
    if ticket.paused_at is not None and owned:
        asked = select(TicketEvent.text).where(TicketEvent.ticket_id == ticket.id, TicketEvent.kind == "QuestionAsked")
        question = await session.scalar(asked.order_by(TicketEvent.seq.desc()).limit(1))
    confirm, reopen, rate = citizens.may(kit, ticket, owned=owned)
    return TicketView(
        code=ticket.code,
        category=ticket.category,
        status=Status(ticket.status),
        agency=ticket.agency,
        created_at=ticket.created_at,
        updated_at=ticket.updated_at,
        due_at=ticket.due_at,
        overdue=overdue(ticket, datetime.now(UTC)),
        waiting=ticket.paused_at is not None,
        last_event=LastEvent(last.kind, last.at, last.text if owned else None) if last else None,
        may_confirm=confirm,
        may_reopen=reopen,
        may_rate=rate,
        rating=ticket.rating if owned else None,
        owned=owned,
        question=question,
    )


async def mine(kit: Kit, conversation: str) -> list[TicketView]:
    """The tickets that a conversation filed or follows, the newest first."""
    async with kit.sessions() as session:
        owner = await conversation_id(session, conversation)
        if owner is None:
            return []
        mine = select(TicketFollower.ticket_id, TicketFollower.proof).where(TicketFollower.conversation_id == owner)
        follows = dict((await session.execute(mine)).all())
        query = (
            select(Ticket)
            .where((Ticket.conversation_id == owner) | Ticket.id.in_(follows))
            .order_by(Ticket.id.desc())
            .limit(MOST_SHOWN)
        )
        return [
            await view(session, kit, item, owned=item.conversation_id == owner or follows.get(item.id) == "pin")
            for item in await session.scalars(query)
        ]


async def detail(session: AsyncSession, kit: Kit, ticket: Ticket, viewer: Actor | None) -> TicketDetail:
    """A ticket in full.

    Args:
        viewer: none for its citizen.
    """
    events = select(TicketEvent).where(TicketEvent.ticket_id == ticket.id).order_by(TicketEvent.seq)
    if viewer is None:
        events = events.where(TicketEvent.public)
    photos = select(TicketPhoto).where(TicketPhoto.ticket_id == ticket.id).order_by(TicketPhoto.id)
    joined = (
        select(func.count())
        .select_from(TicketFollower)
        .where(TicketFollower.ticket_id == ticket.id, TicketFollower.proof == "joined")
    )
    staff = viewer is not None
    return TicketDetail(
        row=row(ticket, datetime.now(UTC), staff=staff),
        view=await view(session, kit, ticket),
        address=ticket.address,
        lat=ticket.lat,
        long=ticket.long,
        private=ticket.private,
        answers=ticket.answers or {},
        comment=ticket.comment,
        has_contact=ticket.contact is not None,
        answered_at=ticket.answered_at,
        paused_at=ticket.paused_at,
        paused_seconds=ticket.paused_seconds or 0,
        external_id=ticket.external_id if staff else None,
        events=tuple(_event(item, staff=staff) for item in await session.scalars(events)),
        photos=tuple(_photo(item) for item in await session.scalars(photos)),
        followers=await session.scalar(joined) or 0,
        transitions=work.allowed(kit, ticket, viewer) if viewer else (),
    )


def row(ticket: Ticket, now: datetime, *, staff: bool = True) -> TicketRow:
    """A ticket as a row of a list; who works on it is for staff alone."""
    return TicketRow(
        id=ticket.id,
        code=ticket.code,
        category=ticket.category,
        status=Status(ticket.status),
        agency=ticket.agency,
        officer=ticket.officer if staff else None,
        ward=ticket.ward,
        place=ticket.place,
        description=ticket.description,
        created_at=ticket.created_at,
        updated_at=ticket.updated_at,
        due_at=ticket.due_at,
        paused=ticket.paused_at is not None,
        overdue=overdue(ticket, now),
        restricted=ticket.restricted,
        anonymous=ticket.anonymous,
        source=ticket.source,
        channel=ticket.channel,
        rating=ticket.rating,
        reopened=ticket.reopened or 0,
        resolved_at=ticket.resolved_at,
        closed_at=ticket.closed_at,
    )


def _event(event: TicketEvent, *, staff: bool) -> EventView:
    kind = KINDS.get(event.kind)
    return EventView(
        seq=event.seq,
        kind=event.kind,
        label=kind.label if kind else event.kind,
        status=Status(event.status),
        actor=event.actor,
        account=event.account if staff else None,
        public=event.public,
        text=event.text,
        at=event.at,
        data=event.data if staff else {},
    )


def _photo(photo: TicketPhoto) -> PhotoView:
    return PhotoView(photo.key, photo.stage, photo.type, photo.size, photo.width, photo.height, photo.created_at)
