"""Systems that work on tickets, behind one Protocol: this console, Open311 servers, JSON APIs."""

from bot.tickets.backends.errors import BackendError, NotSentError, RefusedError, UnknownError, WebhookError
from bot.tickets.backends.making import backend_of, make
from bot.tickets.backends.protocol import Backend, OutgoingReport, Receipt, RemoteUpdate

__all__ = [
    "Backend",
    "BackendError",
    "NotSentError",
    "OutgoingReport",
    "Receipt",
    "RefusedError",
    "RemoteUpdate",
    "UnknownError",
    "WebhookError",
    "backend_of",
    "make",
]
