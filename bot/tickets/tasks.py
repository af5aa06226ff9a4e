"""Jobs of tickets."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import structlog
from procrastinate import JobContext, RetryStrategy

from bot.locality import LiveLocality, LocalBackend
from bot.locality.remote import RemoteBackend
from bot.storage.jobs import app, tools
from bot.tickets.additions import Additions
from bot.tickets.backends import Backend, backend_of
from bot.tickets.filing import ADD, ROUTE, SUBMIT
from bot.tickets.following import Following
from bot.tickets.kit import Kit
from bot.tickets.service import TicketService
from bot.tickets.submissions import Submissions
from bot.tickets.texts import Texts

log = structlog.get_logger(__name__)

RETRY = RetryStrategy(max_attempts=20, exponential_wait=4)
SWEEP = "tickets.sweep"
FOLLOW = "tickets.follow"


@app.task(name=ROUTE, pass_context=True, retry=RETRY)
async def route(context: JobContext, code: str) -> None:
    """Send a new ticket to the agency of its category."""
    await service_of(context).route(code)


@app.periodic(cron="* * * * *")
@app.task(name=SWEEP, pass_context=True, queueing_lock=SWEEP)
async def sweep(context: JobContext, timestamp: int) -> None:
    """Every minute: reminders, deadlines, escalations, silences."""
    if done := await service_of(context).sweep():
        log.info("ticket.swept", events=done, tick=timestamp)


def service_of(context: JobContext) -> TicketService:
    """The tickets of a running job."""
    made = tools(context)
    return TicketService(made.sessions, made.settings, locality(made.settings.locality))


@lru_cache(maxsize=1)
def locality(path: Path) -> LiveLocality:
    """The locality of this process's jobs."""
    return LiveLocality(path, check=Texts)


@app.task(name=SUBMIT, pass_context=True, retry=RETRY)
async def submit(context: JobContext, code: str) -> None:
    """One step of handing a ticket over to the backend."""
    if (remote := remote_of(context)) is not None:
        await Submissions(*remote).step(code)


@app.task(name=ADD, pass_context=True, retry=RETRY)
async def pass_on(context: JobContext, code: str, event: int, photos: list[str], tries: int) -> None:
    """What a citizen added to a ticket, to the backend."""
    if (remote := remote_of(context)) is not None:
        await Additions(*remote).step(code, event, photos, tries)


@app.periodic(cron="* * * * *")
@app.task(name=FOLLOW, pass_context=True, queueing_lock=FOLLOW, lock=FOLLOW)
async def follow(context: JobContext, timestamp: int) -> None:
    """Every minute: tickets that lost their job, and what has become of those that are with the backend."""
    if (remote := remote_of(context)) is None:
        return
    await Submissions(*remote).find_lost()
    if asked := await Following(*remote).poll():
        log.info("backend.polled", tickets=asked, tick=timestamp)


def remote_of(context: JobContext) -> tuple[Kit, Backend, RemoteBackend] | None:
    """The backend of a running job; none where tickets are worked on here."""
    made = tools(context)
    source = locality(made.settings.locality)
    config = source.current.backend
    if isinstance(config, LocalBackend):
        return None
    return Kit(made.sessions, made.settings, source), backend_of(made.settings, source.current), config
