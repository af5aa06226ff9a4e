"""Updates that another system posts to us about a ticket it works on: each once, an older one never over a newer.

The whole update is one transaction: what it changes, and the internal event `UpdateReceived` under whose key it is
known again. Which came later is told by the other system's clock, not by the order of arrival.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import structlog
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, async_sessionmaker

from bot.locality import LocalitySource
from bot.settings import Settings
from bot.storage.database import sessions
from bot.storage.models import Ticket, TicketEvent
from bot.tickets import changes, work
from bot.tickets.errors import PeriodOverError, UnknownTicketError
from bot.tickets.kit import Kit, locked
from bot.tickets.people import Actor
from bot.tickets.published import SAID
from bot.tickets.states import ENDED, OPEN, Status

log = structlog.get_logger(__name__)

RECEIVED = "UpdateReceived"


@dataclass(frozen=True)
class NewUpdate:
    """An update as it was posted.

    Attributes:
        source: whose it is; `update_id` is unique there.
        solved: whether the matter is done, as the other system sees it.
        at: by the other system's clock.
        text: what it says to the citizen; may be empty.
        photos: keys of pictures: of what was done, or more of the matter from who filed it.
    """

    source: str
    update_id: str
    code: str
    solved: bool
    at: datetime
    text: str
    photos: tuple[str, ...] = ()


@dataclass(frozen=True)
class TakenUpdate:
    """What became of it.

    Attributes:
        id: of the event that it became.
        again: it was taken before; nothing happened now.
        late: a newer one was here first, so it changed nothing.
    """

    id: str
    again: bool = False
    late: bool = False


class PostedUpdates:
    """Takes updates about the published tickets of one locality."""

    def __init__(
        self, database: AsyncEngine | async_sessionmaker[AsyncSession], settings: Settings, locality: LocalitySource
    ) -> None:
        made = sessions(database) if isinstance(database, AsyncEngine) else database
        self._kit = Kit(made, settings, locality)

    async def take(self, update: NewUpdate) -> TakenUpdate:
        """Take one update; again with its id: the same result.

        Raises:
            UnknownTicketError: no such ticket, or not a published one.
            TransitionError: the ticket cannot go where the update says.
            PeriodOverError: too late to open it again.
            InvalidError: the text is too long, or a picture is another's.
        """
        actor = Actor.remote(update.source)
        key = f"update:{update.source}:{update.update_id}"
        async with self._kit.sessions.begin() as session:
            ticket = await locked(session, update.code, actor)
            category = self._kit.category(ticket)
            if ticket.restricted or ticket.private or (category and (category.restricted or category.private)):
                raise UnknownTicketError("no such ticket")
            before = await self._events(session, ticket)
            known = next((event for event in before if event.key == key), None)
            if known is not None:
                return TakenUpdate(known.data["event"], again=True, late=known.data["late"])
            newest = max((datetime.fromisoformat(event.data["updated_at"]) for event in before), default=None)
            late = newest is not None and update.at < newest
            last = await self._last(session, ticket) or 0
            if late:
                if update.text:
                    await work.note(session, self._kit, ticket, actor, update.text)
            else:
                await self._apply(session, ticket, actor, update)
            made = None if late else await self._last(session, ticket, after=last)
            event = await changes.record(
                session,
                self._kit,
                ticket,
                RECEIVED,
                actor,
                data={
                    "update_id": update.update_id,
                    "updated_at": update.at.isoformat(),
                    "solved": update.solved,
                    "late": late,
                },
                key=key,
            )
            taken = str(made or event.id)
            event.data = {**event.data, "event": taken}
        log.info("ticket.update.taken", ticket=update.code, source=update.source, late=late)
        return TakenUpdate(taken, late=late)

    async def _apply(self, session: AsyncSession, ticket: Ticket, actor: Actor, update: NewUpdate) -> None:
        status, kit, text = Status(ticket.status), self._kit, update.text or None
        if update.photos:
            # Who filed it for a citizen passes on what the citizen adds; others, and "done", show what was done.
            added = not update.solved and await self._filed_by(session, ticket, update.source)
            await work.add_photos(session, kit, ticket, actor, update.photos, "before" if added else "after")
        if update.solved and status in OPEN:
            await work.advance(session, kit, ticket, Status.DONE, actor, text=text)
        elif not update.solved and status not in OPEN and status not in (Status.REFUSED, Status.ESCALATED):
            self._may_reopen(ticket)
            await work.advance(session, kit, ticket, Status.IN_PROGRESS, actor, reason=text)
        elif text:
            said = kit.cleaned(text)
            event = await changes.record(session, kit, ticket, "RemoteUpdated", actor, text=said)
            if status not in ENDED:
                ticket.answered_at = ticket.answered_at or event.at

    def _may_reopen(self, ticket: Ticket) -> None:
        if Status(ticket.status) is not Status.CLOSED or ticket.closed_at is None:
            return
        end = self._kit.days(ticket.closed_at, self._kit.locality.tickets.reopen_days)
        if datetime.now(end.tzinfo) > end:
            raise PeriodOverError("too late to open it again")

    async def _events(self, session: AsyncSession, ticket: Ticket) -> list[TicketEvent]:
        query = select(TicketEvent).where(TicketEvent.ticket_id == ticket.id, TicketEvent.kind == RECEIVED)
        return list(await session.scalars(query))

    async def _filed_by(self, session: AsyncSession, ticket: Ticket, source: str) -> bool:
        query = select(TicketEvent.id).where(TicketEvent.ticket_id == ticket.id, TicketEvent.kind == "TicketFiled")
        return await session.scalar(query.where(TicketEvent.account == source)) is not None

    async def _last(self, session: AsyncSession, ticket: Ticket, *, after: int = 0) -> int | None:
        """The last event that is published."""
        query = select(func.max(TicketEvent.id)).where(TicketEvent.ticket_id == ticket.id, TicketEvent.id > after)
        return await session.scalar(query.where(TicketEvent.kind.in_(SAID)))
