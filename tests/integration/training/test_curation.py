"""The one writer of the corpus: clean diffs, nobody overwrites anybody, nothing held out gets in, all can be undone."""

from __future__ import annotations

import asyncio
import difflib
import json
import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import yaml
from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from bot.knowledge.aliases import read_aliases
from bot.knowledge.writing import write_records
from bot.runtime.project import ROOT
from bot.storage.database import connect_async, connect_sync, sessions
from bot.storage.models import CorpusChange
from bot.training.corpus import read_intents
from bot.training.curation import (
    Curation,
    InvalidExampleError,
    LeakError,
    MissingExampleError,
    TakenElsewhereError,
    UnknownTargetError,
)
from bot.training.curation.history import changes
from tests.support.catalogue import record
from tests.support.databases import Databases

HELD_OUT = "bao giờ thì con hẻm nhà tôi mới có đèn sáng trở lại vậy"


@pytest.fixture
def data(tmp_path: Path) -> Path:
    folder = tmp_path / "nlu_data"
    for part in ("intents", "aliases"):
        shutil.copytree(ROOT / "nlu_data" / part, folder / part)
    (tmp_path / "held.jsonl").write_text(json.dumps({"id": "1", "text": HELD_OUT}) + "\n", encoding="utf-8")
    return folder


@pytest.fixture
async def made(databases: Databases) -> AsyncIterator[async_sessionmaker[AsyncSession]]:
    with databases.fresh() as url:
        engine = connect_async(url, pool_size=18)
        maker = sessions(engine)
        plain = connect_sync(url)
        with plain.begin() as connection:
            write_records(connection, [(record("1.001193", "Đăng ký khai sinh"), "portal")])
        plain.dispose()
        yield maker
        await engine.dispose()


@pytest.fixture
def curation(data: Path) -> Curation:
    return Curation(data, lambda: [data.parent / "held.jsonl"])


def contents(data: Path, pattern: str = "*.yml") -> dict[Path, str]:
    return {path: path.read_text(encoding="utf-8") for path in sorted(data.rglob(pattern))}


def diff(before: str, path: Path) -> list[str]:
    after = path.read_text(encoding="utf-8")
    lines = difflib.unified_diff(before.splitlines(), after.splitlines(), lineterm="", n=0)
    return [line for line in lines if line[:1] in "+-" and line[:3] not in ("+++", "---")]


async def test_an_added_sentence_is_one_line_and_its_author_is_known(
    made: async_sessionmaker[AsyncSession], curation: Curation, data: Path
) -> None:
    path = data / "intents" / "hours.yml"
    before = path.read_text(encoding="utf-8")
    async with made.begin() as session:
        added = await curation.add_examples(
            session,
            "hours",
            ["trưa nay  bộ phận một cửa có trực không", "trua nay bo phan mot cua co truc khong"],
            by="lan",
        )
    assert added == ["trưa nay bộ phận một cửa có trực không"]
    assert diff(before, path) == ["+    - trưa nay bộ phận một cửa có trực không"]
    assert ("trưa nay bộ phận một cửa có trực không", "hours") in {
        (one.text, one.label) for one in read_intents(data / "intents")
    }
    async with made() as session:
        (change,) = await changes(session)
    assert (change.account, change.target, change.after) == ("lan", "hours", {"examples": added})


@pytest.mark.parametrize(
    ("sentence", "error"),
    [
        (HELD_OUT, LeakError),
        ("Bao giờ thì con hẻm nhà tôi mới có đèn sáng trở lại", LeakError),
        ("bao gio thi con hem nha toi moi co den sang tro lai vay", LeakError),
        ("  ", InvalidExampleError),
        ("a" * 301, InvalidExampleError),
        ("giờ làm việc [thứ bảy](day)", InvalidExampleError),
        ("<script>alert(1)</script>", InvalidExampleError),
        ("gặp cán bộ", None),
    ],
)
async def test_what_may_not_be_taught_changes_nothing(
    made: async_sessionmaker[AsyncSession],
    curation: Curation,
    data: Path,
    sentence: str,
    error: type[Exception] | None,
) -> None:
    if error is None:
        sentence, error = curation.examples("handoff")[0].upper(), TakenElsewhereError
    path = data / "intents" / "hours.yml"
    before = path.read_text(encoding="utf-8")
    with pytest.raises(error):
        async with made.begin() as session:
            await curation.add_examples(session, "hours", ["một câu mới hẳn hoi", sentence], by="lan")
    assert path.read_text(encoding="utf-8") == before
    async with made() as session:
        assert await changes(session) == []


@pytest.mark.parametrize("name", ["khong_co", "../intents/hours", "", "HOURS"])
async def test_an_unknown_intent_is_said(made: async_sessionmaker[AsyncSession], curation: Curation, name: str) -> None:
    with pytest.raises(UnknownTargetError):
        async with made.begin() as session:
            await curation.add_examples(session, name, ["mấy giờ mở cửa thế nhỉ"], by="lan")


async def test_two_curators_at_once_lose_nothing(
    made: async_sessionmaker[AsyncSession], curation: Curation, data: Path
) -> None:
    other = Curation(data, tuple)
    before = curation.examples("hours")

    async def add(writer: Curation, name: str, number: int) -> None:
        async with made.begin() as session:
            await writer.add_examples(session, "hours", [f"{name} hỏi giờ mở cửa lần thứ {number} ngàn"], by=name)

    await asyncio.gather(*(add(curation, "lan", n) for n in range(8)), *(add(other, "minh", n) for n in range(8)))
    after = curation.examples("hours")
    assert after[: len(before)] == before
    assert len(after) == len(before) + 16


