"""What the tests of the webhook share: its routes in this process, on a real database."""

from __future__ import annotations

from collections.abc import AsyncIterator

import httpx
import pytest
from pydantic import SecretStr
from starlette.applications import Starlette

from bot.channels.channel import tell_shapes
from bot.channels.entry import Entry
from bot.channels.zalo.webhook import routes
from bot.conversations.context import Context, open_context
from bot.settings import Settings
from tests.support.zalo_platform import APP_ID, OA_SECRET


@pytest.fixture
def settings(database_url: str) -> Settings:
    """Settings with Zalo."""
    return Settings(
        database_url=SecretStr(database_url),
        secret_key=SecretStr("a secret key for tests only"),
        zalo_app_id=APP_ID,
        zalo_oa_secret=SecretStr(OA_SECRET),
        zalo_site_verification="AbC-1_2",
    )


@pytest.fixture
async def context(settings: Settings) -> AsyncIterator[Context]:
    """Pool, inbox and settings on a fresh database."""
    tell_shapes(settings)
    async with open_context(settings, connections=4) as opened:
        yield opened


@pytest.fixture
async def web(context: Context) -> AsyncIterator[httpx.AsyncClient]:
    """A client of the webhook."""
    app = Starlette(routes=routes(context.settings, Entry.of(context)))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://zalo.test") as client:
        yield client
