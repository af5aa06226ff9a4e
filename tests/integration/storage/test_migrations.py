"""The migrations on a real server."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Engine, inspect, text
from sqlalchemy.exc import IntegrityError

from bot.storage import migrations
from bot.storage.database import connect_sync
from bot.storage.models import Base

WITHIN = ("within_2", "within_10", "within_60")


def test_upgrade_brings_an_empty_database_to_the_newest_state_once(empty_database_url: str) -> None:
    assert migrations.current(empty_database_url) is None
    assert migrations.upgrade(empty_database_url) is True
    assert migrations.current(empty_database_url) == migrations.head()
    assert migrations.upgrade(empty_database_url) is False


def test_two_upgrades_at_once_take_turns(empty_database_url: str) -> None:
    results: list[bool] = []
    threads = [threading.Thread(target=lambda: results.append(migrations.upgrade(empty_database_url))) for _ in "ab"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(results) == [False, True]


def test_the_migrations_make_what_the_models_say(empty_database_url: str) -> None:
    migrations.upgrade(empty_database_url)
    engine = connect_sync(empty_database_url)
    with engine.connect() as connection:
        context = MigrationContext.configure(
            connection,
            opts={"include_name": lambda name, kind, _: kind != "table" or name in Base.metadata.tables},
        )
        assert compare_metadata(context, Base.metadata) == []
    engine.dispose()


CUBE = ("day", "hour", "channel", "status", "intent", "procedure", "aspect", "messages", *WITHIN)
LINES = ("line", "day", "key", "channel", "ward", "messages", *WITHIN)
NINE = ("2026-05-03", "9", "web", "answered", "ask_fee", "1.001193", "fee")
TEN = ("2026-05-03", "10", "web", "unresolved", "ask_fee", "", "")


@pytest.fixture
def engine(empty_database_url: str) -> Iterator[Engine]:
    made = connect_sync(empty_database_url)
    yield made
    made.dispose()


def taken_back(engine: Engine, revision: str) -> None:
    with engine.begin() as connection:
        command.downgrade(migrations.configuration(connection), revision)


def counted(engine: Engine, columns: Sequence[str], rows: Sequence[tuple[object, ...]]) -> None:
    statement = f"INSERT INTO message_figures ({', '.join(columns)}) VALUES ({', '.join(f':{c}' for c in columns)})"
    with engine.begin() as connection:
        connection.execute(text(statement), [dict(zip(columns, row, strict=True)) for row in rows])


def counts(engine: Engine, columns: Sequence[str]) -> list[tuple[object, ...]]:
    with engine.connect() as connection:
        told = [name if name in ("messages", *WITHIN) else f"{name}::text" for name in columns]
        rows = connection.execute(text(f"SELECT {', '.join(told)} FROM message_figures"))
        return sorted(tuple(row) for row in rows)


def test_counts_by_ward_are_added_up_when_they_are_taken_back(empty_database_url: str, engine: Engine) -> None:
    migrations.upgrade(empty_database_url, "0018")
    rows = [(*NINE, 3, 1, 2, 3, "90001"), (*NINE, 4, 0, 1, 4, ""), (*TEN, 5, 5, 5, 5, "90001")]
    counted(engine, (*CUBE, "ward"), rows)
    taken_back(engine, "0017")
    assert counts(engine, CUBE) == [(*TEN, 5, 5, 5, 5), (*NINE, 7, 1, 3, 7)]
    for table in ("messages", "conversations", "message_figures"):
        assert "ward" not in {column["name"] for column in inspect(engine).get_columns(table)}
    with pytest.raises(IntegrityError):
        counted(engine, CUBE, [(*NINE, 1, 0, 0, 0)])
    assert migrations.upgrade(empty_database_url, "0018") is True
    assert [row[-1] for row in counts(engine, (*CUBE, "ward"))] == ["", ""]


def test_counts_are_added_up_along_each_line(empty_database_url: str, engine: Engine) -> None:
    migrations.upgrade(empty_database_url, "0018")
    rows = [(*NINE, 3, 1, 2, 3, "90001"), (*NINE[:6], "place", 4, 0, 1, 4, "90001"), (*TEN, 5, 5, 5, 5, "90001")]
    counted(engine, (*CUBE, "ward"), rows)
    migrations.upgrade(empty_database_url, "0019")
    there = ("2026-05-03", "web", "90001")
    assert counts(engine, LINES) == [
        (line, there[0], key, *there[1:], *many)
        for line, key, *many in (
            ("aspect", "fee", 3, 1, 2, 3),
            ("aspect", "place", 4, 0, 1, 4),
            ("hour", "10", 5, 5, 5, 5),
            ("hour", "9", 7, 1, 3, 7),
            ("procedure", "1.001193", 7, 1, 3, 7),
            ("status", "answered", 7, 1, 3, 7),
            ("status", "unresolved", 5, 5, 5, 5),
        )
    ]


def test_taken_back_volumes_stay_and_days_whose_messages_are_there_are_counted_again(
    empty_database_url: str, engine: Engine
) -> None:
    migrations.upgrade(empty_database_url, "0019")
    counted(
        engine,
        LINES,
        [("status", "2026-05-03", "answered", "web", "90001", 7, 1, 3, 7),
         ("hour", "2026-05-03", "9", "web", "90001", 7, 1, 3, 7)],
    )  # fmt: skip
    with engine.begin() as connection:
        connection.execute(text("INSERT INTO figure_days (day) VALUES ('2026-05-03'), ('2026-05-09'), ('2026-05-12')"))
        connection.execute(
            text("INSERT INTO conversations (key, channel, external_id) VALUES (gen_random_uuid(), 'web', 'x')")
        )
        connection.execute(text(
            "INSERT INTO messages (conversation_id, message_id, kind, body, received_at)"
            " SELECT id, 'm', 'text', 'x', '2026-05-10T03:00Z' FROM conversations"
        ))  # fmt: skip
    taken_back(engine, "0018")
    kept = ("2026-05-03", "0", "web", "answered", "", "", "", 7, 1, 3, 7, "90001")
    assert counts(engine, (*CUBE, "ward")) == [kept]
    with engine.connect() as connection:
        days = connection.execute(text("SELECT day::text FROM figure_days ORDER BY day")).scalars().all()
    assert days == ["2026-05-03", "2026-05-09"]
