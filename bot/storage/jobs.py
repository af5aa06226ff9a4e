"""The job queue: procrastinate, on the database that holds the records which the jobs serve.

A task module registers with `@app.task(name="tickets.route", pass_context=True)` and is named in
`TASK_MODULES`; the worker imports them all. A job is deferred with `defer_in` on the caller's
connection, so that it exists exactly if the record does. Every task may run twice: a job whose
worker was killed is started again.
"""

from __future__ import annotations

import asyncio
import contextlib
import importlib
import json
from collections.abc import AsyncIterator, Callable, Coroutine, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

import procrastinate
from procrastinate import JobContext
from sqlalchemy import Connection, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession, async_sessionmaker
from sqlalchemy.orm import Session

from bot.settings import Settings
from bot.storage.database import connect_async, libpq_url, sessions

TASK_MODULES = (
    "bot.storage.housekeeping",
    "bot.tickets.tasks",
    "bot.tickets.photo_tasks",
    "bot.conversations.erasing",
    "bot.conversations.desk.sweeping",
    "bot.figures.tasks",
    "bot.review.tasks",
    "bot.training.tasks",
)
"""Modules with tasks. Those above this package are named here, not imported."""

CONCURRENCY = 4
CONNECTIONS = 3
POLLING = 5.0
"""Seconds; a job that waits for a lock is noticed at the next poll."""

app = procrastinate.App(connector=procrastinate.PsycopgConnector())

_DEFER = text(
    "SELECT unnest(procrastinate_defer_jobs_v1(ARRAY[ROW(:queue, :task, :priority, :lock, :queueing_lock,"
    " CAST(:args AS jsonb), CAST(:at AS timestamptz))::procrastinate_job_to_defer_v1]))"
)
_QUEUEING_LOCK = "procrastinate_jobs_queueing_lock"


@dataclass(frozen=True)
class Tools:
    """What a task works with."""

    settings: Settings
    sessions: async_sessionmaker[AsyncSession]


class WorkerContext(Protocol):
    """What the worker gives to its services."""

    @property
    def settings(self) -> Settings:
        """The settings, with the database's URL in them."""


def tools(context: JobContext) -> Tools:
    """The tools of a running task."""
    found: Tools = context.additional_context["tools"]
    return found


async def defer_in(
    connection: AsyncSession | AsyncConnection,
    task: str,
    args: Mapping[str, Any] | None = None,
    *,
    lock: str | None = None,
    queueing_lock: str | None = None,
    at: datetime | None = None,
    priority: int = 0,
    queue: str = "default",
) -> int | None:
    """Queue a job in the transaction of the caller: it runs after the commit, or never was.

    Args:
        task: the name under which the task is registered.
        args: what JSON can hold; no personal data.
        lock: jobs of one lock run one after the other, in order.
        queueing_lock: at most one job of it waits at a time.
        at: not before this time.

    Returns:
        The job's number; None when a job of the queueing lock waits already.
    """
    try:
        async with connection.begin_nested():
            result = await connection.execute(_DEFER, _values(task, args, lock, queueing_lock, at, priority, queue))
            return int(result.scalar_one())
    except IntegrityError as error:
        if _QUEUEING_LOCK in str(error.orig):
            return None
        raise


def defer_in_sync(
    connection: Session | Connection,
    task: str,
    args: Mapping[str, Any] | None = None,
    *,
    lock: str | None = None,
    queueing_lock: str | None = None,
    at: datetime | None = None,
    priority: int = 0,
    queue: str = "default",
) -> int | None:
    """The same as `defer_in` for a caller without a loop."""
    try:
        with connection.begin_nested():
            result = connection.execute(_DEFER, _values(task, args, lock, queueing_lock, at, priority, queue))
            return int(result.scalar_one())
    except IntegrityError as error:
        if _QUEUEING_LOCK in str(error.orig):
            return None
        raise


def services(context: WorkerContext) -> dict[str, Callable[[], Coroutine[Any, Any, None]]]:
    """For the worker process: the service that runs jobs."""

    async def jobs() -> None:
        await run(context.settings)

    return {"jobs": jobs}


async def run(settings: Settings, *, modules: Sequence[str] = TASK_MODULES, wait: bool = True) -> None:
    """Run jobs until cancelled.

    Args:
        settings: of which the database's URL is read.
        modules: task modules to import.
        wait: False: return as soon as nothing is left to do.
    """
    for name in modules:
        importlib.import_module(name)
    async with _open(settings) as made:
        # Cancelled, it lets running jobs finish for a moment; what does not make it is run again later.
        await app.run_worker_async(
            concurrency=CONCURRENCY,
            wait=wait,
            fetch_job_polling_interval=POLLING,
            shutdown_graceful_timeout=3.0,
            install_signal_handlers=False,
            delete_jobs="successful",
            additional_context={"tools": made},
        )


@contextlib.asynccontextmanager
async def _open(settings: Settings) -> AsyncIterator[Tools]:
    url = settings.database_url.get_secret_value()
    connector = procrastinate.PsycopgConnector(conninfo=libpq_url(url), min_size=1, max_size=CONNECTIONS)
    engine = connect_async(url, pool_size=2)
    try:
        with app.replace_connector(connector):
            async with app.open_async():
                yield Tools(settings, sessions(engine))
    finally:
        await asyncio.shield(engine.dispose())


def _values(
    task: str,
    args: Mapping[str, Any] | None,
    lock: str | None,
    queueing_lock: str | None,
    at: datetime | None,
    priority: int,
    queue: str,
) -> dict[str, Any]:
    return {
        "task": task,
        "args": json.dumps(dict(args or {}), ensure_ascii=False),
        "lock": lock,
        "queueing_lock": queueing_lock,
        "at": at,
        "priority": priority,
        "queue": queue,
    }
