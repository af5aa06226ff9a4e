"""The counter where reports are taken: texts, intake, guidance and office of one locality, joined."""

from __future__ import annotations

from bot.locality import Locality
from bot.settings import Settings
from bot.tickets.guidance import Guidance
from bot.tickets.intake import Intake
from bot.tickets.office import OfficeInfo
from bot.tickets.service import FiledTicket, TicketView
from bot.tickets.texts import Texts


class Desk:
    """What the actions of reports, guidance and office talk to, besides the tickets themselves."""

    def __init__(self, settings: Settings, locality: Locality) -> None:
        """Join them.

        Raises:
            LocalityError: the locality's own texts do not hold.
        """
        self.locality = locality
        self.texts = Texts(locality)
        self.intake = Intake(locality, self.texts)
        self.guidance = Guidance(locality, self.texts)
        self.office = OfficeInfo(locality, self.texts, settings.retention_days)

    def filed(self, ticket: FiledTicket) -> str:
        """What the citizen reads after filing."""
        filed = self.texts.say("filed", code=ticket.code, pin=ticket.pin)
        if not ticket.contact_lost:
            return filed
        lost = self.texts.say("contact_lost", office=self.locality.office.name, phone=self.office.phone())
        return f"{filed}\n{lost}"

    def shown(self, ticket: TicketView) -> str:
        """A ticket in a line."""
        category = self.locality.category(ticket.category)
        agency = self.locality.agency(ticket.agency)
        return self.texts.say(
            "ticket",
            code=ticket.code,
            category=category.label if category else ticket.category,
            filed=f"{self.locality.now(ticket.created_at):%d/%m/%Y}",
            updated=f"{self.locality.now(ticket.updated_at):%Hh%M ngày %d/%m/%Y}",
            status=ticket.status_label,
            agency=self.texts.say("ticket_agency", agency=agency.name) if agency else "",
        )

    def pin_wanted(self, code: str) -> str:
        """The question for a ticket's PIN."""
        office = self.locality.office.name
        return self.texts.say("ask_pin", code=code, office=office, phone=self.office.phone())
