"""A place with a ticket service, and the counter of the action server, on a fresh database."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from actions import services
from bot.storage.database import connect_async, connect_sync
from bot.tickets.placefile import import_files, packaged
from tests.integration.tickets.counter import working
from tests.integration.tickets.place import Place
from tests.support.localities import plain, province, ward


@pytest.fixture
async def place(database_url: str) -> AsyncIterator[Place]:
    engine = connect_async(database_url, pool_size=20)
    yield Place.of(engine, database_url)
    await engine.dispose()


@pytest.fixture
async def here(database_url: str, tmp_path: Path) -> AsyncIterator[services.Services]:
    """A ward whose categories have no questions of their own."""
    async with working(database_url, tmp_path, plain(ward())) as made:
        yield made


@pytest.fixture
async def in_province(database_url: str, tmp_path: Path) -> AsyncIterator[services.Services]:
    async with working(database_url, tmp_path, plain(province())) as made:
        yield made


@pytest.fixture
def country(database_url: str) -> None:
    """The names of the whole country."""
    file = packaged()
    assert file is not None
    engine = connect_sync(database_url)
    done = import_files(engine, [file])
    again = import_files(engine, [file])
    engine.dispose()
    assert done == again
    assert done.former > 9000
