"""What goes into the service of tickets and what comes out: plain values, no rows."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Literal

from bot.tickets.contacts import Contact
from bot.tickets.states import LABELS, Status

Source = Literal["citizen", "staff", "open311"]
Stage = Literal["before", "after"]
Order = Literal["newest", "oldest", "due", "updated"]


@dataclass(frozen=True)
class NewReport:
    """A report that the citizen confirmed.

    Attributes:
        conversation: `conversations.key`; empty for a report that came another way.
        description, place: masked text, `place` as the citizen wrote it.
        contact: with vault tokens, or the values themselves where no conversation holds them; empty or anonymous
            for none.
        address: as resolved, for people.
        ward: code of a ward of the locality; decides which agency, where agencies have areas.
        lat, long: degrees.
        answers: to the category's own questions, by code.
        photos: keys of `ticket_photos` rows that belong to no ticket yet.
        private: never published.
        external_id: the report's id at its source; unique there.
    """

    conversation: str
    channel: str
    category: str
    description: str
    place: str
    contact: Contact = field(default_factory=lambda: Contact(anonymous=True))
    address: str | None = None
    ward: str | None = None
    lat: float | None = None
    long: float | None = None
    answers: dict[str, Any] = field(default_factory=dict)
    photos: tuple[str, ...] = ()
    private: bool = False
    source: Source = "citizen"
    external_id: str | None = None


@dataclass(frozen=True)
class FiledTicket:
    """What the citizen gets for a report.

    Attributes:
        contact_lost: a telephone or e-mail was given but not kept any more when the report was filed.
        due_at: the deadline; none: nothing is promised.
    """

    code: str
    pin: str
    category: str
    restricted: bool
    contact_lost: bool = False
    due_at: datetime | None = None


@dataclass(frozen=True)
class LastEvent:
    """The last event that the citizen may see."""

    kind: str
    at: datetime
    text: str | None


@dataclass(frozen=True)
class TicketView:
    """A ticket as its citizen may see it in a list.

    Attributes:
        due_at: the deadline as it stands; none: nothing was promised.
        waiting: whether the office waits for the citizen's answer to a question (the clock stands).
        question: that question.
        may_confirm, may_reopen, may_rate: what the citizen can do about it now.
        owned: the asking citizen filed it or proved its PIN; not, if the conversation only joined it.
    """

    code: str
    category: str
    status: Status
    agency: str | None
    created_at: datetime
    updated_at: datetime
    due_at: datetime | None = None
    overdue: bool = False
    waiting: bool = False
    last_event: LastEvent | None = None
    may_confirm: bool = False
    may_reopen: bool = False
    may_rate: bool = False
    rating: int | None = None
    owned: bool = True
    question: str | None = None

    @property
    def status_label(self) -> str:
        """The status in Vietnamese."""
        return LABELS[self.status]


@dataclass(frozen=True)
class TicketRow:
    """A ticket in a list of the console. `id` is the key to the next page."""

    id: int
    code: str
    category: str
    status: Status
    agency: str | None
    officer: str | None
    ward: str | None
    place: str
    description: str
    created_at: datetime
    updated_at: datetime
    due_at: datetime | None
    paused: bool
    overdue: bool
    restricted: bool
    anonymous: bool
    source: str
    channel: str
    rating: int | None
    reopened: int
    resolved_at: datetime | None
    closed_at: datetime | None


@dataclass(frozen=True)
class EventView:
    """An event of the timeline. `label` is for people; `account` is none for citizens who look."""

    seq: int
    kind: str
    label: str
    status: Status
    actor: str
    account: str | None
    public: bool
    text: str | None
    at: datetime
    data: dict[str, Any]


@dataclass(frozen=True)
class PhotoView:
    """A picture; the file is `bot.tickets.photos` business."""

    key: str
    stage: str
    type: str
    size: int
    width: int
    height: int
    created_at: datetime


@dataclass(frozen=True)
class TicketDetail:
    """A ticket in full, for whoever asked: citizens see public events and no account."""

    row: TicketRow
    view: TicketView
    address: str | None
    lat: float | None
    long: float | None
    private: bool
    answers: dict[str, Any]
    comment: str | None
    has_contact: bool
    answered_at: datetime | None
    paused_at: datetime | None
    paused_seconds: int
    external_id: str | None
    events: tuple[EventView, ...]
    photos: tuple[PhotoView, ...]
    followers: int
    """Conversations that joined it."""
    transitions: tuple[Status, ...]
    """Where the viewer may move it now; empty for citizens."""


@dataclass(frozen=True)
class TicketFilter:
    """Which tickets. Empty fields do not filter; several values of one field are alternatives.

    Attributes:
        officer: an account; "" for tickets that nobody has.
        overdue: past the deadline and still open (`True`), or not (`False`).
        due_before: the deadline is before this moment.
        created_from, created_to: local dates, both included.
        text: words (any diacritics) in code, description, place, address.
        published: as Open311 may show: neither restricted nor private.
    """

    status: tuple[Status, ...] = ()
    open: bool | None = None
    agency: tuple[str, ...] = ()
    category: tuple[str, ...] = ()
    ward: tuple[str, ...] = ()
    officer: str | None = None
    overdue: bool | None = None
    waiting: bool | None = None
    due_before: datetime | None = None
    created_from: date | datetime | None = None
    created_to: date | datetime | None = None
    updated_from: datetime | None = None
    source: str | None = None
    restricted: bool | None = None
    codes: tuple[str, ...] = ()
    text: str | None = None
    published: bool = False
    order: Order = "newest"


@dataclass(frozen=True)
class Page:
    """Part of a list. `after` is what to ask the next part with; none at the end."""

    rows: tuple[TicketRow, ...]
    after: str | None


@dataclass(frozen=True)
class BulkResult:
    """What became of a bulk change: done codes, and for the others the error's `code`."""

    done: tuple[str, ...]
    refused: dict[str, str]


@dataclass(frozen=True)
class Notice:
    """Something that staff have to know about a ticket; `kind` as in `staff_notices`."""

    id: int
    kind: str
    ticket: str
    agency: str | None
    account: str | None
    role: str
    data: dict[str, Any]
    created_at: datetime
