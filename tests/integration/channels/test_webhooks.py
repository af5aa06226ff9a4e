"""Both webhooks under fire: what is not genuine is refused, nothing breaks them, the engine is not waited for."""

from __future__ import annotations

import statistics
from collections.abc import Iterator

import psycopg
import pytest

from bench.fuzzing import Secrets, acknowledge, fuzz
from tests.support.chat_system import ChatSystem, running_chat
from tests.support.databases import Databases

SECRETS = Secrets("s3cret-of-tests", "360846524940903967", "oa-secret-of-tests")
NOWHERE = "http://127.0.0.1:1"
SETTINGS = {
    "BOT_TELEGRAM_TOKEN": "123:abc",
    "BOT_TELEGRAM_SECRET": SECRETS.telegram,
    "BOT_TELEGRAM_API_BASE": NOWHERE,
    "BOT_ZALO_APP_ID": SECRETS.zalo_app,
    "BOT_ZALO_APP_SECRET": "app-secret-of-tests",
    "BOT_ZALO_OA_SECRET": SECRETS.zalo_oa,
    "BOT_ZALO_API_BASE": NOWHERE,
    "BOT_ZALO_OAUTH_BASE": NOWHERE,
}


@pytest.fixture(scope="module")
def system(databases: Databases) -> Iterator[ChatSystem]:
    with databases.fresh() as url, running_chat(url, workers=1, **SETTINGS) as made:
        yield made


def count(system: ChatSystem, table: str) -> int:
    with psycopg.connect(system.database_url) as connection:
        row = connection.execute(f"SELECT count(*) FROM {table}").fetchone()  # type: ignore[arg-type]  # our tables
        assert row is not None
        return int(row[0])


async def test_requests_that_are_not_genuine_make_no_turn(system: ChatSystem) -> None:
    before = count(system, "messages"), count(system, "conversations")
    fuzzed = await fuzz(system.url, SECRETS, 3000, genuine=False, seed=1)
    assert fuzzed.of(genuine=False) == {401}, fuzzed.statuses
    assert (count(system, "messages"), count(system, "conversations")) == before


async def test_genuine_requests_with_any_content_never_break_the_webhooks(system: ChatSystem) -> None:
    fuzzed = await fuzz(system.url, SECRETS, 3000, genuine=True, seed=2)
    assert sum(fuzzed.statuses.values()) == 3000
    assert fuzzed.of(genuine=True) <= {200, 400, 401, 413}, fuzzed.statuses
    assert count(system, "messages") > 300, "many are still messages"


async def test_acknowledgement_does_not_wait_for_the_engine(system: ChatSystem) -> None:
    system.engine.mode = "hang"
    try:
        seconds = await acknowledge(system.url, SECRETS, 600, at_once=4)
    finally:
        system.engine.mode = "ok"
    # Alone on a machine it is a few milliseconds; the bound leaves room for neighbours.
    assert statistics.quantiles(seconds, n=100)[98] < 0.5
