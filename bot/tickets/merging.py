"""What other systems say about our tickets: each update once, an older one never over a newer.

An update is known again by the key of the internal event `UpdateReceived` that it leaves. Which came later is told by
the other system's clock (`remote_updated_at`), not by the order of arrival. A late one changes no status; its text
stays as a note. One that cannot be applied is kept in the same way, and staff are told: none is lost.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import structlog
from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.storage.models import Ticket, TicketEvent, TicketSubmission
from bot.tickets import changes, notices, submissions, work
from bot.tickets.backends.protocol import Backend, Receipt, RemoteUpdate
from bot.tickets.backends.reading import digest
from bot.tickets.errors import PeriodOverError, TicketError
from bot.tickets.kit import LONGEST_TEXT, Kit
from bot.tickets.people import Actor
from bot.tickets.states import OPEN, Status

log = structlog.get_logger(__name__)

AHEAD = timedelta(minutes=5)
"""How far another system's clock may be ahead. What claims more counts as of then, or it would shut out the rest."""
LONGEST_KEY = 80
NOT_BEGUN = frozenset({Status.RECEIVED, Status.SORTING, Status.FORWARDED})
FINISHED = frozenset({Status.DONE, Status.REFUSED, Status.ESCALATED})


class Merging:
    """Takes updates of one backend."""

    def __init__(self, kit: Kit, backend: Backend) -> None:
        self._kit = kit
        self._backend = backend
        self._actor = Actor.remote(backend.name)

    async def take(self, updates: Sequence[RemoteUpdate]) -> set[RemoteUpdate]:
        """Take updates, those of a ticket in one transaction and in their order.

        Returns:
            Those about tickets that are not ours (or not known to be there yet).
        """
        by_row: dict[int, list[RemoteUpdate]] = defaultdict(list)
        async with self._kit.sessions() as session:
            rows = await self._rows(session, updates)
            known = await self._known(session, rows.values(), updates)
        strange = set()
        for update in updates:
            row = rows.get(update.remote_id) or rows.get(update.key or "")
            if row is None:
                strange.add(update)
            elif (row.ticket_id, self._key(update)) not in known:
                by_row[row.id].append(update)
        for number, theirs in by_row.items():
            async with self._kit.sessions.begin() as session:
                await self._merge(session, number, theirs)
        return strange

    async def _rows(self, session: AsyncSession, updates: Sequence[RemoteUpdate]) -> dict[str, TicketSubmission]:
        """The submissions meant, by their id there and by our key."""
        query = select(TicketSubmission).where(
            TicketSubmission.backend == self._backend.name,
            or_(
                TicketSubmission.remote_id.in_({update.remote_id for update in updates}),
                TicketSubmission.idempotency_key.in_({update.key for update in updates if update.key}),
            ),
        )
        found: dict[str, TicketSubmission] = {}
        for row in await session.scalars(query):
            found[row.idempotency_key] = row
            if row.remote_id:
                found[row.remote_id] = row
        return found

    async def _known(
        self, session: AsyncSession, rows: Iterable[TicketSubmission], updates: Sequence[RemoteUpdate]
    ) -> set[tuple[int, str | None]]:
        query = select(TicketEvent.ticket_id, TicketEvent.key).where(
            TicketEvent.ticket_id.in_({row.ticket_id for row in rows}),
            TicketEvent.key.in_({self._key(update) for update in updates}),
        )
        return {(ticket, key) for ticket, key in await session.execute(query)}

    def _key(self, update: RemoteUpdate) -> str:
        name = update.update_id if len(update.update_id) <= LONGEST_KEY else digest(update.update_id)
        return f"update:{self._backend.name}:{name}"

    async def _merge(self, session: AsyncSession, number: int, updates: list[RemoteUpdate]) -> None:
        ticket = await session.scalar(
            select(Ticket)
            .join(TicketSubmission, TicketSubmission.ticket_id == Ticket.id)
            .where(TicketSubmission.id == number)
            .with_for_update(of=Ticket)
        )
        row = await session.get(TicketSubmission, number, with_for_update=True)
        if ticket is None or row is None:
            return
        if row.remote_id is None:
            # The other system told us before its answer reached us, with our key: so it is there.
            await submissions.accept(session, self._kit, ticket, row, Receipt(remote_id=updates[0].remote_id))
        known = {key for _, key in await self._known(session, [row], updates)}
        for update in sorted(updates, key=lambda one: one.at):
            if (key := self._key(update)) not in known and update.remote_id == row.remote_id:
                known.add(key)
                await self._one(session, ticket, row, update, key)

    async def _one(
        self, session: AsyncSession, ticket: Ticket, row: TicketSubmission, update: RemoteUpdate, key: str
    ) -> None:
        update = replace(update, text=update.text[:LONGEST_TEXT])
        at = min(update.at, datetime.now(UTC) + AHEAD)
        late = row.remote_updated_at is not None and at < row.remote_updated_at
        problem = None
        if late:
            await self._note(session, ticket, update)
        else:
            problem = await self._apply(session, ticket, update, before=row.remote_status)
            row.remote_status, row.remote_updated_at = update.status, at
        data = {
            "update_id": update.update_id,
            "updated_at": update.at.isoformat(),
            "status": update.status,
            "late": late,
            **({"problem": problem} if problem else {}),
        }
        await changes.record(session, self._kit, ticket, "UpdateReceived", self._actor, data=data, key=key)
        log.info("backend.update.taken", ticket=ticket.code, status=update.status, late=late, problem=problem)

    async def _apply(
        self, session: AsyncSession, ticket: Ticket, update: RemoteUpdate, *, before: str | None
    ) -> str | None:
        """Do what the update says, or nothing of it; what stood in the way."""
        wanted = self._backend.target(update.status)
        if wanted is None:
            await self._problem(session, ticket, update, "unknown_status")
            return "unknown_status"
        try:
            async with session.begin_nested():
                await self._follow(session, ticket, update, wanted, self._backend.target(before) if before else None)
        except TicketError as error:
            await session.refresh(ticket)
            await self._problem(session, ticket, update, error.code)
            return error.code
        return None

    async def _follow(
        self, session: AsyncSession, ticket: Ticket, update: RemoteUpdate, wanted: Status, before: Status | None
    ) -> None:
        status, kit, text = Status(ticket.status), self._kit, update.text or None
        target = None
        if status in OPEN:
            begins = wanted is Status.IN_PROGRESS and status is not Status.IN_PROGRESS
            target = wanted if wanted in FINISHED or begins else None
        elif wanted not in FINISHED and before in FINISHED and status not in (Status.REFUSED, Status.ESCALATED):
            # They had finished, and begin anew.
            self._may_reopen(ticket)
            target = Status.IN_PROGRESS
        if target is not None:
            await work.advance(session, kit, ticket, target, self._actor, reason=text, text=text)
        elif text and not update.standing:
            await changes.record(session, kit, ticket, "RemoteUpdated", self._actor, text=kit.cleaned(text))

    def _may_reopen(self, ticket: Ticket) -> None:
        if Status(ticket.status) is not Status.CLOSED or ticket.closed_at is None:
            return
        if datetime.now(UTC) > self._kit.days(ticket.closed_at, self._kit.locality.tickets.reopen_days):
            raise PeriodOverError("too late to open it again")

    async def _note(self, session: AsyncSession, ticket: Ticket, update: RemoteUpdate) -> None:
        if update.text and not update.standing:
            await work.note(session, self._kit, ticket, self._actor, update.text)

    async def _problem(self, session: AsyncSession, ticket: Ticket, update: RemoteUpdate, why: str) -> None:
        await self._note(session, ticket, replace(update, standing=False))
        data = {"error": why, "backend": self._backend.name, "status": update.status}
        key = f"submission:{why}:{update.status}"
        await notices.tell_staff(session, ticket, "submission", key, data=data)
        log.warning("backend.update.not_applied", ticket=ticket.code, error=why, status=update.status)
