"""The nine statuses of a ticket, their names for people, and which may follow which."""

from __future__ import annotations

from enum import StrEnum


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
    # Back to sorting: the agency says that it is not in charge.
    Status.FORWARDED: frozenset({Status.IN_PROGRESS, Status.SORTING, Status.REFUSED, Status.ESCALATED}),
    Status.IN_PROGRESS: frozenset({Status.DONE, Status.FORWARDED, Status.REFUSED, Status.ESCALATED}),
    Status.DONE: frozenset({Status.AWAITING_CITIZEN, Status.IN_PROGRESS}),
    # The citizen confirms (or keeps silent), or says that it is not solved.
    Status.AWAITING_CITIZEN: frozenset({Status.CLOSED, Status.IN_PROGRESS}),
    Status.CLOSED: frozenset({Status.IN_PROGRESS}),
    Status.REFUSED: frozenset(),
    Status.ESCALATED: frozenset(),
}

REASON_REQUIRED = frozenset({Status.REFUSED, Status.ESCALATED})
"""Statuses that want a reason which the citizen reads."""


class TransitionError(Exception):
    """A ticket cannot go from its status to the wanted one, or a reason is missing."""


def check(current: Status, target: Status, reason: str | None = None) -> None:
    """Let a transition pass or refuse it.

    Raises:
        TransitionError: the table does not hold it, or the reason that it wants is missing.
    """
    if target not in TRANSITIONS[current]:
        raise TransitionError(f"a ticket cannot go from {current} to {target}")
    if target in REASON_REQUIRED and not (reason or "").strip():
        raise TransitionError(f"{target} wants a reason that the citizen reads")
