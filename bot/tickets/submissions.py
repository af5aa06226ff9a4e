"""Handing tickets over to the backend: each exactly once, however often a call fails or a worker dies.

    waiting ──POST──▶ unknown ──answer──▶ accepted | token | refused
       ▲                 │
       └── not found ────┘  (looked up, and what was sent cannot be under way any more)

The row says `unknown` before anything is sent, in a transaction of its own: whoever comes after a time-out or a
crash looks the ticket up there before it may be sent again. Not found counts only `settle` seconds after the last
call, because a slow server may still be at work on it. Each step is one job; it leaves the next one behind.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import structlog
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from bot.locality.remote import RemoteBackend
from bot.storage.jobs import defer_in
from bot.storage.models import Ticket, TicketSubmission
from bot.tickets import changes, filing, notices
from bot.tickets.backends.errors import BackendError, NotSentError, RefusedError, UnknownError
from bot.tickets.backends.protocol import Backend, OutgoingReport, Receipt
from bot.tickets.backends.trouble import Trouble
from bot.tickets.kit import Kit
from bot.tickets.outgoing import Outgoing
from bot.tickets.people import SYSTEM

log = structlog.get_logger(__name__)

MANY_TRIES = 10
"""After so many, staff are told, and it goes on being tried."""
FORGOTTEN = timedelta(minutes=15)
"""After which a ticket without a job gets one."""
BATCH = 500
NO_PHOTOS = frozenset({"http_413", "http_415"})
"""Refusals (too large, of a type that is not taken) after which a report is sent without its pictures."""

_LOST = text(
    "SELECT t.code FROM ticket_submissions s JOIN tickets t ON t.id = s.ticket_id"
    " WHERE s.backend = :backend AND s.state IN ('waiting', 'unknown', 'token') AND s.updated_at < :before"
    " AND NOT EXISTS (SELECT FROM procrastinate_jobs j WHERE j.lock = 'submit:' || t.code"
    " AND j.status IN ('todo', 'doing')) ORDER BY s.id LIMIT :batch"
)


_trouble: dict[str, Trouble] = {}


class Submissions:
    """Hands over the tickets of one locality."""

    def __init__(self, kit: Kit, backend: Backend, config: RemoteBackend) -> None:
        self._kit = kit
        self._backend = backend
        self._config = config
        self._outgoing = Outgoing(kit, config)
        self._trouble = _trouble.setdefault(config.name, Trouble())

    async def step(self, code: str) -> None:
        """Take one ticket as far as it goes now, and plan the next try where it is not there yet."""
        now = datetime.now(UTC)
        if self._trouble.until and self._trouble.until > now:
            await self._hold(code, self._trouble.until)
            return
        while (claim := await self._claim(code)) is not None:
            row, report = claim
            try:
                receipt = await self._call(row, report)
            except BackendError as error:
                if not isinstance(error, RefusedError):
                    self._trouble.failed(datetime.now(UTC), self._config.longest_pause)
                await self._failed(row, code, error)
                return
            self._trouble.answered()
            if receipt is not None:
                await self._taken(row, code, receipt)
                return
            if not await self._missing(row, code):
                return

    async def find_lost(self, now: datetime | None = None) -> int:
        """Give those a job that lost theirs (a fault in the middle of one, an operator who deleted it)."""
        before = (now or datetime.now(UTC)) - FORGOTTEN
        async with self._kit.sessions.begin() as session:
            values = {"backend": self._config.name, "before": before, "batch": BATCH}
            codes = list((await session.execute(_LOST, values)).scalars())
            for code in codes:
                await _plan(session, code, None)
        if codes:
            log.warning("backend.submit.lost", count=len(codes))
        return len(codes)

    # One step

    async def _claim(self, code: str) -> tuple[_Row, OutgoingReport] | None:
        """The row as it stands, marked as being worked on; none where there is nothing to do."""
        async with self._kit.sessions.begin() as session:
            found = await _locked(session, code, self._config.name)
            if found is None or found[1].state in ("accepted", "refused"):
                return None
            ticket, row = found
            category = self._kit.category(ticket)
            if row.state == "waiting" and (
                category is None or ticket.restricted or not self._config.takes(category, private=ticket.private)
            ):
                await self._give_up(session, ticket, row, "kept_here")
                return None
            if category is None:
                await self._give_up(session, ticket, row, "no_category")
                return None
            now, seen = datetime.now(UTC), _Row.of(row)
            row.tries += 1
            if row.state == "waiting":
                row.state, row.updated_at, row.last_error = "unknown", now, None
            report = self._outgoing.report(ticket, row.idempotency_key, min(seen.sent_at, now))
            return replace(seen, tries=row.tries), report

    async def _call(self, row: _Row, report: OutgoingReport) -> Receipt | None:
        """One call. None: it is not there.

        Raises:
            BackendError.
        """
        if row.state == "waiting":
            return await self._submit(await self._outgoing.with_photos(report))
        if row.token and (number := await self._backend.redeem(row.token)):
            return Receipt(remote_id=number)
        return await self._backend.look_up(report)

    async def _submit(self, report: OutgoingReport) -> Receipt:
        """Hand it over; without its pictures, where the other system will not have them: the report matters more."""
        try:
            return await self._backend.submit(report)
        except RefusedError as error:
            if not report.photos or error.code not in NO_PHOTOS:
                raise
            log.warning("backend.photos.refused", ticket=report.code, error=error.code, count=len(report.photos))
        return await self._backend.submit(replace(report, photos=()))

    # What came of it

    async def _taken(self, row: _Row, code: str, receipt: Receipt) -> None:
        try:
            async with self._kit.sessions.begin() as session:
                found = await _locked(session, code, self._config.name)
                if found is None or found[1].state == "accepted":
                    return
                await accept(session, self._kit, *found, receipt)
                if receipt.remote_id is None:
                    await _plan(session, code, self._pause(row.tries))
        except IntegrityError:
            # The other system gave us the number of another ticket: ask it for the right one.
            log.error("backend.remote_id.taken", ticket=code, backend=self._config.name)
            await self._failed(row, code, UnknownError("remote_id_taken"))

    async def _missing(self, row: _Row, code: str) -> bool:
        """It is not there: whether it may be sent again at once. Else the next look is planned."""
        async with self._kit.sessions.begin() as session:
            found = await self._mine(session, row, code)
            if found is None:
                return False
            ticket, submission = found
            wait = self._settled(row) - row.asked_at
            if row.state == "unknown" and wait <= timedelta(0):
                submission.state = "waiting"
                log.info("backend.submit.again", ticket=code, tries=row.tries)
                return True
            await self._tell_when_long(session, ticket, submission, "not_found")
            pause = self._pause(row.tries)
            await _plan(session, code, min(pause, wait.total_seconds() + 0.05) if row.state == "unknown" else pause)
            return False

    def _settled(self, row: _Row) -> datetime:
        """From when on a ticket that is not there cannot come any more. Of a call whose end nobody saw, later."""
        seconds = self._config.settle + (0 if row.last_error else self._config.timeout)
        return row.sent_at + timedelta(seconds=seconds)

    async def _failed(self, row: _Row, code: str, error: BackendError) -> None:
        log.warning("backend.submit.failed", ticket=code, error=error.code, kind=type(error).__name__, state=row.state)
        async with self._kit.sessions.begin() as session:
            found = await self._mine(session, row, code)
            if found is None:
                return
            ticket, submission = found
            if row.state == "waiting":
                if isinstance(error, RefusedError):
                    await self._give_up(session, ticket, submission, error.code)
                    return
                # What was sent just now is certainly not there, or has to be looked up.
                submission.state = "waiting" if isinstance(error, NotSentError) else "unknown"
                submission.updated_at = datetime.now(UTC)
                submission.last_error = error.code
            elif isinstance(error, RefusedError):
                # That it cannot be looked up says nothing about the ticket: neither sent again nor given up.
                data = {"error": error.code, "backend": self._config.name, "look_up": True}
                await notices.tell_staff(session, ticket, "submission", f"submission:look_up:{error.code}", data=data)
            await self._tell_when_long(session, ticket, submission, error.code)
            await _plan(session, code, getattr(error, "pause", None) or self._pause(row.tries))

    async def _mine(self, session: AsyncSession, row: _Row, code: str) -> tuple[Ticket, TicketSubmission] | None:
        """The rows, unless another step was here meanwhile."""
        found = await _locked(session, code, self._config.name)
        if found is None or found[1].state in ("accepted", "refused") or found[1].tries != row.tries:
            return None
        return found

    async def _give_up(self, session: AsyncSession, ticket: Ticket, row: TicketSubmission, why: str) -> None:
        row.state, row.last_error, row.updated_at = "refused", why, datetime.now(UTC)
        data = {"error": why, "backend": self._config.name}
        await notices.tell_staff(session, ticket, "submission", f"submission:{why}", data=data)
        log.error("backend.submit.refused", ticket=ticket.code, error=why, backend=self._config.name)

    async def _tell_when_long(self, session: AsyncSession, ticket: Ticket, row: TicketSubmission, why: str) -> None:
        if row.tries >= MANY_TRIES:
            data = {"error": why, "backend": self._config.name, "delayed": True}
            await notices.tell_staff(session, ticket, "submission", "submission:delayed", data=data)

    async def _hold(self, code: str, until: datetime) -> None:
        """Others found the system down: not now. The pauses grow as if it had been tried."""
        async with self._kit.sessions.begin() as session:
            found = await _locked(session, code, self._config.name)
            if found is None or found[1].state in ("accepted", "refused"):
                return
            ticket, row = found
            row.tries += 1
            await self._tell_when_long(session, ticket, row, row.last_error or "down")
            await _plan(session, code, max((until - datetime.now(UTC)).total_seconds(), self._pause(row.tries)))

    def _pause(self, tries: int) -> float:
        config = self._config
        longest = min(config.first_pause * 2.0 ** min(tries - 1, 20), config.longest_pause)
        return longest * random.uniform(0.75, 1.0)  # noqa: S311 - spreads calls


async def accept(session: AsyncSession, kit: Kit, ticket: Ticket, row: TicketSubmission, receipt: Receipt) -> None:
    """Keep what the other system calls the ticket."""
    if receipt.remote_id is None:
        row.state, row.token = "token", receipt.token
    else:
        row.state, row.remote_id = "accepted", receipt.remote_id
    row.last_error, row.updated_at = None, datetime.now(UTC)
    await session.flush()
    if receipt.remote_id is not None:
        data = {"backend": row.backend, "remote_id": receipt.remote_id, "tries": row.tries}
        await changes.record(session, kit, ticket, "TicketSubmitted", SYSTEM, data=data)
        log.info("backend.submit.accepted", ticket=ticket.code, tries=row.tries)


@dataclass(frozen=True)
class _Row:
    """A submission as it stood when this step began. `tries` tells whether another step came in between."""

    state: str
    tries: int
    sent_at: datetime
    asked_at: datetime
    token: str | None
    last_error: str | None

    @classmethod
    def of(cls, row: TicketSubmission) -> _Row:
        now = datetime.now(UTC)
        sent_at = now if row.state == "waiting" else row.updated_at
        return cls(row.state, row.tries, sent_at, now, row.token if row.state == "token" else None, row.last_error)


async def _locked(session: AsyncSession, code: str, backend: str) -> tuple[Ticket, TicketSubmission] | None:
    ticket = await session.scalar(select(Ticket).where(Ticket.code == code).with_for_update())
    if ticket is None:
        return None
    row = await session.scalar(
        select(TicketSubmission)
        .where(TicketSubmission.ticket_id == ticket.id, TicketSubmission.backend == backend)
        .with_for_update()
    )
    return (ticket, row) if row is not None else None


async def _plan(session: AsyncSession, code: str, pause: float | None) -> None:
    at = datetime.now(UTC) + timedelta(seconds=pause) if pause is not None else None
    lock = f"submit:{code}"
    args, patient = {"code": code}, filing.PATIENT
    await defer_in(session, filing.SUBMIT, args, lock=lock, queueing_lock=lock, at=at, priority=patient)
