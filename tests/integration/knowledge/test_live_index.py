"""The index follows the catalogue in a real database, and answers outlive a restart of it."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Sequence

import psycopg
import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.knowledge.dialogue import Question
from bot.knowledge.records import ProcedureRecord
from bot.knowledge.search import LiveIndex
from bot.knowledge.service import AnswerService, DatabaseRecords
from bot.knowledge.writing import write_records
from bot.storage.database import connect_async, connect_sync, libpq_url
from tests.support.catalogue import TODAY, TOWN, record

WITHIN = 3.0


@pytest.fixture
async def engine(database_url: str) -> AsyncIterator[AsyncEngine]:
    made = connect_async(database_url)
    yield made
    await made.dispose()


async def write(url: str, records: Sequence[ProcedureRecord]) -> None:
    def now() -> None:
        engine = connect_sync(url)
        with engine.begin() as connection:
            write_records(connection, [(found, "yaml") for found in records])
        engine.dispose()

    await asyncio.to_thread(now)


async def until(holds: Callable[[], bool]) -> float:
    """Seconds until a condition holds."""
    start = time.monotonic()
    while not holds():
        assert time.monotonic() - start < WITHIN, "not in time"
        await asyncio.sleep(0.02)
    return time.monotonic() - start


def found(index: LiveIndex, text: str) -> str | None:
    best = index.current.search(text).best
    return best.code if best else None


async def test_a_new_procedure_is_found_within_seconds_of_its_commit(database_url: str, engine: AsyncEngine) -> None:
    await write(database_url, TOWN)
    index = LiveIndex(engine, poll=30)
    await index.start()
    try:
        assert found(index, "đăng ký khai sinh") == "1.001193"
        assert found(index, "kinh doanh karaoke") is None
        await write(database_url, [record("5.000001", "Đăng ký kinh doanh karaoke", levels=("commune",))])
        await until(lambda: found(index, "kinh doanh karaoke") == "5.000001")
    finally:
        await index.stop()


async def test_without_a_notification_the_poll_finds_the_change(database_url: str, engine: AsyncEngine) -> None:
    await write(database_url, TOWN)
    index = LiveIndex(engine, poll=0.3)
    await index.start()
    try:
        # As a change that a lost connection never told of.
        async with await psycopg.AsyncConnection.connect(libpq_url(database_url), autocommit=True) as connection:
            await connection.execute("update procedures set name = 'Đăng ký nuôi ong lấy mật' where code = '1.000656'")
            await connection.execute("update catalogue_revision set revision = revision + 1")
        await until(lambda: found(index, "nuôi ong lấy mật") == "1.000656")
    finally:
        await index.stop()


async def test_a_place_searches_the_fields_that_it_names_and_sees_them_change(
    database_url: str, engine: AsyncEngine
) -> None:
    bees = record("5.000003", "Đăng ký nuôi ong lấy mật", levels=("commune",), field="Chăn nuôi")
    await write(database_url, [*TOWN, bees])
    named = ["chăn nuôi"]
    index = LiveIndex(engine, poll=0.2, domains=lambda: named)
    await index.start()
    try:
        assert found(index, "nuôi ong lấy mật") == "5.000003"
        assert found(index, "đăng ký khai sinh") != "1.001193"
        named.clear()
        await until(lambda: found(index, "đăng ký khai sinh") == "1.001193")
    finally:
        await index.stop()


async def test_cut_connections_are_made_again(database_url: str, engine: AsyncEngine) -> None:
    await write(database_url, TOWN)
    index = LiveIndex(engine, poll=0.3)
    await index.start()
    service = AnswerService(DatabaseRecords(engine), index)
    try:
        assert (await service.answer(Question("khai sinh", "ask_fee", TODAY))).outcome["status"] == "answered"
        async with await psycopg.AsyncConnection.connect(libpq_url(database_url), autocommit=True) as connection:
            await connection.execute(
                "select pg_terminate_backend(pid) from pg_stat_activity"
                " where datname = current_database() and backend_type = 'client backend' and pid <> pg_backend_pid()"
            )
        assert (await service.answer(Question("khai tử", "ask_fee", TODAY))).outcome["status"] == "answered"
        await write(database_url, [record("5.000002", "Đăng ký trồng nấm linh chi", levels=("commune",))])
        await until(lambda: found(index, "trồng nấm linh chi") == "5.000002")
    finally:
        await index.stop()


async def test_a_database_that_is_down_at_the_start_is_waited_for(database_url: str) -> None:
    engine = connect_async("postgresql://nobody@127.0.0.1:1/none")
    index = LiveIndex(engine, poll=0.2)
    await index.start()
    try:
        assert index.revision < 0
    finally:
        await index.stop()
        await engine.dispose()
