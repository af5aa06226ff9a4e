"""The one door to tickets for other packages. Every operation is one transaction: record, event, notices, jobs.

What each raises is a `bot.tickets.errors.TicketError`; the contract in words is docs/tickets.md.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.storage.models import Conversation, Ticket
from bot.tickets import bell, changes, citizens, filing, reading, sweeping
from bot.tickets.citizens import Proven
from bot.tickets.contacts import Contact
from bot.tickets.errors import UnknownTicketError
from bot.tickets.kit import code_of, conversation_id, locked
from bot.tickets.officers import OfficersWork
from bot.tickets.people import Actor, Citizen, Viewer
from bot.tickets.records import FiledTicket, NewReport, TicketView
from bot.tickets.states import ENDED, Status


class TicketService(OfficersWork):
    """Tickets of one locality. Looking at them is `Looking`, what officers do `OfficersWork`; here is the rest."""

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
        """Delete the masked values that are kept for a conversation, and which ward its citizen had named.

        Returns:
            How many values there were.
        """
        async with self._kit.sessions.begin() as session:
            owner = await conversation_id(session, conversation)
            if owner is None:
                return 0
            await session.execute(update(Conversation).where(Conversation.id == owner).values(ward=None))
            return await self._kit.vault.purge(session, owner)

    # Staff's bell, and what happens by itself

    async def read_notice(self, number: int, viewer: Viewer) -> bool:
        """Mark one as read, for all who see it; whether it was unread."""
        async with self._kit.sessions.begin() as session:
            return await bell.read(session, number, viewer)

    async def sweep(self, now: datetime | None = None) -> int:
        """Reminders, passed deadlines, escalations, silences over, until now; returns how many events."""
        return await sweeping.sweep(self._kit, now or datetime.now(UTC))

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
