"""The migrations on a real server."""

from __future__ import annotations

import threading

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from bot.storage import migrations
from bot.storage.database import connect_sync
from bot.storage.models import Base


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
