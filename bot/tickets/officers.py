"""What officers do with a ticket, each in one transaction that a witness may look at."""

from __future__ import annotations

import copy
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Self

from sqlalchemy.ext.asyncio import AsyncSession

from bot.storage.models import Ticket
from bot.tickets import changes, reading, work
from bot.tickets.errors import TicketError
from bot.tickets.kit import code_of, locked
from bot.tickets.looking import Looking
from bot.tickets.people import Actor
from bot.tickets.records import BulkResult, Stage, TicketDetail
from bot.tickets.states import Status
from bot.tickets.witness import Standing, Witness


class OfficersWork(Looking):
    """The part of `TicketService` that is the office's."""

    _witness: Witness | None = None

    def witnessed(self, witness: Witness) -> Self:
        """The same service, whose changes are written down by `witness` in their transactions."""
        made = copy.copy(self)
        made._witness = witness
        return made

    async def move(
        self,
        code: str,
        target: Status,
        actor: Actor,
        *,
        reason: str | None = None,
        text: str | None = None,
        agency: str | None = None,
        photos: Sequence[str] = (),
    ) -> TicketDetail:
        """One transition of the table.

        Args:
            reason: where the table wants one.
            text: with DONE, the official reply.
            agency: with FORWARDED; from sorting none means the category's own.
            photos: keys of pictures of what was done.

        Raises:
            UnknownTicketError, ForbiddenError, TransitionError, ReasonMissingError, PhotoMissingError,
            UnknownAgencyError, InvalidError.
        """
        async with self._changing(code, actor) as (session, ticket):
            await work.move(
                session, self._kit, ticket, target, actor, reason=reason, text=text, agency=agency, photos=tuple(photos)
            )
            return await reading.detail(session, self._kit, ticket, actor)

    async def advance(
        self,
        code: str,
        target: Status,
        actor: Actor,
        *,
        reason: str | None = None,
        text: str | None = None,
        agency: str | None = None,
        at: datetime | None = None,
    ) -> TicketDetail:
        """The shortest way to a status, for another system's leaps; nothing happens when the ticket is there.

        Args:
            text: told with the last step. In place, it is told as an update of its own.
            at: when the other system did it; for ordering of updates, not kept.

        Raises:
            As `move`.
        """
        async with self._changing(code, actor) as (session, ticket):
            if Status(ticket.status) is target and text:
                said = self._kit.cleaned(text)
                await changes.record(session, self._kit, ticket, "RemoteUpdated", actor, text=said, at=at)
            await work.advance(session, self._kit, ticket, target, actor, reason=reason, text=text, agency=agency)
            return await reading.detail(session, self._kit, ticket, actor)

    async def answer(self, code: str, actor: Actor, text: str) -> TicketDetail:
        """An official reply; the status stays."""
        async with self._changing(code, actor) as (session, ticket):
            await work.answer(session, self._kit, ticket, actor, text)
            return await reading.detail(session, self._kit, ticket, actor)

    async def note(self, code: str, actor: Actor, text: str) -> TicketDetail:
        """An internal note."""
        async with self._changing(code, actor) as (session, ticket):
            await work.note(session, self._kit, ticket, actor, text)
            return await reading.detail(session, self._kit, ticket, actor)

    async def assign(
        self, code: str, actor: Actor, officer: str | None, agency: str | None = None, reason: str | None = None
    ) -> TicketDetail:
        """Give a ticket to an officer (none: to nobody); with another agency it is forwarded there."""
        async with self._changing(code, actor) as (session, ticket):
            await work.assign(session, self._kit, ticket, actor, officer, agency, reason)
            return await reading.detail(session, self._kit, ticket, actor)

    async def recategorise(self, code: str, actor: Actor, category: str, reason: str) -> TicketDetail:
        """Correct the category; deadline and restriction follow the new one."""
        async with self._changing(code, actor) as (session, ticket):
            await work.recategorise(session, self._kit, ticket, actor, category, reason)
            return await reading.detail(session, self._kit, ticket, actor)

    async def ask_citizen(self, code: str, actor: Actor, question: str) -> TicketDetail:
        """Ask the citizen something; the clock stands until the answer, or until `tickets.reply_days` are over."""
        async with self._changing(code, actor) as (session, ticket):
            await work.ask(session, self._kit, ticket, actor, question)
            return await reading.detail(session, self._kit, ticket, actor)

    async def add_photos(self, code: str, actor: Actor, photos: Sequence[str], stage: Stage = "after") -> TicketDetail:
        """More pictures, by staff or a program."""
        async with self._changing(code, actor) as (session, ticket):
            await work.add_photos(session, self._kit, ticket, actor, tuple(photos), stage)
            return await reading.detail(session, self._kit, ticket, actor)

    async def bulk(
        self,
        codes: Sequence[str],
        actor: Actor,
        *,
        target: Status | None = None,
        reason: str | None = None,
        text: str | None = None,
        officer: str | None = None,
        agency: str | None = None,
    ) -> BulkResult:
        """The same change to many tickets, each in a transaction of its own.

        Args:
            target: a transition; none: assignment to `officer` (and `agency`).
        """
        done: list[str] = []
        refused: dict[str, str] = {}
        for code in dict.fromkeys(map(code_of, codes)):
            try:
                if target is not None:
                    await self.move(code, target, actor, reason=reason, text=text, agency=agency)
                if officer is not None or target is None:
                    await self.assign(code, actor, officer or None, None if target else agency, reason)
                done.append(code)
            except TicketError as error:
                refused[code] = error.code
        return BulkResult(tuple(done), refused)

    @asynccontextmanager
    async def _changing(self, code: str, actor: Actor) -> AsyncIterator[tuple[AsyncSession, Ticket]]:
        async with self._kit.sessions.begin() as session:
            ticket = await locked(session, code, actor)
            async with self._seen(session, ticket):
                yield session, ticket

    @asynccontextmanager
    async def _seen(self, session: AsyncSession, ticket: Ticket) -> AsyncIterator[None]:
        """A change before the eyes of the witness, if there is one."""
        before = await Standing.of(session, ticket) if self._witness else None
        yield
        if self._witness:
            await self._witness(session, ticket.code, before, await Standing.of(session, ticket))
