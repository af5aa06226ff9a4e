"""The one door to tickets for other packages. Every operation is one transaction: record, event, notices, jobs.

What each raises is a `bot.tickets.errors.TicketError`; the contract in words is docs/tickets.md.
"""

from __future__ import annotations

import copy
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.storage.models import Ticket
from bot.tickets import bell, changes, citizens, filing, reading, sweeping, work
from bot.tickets.citizens import Proven
from bot.tickets.contacts import Contact
from bot.tickets.errors import TicketError, UnknownTicketError
from bot.tickets.kit import code_of, conversation_id, locked
from bot.tickets.looking import Looking
from bot.tickets.people import Actor, Citizen, Viewer
from bot.tickets.records import (
    BulkResult,
    FiledTicket,
    NewReport,
    Stage,
    TicketDetail,
    TicketView,
)
from bot.tickets.states import ENDED, Status
from bot.tickets.witness import Standing, Witness


class TicketService(Looking):
    """Tickets of one locality. Looking at them is `Looking`; here is what changes them."""

    _witness: Witness | None = None

    def witnessed(self, witness: Witness) -> TicketService:
        """The same service, whose changes are written down by `witness` in their transactions."""
        made = copy.copy(self)
        made._witness = witness
        return made

    # From a report to an agency

    async def file(self, report: NewReport, idempotency_key: str, actor: Actor | None = None) -> FiledTicket:
        """File a report as a ticket with its event, its deadline and the job that routes it.

        The contact behind the vault's tokens moves into the ticket, encrypted, and leaves the vault.

        Args:
            idempotency_key: of the message that confirmed; filing again with it gives the same ticket.
            actor: staff for a caller, or a program; none: the citizen.

        Raises:
            UnknownCategoryError, InvalidError.
        """
        return await filing.file(self._kit, report, idempotency_key, actor, self._witness)

    async def route(self, code: str) -> TicketView | None:
        """Send a received ticket to the agency of its category and ward; a routed or unknown one is left alone."""
        ticket = await filing.route(self._kit, code)
        if ticket is None:
            return None
        async with self._kit.sessions() as session:
            return await reading.view(session, self._kit, ticket)

    # What officers do

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

    # What the citizen does

    async def citizen_replied(
        self, code: str, by: Citizen | Actor, text: str, photos: Sequence[str] = ()
    ) -> TicketView:
        """The answer to a question, or more about the matter; a clock that stood goes on."""
        return await self._by_citizen(
            code, by, lambda session, found: citizens.reply(session, self._kit, found, text, tuple(photos))
        )

    async def confirm(
        self,
        code: str,
        by: Citizen | Actor,
        solved: bool,
        rating: int | None = None,
        comment: str | None = None,
    ) -> TicketView:
        """Whether the matter is solved: closed (and rated), or back to work.

        A closed ticket is only rated, or reopened, within the period.

        Args:
            by: staff for a caller.
            rating: 1 to 5.

        Raises:
            UnknownTicketError: not theirs. TransitionError: nothing to confirm. PeriodOverError, InvalidError.
        """
        return await self._by_citizen(
            code, by, lambda session, found: citizens.confirm(session, self._kit, found, solved, rating, comment)
        )

    async def reopen(self, code: str, by: Citizen | Actor, reason: str) -> TicketView:
        """Bring a closed ticket back to work within `tickets.reopen_days`, with a new deadline.

        Raises:
            UnknownTicketError, TransitionError, PeriodOverError, InvalidError.
        """
        return await self._by_citizen(
            code, by, lambda session, found: citizens.reopen(session, self._kit, found, reason)
        )

    async def follow(self, code: str, pin: str, conversation: str) -> TicketView | None:
        """Link a conversation to a ticket by its PIN; none: code or PIN wrong, or locked."""
        return await self.status(code, conversation, pin)

    async def join(self, code: str, conversation: str) -> TicketView | None:
        """Tell a conversation about a ticket, because it has the same trouble; none where that cannot be."""
        async with self._kit.sessions.begin() as session:
            who = await conversation_id(session, conversation)
            ticket = await session.scalar(select(Ticket).where(Ticket.code == code_of(code)).with_for_update())
            if who is None or ticket is None or ticket.restricted or Status(ticket.status) in ENDED:
                return None
            await citizens.follow(session, self._kit, ticket, who, "joined")
            return await reading.view(session, self._kit, ticket, owned=ticket.conversation_id == who)

    # Looking

    async def status(self, code: str, conversation: str | None = None, pin: str | None = None) -> TicketView | None:
        """A ticket, for the conversation that filed or follows it, or for who knows its PIN.

        None says nothing about whether the ticket exists, is another's, or is locked after wrong PINs. With the
        right PIN, the conversation follows the ticket from now on.

        Args:
            code: as typed; case does not matter.
            conversation: `conversations.key` of who asks.
            pin: six digits.
        """
        async with self._kit.sessions.begin() as session:
            found = await citizens.prove(session, self._kit, code, Citizen(conversation, pin))
            if found is None:
                return None
            if found.by_pin and found.conversation is not None:
                await citizens.follow(session, self._kit, found.ticket, found.conversation, "pin")
            return await reading.view(session, self._kit, found.ticket, owned=found.owned)

    async def contact(self, code: str, viewer: Viewer | None = None) -> Contact | None:
        """The contact kept with a ticket, decrypted; that staff read it is an event.

        Args:
            viewer: none: this system itself, for erasure and tests.

        Raises:
            UnknownTicketError: the viewer may not see the ticket.
        """
        async with self._kit.sessions.begin() as session:
            if viewer is None:
                ticket = await session.scalar(select(Ticket).where(Ticket.code == code_of(code)))
            else:
                ticket = await locked(session, code, viewer)
            contact = filing.read_contact(self._kit, ticket) if ticket else None
            if ticket is None or viewer is None:
                return contact or None
            async with self._seen(session, ticket):
                if contact:
                    await changes.record(session, self._kit, ticket, "ContactRead", viewer)
            return contact or None

    async def forget(self, conversation: str) -> int:
        """Delete the masked values that are kept for a conversation.

        Returns:
            How many there were.
        """
        async with self._kit.sessions.begin() as session:
            owner = await conversation_id(session, conversation)
            return 0 if owner is None else await self._kit.vault.purge(session, owner)

    # Staff's bell, and what happens by itself

    async def read_notice(self, number: int, viewer: Viewer) -> bool:
        """Mark one as read, for all who see it; whether it was unread."""
        async with self._kit.sessions.begin() as session:
            return await bell.read(session, number, viewer)

    async def sweep(self, now: datetime | None = None) -> int:
        """Reminders, passed deadlines, escalations, silences over, until now; returns how many events."""
        return await sweeping.sweep(self._kit, now or datetime.now(UTC))

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

    async def _by_citizen(
        self, code: str, by: Citizen | Actor, change: Callable[[AsyncSession, Proven], Awaitable[None]]
    ) -> TicketView:
        async with self._kit.sessions.begin() as session:
            found = await citizens.prove(session, self._kit, code, by)
            if found is not None and found.owned:
                async with self._seen(session, found.ticket):
                    await change(session, found)
                return await reading.view(session, self._kit, found.ticket)
        # After the commit: a wrong PIN has been counted.
        raise UnknownTicketError("no such ticket")
