"""What `bot check` says about the engine's files: of a misspelt class Rasa would only log a warning."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from bot.runtime import check, project


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    for name in ("endpoints.yml", "credentials.yml", "config.yml"):
        shutil.copy(project.ROOT / name, tmp_path)
    shutil.copytree(project.ROOT / "bot" / "engine", tmp_path / "bot" / "engine")
    return tmp_path


def test_ours_are_in_order(checkout: Path) -> None:
    assert "ConversationStore" in check.endpoints(checkout)


@pytest.mark.parametrize(
    ("file", "right", "wrong"),
    [
        ("endpoints.yml", "ConversationStore", "ConversationStor"),
        ("endpoints.yml", "tracker_store.Conv", "traker_store.Conv"),
        ("credentials.yml", "TurnInput", "TurnInputs"),
        ("config.yml", "bot.engine.nlu.", "bot.engine.nlp."),
    ],
)
def test_a_misspelt_one_is_found(checkout: Path, file: str, right: str, wrong: str) -> None:
    path = checkout / file
    path.write_text(path.read_text(encoding="utf-8").replace(right, wrong), encoding="utf-8")
    with pytest.raises(Exception, match=file):
        check.endpoints(checkout)


def test_open311_keys_are_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BOT_OPEN311_API_KEYS", "hue:0123456789abcdef:fly")
    [found] = [result for result in check.run() if result.name == "khóa Open311"]
    assert not found.good
    assert "scopes" in found.text
    assert "0123456789abcdef" not in found.text
