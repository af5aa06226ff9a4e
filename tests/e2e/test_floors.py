"""Understanding through the running system, over the real catalogue, against its floors; CI fails below one.

The floors stand in `tests/understanding/floors.yml`, the last measured figures in docs/understanding.md.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.runtime.project import ROOT
from tests.support.system import System, new_system

HELD_OUT = ROOT / "tests" / "understanding"
SHARED = ROOT.parent / "shared" / "data"
CATALOGUE = SHARED / "procedures-2026-07.jsonl.gz"
ONLY_THERE = "2.002802"
"""A procedure that the starter catalogue lacks."""
SETS = [HELD_OUT / "blind.jsonl", HELD_OUT / "blind-head.jsonl", HELD_OUT / "blind-rare.jsonl"]
SETS += [HELD_OUT / "authors-2026-11.jsonl", HELD_OUT / "authors-2026-11c.jsonl"]
SETS += [SHARED / "questions-dev.jsonl"]


@pytest.fixture(scope="module")
def full_system() -> Iterator[System]:
    """A running system with the whole national catalogue."""
    if not CATALOGUE.exists():
        pytest.skip("the national catalogue is not beside this checkout")
    with new_system() as made:
        done = made.bot("catalogue", "import", str(CATALOGUE))
        assert done.returncode == 0, done.stderr
        _wait_until_searched(made)
        yield made


def _wait_until_searched(system: System, within: float = 60) -> None:
    """The actions take up an import within seconds; what is measured before that is the starter catalogue."""
    end = time.monotonic() + within
    while system.say(f"thủ tục {ONLY_THERE} cần giấy tờ gì")["understanding"]["procedures"] == []:
        assert time.monotonic() < end, "the import was not taken up"
        time.sleep(0.5)


@pytest.mark.parametrize("file", SETS, ids=lambda file: file.stem)
def test_understanding_reaches_its_floors(full_system: System, file: Path) -> None:
    if not file.exists():
        pytest.skip(f"{file.name} is not beside this checkout")
    done = full_system.bot("evaluate", str(file), "--floors", str(HELD_OUT / "floors.yml"), timeout=280)
    assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"


def test_a_measure_below_its_floor_fails(full_system: System, tmp_path: Path) -> None:
    rows = tmp_path / "set.jsonl"
    rows.write_text(
        '{"id": "1", "text": "đăng ký kết hôn cần giấy tờ gì", "procedure": "1.000656", "aspect": "documents",'
        ' "kind": "question"}\n',
        encoding="utf-8",
    )
    floors = tmp_path / "floors.yml"
    floors.write_text("set.jsonl: {measures: {link@1: 90}}\n", encoding="utf-8")
    done = full_system.bot("evaluate", str(rows), "--floors", str(floors))
    assert done.returncode == 1
    assert "DƯỚI NGƯỠNG: link@1: 0.0" in done.stderr
