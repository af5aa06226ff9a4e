"""The locality file: everything that differs between places."""

from bot.locality.hours import Hours, OpenState, Span
from bot.locality.loader import LocalityError, load
from bot.locality.model import Agency, Category, Emergency, Hotline, Locality, Office, Reception

__all__ = [
    "Agency",
    "Category",
    "Emergency",
    "Hotline",
    "Hours",
    "Locality",
    "LocalityError",
    "Office",
    "OpenState",
    "Reception",
    "Span",
    "load",
]
