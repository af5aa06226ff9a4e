"""Lists of tickets for staff and for programs: filters, keyset paging, counts; made for a million rows."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Select, and_, false, func, or_, select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute

from bot.storage.models import Ticket
from bot.text import fold
from bot.tickets.errors import InvalidError
from bot.tickets.kit import CODE, Kit, code_of
from bot.tickets.people import Actor
from bot.tickets.reading import row
from bot.tickets.records import Page, TicketFilter
from bot.tickets.states import OPEN

MOST_A_PAGE = 1000
FEW = 2000
"""Finds of a search that are sorted by themselves."""

Condition = ColumnElement[bool]


async def listed(
    session: AsyncSession, kit: Kit, wanted: TicketFilter, viewer: Actor, after: str | None, limit: int
) -> Page:
    """One page; see `TicketService.listed`."""
    limit = max(1, min(limit, MOST_A_PAGE))
    conditions = _conditions(kit, wanted, viewer)
    if wanted.text and wanted.text.strip():
        # The planner does not know how rare words are together: for few finds, walking back over the ids is slow.
        found_ids = list(await session.scalars(select(Ticket.id).where(*conditions).limit(FEW + 1)))
        if len(found_ids) <= FEW:
            conditions = [Ticket.id.in_(found_ids)]
    query = select(Ticket).where(*conditions)
    now = datetime.now(UTC)
    if wanted.order == "due":
        return await _by_deadline(session, query, after, limit, now)
    moment = _moment_of_order(wanted)
    keys: tuple[Any, ...] = (Ticket.id,) if moment is None else (moment, Ticket.id)
    if after:
        start = _start(after, dated=moment is not None)
        here, there = (tuple_(*keys), tuple_(*start)) if len(keys) > 1 else (Ticket.id, start[0])
        query = query.where(here > there if wanted.order == "oldest" else here < there)
    order = [key.asc() if wanted.order == "oldest" else key.desc() for key in keys]
    found = list(await session.scalars(query.order_by(*order).limit(limit + 1)))
    more = len(found) > limit
    found = found[:limit]
    last = found[-1] if found else None
    key = str(last.id) if last else None
    if last and moment is not None:
        key = f"{getattr(last, moment.key).isoformat()}|{last.id}"
    return Page(tuple(row(item, now) for item in found), key if more else None)


def _moment_of_order(wanted: TicketFilter) -> InstrumentedAttribute[datetime] | None:
    """The moment by which a list runs, before the id; none: by the id alone, which is the order of filing.

    Between two days of filing it is the moment of filing, so that one index has both the days and the order.
    """
    if wanted.order == "updated":
        return Ticket.updated_at
    between = wanted.created_from is not None or wanted.created_to is not None
    return Ticket.created_at if between else None


async def count(session: AsyncSession, kit: Kit, wanted: TicketFilter, viewer: Actor, most: int | None) -> int:
    """How many, at most `most`."""
    query = select(Ticket.id).where(*_conditions(kit, wanted, viewer))
    if most is not None:
        query = query.limit(most)
    return await session.scalar(select(func.count()).select_from(query.subquery())) or 0


def visible(viewer: Actor) -> list[Condition]:
    """What a viewer may see, as conditions; none for who may see all."""
    if viewer.reads_all:
        normal: Condition | None = None
    elif "officer" in viewer.roles:
        normal = Ticket.agency == viewer.agency
    else:
        normal = false()
    if not viewer.reads_restricted:
        return [Ticket.restricted.is_(False)] + ([normal] if normal is not None else [])
    if normal is None:
        return []
    return [or_(Ticket.restricted, and_(Ticket.restricted.is_(False), normal))]


def _conditions(kit: Kit, wanted: TicketFilter, viewer: Actor) -> list[Condition]:
    now = datetime.now(UTC)
    found = visible(viewer)
    for column, values in (
        (Ticket.status, tuple(map(str, wanted.status))),
        (Ticket.agency, wanted.agency),
        (Ticket.category, wanted.category),
        (Ticket.ward, wanted.ward),
        (Ticket.code, tuple(map(code_of, wanted.codes))),
    ):
        if values:
            found.append(column == values[0] if len(values) == 1 else column.in_(values))
    opened = Ticket.status.in_([str(status) for status in OPEN])
    if wanted.open is not None:
        found.append(opened if wanted.open else ~opened)
    if wanted.officer is not None:
        found.append(Ticket.officer == wanted.officer if wanted.officer else Ticket.officer.is_(None))
    if wanted.overdue is not None:
        late = and_(opened, Ticket.paused_at.is_(None), Ticket.due_at < now)
        found += (
            [late]
            if wanted.overdue
            else [or_(~opened, Ticket.paused_at.is_not(None), Ticket.due_at.is_(None), Ticket.due_at >= now)]
        )
    if wanted.waiting is not None:
        found.append(Ticket.paused_at.is_not(None) if wanted.waiting else Ticket.paused_at.is_(None))
    if wanted.due_before is not None:
        found.append(Ticket.due_at < wanted.due_before)
    if wanted.created_from is not None:
        found.append(Ticket.created_at >= _moment(kit, wanted.created_from))
    if wanted.created_to is not None:
        end = wanted.created_to
        found.append(
            Ticket.created_at <= end
            if isinstance(end, datetime)
            else Ticket.created_at < _moment(kit, end + timedelta(days=1))
        )
    if wanted.updated_from is not None:
        found.append(Ticket.updated_at >= wanted.updated_from)
    if wanted.source is not None:
        found.append(Ticket.source == wanted.source)
    if wanted.restricted is not None:
        found.append(Ticket.restricted.is_(wanted.restricted))
    if wanted.published:
        found += [Ticket.restricted.is_(False), Ticket.private.is_(False)]
    if wanted.text and wanted.text.strip():
        found.append(_about(wanted.text))
    return found


def _about(text: str) -> Condition:
    if match := CODE.fullmatch(code_of(text)):
        return Ticket.code == match.group()
    return Ticket.words.op("@@")(func.plainto_tsquery("simple", fold(text)))


async def _by_deadline(session: AsyncSession, query: Select[Any], after: str | None, limit: int, now: datetime) -> Page:
    """The next deadline first; those without one come last, by number."""
    found: list[Ticket] = []
    if not (after and after.startswith("-|")):
        dated = query.where(Ticket.due_at.is_not(None))
        if after:
            dated = dated.where(tuple_(Ticket.due_at, Ticket.id) > tuple_(*_start(after, dated=True)))
        found = list(await session.scalars(dated.order_by(Ticket.due_at, Ticket.id).limit(limit + 1)))
    if len(found) <= limit:
        rest = query.where(Ticket.due_at.is_(None))
        if after and after.startswith("-|"):
            rest = rest.where(Ticket.id > _start(after[2:], dated=False)[0])
        found += await session.scalars(rest.order_by(Ticket.id).limit(limit + 1 - len(found)))
    more, found = len(found) > limit, found[:limit]
    last = found[-1] if found else None
    key = None if last is None else f"{last.due_at.isoformat() if last.due_at else '-'}|{last.id}"
    return Page(tuple(row(item, now) for item in found), key if more else None)


def _start(after: str, *, dated: bool) -> tuple[Any, ...]:
    try:
        if not dated:
            return (int(after),)
        moment, _, number = after.partition("|")
        return datetime.fromisoformat(moment), int(number)
    except ValueError as error:
        raise InvalidError("no such page") from error


def _moment(kit: Kit, day: date | datetime) -> datetime:
    return day if isinstance(day, datetime) else datetime.combine(day, time(), ZoneInfo(kit.locality.timezone))
