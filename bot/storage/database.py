"""Engines and sessions; the only place where a database URL becomes a connection."""

from __future__ import annotations

from sqlalchemy import Engine, create_engine
from sqlalchemy.ext.asyncio import AsyncEngine, async_sessionmaker, create_async_engine

from bot.storage.urls import libpq_url, sqlalchemy_url

__all__ = ["connect_async", "connect_sync", "libpq_url", "sessions", "sqlalchemy_url"]


def connect_sync(url: str, *, pool_size: int = 2) -> Engine:
    """An engine for command-line work and imports; connections are checked before use."""
    return create_engine(
        sqlalchemy_url(url), pool_size=pool_size, max_overflow=0, pool_pre_ping=True, hide_parameters=True
    )


def connect_async(url: str, *, pool_size: int = 8) -> AsyncEngine:
    """An engine for servers. Connections that a restarted database left behind are replaced.

    Errors do not show the parameters of the statement: they may be a citizen's words.
    """
    return create_async_engine(
        sqlalchemy_url(url),
        pool_size=pool_size,
        max_overflow=0,
        pool_timeout=10,
        pool_recycle=1800,
        hide_parameters=True,
    )


def sessions(engine: AsyncEngine) -> async_sessionmaker:  # type: ignore[type-arg]  # the session type is the default
    """A maker of sessions that keep their objects readable after commit."""
    return async_sessionmaker(engine, expire_on_commit=False)
