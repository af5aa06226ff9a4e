"""From a label to the corpus, with the real writer on a copy of the files."""

from __future__ import annotations

import shutil
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from bot.console.site import Site
from bot.console.teaching import NotTaughtError, Teacher
from bot.knowledge.writing import write_records
from bot.runtime.project import ROOT
from bot.storage.database import connect_sync
from bot.training.curation import Curation
from tests.support.catalogue import record
from tests.support.review import Desk


@pytest.fixture
def data(tmp_path: Path) -> Path:
    folder = tmp_path / "nlu_data"
    for part in ("intents", "aliases"):
        shutil.copytree(ROOT / "nlu_data" / part, folder / part)
    return folder


def teacher(data: Path) -> Teacher:
    site: Any = SimpleNamespace(curation=Curation(data, tuple))
    return Teacher(cast(Site, site), "lan")


async def test_a_label_adds_the_groups_sentences_to_its_intent(desk: Desk, data: Path) -> None:
    number = await desk.grouped("quầy số 9 mở lúc mấy giờ zq", "quay so 9 mo luc may gio zq vay")
    label = {"kind": "intent", "intent": "hours"}
    kept = await desk.work().label(number, 1, label, teacher(data).of(label))
    assert kept["taught"] >= 1
    assert "quầy số 9 mở lúc mấy giờ zq" in (data / "intents" / "hours.yml").read_text(encoding="utf-8")


async def test_a_procedure_that_the_search_does_not_find_gets_a_name_and_its_aspect_sentences(
    desk: Desk, data: Path
) -> None:
    plain = connect_sync(desk.url)
    with plain.begin() as connection:
        write_records(connection, [(record("1.001193", "Đăng ký khai sinh"), "portal")])
    plain.dispose()
    number = await desk.grouped("giấy cho zq mới đẻ hết nhiêu tiền")
    label = {"kind": "procedure", "code": "1.001193", "aspect": "fee"}
    kept = await desk.work().label(number, 1, label, teacher(data).of(label, 0.1))
    assert (kept["taught"], kept["alias"]) == (1, "giấy cho zq mới đẻ hết nhiêu tiền")
    assert "giấy cho zq mới đẻ" in (data / "intents" / "ask_fee.yml").read_text(encoding="utf-8")
    assert await desk.one("SELECT count(*) FROM procedure_aliases WHERE text LIKE '%zq mới đẻ%'") == 1


async def test_what_the_writer_refuses_is_not_decided(desk: Desk, data: Path) -> None:
    number = await desk.grouped("quầy số 9 mở lúc mấy giờ zq")
    label = {"kind": "intent", "intent": "khong_co"}
    with pytest.raises(NotTaughtError, match="không có ý định"):
        await desk.work().label(number, 1, label, teacher(data).of(label))
    assert await desk.rows("SELECT state, version FROM case_groups") == [("open", 1)]
