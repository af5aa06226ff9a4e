"""Aliases in the database: there before their records, gone when their file drops them, never those of the staff."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine, text

from bot.knowledge.aliases import load_aliases
from bot.knowledge.importing.reading import SourceError
from bot.knowledge.store import load_revision
from bot.storage.database import connect_sync


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    made = connect_sync(database_url)
    yield made
    made.dispose()


def revision_of(engine: Engine) -> int:
    with engine.connect() as connection:
        return load_revision(connection)


def kept(engine: Engine) -> list[tuple[str, str, str]]:
    with engine.connect() as connection:
        rows = connection.execute(text("select code, text, source from procedure_aliases order by code, text"))
        return [(row.code, row.text, row.source) for row in rows]


def test_aliases_follow_their_files_and_leave_those_of_the_staff(engine: Engine, tmp_path: Path) -> None:
    file = tmp_path / "some.yml"
    file.write_text('"1.000001": [nuôi ong, thả ong]\n', encoding="utf-8")
    with engine.begin() as connection:
        connection.execute(
            text("insert into procedure_aliases (code, text, source) values ('1.000001', 'chơi ong', 'staff')")
        )
    first = load_aliases(engine, tmp_path)
    assert (first.loaded, first.procedures, first.aliases, first.added, first.removed) == (True, 1, 2, 2, 0)
    revision = revision_of(engine)
    assert not load_aliases(engine, tmp_path).loaded
    assert revision_of(engine) == revision, "the same files change nothing"
    file.write_text('"1.000001": [nuôi ong, gây đàn ong]\n', encoding="utf-8")
    second = load_aliases(engine, tmp_path)
    assert (second.added, second.removed) == (1, 1)
    assert revision_of(engine) > revision, "the index is told"
    assert kept(engine) == [
        ("1.000001", "chơi ong", "staff"),
        ("1.000001", "gây đàn ong", "project"),
        ("1.000001", "nuôi ong", "project"),
    ]


def test_a_broken_file_changes_nothing(engine: Engine, tmp_path: Path) -> None:
    file = tmp_path / "some.yml"
    file.write_text('"1.000001": [nuôi ong]\n', encoding="utf-8")
    load_aliases(engine, tmp_path)
    file.write_text('"1.000001": nuôi ong\n', encoding="utf-8")
    with pytest.raises(SourceError):
        load_aliases(engine, tmp_path)
    assert kept(engine) == [("1.000001", "nuôi ong", "project")]
