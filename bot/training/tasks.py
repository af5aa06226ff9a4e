"""The jobs of training and publishing, and what looks after them."""

from __future__ import annotations

import asyncio
import contextlib
import os
import sys
from collections import deque
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import structlog
from procrastinate import JobContext

from bot.locality import LocalityError
from bot.locality import load as load_locality
from bot.settings import PREFIX, Settings
from bot.storage.jobs import app, tools
from bot.training import checkout, lowly, modelfile
from bot.training.publishing import TASK as PUBLISH
from bot.training.publishing import Publisher
from bot.training.runs import TASK as RUN
from bot.training.runs import Runs, TooManyRunsError

log = structlog.get_logger(__name__)

NIGHT = "lịch hằng đêm"
TOLD = (
    "data_dir",
    "actions_url",
    "engine_python",
    "compare_messages",
    "models_kept",
    "locality",
    "log_level",
    "log_format",
)
"""Settings that the trainer is told, besides the database. No channel's secret, not the engine's either."""


def trainers_environment(settings: Settings) -> dict[str, str]:
    """The environment of a trainer."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(PREFIX)}
    told = {name: str(getattr(settings, name)) for name in TOLD if str(getattr(settings, name))}
    told |= {"data_dir": str(settings.data), "database_url": settings.database_url.get_secret_value()}
    kept |= {"PYTHONUNBUFFERED": "1", "PYTHONPATH": str(checkout.ROOT)}
    return kept | {f"{PREFIX}{name.upper()}": value for name, value in told.items()}


async def supervise(settings: Settings, runs: Runs, number: int) -> None:
    """Run the trainer for a run to its end; one that dies leaves the run failed, with the reason."""
    command = [sys.executable, "-m", "bot.training.trainer", str(number)]
    last: deque[str] = deque(maxlen=5)
    async with lowly.running(command, trainers_environment(settings), checkout.ROOT) as process:
        assert process.stdout is not None  # noqa: S101  it was started with a pipe
        async for raw in process.stdout:
            last.append(raw.decode("utf-8", "replace").rstrip())
        code = await process.wait()
    if code != 0 and await runs.end(number, "failed", _ended(code)):
        log.error("training.trainer_died", run=number, code=code, last=list(last))
    run = await runs.one(number)
    log.info("training.run_ended", run=number, state=run.state if run else None)


def _ended(code: int) -> str:
    return (
        f"Tiến trình huấn luyện bị dừng đột ngột ({lowly.how(code)})."
        " Mô hình đang dùng không đổi, dữ liệu không mất; hãy huấn luyện lại."
    )


@app.task(name=RUN, pass_context=True)
async def run_training(context: JobContext, run: int) -> None:
    """Carry out a training run."""
    made = tools(context)
    await supervise(made.settings, Runs(made.sessions), run)


@app.task(name=PUBLISH, pass_context=True)
async def publish_model(context: JobContext, publication: int) -> None:
    """Carry out a publication."""
    made = tools(context)
    await Publisher(made.sessions, made.settings).carry_out(publication)


@app.periodic(cron="* * * * *")
@app.task(name="training.sweep", pass_context=True, queueing_lock="training.sweep")
async def sweep(context: JobContext, timestamp: int) -> None:
    """Every minute: runs whose trainer is lost, publications that some engine had missed, the nightly run."""
    made = tools(context)
    runs = Runs(made.sessions)
    if lost := await runs.sweep():
        log.warning("training.lost", runs=lost, tick=timestamp)
    await Publisher(made.sessions, made.settings).settle()
    with contextlib.suppress(TooManyRunsError):
        if await due_tonight(made.settings, runs, datetime.fromtimestamp(timestamp, UTC)):
            await runs.ask(NIGHT, source="nightly")


async def due_tonight(settings: Settings, runs: Runs, now: datetime) -> bool:
    """Whether the nightly run is due: its time has come today, there was none today, and the data are new."""
    if not settings.train_nightly:
        return False
    try:
        here = now.astimezone(ZoneInfo(str(load_locality(settings.locality).timezone)))
    except LocalityError:
        return False
    hour, minute = map(int, settings.train_nightly.split(":"))
    begin = here.replace(hour=hour, minute=minute, second=0, microsecond=0)
    if not begin <= here or (here - begin).total_seconds() > 3600:
        return False
    if await runs.count_since("nightly", begin):
        return False
    checksum = await asyncio.to_thread(modelfile.checksum)
    published = modelfile.published(settings)
    return checksum not in (await runs.last_checksum(), published.checksum if published else None)
