"""Jobs of tickets."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import structlog
from procrastinate import JobContext, RetryStrategy

from bot.locality import LiveLocality
from bot.storage.jobs import app, tools
from bot.tickets.filing import ROUTE
from bot.tickets.service import TicketService
from bot.tickets.texts import Texts

log = structlog.get_logger(__name__)

RETRY = RetryStrategy(max_attempts=20, exponential_wait=4)
SWEEP = "tickets.sweep"


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