async def test_who_changes_what_another_has_changed_is_told(
    made: async_sessionmaker[AsyncSession], curation: Curation
) -> None:
    first, second = curation.examples("hours")[:2]
    async with made.begin() as session:
        await curation.edit_example(session, "hours", first, "thứ bảy tuần này có làm hồ sơ không", by="lan")
    before = curation.examples("hours")
    for texts in ([first], [second, first]):
        with pytest.raises(MissingExampleError):
            async with made.begin() as session:
                await curation.remove_examples(session, "hours", texts, by="minh")
    with pytest.raises(MissingExampleError):
        async with made.begin() as session:
            await curation.edit_example(session, "hours", first, "cách khác", by="minh")
    assert curation.examples("hours") == before


async def test_every_change_can_be_undone_to_the_letter(
    made: async_sessionmaker[AsyncSession], curation: Curation, data: Path
) -> None:
    whole = contents(data)
    first = curation.examples("hours")
    one, two = first[:2]

    async def undo_last() -> None:
        async with made.begin() as session:
            last = (await changes(session, limit=1))[0]
            await curation.revert(session, last.id, by="an")

    async with made.begin() as session:
        await curation.add_examples(session, "hours", ["trước tết có làm việc tới ngày nào"], by="lan")
    await undo_last()
    async with made.begin() as session:
        await curation.edit_example(session, "hours", one, "trước tết có làm việc tới ngày nào", by="lan")
    await undo_last()
    async with made.begin() as session:
        await curation.set_aliases(session, "1.001193", add=["giấy tờ đầu tiên của bé, rất gấp"], by="lan")
    await undo_last()
    assert contents(data) == whole
    async with made.begin() as session:
        await curation.move_examples(session, "hours", "contact", [one, two], by="lan")
    assert one in curation.examples("contact")
    await undo_last()
    assert sorted(curation.examples("hours")) == sorted(first)
    async with made() as session:
        reverted = [row for row in await changes(session) if row.reverted]
    assert len(reverted) == 4
    with pytest.raises(UnknownTargetError):
        async with made.begin() as session:
            await curation.revert(session, reverted[0].id, by="an")


async def test_a_name_of_a_procedure_is_written_found_and_searched_for(
    made: async_sessionmaker[AsyncSession], curation: Curation, data: Path
) -> None:
    names = ['tên có "ngoặc", phẩy: và #', "no", "gạch - giữa", "giấy cho cháu mới chào đời nhà em"]
    async with made.begin() as session:
        assert await curation.set_aliases(session, "1.001193", add=names, by="lan") == names
    assert [name for name in read_aliases(data / "aliases")["1.001193"] if name in names] == names
    assert curation.aliases("1.001193")[-4:] == names
    async with made() as session:
        stored = (await session.execute(text("SELECT text FROM procedure_aliases WHERE code = '1.001193'"))).scalars()
        assert set(names) <= set(stored)
        assert await session.scalar(text("SELECT revision FROM catalogue_revision")) >= 1
    async with made.begin() as session:
        await curation.set_aliases(session, "1.001193", remove=names[:2], by="lan")
    assert curation.aliases("1.001193")[-2:] == names[2:]
    with pytest.raises(UnknownTargetError):
        async with made.begin() as session:
            await curation.set_aliases(session, "9.999999", add=["không có"], by="lan")


async def test_when_the_transaction_fails_after_the_file_was_written_the_file_can_still_be_read(
    made: async_sessionmaker[AsyncSession], curation: Curation, data: Path
) -> None:
    with pytest.raises(RuntimeError):
        async with made.begin() as session:
            await curation.add_examples(session, "hours", ["hôm lễ có ai ở quầy không ta"], by="lan")
            raise RuntimeError("killed")
    yaml.safe_load((data / "intents" / "hours.yml").read_text(encoding="utf-8"))
    assert not contents(data, ".*")
    async with made() as session:
        assert (await session.scalars(select(CorpusChange))).all() == []


def test_the_summary_tells_what_is_missing(curation: Curation) -> None:
    found = {item.name: item for item in curation.summaries()}
    assert found["ask_fee"].count == len(curation.examples("ask_fee"))
    assert 0 < found["ask_fee"].typed["no_diacritics"] < found["ask_fee"].count
    assert not any(item.few for item in found.values())
    assert "ask_fee" in {name for name, _ in curation.search("le phi")}


async def test_an_intent_of_staff_begins_with_its_first_sentence_and_ends_with_its_last(
    made: async_sessionmaker[AsyncSession], curation: Curation, data: Path
) -> None:
    whole, path = contents(data), data / "intents" / "own_ho_boi.yml"
    for wrong in ("own_ho_boi", "ho_boi", "own_../x"):
        with pytest.raises(UnknownTargetError):
            async with made.begin() as session:
                await curation.add_examples(session, wrong, ["hồ bơi mấy giờ mở"], by="lan", new=wrong != "own_ho_boi")
    assert contents(data) == whole
    async with made.begin() as session:
        await curation.add_examples(session, "own_ho_boi", ["hồ bơi mấy giờ mở"], by="lan", new=True)
    assert yaml.safe_load(path.read_text(encoding="utf-8")) == {
        "version": "3.1", "nlu": [{"intent": "own_ho_boi", "examples": "- hồ bơi mấy giờ mở\n"}],
    }  # fmt: skip
    assert next(item for item in curation.summaries() if item.name == "own_ho_boi").few
    async with made.begin() as session:
        await curation.remove_examples(session, "own_ho_boi", ["hồ bơi mấy giờ mở"], by="lan")
    assert contents(data) == whole
    async with made.begin() as session:
        last = (await changes(session, limit=1))[0]
        await curation.revert(session, last.id, by="an")
    assert curation.examples("own_ho_boi") == ["hồ bơi mấy giờ mở"]
