"""The nine statuses of a ticket, their names for people, and which may follow which.

*Answered* (an official reply was given) is an event, `tickets.answered_at`; *resolved* (the matter is done) is the
status DONE and `tickets.resolved_at`. "Overdue" is derived from the deadline and never a status.
"""

from __future__ import annotations

from collections import deque
from enum import StrEnum

from bot.tickets.errors import ReasonMissingError, TransitionError


class Status(StrEnum):
    """Where a ticket stands. "Overdue" is derived from the deadline, never a status."""

    RECEIVED = "received"
    SORTING = "sorting"
    FORWARDED = "forwarded"
    IN_PROGRESS = "in_progress"
    DONE = "done"
    AWAITING_CITIZEN = "awaiting_citizen"
    CLOSED = "closed"
    REFUSED = "refused"
    ESCALATED = "escalated"


LABELS: dict[Status, str] = {
    Status.RECEIVED: "đã tiếp nhận",
    Status.SORTING: "đang phân loại",
    Status.FORWARDED: "đã chuyển xử lý",
    Status.IN_PROGRESS: "đang xử lý",
    Status.DONE: "đã xử lý",
    Status.AWAITING_CITIZEN: "chờ người dân xác nhận",
    Status.CLOSED: "đã đóng",
    Status.REFUSED: "không tiếp nhận",
    Status.ESCALATED: "đã chuyển cấp trên",
}

TRANSITIONS: dict[Status, frozenset[Status]] = {
    Status.RECEIVED: frozenset({Status.SORTING, Status.REFUSED}),
    Status.SORTING: frozenset({Status.FORWARDED, Status.REFUSED, Status.ESCALATED}),
    # Back to sorting: the agency says that it is not in charge. To itself: on to another agency.
    Status.FORWARDED: frozenset(
        {Status.FORWARDED, Status.IN_PROGRESS, Status.SORTING, Status.REFUSED, Status.ESCALATED}
    ),
    Status.IN_PROGRESS: frozenset({Status.DONE, Status.FORWARDED, Status.REFUSED, Status.ESCALATED}),
    # Back to work: a review found that it is not done.
    Status.DONE: frozenset({Status.AWAITING_CITIZEN, Status.IN_PROGRESS}),
    # The citizen confirms (or keeps silent), or says that it is not solved.
    Status.AWAITING_CITIZEN: frozenset({Status.CLOSED, Status.IN_PROGRESS}),
    Status.CLOSED: frozenset({Status.IN_PROGRESS}),
    Status.REFUSED: frozenset(),
    Status.ESCALATED: frozenset(),
}

OPEN = frozenset({Status.RECEIVED, Status.SORTING, Status.FORWARDED, Status.IN_PROGRESS})
"""Somebody has to do something, and the clock runs."""
ENDED = frozenset({Status.CLOSED, Status.REFUSED, Status.ESCALATED})

REASON_REQUIRED = frozenset({Status.REFUSED, Status.ESCALATED})
"""Statuses that want a reason which the citizen reads."""

BACKWARDS = frozenset(
    {
        (Status.FORWARDED, Status.SORTING),
        (Status.FORWARDED, Status.FORWARDED),
        (Status.IN_PROGRESS, Status.FORWARDED),
        (Status.DONE, Status.IN_PROGRESS),
        (Status.AWAITING_CITIZEN, Status.IN_PROGRESS),
        (Status.CLOSED, Status.IN_PROGRESS),
    }
)
"""Sent back or on: these want a reason, too, which those read who get the ticket."""


def needs_reason(current: Status, target: Status) -> bool:
    """Whether the change wants a reason."""
    return target in REASON_REQUIRED or (current, target) in BACKWARDS


def check(current: Status, target: Status, reason: str | None = None) -> None:
    """Let a transition pass or refuse it.

    Raises:
        TransitionError: the table does not hold it.
        ReasonMissingError: the reason that it wants is missing.
    """
    if target not in TRANSITIONS[current]:
        raise TransitionError(f"a ticket cannot go from {current} to {target}")
    if needs_reason(current, target) and not (reason or "").strip():
        raise ReasonMissingError(f"from {current} to {target} wants a reason")


def path(current: Status, target: Status) -> tuple[Status, ...]:
    """The shortest way through the table, without `current`; for another system's status, which may leap.

    The way never leads through an end, and back to work only where `target` is that.

    Raises:
        TransitionError: there is none.
    """
    ways: deque[tuple[Status, ...]] = deque([()])
    seen = {current}
    while ways:
        way = ways.popleft()
        here = way[-1] if way else current
        if here == target and way:
            return way
        if here in ENDED and way:
            continue
        # In the order of the enumeration, so that equal ways are told apart the same every time.
        for following in Status:
            if following in TRANSITIONS[here] and following not in seen:
                seen.add(following)
                ways.append((*way, following))
    raise TransitionError(f"a ticket cannot come from {current} to {target}")


__all__ = [
    "BACKWARDS", "ENDED", "LABELS", "OPEN", "REASON_REQUIRED", "TRANSITIONS", "ReasonMissingError", "Status",
    "TransitionError", "check", "needs_reason", "path",
]  # fmt: skip
