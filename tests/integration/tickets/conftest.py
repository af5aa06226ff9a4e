"""A place with a ticket service, on a fresh database."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from bot.storage.database import connect_async
from tests.integration.tickets.place import Place


@pytest.fixture
async def place(database_url: str) -> AsyncIterator[Place]:
    engine = connect_async(database_url, pool_size=20)
    yield Place.of(engine, database_url)
    await engine.dispose()
