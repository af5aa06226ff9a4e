from __future__ import annotations

import json
import uuid
from typing import Any

import pytest

from bot.conversations.errors import EngineFaultyError, EngineRefusedError, EngineUnavailableError
from bot.conversations.inbox import clean
from bot.conversations.relay import is_hopeless, pause_after
from bot.conversations.turns import Claim, parse_turn

GOOD: dict[str, Any] = {
    "replies": [{"text": "Xin chào", "buttons": [{"title": "A", "payload": "menu:help"}], "image": None}],
    "understanding": {"status": "smalltalk", "intent": "greet", "confidence": 0.9},
    "unresolved": None,
}


def test_turn_has_every_field_of_the_understanding() -> None:
    turn = parse_turn(GOOD)
    result = json.loads(turn.result())
    assert result["replies"] == GOOD["replies"]
    assert result["understanding"] == {
        "status": "smalltalk",
        "intent": "greet",
        "confidence": 0.9,
        "aspects": [],
        "procedures": [],
        "category": None,
        "categories": [],
        "ticket": None,
    }
    assert turn.unresolved is None
    assert not turn.forget


def test_only_true_means_forget() -> None:
    assert parse_turn(GOOD | {"forget": True}).forget
    assert not parse_turn(GOOD | {"forget": "yes"}).forget


@pytest.mark.parametrize(
    "broken",
    [
        None,
        [],
        {},
        GOOD | {"replies": []},
        GOOD | {"replies": [None]},
        GOOD | {"replies": [{"buttons": []}]},
        GOOD | {"replies": [{"text": "", "image": None}]},
        GOOD | {"understanding": {}},
        GOOD | {"understanding": None},
        {"replies": GOOD["replies"]},
    ],
)
def test_what_is_no_turn_is_refused(broken: object) -> None:
    with pytest.raises(ValueError, match=r"no|reply|object"):
        parse_turn(broken)


def test_backoff_doubles_up_to_five_seconds() -> None:
    assert [pause_after(tries) for tries in (1, 2, 3, 4, 5, 6, 500)] == [0.3, 0.6, 1.2, 2.4, 4.8, 5.0, 5.0]


def claim(tries: int, age: float) -> Claim:
    return Claim(1, 1, uuid.uuid4(), "web", False, 1, "m", "text", "xin chào", tries, age, False)


def test_message_waits_ten_minutes_for_an_engine_that_is_down() -> None:
    down = EngineUnavailableError("503")
    assert not is_hopeless(down, claim(100, 599))
    assert not is_hopeless(down, claim(3, 10_000)), "it waited for a worker, not for the engine"
    assert is_hopeless(down, claim(100, 601))


def test_message_that_breaks_the_engine_blocks_its_citizen_for_a_minute_only() -> None:
    assert not is_hopeless(EngineFaultyError("500"), claim(30, 59))
    assert is_hopeless(EngineFaultyError("500"), claim(6, 61))
    assert is_hopeless(EngineRefusedError("400"), claim(1, 0))


def test_control_characters_and_lone_surrogates_are_taken_out() -> None:
    assert clean("  a\x00b\r\nc\rd\te\ud800\x9f ") == "a b\nc\nd\te"
    assert clean("Chào bạn 😀\nDòng hai") == "Chào bạn 😀\nDòng hai"
