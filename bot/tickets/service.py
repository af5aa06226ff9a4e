"""Filing, routing and showing tickets. Every operation is one transaction: the record, its event, its job."""

from __future__ import annotations

import json
import re
import uuid
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, cast

import structlog
from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, async_sessionmaker

from bot.locality import Locality
from bot.privacy import Cipher, Vault, tokens_in
from bot.privacy.masking import TOKEN
from bot.settings import Settings
from bot.storage.database import sessions
from bot.storage.jobs import defer_in
from bot.storage.models import Conversation, Ticket, TicketCounter, TicketEvent
from bot.tickets.contacts import Contact
from bot.tickets.pins import Pins, lock_until
from bot.tickets.states import LABELS, Status, check

log = structlog.get_logger(__name__)

CODE = re.compile(r"PA-\d{4}-\d{6,}")
ROUTE = "tickets.route"
MOST_SHOWN = 10


@dataclass(frozen=True)
class NewReport:
    """A report that the citizen confirmed.

    Attributes:
        conversation: `conversations.key`.
        description, place: masked text.
        contact: with vault tokens; empty or anonymous for none.
    """

    conversation: str
    channel: str
    category: str
    description: str
    place: str
    contact: Contact = field(default_factory=lambda: Contact(anonymous=True))


@dataclass(frozen=True)
class FiledTicket:
    """What the citizen gets for a report.

    Attributes:
        contact_lost: a telephone or e-mail was given but not kept any more when the report was filed.
    """

    code: str
    pin: str
    category: str
    restricted: bool
    contact_lost: bool = False


@dataclass(frozen=True)
class TicketView:
    """A ticket as its citizen may see it."""

    code: str
    category: str
    status: Status
    agency: str | None
    created_at: datetime
    updated_at: datetime

    @property
    def status_label(self) -> str:
        """The status in Vietnamese."""
        return LABELS[self.status]


