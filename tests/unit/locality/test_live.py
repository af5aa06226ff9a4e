"""A locality file edited while the system runs: taken when it holds, refused otherwise."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from bot.locality import LiveLocality, LocalityError, current, load
from bot.tickets import Texts

EXAMPLE = Path(__file__).parents[3] / "localities" / "phuong-mau.yml"


class Watch:
    """A clock that a test moves."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def path(tmp_path: Path) -> Path:
    target = tmp_path / "place.yml"
    shutil.copy(EXAMPLE, target)
    return target


def change(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    stat = path.stat()
    os.utime(path, ns=(stat.st_atime_ns, stat.st_mtime_ns + 1_000_000))


def test_a_change_is_seen_at_the_next_look(path: Path) -> None:
    watch = Watch()
    live = LiveLocality(path, clock=watch)
    before = live.current
    change(path, "name: Phường Mẫu\n", "name: Phường Mới\n")
    assert live.current is before, "not before it is time to look"
    watch.now += 10
    assert live.current.name == "Phường Mới"
    assert live.current is live.current, "and is not read again without a change"


def test_a_file_that_does_not_hold_is_refused_said_once_and_the_old_one_kept(path: Path) -> None:
    watch = Watch()
    live = LiveLocality(path, check=Texts, clock=watch)
    change(path, "agency: ha_tang", "agency: khong_co")
    with capture_logs() as logs:
        for _ in range(5):
            watch.now += 10
            assert live.current.category("giao_thong").agency == "ha_tang"  # type: ignore[union-attr]  # it is there
    refused = [line for line in logs if line["event"] == "locality.refused"]
    assert len(refused) == 1
    assert "unknown agency" in refused[0]["problems"][0]
    assert live.problem
    change(path, "agency: khong_co", "agency: ha_tang")
    watch.now += 10
    assert live.current
    assert live.problem is None


def test_words_that_do_not_hold_are_refused_too(path: Path) -> None:
    watch = Watch()
    live = LiveLocality(path, check=Texts, clock=watch)
    change(path, "texts: {}", "texts: {filed: 'Mã {ma}'}")
    watch.now += 10
    assert not live.current.texts
    assert "unknown place-holder" in str(live.problem)


def test_a_file_that_vanishes_changes_nothing(path: Path) -> None:
    watch = Watch()
    live = LiveLocality(path, clock=watch)
    path.unlink()
    watch.now += 10
    assert live.current.name == "Phường Mẫu"
    assert "cannot read" in str(live.problem)


def test_the_first_file_must_hold(path: Path) -> None:
    change(path, "name: Phường Mẫu\n", "")
    with pytest.raises(LocalityError):
        LiveLocality(path)


def test_services_take_a_fixed_locality_as_well() -> None:
    fixed = load(EXAMPLE)
    assert current(fixed) is fixed
