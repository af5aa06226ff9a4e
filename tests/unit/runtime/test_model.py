"""Which model is current."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.runtime import model, project
from bot.settings import Settings


@pytest.fixture
def root(tmp_path: Path) -> Path:
    for name in ("config.yml", "domain.yml", "requirements-engine.txt"):
        (tmp_path / name).write_text(name)
    for name in ("nlu_data/intents", "nlu_data/procedures", "bot/engine/nlu", "bot/engine/runtime", "bot/text"):
        (tmp_path / name).mkdir(parents=True)
        (tmp_path / name / "file").write_text("a")
    return tmp_path


@pytest.mark.parametrize(
    ("path", "stale"),
    [
        ("config.yml", True),
        ("domain.yml", True),
        ("nlu_data/intents/file", True),
        ("bot/engine/nlu/file", True),
        ("bot/text/file", True),
        ("requirements-engine.txt", True),
        ("nlu_data/procedures/file", False),
        ("bot/engine/runtime/file", False),
        ("bot/text/__pycache__/x.pyc", False),
    ],
)
def test_what_makes_a_model_stale(root: Path, path: str, stale: bool) -> None:
    before = model.checksum(root)
    (root / path).parent.mkdir(exist_ok=True)
    (root / path).write_text("b")
    assert (model.checksum(root) != before) is stale


def test_a_file_that_is_renamed_makes_it_stale(root: Path) -> None:
    before = model.checksum(root)
    (root / "nlu_data/intents/file").rename(root / "nlu_data/intents/other")
    assert model.checksum(root) != before


def test_the_newest_model_is_current_until_its_sources_change(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(project, "ROOT", root)
    settings = Settings(data_dir=tmp_path)
    assert model.current(settings) is None
    path = model.new_path(settings)
    path.write_bytes(b"model")
    model.record(settings, path, model.checksum())
    assert model.current(settings) == path
    (root / "config.yml").write_text("other")
    assert model.current(settings) is None
    assert model.info(settings) is not None


def test_old_models_go(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path)
    model.new_path(settings)
    paths = [model.folder(settings) / f"model-2026010{number}-000000.tar.gz" for number in range(1, 6)]
    for path in paths:
        path.write_bytes(b"")
    model.record(settings, paths[-1], "x")
    assert sorted(model.folder(settings).glob("*.gz")) == paths[-3:]
