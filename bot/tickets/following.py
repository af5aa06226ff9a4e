"""Asking the backend what has become of our tickets, from time to time."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import structlog
from sqlalchemy import ColumnElement, func, or_, select, update

from bot.locality.remote import RemoteBackend
from bot.storage.models import Ticket, TicketSubmission
from bot.tickets.backends.errors import BackendError
from bot.tickets.backends.protocol import Backend
from bot.tickets.kit import Kit
from bot.tickets.merging import Merging

log = structlog.get_logger(__name__)

AT_ONCE = 500
"""Tickets that are asked about before what was heard is written down."""
REMEMBERED = timedelta(days=60)
"""After its end, a ticket is followed for so long: it may be reopened there."""
_SEEN = func.coalesce(TicketSubmission.polled_at, TicketSubmission.created_at)


class Following:
    """Of one backend."""

    def __init__(self, kit: Kit, backend: Backend, config: RemoteBackend) -> None:
        self._kit = kit
        self._backend = backend
        self._config = config
        self._merging = Merging(kit, backend)

    async def poll(self) -> int:
        """Ask about all tickets whose time has come.

        `polled_at` is set to when asking began, and only after all that was heard is stored: what fails in the middle
        is asked for again, from the same moment.

        Returns:
            How many there were.
        """
        done = 0
        started = datetime.now(UTC)
        due = started - timedelta(seconds=self._config.poll)
        while True:
            async with self._kit.sessions() as session:
                query = (
                    select(TicketSubmission.id, TicketSubmission.remote_id, _SEEN)
                    .join(Ticket, Ticket.id == TicketSubmission.ticket_id)
                    .where(
                        *self._followed(started),
                        or_(TicketSubmission.polled_at.is_(None), TicketSubmission.polled_at <= due),
                    )
                    .order_by(_SEEN, TicketSubmission.id)
                    .limit(AT_ONCE)
                )
                rows = (await session.execute(query)).all()
            if not rows:
                return done
            since = min(seen for _, _, seen in rows) - timedelta(seconds=self._config.overlap)
            try:
                found = await self._backend.fetch([str(remote) for _, remote, _ in rows], since)
            except BackendError as error:
                log.warning("backend.poll.failed", backend=self._config.name, error=error.code)
                return done
            await self._merging.take(found)
            async with self._kit.sessions.begin() as session:
                ids = [number for number, _, _ in rows]
                await session.execute(
                    update(TicketSubmission).where(TicketSubmission.id.in_(ids)).values(polled_at=started)
                )
            done += len(rows)

    def _followed(self, now: datetime) -> tuple[ColumnElement[bool], ...]:
        return (
            TicketSubmission.backend == self._config.name,
            TicketSubmission.state == "accepted",
            or_(Ticket.closed_at.is_(None), Ticket.closed_at > now - REMEMBERED),
        )
