"""Reports and tickets: intake by conversation, the life of a ticket, status, and the guidance given instead."""

from bot.tickets.desk import Desk
from bot.tickets.errors import (
    ForbiddenError,
    InvalidError,
    PeriodOverError,
    PhotoMissingError,
    ReasonMissingError,
    TicketError,
    TransitionError,
    UnknownAgencyError,
    UnknownCategoryError,
    UnknownTicketError,
)
from bot.tickets.follow_up import FollowUp
from bot.tickets.gate import DIGRESSIONS
from bot.tickets.kinds import KINDS
from bot.tickets.people import SYSTEM, Actor, Citizen, Role, Viewer
from bot.tickets.records import (
    BulkResult,
    EventView,
    FiledTicket,
    NewReport,
    Notice,
    Page,
    PhotoView,
    TicketDetail,
    TicketFilter,
    TicketRow,
    TicketView,
)
from bot.tickets.service import TicketService
from bot.tickets.states import LABELS, OPEN, TRANSITIONS, Status
from bot.tickets.texts import TEXTS, Texts
from bot.tickets.witness import Standing, Witness

__all__ = [
    "DIGRESSIONS",
    "KINDS",
    "LABELS",
    "OPEN",
    "SYSTEM",
    "TEXTS",
    "TRANSITIONS",
    "Actor",
    "BulkResult",
    "Citizen",
    "Desk",
    "EventView",
    "FiledTicket",
    "FollowUp",
    "ForbiddenError",
    "InvalidError",
    "NewReport",
    "Notice",
    "Page",
    "PeriodOverError",
    "PhotoMissingError",
    "PhotoView",
    "ReasonMissingError",
    "Role",
    "Standing",
    "Status",
    "Texts",
    "TicketDetail",
    "TicketError",
    "TicketFilter",
    "TicketRow",
    "TicketService",
    "TicketView",
    "TransitionError",
    "UnknownAgencyError",
    "UnknownCategoryError",
    "UnknownTicketError",
    "Viewer",
    "Witness",
]
