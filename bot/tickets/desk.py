"""The counter where reports are taken: texts, intake, guidance and office of one locality, joined."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from textwrap import shorten

from bot.locality import Locality, LocalitySource, current
from bot.settings import Settings
from bot.tickets.guidance import Guidance
from bot.tickets.intake import Intake
from bot.tickets.kinds import KINDS
from bot.tickets.office import OfficeInfo
from bot.tickets.records import FiledTicket, TicketView
from bot.tickets.states import OPEN
from bot.tickets.texts import Texts

LONGEST_LAST = 160
"""Characters of the last event's words in a list."""


@dataclass(frozen=True)
class _Made:
    """What hangs on one version of the locality file."""

    locality: Locality
    texts: Texts
    intake: Intake
    guidance: Guidance
    office: OfficeInfo


class Desk:
    """What the actions of reports, guidance and office talk to, besides the tickets themselves.

    With a LiveLocality, everything is made anew when the file has changed.
    """

    def __init__(self, settings: Settings, locality: LocalitySource) -> None:
        """Join them.

        Raises:
            LocalityError: the locality's own texts do not hold.
        """
        self._settings = settings
        self._source = locality
        self._latest = self._make(current(locality))

    @property
    def locality(self) -> Locality:
        """The locality of now."""
        return self._now.locality

    @property
    def texts(self) -> Texts:
        """Its words."""
        return self._now.texts

    @property
    def intake(self) -> Intake:
        """How reports are taken."""
        return self._now.intake

    @property
    def guidance(self) -> Guidance:
        """What is told instead of taking a report."""
        return self._now.guidance

    @property
    def office(self) -> OfficeInfo:
        """Hours, addresses, personal data."""
        return self._now.office

    def filed(self, ticket: FiledTicket) -> str:
        """What the citizen reads after filing."""
        filed = self.texts.say("filed", code=ticket.code, pin=ticket.pin, due=self._due(ticket))
        if not ticket.contact_lost:
            return filed
        lost = self.texts.say("contact_lost", office=self.locality.office.name, phone=self.office.phone())
        return f"{filed}\n{lost}"

    def shown(self, ticket: TicketView) -> str:
        """A ticket in a line: status, agency, deadline, last event."""
        category = self.locality.category(ticket.category)
        agency = self.locality.agency(ticket.agency)
        return self.texts.say(
            "ticket",
            code=ticket.code,
            category=category.label if category else ticket.category,
            filed=f"{self.locality.now(ticket.created_at):%d/%m/%Y}",
            status=ticket.status_label,
            agency=self.texts.say("ticket_agency", agency=agency.name) if agency else "",
            due=self._deadline(ticket),
            last=self._last(ticket),
        )

    def reopen_until(self, ticket: TicketView) -> str:
        """Until when a ticket that is closed now may be reopened, as a sentence; nothing where it may not."""
        days = self.locality.tickets.reopen_days
        if not ticket.may_reopen:
            return ""
        return self.texts.say("reopen_until", until=f"{self.locality.now() + timedelta(days=days):%d/%m/%Y}")

    def pin_wanted(self, code: str) -> str:
        """The question for a ticket's PIN."""
        office = self.locality.office.name
        return self.texts.say("ask_pin", code=code, office=office, phone=self.office.phone())

    def _deadline(self, ticket: TicketView) -> str:
        if ticket.waiting:
            return self.texts.say("ticket_waiting")
        if ticket.due_at is None or ticket.status not in OPEN:
            return ""
        due = f"{self.locality.now(ticket.due_at):%Hh%M ngày %d/%m/%Y}"
        return self.texts.say("ticket_overdue" if ticket.overdue else "ticket_due", due=due)

    def _due(self, ticket: FiledTicket) -> str:
        if ticket.due_at is None:
            return ""
        return self.texts.say("filed_due", due=f"{self.locality.now(ticket.due_at):%Hh%M ngày %d/%m/%Y}")

    def _last(self, ticket: TicketView) -> str:
        event = ticket.last_event
        if event is None:
            return ""
        return self.texts.say(
            "ticket_last",
            label=KINDS[event.kind].label.lower() if event.kind in KINDS else event.kind,
            at=f"{self.locality.now(event.at):%Hh%M ngày %d/%m/%Y}",
            text=f": {_short(event.text)}" if event.text else "",
        )

    @property
    def _now(self) -> _Made:
        locality = current(self._source)
        if locality is not self._latest.locality:
            self._latest = self._make(locality)
        return self._latest

    def _make(self, locality: Locality) -> _Made:
        texts = Texts(locality)
        return _Made(
            locality,
            texts,
            Intake(locality, texts),
            Guidance(locality, texts),
            OfficeInfo(locality, texts, self._settings.retention_days),
        )


def _short(text: str) -> str:
    """The start of a text, for a line of a list; it ends without its full stop."""
    return shorten(text, LONGEST_LAST, placeholder="…").rstrip(".")
