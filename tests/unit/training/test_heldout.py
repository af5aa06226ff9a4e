"""Held-out sets, and what the console's night does with the clock."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from bot.settings import Settings
from bot.training import heldout, modelfile, tasks

ROW = {"id": "1", "text": "mức phí phải đóng là bao nhiêu vậy", "kind": "question"}


@pytest.fixture
def data(tmp_path: Path) -> Path:
    (tmp_path / "intents").mkdir()
    (tmp_path / "aliases").mkdir()
    taught = (
        "nlu:\n- intent: ask_fee\n  examples: |\n    - mức phí phải đóng là bao nhiêu vậy ạ\n    - giá cả thế nào\n"
    )
    (tmp_path / "intents" / "ask_fee.yml").write_text(taught, encoding="utf-8")
    return tmp_path


@pytest.mark.parametrize(("own", "shown"), [(False, True), (True, False)])
def test_a_leak_is_named_and_what_the_projects_own_sets_ask_stays_unsaid(data: Path, own: bool, shown: bool) -> None:
    path = data / "set.jsonl"
    path.write_text(json.dumps(ROW), encoding="utf-8")
    found = heldout.leaks(data, [heldout.HeldOut("set", path, own=own)])
    assert len(found) == 1
    assert found[0].startswith("ask_fee.yml / set.jsonl 1: mức phí phải đóng là bao nhiêu vậy ạ")
    assert (" ~ " in found[0]) is shown


def test_what_does_not_stand_in_a_set_is_no_leak(data: Path) -> None:
    path = data / "set.jsonl"
    path.write_text(json.dumps(ROW | {"text": "xin hỏi thời hạn giải quyết hồ sơ"}), encoding="utf-8")
    assert heldout.leaks(data, [heldout.HeldOut("set", path, own=False)]) == []


def test_a_set_that_is_too_large_is_not_kept(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path)
    with pytest.raises(heldout.HeldOutError, match="lớn quá"):
        heldout.save(settings, "to", b" " * (heldout.MOST_BYTES + 1))
    many = "\n".join(json.dumps(ROW | {"id": str(number)}) for number in range(heldout.MOST_ROWS + 1))
    with pytest.raises(heldout.HeldOutError, match="nhiều nhất"):
        heldout.save(settings, "to", many.encode())
    assert heldout.staffs(settings) == []
    assert list(heldout.folder(settings).iterdir()) == []


class Asked:
    """Runs that were, for the night's question."""

    def __init__(self, tonight: int = 0, checksum: str | None = None) -> None:
        self._tonight, self._checksum = tonight, checksum

    async def count_since(self, *_: Any) -> int:
        return self._tonight

    async def last_checksum(self) -> str | None:
        return self._checksum


@pytest.mark.parametrize(
    ("time", "runs", "due"),
    [
        ("02:29", Asked(), False),
        ("02:30", Asked(), True),
        ("02:59", Asked(), True),
        ("09:00", Asked(), False),
        ("02:40", Asked(tonight=1), False),
        ("02:40", Asked(checksum="now"), False),
    ],
)
async def test_at_night_a_run_is_due_once_and_only_when_the_data_are_new(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, time: str, runs: Any, due: bool
) -> None:
    monkeypatch.setattr(modelfile, "checksum", lambda: "now")
    settings = Settings(data_dir=tmp_path, train_nightly="02:30")
    here = datetime.fromisoformat(f"2026-11-25T{time}:00+07:00").astimezone(UTC)
    assert await tasks.due_tonight(settings, runs, here) is due
    assert await tasks.due_tonight(Settings(data_dir=tmp_path), runs, here) is False
