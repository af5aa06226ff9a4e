"""Training runs: asked for by people or at night, one at a time, watched, cancelled, and never lost.

A run is a row and a job, made together. The job starts the trainer (`bot.training.trainer`), a process of its own at
low priority, which writes how far it is into the row. A trainer that is killed leaves the run failed, with the reason;
where the worker went with it, the job is taken up again by another worker, once.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Literal

from sqlalchemy import func, select, text, update
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession, async_sessionmaker
from sqlalchemy.orm import defer

from bot.storage.jobs import defer_in
from bot.storage.models import TrainingRun

TASK = "training.run"
OPEN = ("queued", "training", "evaluating")
MOST_QUEUED = 5
PAGE = 30
"""Runs on a page of their list."""
MOST_TRIES = 2
LOG_KEPT = 60_000
"""Characters of what the trainer said last."""
SILENT_AFTER = timedelta(minutes=5)
"""Without a sign of life for so long, a run that no job takes up again has failed."""
LONGEST_NOTES = 500

Source = Literal["staff", "nightly", "cli"]
Also = Callable[[AsyncSession], None]
_LOCK = 0x4D43_0003  # any number of ours
INTERRUPTED = "Tiến trình huấn luyện bị ngắt giữa chừng {tries} lần nên không thử nữa. Mô hình đang dùng không đổi."


class TooManyRunsError(Exception):
    """Enough runs wait already."""


class Runs:
    """Asks for runs, reads them, and writes down how they go."""

    def __init__(self, sessions: async_sessionmaker[AsyncSession]) -> None:
        self._sessions = sessions

    async def ask(
        self,
        author: str,
        notes: str = "",
        *,
        source: Source = "staff",
        model: int | None = None,
        also: Also | None = None,
    ) -> int:
        """Queue a run.

        Args:
            model: a model of the bank that is to be judged again, beside what is live now; none: train one.
            also: adds something to the transaction, such as a row of the audit log.

        Returns:
            Its number.

        Raises:
            TooManyRunsError: wait for the others.
        """
        async with self._sessions.begin() as session:
            waiting = select(func.count()).where(TrainingRun.state == "queued")
            if (await session.scalar(waiting) or 0) >= MOST_QUEUED:
                raise TooManyRunsError
            made = TrainingRun(source=source, author=author, notes=notes[:LONGEST_NOTES], model_id=model)
            session.add(made)
            await session.flush()
            if also is not None:
                also(session)
            if source != "cli":
                await defer_in(session, TASK, {"run": made.id}, lock=TASK)
            return made.id

    async def cancel(self, number: int, by: str, also: Also | None = None) -> bool:
        """End a run: one that waits at once, one that is under way within seconds.

        Returns:
            Whether there was something to end.
        """
        async with self._sessions.begin() as session:
            run = await session.get(TrainingRun, number, with_for_update=True)
            if run is None or run.state not in OPEN or run.cancelled_by is not None:
                return False
            run.cancelled_by = by
            if run.state == "queued":
                _end(run, "cancelled")
            if also is not None:
                also(session)
            return True

    async def one(self, number: int) -> TrainingRun | None:
        """A run."""
        async with self._sessions() as session:
            return await session.get(TrainingRun, number)

    async def listed(self, before: int | None = None, most: int = PAGE) -> list[TrainingRun]:
        """Runs, the newest first, without their logs."""
        query = select(TrainingRun).options(defer(TrainingRun.log)).order_by(TrainingRun.id.desc()).limit(most)
        if before is not None:
            query = query.where(TrainingRun.id < before)
        async with self._sessions() as session:
            return list(await session.scalars(query))

    async def last_checksum(self) -> str | None:
        """Of the data of the newest run that came out well."""
        query = select(TrainingRun.checksum).where(TrainingRun.state == "ready").order_by(TrainingRun.id.desc())
        async with self._sessions() as session:
            found: str | None = await session.scalar(query.limit(1))
            return found

    async def count_since(self, source: Source, begin: datetime) -> int:
        """How many runs of a kind were asked for since then."""
        query = select(func.count()).where(TrainingRun.source == source, TrainingRun.created_at >= begin)
        async with self._sessions() as session:
            return await session.scalar(query) or 0

    # What the trainer and its job write.

    async def begin(self, number: int) -> bool:
        """Take a run up; whether it is to be done. Only under `only_one`."""
        async with self._sessions.begin() as session:
            run = await session.get(TrainingRun, number, with_for_update=True)
            if run is None or run.state not in OPEN:
                return False
            if run.cancelled_by is not None:
                _end(run, "cancelled")
                return False
            if run.tries >= MOST_TRIES:
                run.error = INTERRUPTED.format(tries=run.tries)
                _end(run, "failed")
                return False
            now = datetime.now(UTC)
            run.state, run.tries, run.progress = "training", run.tries + 1, 0
            run.started_at, run.beat_at = run.started_at or now, now
            return True

    async def beat(self, number: int, *, progress: int, step: str, state: str, log: str) -> str | None:
        """Write down how far it is; who cancelled it, if somebody did."""
        values = {"progress": progress, "step": step, "state": state, "log": log[-LOG_KEPT:], "beat_at": func.now()}
        statement = update(TrainingRun).where(TrainingRun.id == number, TrainingRun.state.in_(OPEN)).values(values)
        async with self._sessions.begin() as session:
            found: str | None = await session.scalar(statement.returning(TrainingRun.cancelled_by))
            return found

    async def told(self, number: int, *, checksum: str) -> None:
        """Write down what it trains from."""
        async with self._sessions.begin() as session:
            await session.execute(update(TrainingRun).where(TrainingRun.id == number).values(checksum=checksum))

    async def end(self, number: int, state: Literal["ready", "failed", "cancelled"], error: str | None = None) -> bool:
        """Close a run; whether it was open."""
        async with self._sessions.begin() as session:
            run = await session.get(TrainingRun, number, with_for_update=True)
            if run is None or run.state not in OPEN:
                return False
            if run.cancelled_by is not None and state == "failed":
                state, error = "cancelled", None
            run.error = error
            _end(run, state)
            return True

    async def sweep(self) -> int:
        """Fail runs that nobody works on any more; how many."""
        limit = datetime.now(UTC) - SILENT_AFTER
        async with self._sessions.begin() as session:
            query = select(TrainingRun).where(TrainingRun.state.in_(("training", "evaluating")))
            lost = list(
                await session.scalars(query.where(TrainingRun.beat_at < limit).with_for_update(skip_locked=True))
            )
            for run in lost:
                run.error = "Mất liên lạc với tiến trình huấn luyện. Mô hình đang dùng không đổi; hãy huấn luyện lại."
                _end(run, "failed")
        return len(lost)


async def only_one(connection: AsyncConnection) -> bool:
    """Be the only trainer of this database for as long as the connection lives."""
    return bool(await connection.scalar(text("SELECT pg_try_advisory_lock(:key)"), {"key": _LOCK}))


def _end(run: TrainingRun, state: str) -> None:
    run.state, run.finished_at = state, datetime.now(UTC)
    run.step = ""
    if state == "ready":
        run.progress = 100
