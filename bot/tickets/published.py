"""Tickets as anybody may read them: what Open311 shows.

One place decides what leaves. Restricted and private tickets do not exist here, nor do those of a category that the
locality keeps to itself by now. Of a published ticket nothing shows who filed it: contacts and conversations are
never given out, telephones and the like were masked when it was stored, and the name that its citizen left is taken
out of every text, as are full names of persons as far as rules can tell them ("ông Nguyễn Văn Bình", "tôi là Nguyễn
Văn An"; "đường Nguyễn Văn Linh" stays). What citizens said after filing
stays between them and the office.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import structlog
from sqlalchemy import ColumnElement, select
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, async_sessionmaker

from bot.locality import LocalitySource, current
from bot.privacy import A_NAME, Cipher, UnreadableValueError, readable, without_full_names
from bot.settings import Settings
from bot.storage.database import sessions
from bot.storage.models import Ticket, TicketEvent
from bot.text import fold
from bot.tickets.kinds import KINDS
from bot.tickets.states import ENDED, LABELS, Status

log = structlog.get_logger(__name__)

SAID = frozenset(
    {
        "TicketFiled", "TicketRouted", "TicketForwarded", "TicketStarted", "TicketAnswered", "TicketResolved",
        "TicketClosed", "TicketReopened", "TicketRefused", "TicketEscalated", "RemoteUpdated",
    }
)  # fmt: skip
"""Kinds of events that are published; questions to a citizen and what citizens say are not."""

OFFICIAL = ("officer", "remote")
"""Whose words are published."""

_WORD = re.compile(r"\w+")


@dataclass(frozen=True)
class PublishedQuery:
    """Which tickets. With `codes` nothing else counts.

    Attributes:
        ended: only ended tickets (`True`), only the others (`False`).
        since, until: when it was filed, both included.
        skip, most: the part of the list, the newest first.
    """

    codes: tuple[str, ...] = ()
    external_ids: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    ended: bool | None = None
    since: datetime | None = None
    until: datetime | None = None
    skip: int = 0
    most: int = 1000


@dataclass(frozen=True)
class PublishedTicket:
    """A ticket without its citizen."""

    code: str
    category: str
    status: Status
    description: str
    place: str
    address: str | None
    lat: float | None
    long: float | None
    agency: str | None
    created_at: datetime
    changed_at: datetime
    """When it was last changed; of an ended ticket, when it ended."""
    due_at: datetime | None
    answers: dict[str, Any] = field(default_factory=dict)

    @property
    def status_label(self) -> str:
        """The status in Vietnamese."""
        return LABELS[self.status]


@dataclass(frozen=True)
class PublishedUpdate:
    """Something that happened to a published ticket."""

    id: str
    code: str
    status: Status
    at: datetime
    text: str
    """What the office said, or else what the event is called."""


class Published:
    """The published tickets of one locality."""

    def __init__(
        self, database: AsyncEngine | async_sessionmaker[AsyncSession], settings: Settings, locality: LocalitySource
    ) -> None:
        self._sessions = sessions(database) if isinstance(database, AsyncEngine) else database
        self._cipher = Cipher(settings.secret_key, "ticket-contact")
        self._source = locality

    async def tickets(self, query: PublishedQuery) -> list[PublishedTicket]:
        """The tickets of a query."""
        wanted = select(*_COLUMNS).where(*self._open_to_all())
        if query.codes:
            wanted = wanted.where(Ticket.code.in_(query.codes))
        elif query.external_ids:
            wanted = wanted.where(Ticket.source == "open311", Ticket.external_id.in_(query.external_ids))
        else:
            wanted = wanted.where(*_conditions(query)).offset(query.skip)
        wanted = wanted.order_by(Ticket.created_at.desc(), Ticket.id.desc()).limit(query.most)
        async with self._sessions() as session:
            return [self._ticket(row) for row in await session.execute(wanted)]

    async def ticket(self, code: str) -> PublishedTicket | None:
        """One ticket; none also where it is not published."""
        return next(iter(await self.tickets(PublishedQuery(codes=(code,)))), None)

    async def updates(
        self,
        *,
        since: datetime | None = None,
        until: datetime | None = None,
        codes: tuple[str, ...] = (),
        skip: int = 0,
        most: int = 1000,
    ) -> list[PublishedUpdate]:
        """What happened to published tickets, the oldest first."""
        wanted = (
            select(
                TicketEvent.id,
                TicketEvent.kind,
                TicketEvent.status,
                TicketEvent.at,
                TicketEvent.text,
                TicketEvent.actor,
                Ticket.code,
                Ticket.contact,
            )
            .join(Ticket, Ticket.id == TicketEvent.ticket_id)
            .where(TicketEvent.public, TicketEvent.kind.in_(SAID), *self._open_to_all())
        )
        if since:
            wanted = wanted.where(TicketEvent.at >= since)
        if until:
            wanted = wanted.where(TicketEvent.at <= until)
        if codes:
            wanted = wanted.where(Ticket.code.in_(codes))
        wanted = wanted.order_by(TicketEvent.at, TicketEvent.id).offset(skip).limit(most)
        async with self._sessions() as session:
            return [self._update(row) for row in await session.execute(wanted)]

    def _open_to_all(self) -> tuple[ColumnElement[bool], ...]:
        kept = [item.code for item in current(self._source).categories if item.restricted or item.private]
        public = (Ticket.restricted.is_(False), Ticket.private.is_(False))
        return (*public, Ticket.category.not_in(kept)) if kept else public

    def _ticket(self, row: Any) -> PublishedTicket:
        names = self._names(row.code, row.contact)
        status = Status(row.status)
        return PublishedTicket(
            code=row.code,
            category=row.category,
            status=status,
            description=_nameless(row.description, names),
            place=_nameless(row.place, names),
            address=_nameless(row.address, names) if row.address else None,
            lat=row.lat,
            long=row.long,
            agency=row.agency,
            created_at=row.created_at,
            changed_at=(row.closed_at or row.updated_at) if status in ENDED else row.updated_at,
            due_at=row.due_at,
            answers={code: _without_names(value, names) for code, value in (row.answers or {}).items()},
        )

    def _update(self, row: Any) -> PublishedUpdate:
        said = row.text if row.text and row.actor in OFFICIAL else None
        text = _nameless(said, self._names(row.code, row.contact)) if said else KINDS[row.kind].label
        return PublishedUpdate(str(row.id), row.code, Status(row.status), row.at, text)

    def _names(self, code: str, contact: bytes | None) -> tuple[str, ...]:
        """What the citizen is called, to be taken out of texts."""
        if contact is None:
            return ()
        try:
            name = json.loads(self._cipher.decrypt(contact, code)).get("name", "")
        except UnreadableValueError:
            log.error("published.contact.unreadable", ticket=code)
            return ()
        return (name,) if name else ()


_COLUMNS = (
    Ticket.code, Ticket.category, Ticket.status, Ticket.description, Ticket.place, Ticket.address, Ticket.lat,
    Ticket.long, Ticket.agency, Ticket.created_at, Ticket.updated_at, Ticket.closed_at, Ticket.due_at, Ticket.answers,
    Ticket.contact,
)  # fmt: skip


def _conditions(query: PublishedQuery) -> Iterable[ColumnElement[bool]]:
    if query.categories:
        yield Ticket.category.in_(query.categories)
    if query.ended is not None:
        yield Ticket.status.in_(ENDED) if query.ended else Ticket.status.not_in(ENDED)
    if query.since:
        yield Ticket.created_at >= query.since
    if query.until:
        yield Ticket.created_at <= query.until


def without_names(text: str, names: Iterable[str]) -> str:
    """A text in which names stand no more, however their words are spelt (case, diacritics, spaces).

    A name of a single word stays: most are everyday words too ("An", "Hoa", "Xuân").
    """
    for name in names:
        wanted = [fold(word) for word in _WORD.findall(name)]
        if len(wanted) > 1:
            text = _without(text, wanted)
    return text


def _without(text: str, wanted: list[str]) -> str:
    words = list(_WORD.finditer(text))
    folded = [fold(word.group()) for word in words]
    parts, end, at = [], 0, 0
    while at <= len(words) - len(wanted):
        if folded[at : at + len(wanted)] != wanted:
            at += 1
            continue
        parts += [text[end : words[at].start()], A_NAME]
        end = words[at + len(wanted) - 1].end()
        at += len(wanted)
    return "".join((*parts, text[end:]))


def _nameless(text: str, names: tuple[str, ...]) -> str:
    """A text for everybody: without masks' tokens, the citizen's own name, and other full names of persons."""
    return without_full_names(without_names(readable(text), names))


def _without_names(value: Any, names: tuple[str, ...]) -> Any:
    return _nameless(value, names) if isinstance(value, str) else value
