"""The token keeper on a real database, against a real token endpoint, over several processes."""

from __future__ import annotations

import asyncio
import os
import signal
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest

from bot.channels.zalo import tokens
from bot.channels.zalo.http import Http
from bot.channels.zalo.oauth import OAuth, Pair
from bot.channels.zalo.tokens import Access, NoTokenError, TokenKeeper
from bot.conversations.pool import open_pool
from bot.privacy import Cipher
from tests.support.served import start
from tests.support.zalo_platform import APP_ID, APP_SECRET, Zalo, zalo_platform

KEY = "a secret key for tests only"


@pytest.fixture
def platform() -> Iterator[Zalo]:
    with zalo_platform() as made:
        yield made


@asynccontextmanager
async def keeper(
    database: str, oauth_url: str, *, seed: str = "RT0", lease: float = 60.0
) -> AsyncIterator[TokenKeeper]:
    oauth = OAuth(Http(oauth_url, timeout=5), APP_ID, APP_SECRET)
    async with open_pool(database, size=4) as pool:
        made = TokenKeeper(pool, oauth, Cipher(KEY, "zalo-tokens"), APP_ID, seed=seed, lease=lease)
        try:
            await made.seed()
            yield made
        finally:
            await made.close()
            await oauth.close()


def change(database: str, what: str) -> None:
    with psycopg.connect(database.replace("+psycopg", ""), autocommit=True) as connection:
        connection.execute(f"UPDATE zalo_tokens SET {what}")  # type: ignore[arg-type]  # texts of this file


def row(database: str) -> dict[str, Any]:
    with psycopg.connect(database.replace("+psycopg", ""), row_factory=psycopg.rows.dict_row) as connection:
        found = connection.execute("SELECT * FROM zalo_tokens").fetchone()
        assert found is not None
        return found


async def test_first_token_of_the_settings_becomes_a_pair_that_is_stored_encrypted(
    database_url: str, platform: Zalo
) -> None:
    async with keeper(database_url, platform.url) as made:
        assert await made.access() == Access("AT1", 1)
        assert await made.access() == Access("AT1", 1)
        state = await made.state()
    assert platform.renewals() == ["RT0"]
    assert state is not None
    assert 89_900 < state.access_left <= 90_000
    assert 89 * 86400 < state.refresh_left <= 90 * 86400
    stored = row(database_url)
    assert b"AT1" not in stored["access_token"] and b"RT1" not in stored["refresh_token"]
    assert "RT0" not in str(stored["seeds"])


async def test_first_token_is_taken_once_also_after_it_was_rotated(database_url: str, platform: Zalo) -> None:
    async with keeper(database_url, platform.url) as made:
        await made.access()
    async with keeper(database_url, platform.url) as made:
        assert await made.access() == Access("AT1", 1)
    platform.refresh = "RT-of-a-new-consent"
    async with keeper(database_url, platform.url, seed="RT-of-a-new-consent") as made:
        assert (await made.access()).token == "AT2"
    assert platform.renewals() == ["RT0", "RT-of-a-new-consent"]


async def test_it_is_renewed_early_and_everybody_gets_the_new_one(database_url: str, platform: Zalo) -> None:
    async with keeper(database_url, platform.url) as made:
        await made.access()
        await made.look()
        assert platform.renewals() == ["RT0"]
        change(database_url, "access_from = now() - interval '81 s', access_until = now() + interval '19 min'")
        await made.look()
        assert platform.renewals() == ["RT0"]
        change(database_url, "access_from = now() - interval '81 min', access_until = now() + interval '19 min'")
        await made.look()
        assert await made.access() == Access("AT2", 2)
    assert platform.renewals() == ["RT0", "RT1"]


async def test_many_that_find_the_token_bad_at_once_renew_it_once(database_url: str, platform: Zalo) -> None:
    async with keeper(database_url, platform.url) as one, keeper(database_url, platform.url) as other:
        await one.access()
        platform.modes = ["slow"]
        got = await asyncio.gather(*(made.renewed(1) for made in (one, other) * 10))
    assert set(got) == {Access("AT2", 2)}
    assert platform.renewals() == ["RT0", "RT1"]


@pytest.mark.parametrize(("mode", "trouble"), [("busy", "unreachable"), ("broken", "unknown"), ("refuse", "refused")])
async def test_failure_without_rotation_is_tried_again_with_the_same_token(
    database_url: str, platform: Zalo, mode: str, trouble: str
) -> None:
    platform.modes = [mode]
    async with keeper(database_url, platform.url) as made:
        with pytest.raises(NoTokenError, match=trouble):
            await made.access()
        with pytest.raises(NoTokenError, match=trouble):
            await made.access()  # not at once
        assert len(platform.calls) == 1
        change(database_url, "not_before = now()")
        assert await made.access() == Access("AT1", 1)
        state = await made.state()
    assert state is not None and state.trouble is None and state.unknown == 0


async def test_pair_that_was_lost_on_the_way_is_told_after_one_more_try(database_url: str, platform: Zalo) -> None:
    async with keeper(database_url, platform.url) as made:
        await made.access()
        change(database_url, "access_from = now() - interval '2 h', access_until = now() + interval '10 min'")
        platform.modes = ["used"]
        await made.look()
        assert (await made.access()).token == "AT1"  # what we have is used to its end
        change(database_url, "not_before = now()")
        await made.look()
        state = await made.state()
        assert state is not None and (state.trouble, state.code) == ("lost", -14014)
        assert (await made.access()).token == "AT1"
        # A new consent mends it, whatever was.
        await made.replace(Pair("AT-new", "RT-new", 90000))
        assert (await made.access()).token == "AT-new"
    assert platform.renewals() == ["RT0", "RT1", "RT1"]


