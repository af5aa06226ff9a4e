"""What a citizen adds after filing (an answer, pictures, that it is not done), passed on to the system that works on
the ticket, where the locality file says so.

One job an addition, tried until the system has it or refuses it. It goes under a key of its own, so that a system that
knows such keys has it once, also where an answer got lost; one that does not may have it twice.
"""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import structlog
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.locality.remote import RemoteBackend
from bot.storage.jobs import defer_in
from bot.storage.models import Ticket, TicketEvent, TicketSubmission
from bot.tickets import filing, notices
from bot.tickets.backends.errors import BackendError, RefusedError
from bot.tickets.backends.protocol import Backend, OutgoingAddition
from bot.tickets.kit import Kit
from bot.tickets.outgoing import Outgoing
from bot.tickets.submissions import NO_PHOTOS

log = structlog.get_logger(__name__)

PATIENCE = timedelta(days=7)
"""For which an addition is tried; then staff are told."""


class Additions:
    """Of one backend."""

    def __init__(self, kit: Kit, backend: Backend, config: RemoteBackend) -> None:
        self._kit = kit
        self._backend = backend
        self._config = config
        self._outgoing = Outgoing(kit, config)

    async def step(self, code: str, event: int, photos: list[str], tries: int) -> None:
        """Pass one on, or plan the next try.

        Args:
            event: number of the event in which it was said.
            photos: keys of the pictures that came with it.
            tries: so far.
        """
        async with self._kit.sessions() as session:
            found = await self._found(session, code, event)
            if found is None:
                return
            ticket, submission, said = found
            addition = self._outgoing.addition(ticket, submission, said)
        if submission.remote_id is None or addition is None:
            if submission.state != "refused" and addition is not None:
                await self._again(said, code, photos, tries, "not_there_yet")
            return
        addition = await self._outgoing.addition_with_photos(addition, photos)
        if not (addition.text or addition.photos):
            return
        try:
            await self._add(addition)
        except RefusedError as error:
            await self._give_up(code, event, error.code)
        except BackendError as error:
            log.warning("backend.addition.failed", ticket=code, error=error.code, kind=type(error).__name__)
            await self._again(said, code, photos, tries, error.code)
        else:
            log.info("backend.addition.taken", ticket=code, photos=len(addition.photos), tries=tries + 1)

    async def _add(self, addition: OutgoingAddition) -> None:
        """Without its pictures, where the other system will not have them."""
        try:
            await self._backend.add(addition)
        except RefusedError as error:
            if not (addition.photos and addition.text and error.code in NO_PHOTOS):
                raise
            log.warning("backend.photos.refused", ticket=addition.code, error=error.code, count=len(addition.photos))
            await self._backend.add(replace(addition, photos=()))

    async def _found(
        self, session: AsyncSession, code: str, event: int
    ) -> tuple[Ticket, TicketSubmission, TicketEvent] | None:
        query = (
            select(Ticket, TicketSubmission, TicketEvent)
            .join(TicketSubmission, TicketSubmission.ticket_id == Ticket.id)
            .join(TicketEvent, TicketEvent.ticket_id == Ticket.id)
            .where(Ticket.code == code, TicketSubmission.backend == self._config.name, TicketEvent.id == event)
        )
        row = (await session.execute(query)).first()
        return (row[0], row[1], row[2]) if row else None

    async def _again(self, said: TicketEvent, code: str, photos: list[str], tries: int, why: str) -> None:
        if datetime.now(UTC) - said.at > PATIENCE:
            await self._give_up(code, said.id, why)
            return
        config = self._config
        pause = min(config.first_pause * 2.0 ** min(tries, 20), config.longest_pause)
        at = datetime.now(UTC) + timedelta(seconds=pause * random.uniform(0.75, 1.0))  # noqa: S311 - spreads calls
        async with self._kit.sessions.begin() as session:
            await plan(session, code, said.id, photos, tries=tries + 1, at=at)

    async def _give_up(self, code: str, event: int, why: str) -> None:
        log.error("backend.addition.refused", ticket=code, error=why)
        async with self._kit.sessions.begin() as session:
            ticket = await session.scalar(select(Ticket).where(Ticket.code == code))
            if ticket is not None:
                data = {"error": why, "backend": self._config.name, "addition": True}
                await notices.tell_staff(session, ticket, "submission", f"submission:addition:{event}", data=data)


async def pass_on(session: AsyncSession, kit: Kit, ticket: Ticket, event: TicketEvent, photos: tuple[str, ...]) -> None:
    """Plan that what was said in an event is passed on; in the transaction of the event."""
    config = kit.locality.backend
    if config.adds == "none" or (config.adds == "photos" and not photos):
        return
    query = select(TicketSubmission.id).where(
        TicketSubmission.ticket_id == ticket.id,
        TicketSubmission.backend == config.name,
        TicketSubmission.state != "refused",
    )
    if await session.scalar(query) is not None:
        await plan(session, ticket.code, event.id, list(photos))


async def plan(
    session: AsyncSession, code: str, event: int, photos: list[str], *, tries: int = 0, at: datetime | None = None
) -> None:
    """One job, after those of the same ticket."""
    args = {"code": code, "event": event, "photos": photos, "tries": tries}
    await defer_in(session, filing.ADD, args, lock=f"pass_on:{code}", at=at, priority=filing.PATIENT)
