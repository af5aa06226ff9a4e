"""Jobs of the review: grouping what is new, repeated questions, suggestions, figures after retention, asking again."""

from __future__ import annotations

import asyncio

import structlog
from procrastinate import JobContext, RetryStrategy
from sqlalchemy import text

from bot.conversations.cases import GROUP
from bot.conversations.context import engine_client
from bot.knowledge.search.live import LiveIndex
from bot.review.examples import taught
from bot.review.grouping import Grouper
from bot.review.newer import ask_again_if_newer
from bot.review.recheck import RECHECK, recheck, through_engine
from bot.review.repeats import find_repeats
from bot.review.suggestions import suggest_new
from bot.review.upkeep import tidy
from bot.storage.database import connect_async
from bot.storage.jobs import Tools, app, tools

log = structlog.get_logger(__name__)

SWEEP, TIDY, REGROUP = "review.sweep", "review.tidy", "review.regroup"
RETRY = RetryStrategy(max_attempts=10, exponential_wait=2)


class _Workshop:
    """What grouping keeps in the memory of one process: the index of cases, and that of the catalogue."""

    def __init__(self, made: Tools) -> None:
        self.engine = connect_async(made.settings.database_url.get_secret_value(), pool_size=1)
        self.live = LiveIndex(self.engine)
        self.grouper = Grouper(made.sessions, lambda: self.live.current if self.live.revision >= 0 else None)


_workshops: dict[tuple[str, int], _Workshop] = {}


def _workshop(made: Tools) -> _Workshop:
    """The one of this process's database and loop."""
    key = made.settings.database_url.get_secret_value(), id(asyncio.get_running_loop())
    if key not in _workshops:
        _workshops.clear()
        _workshops[key] = _Workshop(made)
    workshop = _workshops[key]
    workshop.grouper.use(made.sessions)
    return workshop


async def _group(made: Tools) -> None:
    shop = _workshop(made)
    await shop.live.refresh()
    grouped = await shop.grouper.group_new()
    examples = await asyncio.to_thread(taught)
    index = shop.live.current if shop.live.revision >= 0 else None
    suggested = await suggest_new(made.sessions, index, examples)
    if grouped or suggested:
        log.info("review.grouped", cases=grouped, suggested=suggested)


@app.task(name=GROUP, pass_context=True, retry=RETRY, lock=GROUP)
async def group(context: JobContext) -> None:
    """Put new cases into groups."""
    await _group(tools(context))


@app.periodic(cron="* * * * *")
@app.task(name=SWEEP, pass_context=True, queueing_lock=SWEEP, lock=GROUP)
async def sweep(context: JobContext, timestamp: int) -> None:
    """Every minute: repeated questions, newer knowledge, and whatever has no group or no suggestions yet."""
    made = tools(context)
    if repeated := await find_repeats(made.sessions):
        log.info("review.repeated", cases=repeated, tick=timestamp)
    if await ask_again_if_newer(made.sessions):
        log.info("review.newer", tick=timestamp)
    async with made.sessions() as session:
        loose = await session.scalar(
            text("SELECT EXISTS (SELECT 1 FROM unresolved_cases WHERE group_id IS NULL) OR EXISTS (SELECT 1 FROM"
                 " case_groups WHERE cases >= 2 * suggested_for AND suggested_for < 64 AND state <> 'merged'"
                 " AND cases > 0)")
        )  # fmt: skip
    if loose:
        await _group(made)


@app.periodic(cron="23 * * * *")
@app.task(name=TIDY, pass_context=True, queueing_lock=TIDY, lock=GROUP)
async def tidy_groups(context: JobContext, timestamp: int) -> None:
    """Every hour: figures of groups whose cases were deleted by retention."""
    gone = await tidy(tools(context).sessions)
    log.info("review.tidied", groups=gone, tick=timestamp)


@app.task(name=REGROUP, pass_context=True, retry=RETRY, lock=GROUP)
async def regroup(context: JobContext) -> None:
    """Make all groups anew that nobody has touched."""
    await _workshop(tools(context)).grouper.rebuild()


@app.periodic(cron="10 4 * * *")
@app.task(name=RECHECK, pass_context=True, retry=RETRY, lock=RECHECK, queueing_lock=RECHECK)
async def ask_again(context: JobContext, timestamp: int = 0) -> None:  # noqa: ARG001  given where it comes by itself
    """Each night, and whenever a model was published or records were imported: what can be answered by now."""
    made = tools(context)
    engine = engine_client(made.settings)
    try:
        await recheck(made.sessions, through_engine(engine, made.sessions))
    finally:
        engine.close()
