"""What the parts of the ticket service share, and the plainest reads and checks."""

from __future__ import annotations

import re
import uuid
from datetime import datetime, timedelta
from functools import cached_property

import structlog
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from bot.locality import Category, Locality, LocalitySource, current
from bot.privacy import Cipher, Vault, mask, readable
from bot.settings import Settings
from bot.storage.models import Conversation, Ticket
from bot.tickets.clocks import NoWorkingTimeError, WorkingTime
from bot.tickets.errors import InvalidError, UnknownTicketError
from bot.tickets.people import Actor
from bot.tickets.pins import Pins
from bot.tickets.texts import Texts

log = structlog.get_logger(__name__)

CODE = re.compile(r"PA-\d{4}-\d{6,}")
LONGEST_TEXT = 2000
"""Characters of an answer, a reason, a note, a comment."""


class Kit:
    """Database, locality and keys of one service."""

    def __init__(self, sessions: async_sessionmaker[AsyncSession], settings: Settings, source: LocalitySource) -> None:
        self.sessions = sessions
        self.settings = settings
        self._key = settings.secret_key
        self._source = source
        self._made_of: Locality | None = None

    # Made when wanted: routing and sweeping read nothing that is secret.

    @cached_property
    def vault(self) -> Vault:
        """The masked values of conversations."""
        return Vault(self._key)

    @cached_property
    def cipher(self) -> Cipher:
        """Of contacts."""
        return Cipher(self._key, "ticket-contact")

    @cached_property
    def pins(self) -> Pins:
        """The secret PINs."""
        return Pins(self._key)

    @property
    def locality(self) -> Locality:
        """The locality of now."""
        found = current(self._source)
        if found is not self._made_of:
            self._texts, self._time = Texts(found), WorkingTime.of(found)
            self._phones = frozenset(map(_digits, _phones(found)))
            self._made_of = found
        return found

    @property
    def texts(self) -> Texts:
        """What citizens read, in the locality's words."""
        _ = self.locality
        return self._texts

    @property
    def time(self) -> WorkingTime:
        """The time that clocks count."""
        _ = self.locality
        return self._time

    def category(self, ticket: Ticket) -> Category | None:
        """A ticket's category; none when the file has it no longer."""
        return self.locality.category(ticket.category)

    def deadline(self, category: Category | None, start: datetime) -> datetime | None:
        """The deadline of a report that starts now; none where nothing is promised."""
        if category is None or category.clock is None:
            return None
        try:
            return self.time.deadline(category.clock, start)
        except NoWorkingTimeError:
            # The report matters more than its clock.
            log.error("ticket.no_working_time", locality=self.locality.code, category=category.code)
            return None

    def days(self, start: datetime, days: int) -> datetime:
        """So many days later."""
        return start + timedelta(days=days)

    def cleaned(self, text: str | None, *, needed: str | None = None) -> str | None:
        """A text as it may be stored: without personal numbers, except the place's own telephone numbers.

        Args:
            needed: what the text is, where it must not be empty.

        Raises:
            InvalidError: empty though needed, or too long.
        """
        text = (text or "").replace("\r\n", "\n").replace("\x00", "").strip()
        if not text:
            if needed:
                raise InvalidError(f"{needed} must not be empty")
            return None
        if len(text) > LONGEST_TEXT:
            raise InvalidError(f"a text has at most {LONGEST_TEXT} characters")
        _ = self.locality
        masked = mask(text)
        safe = masked.text
        for item in masked.values:
            if _digits(item.value) in self._phones:
                safe = safe.replace(item.token, item.value)
        return readable(safe)


def code_of(code: str) -> str:
    """A code as typed, as it is stored."""
    return code.strip().upper()


async def locked(session: AsyncSession, code: str, actor: Actor) -> Ticket:
    """A ticket for changing.

    Raises:
        UnknownTicketError: there is none, or not for this actor.
    """
    ticket = await session.scalar(select(Ticket).where(Ticket.code == code_of(code)).with_for_update())
    return seen(ticket, actor)


async def read(session: AsyncSession, code: str, actor: Actor) -> Ticket:
    """The same for reading."""
    return seen(await session.scalar(select(Ticket).where(Ticket.code == code_of(code))), actor)


def seen(ticket: Ticket | None, actor: Actor) -> Ticket:
    """The ticket if this actor may see it.

    Raises:
        UnknownTicketError: not.
    """
    if ticket is None or not actor.reads(agency=ticket.agency, restricted=ticket.restricted):
        raise UnknownTicketError("no such ticket")
    return ticket


async def conversation_id(session: AsyncSession, key: str | None) -> int | None:
    """`conversations.id` of a key; none for one that is no key, or is unknown."""
    try:
        wanted = uuid.UUID(key or "")
    except ValueError:
        return None
    return await session.scalar(select(Conversation.id).where(Conversation.key == wanted))


def _phones(locality: Locality) -> list[str]:
    phones = [item.phone for item in locality.offices]
    phones += [item.phone for item in locality.reception]
    phones += [item.phone for item in locality.hotlines]
    phones += [item.phone for item in locality.agencies]
    return [phone for phone in phones if phone]


def _digits(text: str) -> str:
    return re.sub(r"\D", "", text)