async def test_token_that_zalo_does_not_take_twice_is_left_alone_for_a_while(database_url: str, platform: Zalo) -> None:
    async with keeper(database_url, platform.url) as made:
        await made.access()
        assert await made.renewed(1) == Access("AT2", 2)
        await made.reject(2, -216)
        with pytest.raises(NoTokenError, match="rejected"):
            await made.access()
        change(database_url, "not_before = now()")
        assert await made.access() == Access("AT3", 3)


async def test_another_secret_key_cannot_read_the_pair_and_says_so(database_url: str, platform: Zalo) -> None:
    async with keeper(database_url, platform.url) as made:
        await made.access()
    async with open_pool(database_url, size=2) as pool:
        oauth = OAuth(Http(platform.url), APP_ID, APP_SECRET)
        stranger = TokenKeeper(pool, oauth, Cipher("quite another secret key", "zalo-tokens"), APP_ID)
        with pytest.raises(NoTokenError, match="unreadable"):
            await stranger.access()
        with pytest.raises(NoTokenError, match="unreadable"):
            await stranger.renewed(1)
        await oauth.close()
    assert platform.renewals() == ["RT0"]


async def test_without_any_token_there_is_none(database_url: str, platform: Zalo) -> None:
    async with keeper(database_url, platform.url, seed="") as made:
        with pytest.raises(NoTokenError, match="none"):
            await made.access()
        await made.look()
    assert platform.calls == []


# Processes


def renew_in_process(database: str, oauth_url: str, results: str) -> None:
    """Find the first token bad, as a sender does; what came of it goes into a file."""

    async def main() -> None:
        async with keeper(database, oauth_url) as made:
            access = await made.renewed(1)
            with Path(results).open("a") as file:  # noqa: ASYNC230  a test's process
                file.write(f"{access.token} {access.generation}\n")

    asyncio.run(main())


def die_before_commit(database: str, oauth_url: str) -> None:
    """Killed between Zalo's answer and the commit: the worst moment there is."""

    async def killed(self: Any, generation: int, pair: Pair) -> None:
        os.kill(os.getpid(), signal.SIGKILL)

    async def main() -> None:
        tokens.TokenKeeper._store = killed  # type: ignore[method-assign]  # in this process only
        async with keeper(database, oauth_url) as made:
            await made.renewed(1)

    asyncio.run(main())


async def test_several_processes_renew_exactly_once(database_url: str, platform: Zalo, tmp_path: Any) -> None:
    async with keeper(database_url, platform.url) as made:
        await made.access()
    platform.modes = ["slow"]
    results = tmp_path / "results"
    processes = [start(renew_in_process, database_url, platform.url, str(results)) for _ in range(4)]
    for process in processes:
        await asyncio.to_thread(process.join, 60)
    assert results.read_text().split("\n") == ["AT2 2"] * 4 + [""]
    assert platform.renewals() == ["RT0", "RT1"]


async def test_process_killed_between_zalos_answer_and_the_commit(database_url: str, platform: Zalo) -> None:
    async with keeper(database_url, platform.url, lease=2.0) as made:
        await made.access()
        process = start(die_before_commit, database_url, platform.url)
        await asyncio.to_thread(process.join, 60)
        assert process.exitcode == -signal.SIGKILL
        assert row(database_url)["attempt"] is not None
        # Until the attempt counts as dead nobody else tries; the access token that we have still serves.
        change(database_url, "attempt_at = now()")
        assert (await made.access()).token == "AT1"
        begun = time.monotonic()
        with pytest.raises(NoTokenError, match="lost"):
            await made.renewed(1)
        assert time.monotonic() - begun > 1.5
        state = await made.state()
    assert state is not None and (state.trouble, state.code, state.unknown) == ("lost", -14014, 1)
    assert platform.renewals() == ["RT0", "RT1", "RT1"]


async def test_process_killed_before_zalo_acted_costs_nothing(database_url: str, platform: Zalo) -> None:
    async with keeper(database_url, platform.url, lease=1.0) as made:
        await made.access()
        change(database_url, "attempt = 'dead', attempt_at = now() - interval '2 s'")
        assert await made.renewed(1) == Access("AT2", 2)


async def test_pair_is_stored_when_the_database_comes_back(
    database_url: str, platform: Zalo, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody may use a pair that is not committed, and nobody may drop it."""
    real, failures = tokens.fetch, 0

    async def flaky(pool: Any, query: str, values: Any) -> Any:
        nonlocal failures
        if query == tokens._STORE and failures < 3:
            failures += 1
            raise psycopg.OperationalError("gone")
        return await real(pool, query, values)

    monkeypatch.setattr(tokens, "fetch", flaky)
    async with keeper(database_url, platform.url) as made:
        assert await made.access() == Access("AT1", 1)
    assert failures == 3


async def test_cancelled_sender_does_not_cut_the_renewal_short(database_url: str, platform: Zalo) -> None:
    async with keeper(database_url, platform.url) as made:
        platform.modes = ["slow"]
        sending = asyncio.create_task(made.access())
        await asyncio.sleep(0.25)
        assert platform.calls
        sending.cancel()
        with pytest.raises(asyncio.CancelledError):
            await sending
        await made.close()
        assert await made.access() == Access("AT1", 1)
    assert platform.renewals() == ["RT0"]
