"""The connections of the hot path: psycopg itself, because a turn is four statements and each must be cheap."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from typing import Any, TypeVar

import structlog
from psycopg import AsyncConnection, OperationalError
from psycopg.rows import TupleRow
from psycopg_pool import AsyncConnectionPool, PoolTimeout
from sqlalchemy.exc import DBAPIError

from bot.storage.database import libpq_url

log = structlog.get_logger(__name__)

Pool = AsyncConnectionPool[AsyncConnection[TupleRow]]
Query = str
T = TypeVar("T")

REPEATS = (0.05, 0.3, 1.0)
"""Seconds to wait before a statement is repeated that a restarting database ended."""


@asynccontextmanager
async def open_pool(url: str, *, size: int, wait: float = 5.0) -> AsyncIterator[Pool]:
    """A pool of connections in autocommit: every statement is its own transaction.

    Args:
        size: most connections at once.
        wait: seconds for a free connection, after that `psycopg_pool.PoolTimeout`.
    """
    # Its warning at every try to reconnect would drown what the callers say once.
    logging.getLogger("psycopg.pool").setLevel(logging.ERROR)
    pool: Pool = AsyncConnectionPool(
        libpq_url(url),
        kwargs={"autocommit": True, "prepare_threshold": 2},
        min_size=min(2, size),
        max_size=size,
        timeout=wait,
        max_idle=300,
        reconnect_timeout=0,
        open=False,
    )
    await pool.open()
    try:
        yield pool
    finally:
        await pool.close(timeout=2)


async def fetch(pool: Pool, query: Query, values: dict[str, Any] | Sequence[Any]) -> list[TupleRow]:
    """Run one statement and return its rows."""
    async with pool.connection() as connection:
        cursor = await connection.execute(query.encode(), values)
        return await cursor.fetchall()


async def repeat(pool: Pool, work: Callable[[], Awaitable[T]]) -> T:
    """Do what may be done twice, again when the database went away under it.

    Raises:
        OperationalError, DBAPIError, PoolTimeout: the database stayed away.
    """
    for pause in REPEATS:
        try:
            return await work()
        except PoolTimeout:
            raise
        except (OperationalError, DBAPIError) as error:
            if isinstance(error, DBAPIError) and not isinstance(error.orig, OperationalError):
                raise
            log.warning("database.repeat", error=type(error).__name__)
            await asyncio.sleep(pause)
            await pool.check()
    return await work()
