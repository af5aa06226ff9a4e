"""Notices to staff, as the console shows them."""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import ColumnElement, and_, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.storage.models import StaffNotice, Ticket
from bot.tickets.lists import visible
from bot.tickets.people import Viewer
from bot.tickets.records import Notice


async def unread(session: AsyncSession, viewer: Viewer, after: int | None, limit: int) -> list[Notice]:
    """The newest first."""
    query = (
        select(StaffNotice, Ticket.code)
        .join(Ticket, Ticket.id == StaffNotice.ticket_id)
        .where(StaffNotice.read_at.is_(None), _for(viewer), *visible(viewer))
        .order_by(StaffNotice.id.desc())
        .limit(limit)
    )
    if after is not None:
        query = query.where(StaffNotice.id < after)
    return [
        Notice(item.id, item.kind, code, item.agency, item.account, item.role, item.data, item.created_at)
        for item, code in await session.execute(query)
    ]


async def read(session: AsyncSession, number: int, viewer: Viewer) -> bool:
    """Mark one as read."""
    theirs = select(Ticket.id).where(*visible(viewer))
    done = await session.execute(
        update(StaffNotice)
        .where(
            StaffNotice.id == number,
            StaffNotice.read_at.is_(None),
            _for(viewer),
            StaffNotice.ticket_id.in_(theirs),
        )
        .values(read_at=datetime.now(UTC), read_by=viewer.account)
        .returning(StaffNotice.id)
    )
    return done.first() is not None


def _for(viewer: Viewer) -> ColumnElement[bool]:
    """Their own, their agency's, and those of supervisors for supervisors."""
    own = StaffNotice.account == viewer.account
    shared = StaffNotice.account.is_(None)
    if viewer.supervises:
        return or_(own, shared)
    return or_(own, and_(shared, StaffNotice.role == "officer"))
