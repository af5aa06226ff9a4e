"""The job that counts."""

from __future__ import annotations

from procrastinate import JobContext

from bot.figures.counting import count
from bot.locality import load
from bot.storage.jobs import app, tools

COUNT = "figures.count"


@app.periodic(cron="*/10 * * * *", periodic_id=COUNT)
@app.task(name=COUNT, queueing_lock=COUNT, lock=COUNT, pass_context=True)
async def count_messages(context: JobContext, timestamp: int) -> None:  # noqa: ARG001  what periodic jobs are called with
    """Every ten minutes."""
    made = tools(context)
    place = load(made.settings.locality)
    await count(made.sessions, place.now().date(), place.timezone)
