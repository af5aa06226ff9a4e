"""How a ticket stands with its deadline, as a word; the colour only repeats it."""

from __future__ import annotations

from datetime import datetime, timedelta

from bot.tickets.records import TicketRow
from bot.tickets.states import OPEN

SOON = timedelta(hours=24)


def state(row: TicketRow, now: datetime) -> str:
    """`late`, `soon`, `fine`, `paused`, `resolved`, `resolved_late` or `none`."""
    if row.due_at is None:
        return "none"
    if row.status not in OPEN:
        if row.resolved_at is None:
            return "none"
        return "resolved_late" if row.resolved_at > row.due_at else "resolved"
    if row.paused:
        return "paused"
    if row.due_at < now:
        return "late"
    return "soon" if row.due_at - now <= SOON else "fine"
