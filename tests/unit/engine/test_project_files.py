"""config.yml, domain.yml, nlu_data and the actions agree, as far as this can be seen without Rasa."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml
from rasa_sdk.executor import ActionExecutor

from bot.engine.runtime.outcome import STATUSES
from bot.engine.runtime.payloads import ASPECTS, parse

ROOT = Path(__file__).resolve().parents[3]


def _read(name: str) -> dict[str, Any]:
    data: dict[str, Any] = yaml.safe_load((ROOT / name).read_text(encoding="utf-8"))
    return data


DOMAIN = _read("domain.yml")


def test_the_action_server_has_every_action_of_the_domain() -> None:
    executor = ActionExecutor()
    executor.register_package("actions")
    assert set(DOMAIN["actions"]) <= set(executor.actions)


def test_every_intent_but_those_of_the_engine_has_its_file() -> None:
    files = {path.stem for path in (ROOT / "nlu_data" / "intents").glob("*.yml")}
    assert set(DOMAIN["intents"]) - files == {"inform", "form_choice", "pick", "nlu_fallback"}
    assert files <= set(DOMAIN["intents"])


def test_every_category_of_a_locality_has_its_intent() -> None:
    for path in (ROOT / "localities").glob("*.yml"):
        for category in _read(f"localities/{path.name}")["categories"]:
            code = category["code"] if isinstance(category, dict) else category
            assert f"report_{code}" in DOMAIN["intents"], f"{path.name}: {code}"


def test_every_aspect_has_its_intent() -> None:
    assert {f"ask_{aspect}" for aspect in ASPECTS} <= set(DOMAIN["intents"])


def test_every_response_says_something_reports_its_status_and_has_buttons_that_are_understood() -> None:
    for name, variants in DOMAIN["responses"].items():
        for variant in variants:
            assert variant["text"].strip(), name
            assert variant["custom"]["outcome"]["status"] in STATUSES, name
            for button in variant.get("buttons", []):
                assert parse(button["payload"], DOMAIN["intents"])["intent"]["name"] != "nlu_fallback", name


def test_no_slot_decides_what_happens_next() -> None:
    for name, slot in DOMAIN["slots"].items():
        assert slot["type"] == "any" or slot["influence_conversation"] is False, name
        assert slot["mappings"] == [{"type": "custom"}], name


def test_only_our_channel_and_our_store_are_named() -> None:
    assert list(_read("credentials.yml")) == ["bot.engine.runtime.channel.TurnInput"]
    assert _read("endpoints.yml")["tracker_store"]["type"] == "bot.engine.runtime.tracker_store.ConversationStore"
