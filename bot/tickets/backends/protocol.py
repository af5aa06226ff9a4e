"""What a backend is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from bot.locality import Category
from bot.tickets.contacts import Contact
from bot.tickets.states import Status


@dataclass(frozen=True)
class OutgoingPhoto:
    """A picture of the citizen's: its bytes, or the address under which it may be fetched for a while."""

    name: str
    type: str
    body: bytes | None = None
    url: str | None = None


@dataclass(frozen=True)
class OutgoingReport:
    """A ticket as it is handed over.

    Attributes:
        key: by which it is known there as ours, for ever.
        contact: empty unless the locality file lets it go.
        sent_at: when handing it over was last tried (or it was filed): it cannot be there from before.
        open_to_all: neither restricted nor private.
        photos: only when it is submitted, as the locality file wants them.
    """

    key: str
    code: str
    category: Category
    description: str
    place: str
    created_at: datetime
    sent_at: datetime
    agency: str | None = None
    address: str | None = None
    ward: str | None = None
    ward_name: str | None = None
    lat: float | None = None
    long: float | None = None
    answers: Mapping[str, Any] = field(default_factory=dict)
    contact: Contact = field(default_factory=lambda: Contact())
    open_to_all: bool = True
    photos: tuple[OutgoingPhoto, ...] = ()


@dataclass(frozen=True)
class OutgoingAddition:
    """What a citizen added to a ticket after filing.

    Attributes:
        remote_id: of the ticket there.
        key: by which the addition is known there as ours.
        solved: whether the ticket counts as done here.
        text: masked; empty where words do not go along.
        open_to_all: neither restricted nor private.
    """

    remote_id: str
    key: str
    code: str
    solved: bool
    at: datetime
    text: str
    open_to_all: bool = True
    photos: tuple[OutgoingPhoto, ...] = ()


@dataclass(frozen=True)
class Receipt:
    """That the other system has it: under an id, or so far under a token that will become one."""

    remote_id: str | None = None
    token: str | None = None


@dataclass(frozen=True)
class RemoteUpdate:
    """Something that happened to a ticket there.

    Attributes:
        update_id: unique within the ticket, the same each time that it is told.
        status: in the other system's word.
        at: by the other system's clock.
        text: what the citizen may read; may be empty.
        standing: the text belongs to the status and is no message of its own.
        key: ours, where it came along.
    """

    remote_id: str
    update_id: str
    status: str
    at: datetime
    text: str = ""
    standing: bool = False
    key: str | None = None


class Backend(Protocol):
    """A system that works on tickets. What each raises is a `bot.tickets.backends.BackendError`."""

    name: str

    async def submit(self, report: OutgoingReport) -> Receipt:
        """Hand a ticket over.

        Raises:
            NotSentError, UnknownError, RefusedError.
        """
        ...

    async def add(self, addition: OutgoingAddition) -> None:
        """Pass on what a citizen added.

        Raises:
            NotSentError, UnknownError, RefusedError.
        """
        ...

    async def look_up(self, report: OutgoingReport) -> Receipt | None:
        """The ticket there that carries our key; none: it is not there now (it may still come).

        Raises:
            NotSentError: it cannot be told now. RefusedError: it can never be told in this way.
        """
        ...

    async def redeem(self, token: str) -> str | None:
        """The id for a token; none: not yet.

        Raises:
            NotSentError, RefusedError.
        """
        ...

    async def fetch(self, remote_ids: Sequence[str], since: datetime) -> list[RemoteUpdate]:
        """What happened to these tickets there since a moment; others may be among it.

        Raises:
            NotSentError, RefusedError.
        """
        ...

    def parse_webhook(self, headers: Mapping[str, str], body: bytes, now: datetime) -> list[RemoteUpdate]:
        """The updates in what was posted to us, if it is genuine.

        Raises:
            WebhookError: it is not, or not readable.
        """
        ...

    def target(self, word: str) -> Status | None:
        """What a status there means here."""
        ...
