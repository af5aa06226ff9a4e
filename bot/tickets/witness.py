"""Who writes down what an operation changes, in the operation's own transaction: the console's audit log.

If the record cannot be written, nothing has happened; if nothing has happened, there is no record.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, Protocol

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.storage.models import Ticket, TicketEvent, TicketPhoto


@dataclass(frozen=True)
class Standing:
    """What an operation may change about a ticket: codes and numbers, none of a citizen's words."""

    status: str
    agency: str | None
    officer: str | None
    category: str
    restricted: bool
    due_at: datetime | None
    paused: bool
    events: int
    photos: int

    @classmethod
    async def of(cls, session: AsyncSession, ticket: Ticket) -> Standing:
        """How a ticket stands in a transaction."""
        await session.flush()
        events = select(func.count()).select_from(TicketEvent).where(TicketEvent.ticket_id == ticket.id)
        photos = select(func.count()).select_from(TicketPhoto).where(TicketPhoto.ticket_id == ticket.id)
        return cls(
            status=str(ticket.status),
            agency=ticket.agency,
            officer=ticket.officer,
            category=ticket.category,
            restricted=ticket.restricted,
            due_at=ticket.due_at,
            paused=ticket.paused_at is not None,
            events=await session.scalar(events) or 0,
            photos=await session.scalar(photos) or 0,
        )

    def but(self, other: Standing) -> dict[str, Any]:
        """What is different here, as JSON has it."""
        theirs = asdict(other)
        return {
            name: value.isoformat() if isinstance(value, datetime) else value
            for name, value in asdict(self).items()
            if value != theirs[name]
        }


class Witness(Protocol):
    """Sees every change of the service that it was given to."""

    async def __call__(self, session: AsyncSession, code: str, before: Standing | None, after: Standing) -> None:
        """Write the change down in its transaction.

        Args:
            before: none for a ticket that is new.
        """
        ...
