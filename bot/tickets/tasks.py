"""Jobs of tickets."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from procrastinate import JobContext, RetryStrategy

from bot.locality import Locality, load
from bot.storage.jobs import app, tools
from bot.tickets.service import ROUTE, TicketService

RETRY = RetryStrategy(max_attempts=20, exponential_wait=4)


@app.task(name=ROUTE, pass_context=True, retry=RETRY)
async def route(context: JobContext, code: str) -> None:
    """Send a new ticket to the agency of its category."""
    made = tools(context)
    await TicketService(made.sessions, made.settings, _locality(made.settings.locality)).route(code)


@lru_cache(maxsize=1)
def _locality(path: Path) -> Locality:
    return load(path)
