"""Jobs of pictures."""

from __future__ import annotations

import structlog
from procrastinate import JobContext

from bot.storage.jobs import app, tools
from bot.tickets.photos import Photos

log = structlog.get_logger(__name__)


@app.periodic(cron="29 * * * *")
@app.task(name="photos.expire", pass_context=True, queueing_lock="photos.expire")
async def expire_photos(context: JobContext, timestamp: int) -> None:
    """Every hour: pictures that nobody filed, those of tickets long ended, and stray files."""
    made = tools(context)
    gone = await Photos(made.sessions, made.settings).expire()
    log.info("photos.expired", tick=timestamp, photos=gone)
