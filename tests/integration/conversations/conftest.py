"""What the tests of conversations share: an open database and a fake engine."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from pydantic import SecretStr

from bot.channels.channel import tell_shapes
from bot.conversations.context import Context, open_context
from bot.settings import Settings
from tests.support.desk_talk import Talk, talking
from tests.support.fake_engine import FakeEngine


@pytest.fixture
async def context(database_url: str) -> AsyncIterator[Context]:
    """Pool, inbox and settings on a fresh database."""
    settings = Settings(
        database_url=SecretStr(database_url),
        secret_key=SecretStr("a secret key for tests only"),
        telegram_token=SecretStr(""),
    )
    tell_shapes(settings)
    async with open_context(settings, connections=8) as opened:
        yield opened


@pytest.fixture
async def engine() -> AsyncIterator[FakeEngine]:
    """An engine that keeps the contract."""
    made = FakeEngine()
    await made.start()
    yield made
    await made.stop()


@pytest.fixture
async def talk(context: Context, engine: FakeEngine) -> AsyncIterator[Talk]:
    """A citizen, the relay and the desk."""
    async with talking(context, engine) as made:
        yield made
