"""What can be wrong with an operation on a ticket.

TicketError
├── UnknownTicketError      no such ticket, or not for whoever asks (never told apart)
├── ForbiddenError          may be read, but not changed in this way by this person
├── UnknownCategoryError    the locality has no such category
├── UnknownAgencyError      the locality has no such agency
├── TransitionError         the table of statuses does not hold it, or the ticket has ended
│   ├── ReasonMissingError  a reason is wanted that people read
│   └── PhotoMissingError   the category wants a picture of what was done
├── PeriodOverError         too late to confirm or to reopen
├── PhotosManyError         the ticket has enough pictures of its citizen
└── InvalidError            a value does not hold (an empty text, a rating of 7)

The text is for logs and programs; `code` is a stable word, and `bot.tickets.texts` has what people read.
"""

from __future__ import annotations


class TicketError(Exception):
    """Base of all."""

    code = "ticket_error"


class UnknownTicketError(TicketError):
    """There is no such ticket for whoever asks."""

    code = "unknown_ticket"


class ForbiddenError(TicketError):
    """The ticket may be read, but this is not for this person to do."""

    code = "forbidden"


class UnknownCategoryError(TicketError, ValueError):
    """The locality has no such category."""

    code = "unknown_category"


class UnknownAgencyError(TicketError, ValueError):
    """The locality has no such agency."""

    code = "unknown_agency"


class TransitionError(TicketError):
    """A ticket cannot go from its status to the wanted one."""

    code = "transition"


class ReasonMissingError(TransitionError):
    """The change wants a reason that people read."""

    code = "reason_missing"


class PhotoMissingError(TransitionError):
    """The category wants a picture of what was done."""

    code = "photo_missing"


class PeriodOverError(TicketError):
    """Too late to confirm or to reopen."""

    code = "period_over"


class PhotosManyError(TicketError):
    """The ticket has enough pictures of its citizen."""

    code = "photos_many"


class InvalidError(TicketError, ValueError):
    """A value does not hold."""

    code = "invalid"
