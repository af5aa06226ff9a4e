"""The locality file: everything that differs between places."""

from bot.locality.backends import Backend, LocalBackend, Open311Backend, RestBackend
from bot.locality.calendar import DaysOff, MakeUp
from bot.locality.hours import Hours, OpenState, Span
from bot.locality.live import LiveLocality, LocalitySource, current
from bot.locality.loader import LocalityError, load
from bot.locality.model import Emergency, Hotline, Locality, Office, Reception
from bot.locality.rules import Agency, Category, Clock, Option, Question, TicketRules, Ward

__all__ = [
    "Agency",
    "Backend",
    "Category",
    "Clock",
    "DaysOff",
    "Emergency",
    "Hotline",
    "Hours",
    "LiveLocality",
    "LocalBackend",
    "Locality",
    "LocalityError",
    "LocalitySource",
    "MakeUp",
    "Office",
    "Open311Backend",
    "OpenState",
    "Option",
    "Question",
    "Reception",
    "RestBackend",
    "Span",
    "TicketRules",
    "Ward",
    "current",
    "load",
]
