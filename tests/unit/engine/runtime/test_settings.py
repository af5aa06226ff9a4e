"""What the engine reads from its environment, and what it refuses."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.engine.runtime import lean
from bot.engine.runtime.faults import CannotStart, TurnRefused
from bot.engine.runtime.settings import read


@pytest.fixture
def good(tmp_path: Path) -> dict[str, str]:
    """An environment that is enough."""
    model = tmp_path / "model.tar.gz"
    model.write_bytes(b"")
    return {
        "BOT_ENGINE_MODEL": str(model),
        "BOT_ENGINE_SECRET": "secret",
        "BOT_ENGINE_DATABASE_URL": "postgresql:///x",
        "BOT_ACTIONS_URL": "http://127.0.0.1:5055",
    }


def test_the_defaults(good: dict[str, str]) -> None:
    settings = read(good)
    assert (settings.host, settings.port, settings.action_timeout) == ("127.0.0.1", 5005, 8.0)


@pytest.mark.parametrize(
    "change",
    [
        {"BOT_ENGINE_MODEL": ""},
        {"BOT_ENGINE_MODEL": "/nowhere/model.tar.gz"},
        {"BOT_ENGINE_SECRET": " "},
        {"BOT_ENGINE_DATABASE_URL": ""},
        {"BOT_ACTIONS_URL": ""},
        {"BOT_ENGINE_HOST": "0.0.0.0"},  # refused
        {"BOT_ENGINE_HOST": "::"},
        {"BOT_ENGINE_HOST": "1.1.1.1"},
        {"BOT_ENGINE_HOST": "engine.example"},
        {"BOT_ENGINE_PORT": "many"},
        {"BOT_ACTION_TIMEOUT": "0"},
    ],
)
def test_what_is_missing_or_does_not_hold_is_refused(good: dict[str, str], change: dict[str, str]) -> None:
    with pytest.raises(CannotStart, match=next(iter(change))):
        read({**good, **change})


@pytest.mark.parametrize("host", ["127.0.0.1", "::1", "10.0.0.7", "192.168.1.2", "localhost"])
def test_loopback_and_private_addresses_are_allowed(good: dict[str, str], host: str) -> None:
    assert read({**good, "BOT_ENGINE_HOST": host}).host == host


def test_a_refused_turn_passes_through_handlers_of_ordinary_exceptions() -> None:
    assert not issubclass(TurnRefused, Exception)


@pytest.mark.parametrize(
    ("config", "needed"),
    [("- name: RulePolicy", False), ("- name: DIETClassifier\n  epochs: 1", True), ("- name: TEDPolicy", True)],
)
def test_tensorflow_is_kept_only_for_components_that_are_built_on_it(config: str, needed: bool) -> None:
    assert lean.needs_tensorflow(config) is needed
