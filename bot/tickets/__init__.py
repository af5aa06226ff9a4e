"""Reports and tickets: intake by conversation, filing, status, and the guidance given in place of a report."""

from bot.tickets.desk import Desk
from bot.tickets.gate import DIGRESSIONS
from bot.tickets.service import FiledTicket, NewReport, TicketService, TicketView
from bot.tickets.states import LABELS, TRANSITIONS, Status, TransitionError
from bot.tickets.texts import TEXTS, Texts

__all__ = [
    "DIGRESSIONS",
    "LABELS",
    "TEXTS",
    "TRANSITIONS",
    "Desk",
    "FiledTicket",
    "NewReport",
    "Status",
    "Texts",
    "TicketService",
    "TicketView",
    "TransitionError",
]
