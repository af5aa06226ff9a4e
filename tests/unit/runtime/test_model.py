"""Which model is current."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from bot.runtime import model, project
from bot.settings import Settings
from bot.training import modelfile


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


@pytest.fixture
def settings(root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    monkeypatch.setattr(project, "ROOT", root)
    return Settings(data_dir=tmp_path)


def publish(settings: Settings, content: bytes = b"model") -> Path:
    path = modelfile.new_path(settings)
    path.write_bytes(content)
    made = modelfile.made(path, model.checksum(), modelfile.code_checksum(project.ROOT))
    modelfile.point(settings, made)
    return path


def test_a_published_model_stays_when_the_training_data_change(settings: Settings, root: Path) -> None:
    assert model.current(settings) is None
    assert model.fault(settings) == "chưa có mô hình"
    path = publish(settings)
    assert model.current(settings) == path
    assert not model.data_changed(settings)
    (root / "nlu_data/intents/file").write_text("other")
    (root / "domain.yml").write_text("intents: [new]\nresponses: {}\n")
    assert model.current(settings) == path
    assert model.data_changed(settings)


@pytest.mark.parametrize("path", ["config.yml", "bot/engine/nlu/file", "bot/text/file", "requirements-engine.txt"])
def test_other_software_ends_a_model(settings: Settings, root: Path, path: str) -> None:
    publish(settings)
    (root / path).write_text("other")
    assert model.current(settings) is None
    assert "phiên bản phần mềm khác" in model.fault(settings)


@pytest.mark.parametrize("section", ["actions: [a]", "forms:\n  f: {}", "slots:\n  s: {}"])
def test_what_model_and_actions_agree_about_counts_as_software(settings: Settings, root: Path, section: str) -> None:
    publish(settings)
    (root / "domain.yml").write_text(f"intents: [x]\n{section}\nresponses: {{}}\n")
    assert model.current(settings) is None


def test_a_damaged_model_gives_way_to_the_one_before(settings: Settings) -> None:
    first, second = publish(settings), publish(settings, b"another")
    assert model.recover(settings) is None
    second.write_bytes(b"torn")
    assert model.current(settings) is None
    assert first.name in str(model.recover(settings))
    assert model.current(settings) == first
    assert modelfile.previous(settings) is not None


def test_a_damaged_model_without_one_before_is_no_model(settings: Settings) -> None:
    publish(settings).write_bytes(b"torn")
    assert model.recover(settings) is None
    assert model.current(settings) is None
    assert "bị hỏng" in model.fault(settings)


def test_a_pointer_of_an_older_version_holds_while_nothing_changed(settings: Settings, root: Path) -> None:
    path = modelfile.new_path(settings)
    path.write_bytes(b"model")
    old = {"model": path.name, "checksum": model.checksum(), "trained_at": 1.0}
    model.pointer(settings).write_text(json.dumps(old), encoding="utf-8")
    assert model.current(settings) == path
    (root / "nlu_data/intents/file").write_text("other")
    assert model.current(settings) is None


@pytest.mark.parametrize("written", ["", "{", "[]", "{}", '{"model": 1}', '{"model": "x.tar.gz"}'])
def test_a_pointer_that_says_nothing_is_none(settings: Settings, written: str) -> None:
    model.folder(settings).mkdir()
    model.pointer(settings).write_text(written, encoding="utf-8")
    assert model.current(settings) is None


def test_pruning_never_takes_the_published_model_or_the_one_before(settings: Settings) -> None:
    paths = [publish(settings, str(number).encode()) for number in range(5)]
    gone = modelfile.prune(settings, [paths[0].name])
    assert set(gone) == {paths[1].name, paths[2].name}
    assert [path.exists() for path in paths] == [True, False, False, True, True]
