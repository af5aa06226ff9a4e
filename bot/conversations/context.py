"""What web and worker processes are built from, joined from the settings in one place."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Coroutine
from dataclasses import dataclass
from typing import Any

import structlog
from pydantic import SecretStr
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.conversations.engine_client import EngineClient
from bot.conversations.inbox import Inbox
from bot.conversations.pool import Pool, open_pool
from bot.privacy import Vault
from bot.settings import PREFIX, Settings, SettingsError
from bot.storage.database import connect_async

log = structlog.get_logger(__name__)

RESTART_PAUSE = 2.0
"""Seconds before a service that broke is run again."""

Service = Callable[[], Coroutine[Any, Any, None]]


@dataclass(frozen=True)
class Context:
    """What a service of a process is built from."""

    settings: Settings
    pool: Pool
    inbox: Inbox
    engine: AsyncEngine
    """The same database for what is not the hot path."""

    @property
    def database_url(self) -> str:
        """The database of this instance."""
        return self.settings.database_url.get_secret_value()


@contextlib.asynccontextmanager
async def open_context(settings: Settings, *, connections: int) -> AsyncIterator[Context]:
    """Database, vault and inbox, closed at the end.

    Args:
        connections: most connections of the hot path.
    """
    url = settings.database_url.get_secret_value()
    engine = connect_async(url, pool_size=2)
    try:
        async with open_pool(url, size=connections) as pool:
            yield Context(settings, pool, Inbox(pool, engine, Vault(settings.secret_key)), engine)
    finally:
        await engine.dispose()


def engine_client(settings: Settings) -> EngineClient:
    """The client of the engines that the settings name."""
    urls = [url.strip() for url in settings.engine_urls.split(",") if url.strip()]
    return EngineClient(urls, settings.engine_secret.get_secret_value(), timeout=settings.engine_timeout)


async def keep_running(name: str, service: Service) -> None:
    """Run a service until it ends by itself or is cancelled; one that breaks is run again."""
    while True:
        try:
            return await service()
        except Exception:
            log.exception("service.broken", service=name)
        await asyncio.sleep(RESTART_PAUSE)


def require(settings: Settings, *names: str) -> Settings:
    """The settings, if all of these are set (the supervisor sets them for its children).

    Raises:
        SettingsError: one line for each that is not.
    """
    values = {name: getattr(settings, name) for name in names}
    missing = [
        name
        for name, value in values.items()
        if not (value.get_secret_value() if isinstance(value, SecretStr) else value)
    ]
    if missing:
        raise SettingsError("\n".join(f"{PREFIX}{name.upper()}: must be set for this process" for name in missing))
    return settings