class TicketService:
    """Tickets of one locality."""

    def __init__(
        self, database: AsyncEngine | async_sessionmaker[AsyncSession], settings: Settings, locality: Locality
    ) -> None:
        self._sessions = sessions(database) if isinstance(database, AsyncEngine) else database
        self._locality = locality
        self._vault = Vault(settings.secret_key)
        self._cipher = Cipher(settings.secret_key, "ticket-contact")
        self._pins = Pins(settings.secret_key)

    async def file(self, report: NewReport, idempotency_key: str) -> FiledTicket:
        """File a report as a ticket with its event and the job that routes it.

        The contact behind the vault's tokens moves into the ticket, encrypted, and leaves the vault.

        Args:
            idempotency_key: of the message that confirmed; filing again with it gives the same ticket.

        Raises:
            ValueError: the locality has no such category.
        """
        category = self._locality.category(report.category)
        if category is None:
            raise ValueError(f"no category {report.category!r} in locality {self._locality.code}")
        try:
            async with self._sessions.begin() as session:
                ticket = await _filed(session, idempotency_key)
                if ticket is None:
                    ticket = await self._write(session, report, category.restricted, idempotency_key)
        except IntegrityError:
            # The same message was filed by another process in this moment.
            async with self._sessions() as session:
                ticket = await _filed(session, idempotency_key)
            if ticket is None:
                raise
        given = {"phone", "email"}.intersection(report.contact)
        lost = bool(given - self._read_contact(ticket.code, ticket.contact).keys())
        return FiledTicket(ticket.code, self._pins.of(ticket.code), ticket.category, ticket.restricted, lost)

    async def route(self, code: str) -> TicketView | None:
        """Send a received ticket to the agency of its category; a routed or unknown one is left alone."""
        async with self._sessions.begin() as session:
            ticket = await session.scalar(select(Ticket).where(Ticket.code == code).with_for_update())
            if ticket is None or ticket.status != Status.RECEIVED:
                return None
            await _move(session, ticket, Status.SORTING, "TicketSorted")
            category = self._locality.category(ticket.category)
            if category is not None:
                ticket.agency = category.agency
                await _move(session, ticket, Status.FORWARDED, "TicketRouted", {"agency": category.agency})
            view = _view(ticket)
        log.info("ticket.routed", ticket=code, agency=view.agency)
        return view

    async def status(self, code: str, conversation: str | None = None, pin: str | None = None) -> TicketView | None:
        """A ticket, for the conversation that filed it or for who knows its PIN.

        None says nothing about whether the ticket exists, is another's, or is locked after wrong PINs.

        Args:
            code: as typed; case does not matter.
            conversation: `conversations.key` of who asks.
            pin: six digits.
        """
        code = code.strip().upper()
        now = datetime.now(UTC)
        # Compared in any case, so that an unknown code takes as long as a known one.
        right = pin is not None and self._pins.matches(code, pin)
        async with self._sessions.begin() as session:
            owner = await _conversation_id(session, conversation)
            ticket = await session.scalar(select(Ticket).where(Ticket.code == code).with_for_update())
            if ticket is None:
                return None
            if owner is not None and ticket.conversation_id == owner:
                return _view(ticket)
            if pin is None or (ticket.pin_locked_until and ticket.pin_locked_until > now):
                return None
            ticket.pin_failures = 0 if right else ticket.pin_failures + 1
            ticket.pin_locked_until = None if right else lock_until(ticket.pin_failures, now)
        if not right:
            log.warning("ticket.pin_refused", ticket=code, failures=ticket.pin_failures)
        return _view(ticket) if right else None

    async def mine(self, conversation: str) -> list[TicketView]:
        """The tickets that a conversation filed, the newest first."""
        async with self._sessions() as session:
            owner = await _conversation_id(session, conversation)
            if owner is None:
                return []
            query = select(Ticket).where(Ticket.conversation_id == owner).order_by(Ticket.id.desc()).limit(MOST_SHOWN)
            return [_view(ticket) for ticket in await session.scalars(query)]

    async def contact(self, code: str) -> Contact | None:
        """The contact kept with a ticket, decrypted; for those who work on it."""
        async with self._sessions() as session:
            data = await session.scalar(select(Ticket.contact).where(Ticket.code == code))
        return self._read_contact(code, data) or None

    def _read_contact(self, code: str, data: bytes | None) -> Contact:
        return Contact() if data is None else cast(Contact, json.loads(self._cipher.decrypt(data, code)))

    async def forget(self, conversation: str) -> int:
        """Delete the masked values that are kept for a conversation.

        Returns:
            How many there were.
        """
        async with self._sessions.begin() as session:
            owner = await _conversation_id(session, conversation)
            return 0 if owner is None else await self._vault.purge(session, owner)

    async def _write(self, session: AsyncSession, report: NewReport, restricted: bool, key: str) -> Ticket:
        conversation = await _conversation_id(session, report.conversation)
        contact = await self._resolve(session, conversation, report.contact)
        # Last before the insert: the counter's row is locked from here to the commit, so numbers have no gap.
        code = await self._next_code(session)
        ticket = Ticket(
            code=code,
            idempotency_key=key,
            conversation_id=conversation,
            channel=report.channel,
            locality=self._locality.code,
            category=report.category,
            description=report.description,
            place=report.place,
            contact=self._cipher.encrypt(json.dumps(contact, ensure_ascii=False), code) if contact else None,
            anonymous=not contact,
            restricted=restricted,
            status=Status.RECEIVED,
        )
        session.add(ticket)
        await session.flush()
        session.add(
            TicketEvent(
                ticket_id=ticket.id, seq=1, kind="TicketFiled", status=Status.RECEIVED, actor="citizen", data={}
            )
        )
        await defer_in(session, ROUTE, {"code": code}, lock=f"ticket:{code}")
        log.info("ticket.filed", ticket=code, category=report.category, channel=report.channel)
        return ticket

    async def _resolve(self, session: AsyncSession, conversation: int | None, contact: Contact) -> dict[str, str]:
        """The contact with its real values, taken out of the vault."""
        plain = {key: str(value) for key, value in contact.items() if key in ("name", "phone", "email") and value}
        tokens = [token for value in plain.values() for token in tokens_in(value)]
        if conversation is None or not tokens:
            return plain
        values = await self._vault.find(session, conversation, tokens)
        await self._vault.purge(session, conversation, tokens=tokens)
        resolved = {key: TOKEN.sub(lambda found: values.get(found.group(), ""), value) for key, value in plain.items()}
        return {key: value.strip() for key, value in resolved.items() if value.strip()}

    async def _next_code(self, session: AsyncSession) -> str:
        year = self._locality.now().year
        statement = insert(TicketCounter).values(year=year, last=1)
        statement = statement.on_conflict_do_update(index_elements=["year"], set_={"last": TicketCounter.last + 1})
        number = (await session.execute(statement.returning(TicketCounter.last))).scalar_one()
        return f"PA-{year}-{number:06d}"


async def _filed(session: AsyncSession, key: str) -> Ticket | None:
    return await session.scalar(select(Ticket).where(Ticket.idempotency_key == key))


async def _move(
    session: AsyncSession, ticket: Ticket, target: Status, kind: str, data: dict[str, Any] | None = None
) -> None:
    """Take a locked ticket to a status, with its event."""
    check(Status(ticket.status), target)
    last = await session.scalar(select(func.max(TicketEvent.seq)).where(TicketEvent.ticket_id == ticket.id))
    ticket.status, ticket.updated_at = target, datetime.now(UTC)
    session.add(
        TicketEvent(ticket_id=ticket.id, seq=(last or 0) + 1, kind=kind, status=target, actor="system", data=data or {})
    )
    await session.flush()


async def _conversation_id(session: AsyncSession, key: str | None) -> int | None:
    try:
        wanted = uuid.UUID(key or "")
    except ValueError:
        return None
    return await session.scalar(select(Conversation.id).where(Conversation.key == wanted))


def _view(ticket: Ticket) -> TicketView:
    return TicketView(
        ticket.code, ticket.category, Status(ticket.status), ticket.agency, ticket.created_at, ticket.updated_at
    )
