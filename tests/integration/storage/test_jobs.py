"""Jobs live and die with the record that they serve."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest
from pydantic import SecretStr
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from bot.settings import Settings
from bot.storage import jobs
from bot.storage.database import connect_async, connect_sync, sessions
from bot.storage.housekeeping import expire, revive_jobs
from bot.storage.models import Conversation, MaskedValue, Message, Outbox, Ticket

ran: list[object] = []


@jobs.app.task(name="test.note")
async def note(what: object) -> None:
    ran.append(what)


@pytest.fixture(autouse=True)
def _clean() -> None:
    ran.clear()


@pytest.fixture
def settings(database_url: str) -> Settings:
    return Settings(database_url=SecretStr(database_url))


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[async_sessionmaker[AsyncSession]]:
    engine = connect_async(database_url)
    yield sessions(engine)
    await engine.dispose()


async def run(settings: Settings) -> None:
    """Run what is due, and return."""
    await asyncio.wait_for(jobs.run(settings, modules=(), wait=False), 20)


async def test_a_job_of_a_committed_transaction_runs(
    settings: Settings, database: async_sessionmaker[AsyncSession]
) -> None:
    async with database.begin() as session:
        await jobs.defer_in(session, "test.note", {"what": "đã ghi"})
    await run(settings)
    assert ran == ["đã ghi"]


async def test_a_job_of_a_rolled_back_transaction_never_was(
    settings: Settings, database: async_sessionmaker[AsyncSession]
) -> None:
    with pytest.raises(RuntimeError):
        async with database.begin() as session:
            session.add(Conversation(channel="web", external_id="x"))
            await jobs.defer_in(session, "test.note", {"what": 1})
            raise RuntimeError
    await run(settings)
    assert ran == []
    async with database() as session:
        # Of this kind: where a minute begins meanwhile, the jobs of every minute are there.
        mine = text("select count(*) from procrastinate_jobs where task_name = 'test.note'")
        assert (await session.execute(mine)).scalar() == 0


async def test_one_job_of_a_queueing_lock_waits_and_the_transaction_goes_on(
    settings: Settings, database: async_sessionmaker[AsyncSession]
) -> None:
    async with database.begin() as session:
        first = await jobs.defer_in(session, "test.note", {"what": 1}, queueing_lock="one")
        second = await jobs.defer_in(session, "test.note", {"what": 2}, queueing_lock="one")
        session.add(Conversation(channel="web", external_id="x"))
    assert first is not None
    assert second is None
    await run(settings)
    assert ran == [1]


async def test_jobs_of_a_lock_run_in_order(settings: Settings, database: async_sessionmaker[AsyncSession]) -> None:
    async with database.begin() as session:
        for number in range(5):
            await jobs.defer_in(session, "test.note", {"what": number}, lock="same")
    for _ in range(5):  # a run that may not wait stops when a lock is taken
        await run(settings)
    assert ran == [0, 1, 2, 3, 4]


async def test_a_job_waits_for_its_time(settings: Settings, database: async_sessionmaker[AsyncSession]) -> None:
    async with database.begin() as session:
        await jobs.defer_in(session, "test.note", {"what": 1}, at=datetime.now(UTC) + timedelta(hours=1))
    await run(settings)
    assert ran == []


def test_without_a_loop_it_is_the_same(settings: Settings, database_url: str) -> None:
    engine = connect_sync(database_url)
    with engine.begin() as connection:
        assert jobs.defer_in_sync(connection, "test.note", {"what": 3}, queueing_lock="q") is not None
        assert jobs.defer_in_sync(connection, "test.note", {"what": 4}, queueing_lock="q") is None
    engine.dispose()
    asyncio.run(run(settings))
    assert ran == [3]


async def test_the_job_of_a_killed_worker_is_put_back(
    settings: Settings, database: async_sessionmaker[AsyncSession]
) -> None:
    async with database.begin() as session:
        await jobs.defer_in(session, "test.note", {"what": 1}, lock="blocked")
        await session.execute(
            text(
                "with dead as (insert into procrastinate_workers (last_heartbeat)"
                " values (now() - interval '1 hour') returning id)"
                " update procrastinate_jobs set status = 'doing', worker_id = dead.id from dead"
            )
        )
        await jobs.defer_in(session, revive_jobs.name, {"timestamp": 0})
    await run(settings)
    await run(settings)
    assert ran == [1]


async def test_the_job_of_a_killed_worker_makes_way_for_one_that_waits_in_its_place(
    settings: Settings, database: async_sessionmaker[AsyncSession]
) -> None:
    async with database.begin() as session:
        await jobs.defer_in(session, "test.note", {"what": "killed"}, lock="a", queueing_lock="a")
        await jobs.defer_in(session, "test.note", {"what": "other"}, lock="b")
        await session.execute(
            text(
                "with dead as (insert into procrastinate_workers (last_heartbeat)"
                " values (now() - interval '1 hour') returning id)"
                " update procrastinate_jobs set status = 'doing', worker_id = dead.id from dead"
            )
        )
        await jobs.defer_in(session, "test.note", {"what": "waiting"}, lock="a", queueing_lock="a")
        await jobs.defer_in(session, revive_jobs.name, {"timestamp": 0})
    await run(settings)
    await run(settings)
    assert sorted(map(str, ran)) == ["other", "waiting"]


async def test_retention_deletes_what_is_old_and_nothing_else(
    settings: Settings, database: async_sessionmaker[AsyncSession]
) -> None:
    now = datetime.now(UTC)
    old, masked_old = now - timedelta(days=181), now - timedelta(hours=49)
    async with database.begin() as session:
        keys = {name: uuid.uuid4() for name in ("gone", "kept", "reported", "waiting")}
        rows = {
            name: Conversation(
                key=key,
                channel="web",
                external_id=name,
                last_message_at=now if name == "kept" else old,
                waiting=int(name == "waiting"),
            )
            for name, key in keys.items()
        }
        session.add_all(rows.values())
        await session.flush()
        kept = rows["kept"].id
        for number, (name, at, state) in enumerate(
            [("gone", old, "done"), ("kept", old, "done"), ("kept", now, "done"), ("waiting", old, "pending")]
        ):
            session.add(
                Message(
                    conversation_id=rows[name].id,
                    message_id=str(number),
                    kind="text",
                    body="…",
                    received_at=at,
                    state=state,
                )
            )
        for at in (masked_old, now):
            token = f"[SĐT_{at.timestamp()}]"
            session.add(MaskedValue(conversation_id=kept, token=token, kind="phone", ciphertext=b"x", created_at=at))
            session.add(Outbox(conversation_id=kept, channel="telegram", body={}, created_at=old if at != now else now))
        for name, ended in (("gone", old), ("reported", None)):
            session.add(
                Ticket(
                    code=f"PA-2026-{name}",
                    idempotency_key=name,
                    conversation_id=rows[name].id,
                    channel="web",
                    locality="x",
                    category="khac",
                    description="…",
                    place="…",
                    anonymous=True,
                    status="closed" if ended else "received",
                    closed_at=ended,
                )
            )
        for name, at in (("gone", old), ("kept", now)):
            await session.execute(
                text("insert into engine.trackers (sender_id, version, state, updated_at) values (:id, 1, '[]', :at)"),
                {"id": str(keys[name]), "at": at},
            )
    counts = await expire(settings, database, now=now)
    assert counts == {
        "conversations": 1,
        "messages": 1,
        "outbox": 1,
        "trackers": 1,
        "delivered": 0,
        "masked_values": 1,
        "live_chats": 0,
    }
    async with database() as session:
        left = (await session.execute(text("select external_id from conversations order by 1"))).scalars().all()
        assert left == ["kept", "reported", "waiting"], "who has an open report still has to be told of it"
        assert (await session.execute(text("select message_id from messages order by 1"))).scalars().all() == ["2", "3"]
        linked = "select code from tickets where conversation_id is not null"
        assert (await session.execute(text(linked))).scalars().all() == ["PA-2026-reported"]
    assert sum((await expire(settings, database, now=now)).values()) == 0


def test_the_queue_s_schema_is_of_the_locked_library() -> None:
    from importlib import import_module, metadata

    made_for = import_module("bot.storage.migrations.versions.0000_queue_and_engine").QUEUE_VERSION
    locked = metadata.version("procrastinate")
    assert locked.startswith(f"{made_for}."), "a new procrastinate: add a migration with its own scripts"


async def test_what_was_delivered_goes_earlier_than_what_was_not(database: async_sessionmaker[AsyncSession]) -> None:
    settings = Settings(retention_days=180, delivered_days=30)
    async with database.begin() as session:
        await session.execute(
            text(
                "WITH c AS (INSERT INTO conversations (key, channel, external_id)"
                " VALUES (gen_random_uuid(), 'zalo', 'x') RETURNING id)"
                " INSERT INTO outbox (conversation_id, channel, body, state, created_at)"
                " SELECT c.id, 'zalo', '{}', s.state, now() - make_interval(days => s.days) FROM c,"
                " (VALUES ('sent', 31), ('sent', 29), ('failed', 31), ('unknown', 170), ('shown', 31), ('failed', 181))"
                " AS s (state, days)"
            )
        )
    counts = await expire(settings, database)
    assert (counts["outbox"], counts["delivered"]) == (1, 1)
    async with database() as session:
        left = await session.execute(text("SELECT state FROM outbox ORDER BY state"))
        assert left.scalars().all() == ["failed", "sent", "shown", "unknown"]
