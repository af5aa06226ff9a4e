"""One response out of what the actions uttered."""

from __future__ import annotations

from typing import Any

import pytest

from bot.engine.runtime.faults import NothingSaid
from bot.engine.runtime.outcome import STATUSES, respond


def _uttered(text: str | None = "Vâng.", **outcome: Any) -> dict[str, Any]:
    return {"text": text, "buttons": None, "image": None, "custom": {"outcome": outcome} if outcome else None}


def _respond(*utterances: dict[str, Any], form_active: bool = False) -> dict[str, Any]:
    return respond(utterances, intent="ask_fee", confidence=0.123456, form_active=form_active)


def test_the_outcome_stays_on_this_side_and_the_texts_go_out() -> None:
    response = _respond(
        {"text": " Lệ phí: 8.000 đồng. \n", "buttons": [{"title": "Xem", "payload": "full:1.001193:fee", "type": "x"}]},
        _uttered(None, status="answered", aspects=["fee"], procedures=["1.001193"]),
    )
    assert response["replies"] == [
        {
            "text": "Lệ phí: 8.000 đồng.",
            "buttons": [{"title": "Xem", "payload": "full:1.001193:fee"}],
            "image": None,
        }
    ]
    assert response["understanding"] == {
        "status": "answered",
        "intent": "ask_fee",
        "confidence": 0.1235,
        "aspects": ["fee"],
        "procedures": ["1.001193"],
        "category": None,
        "categories": [],
        "ticket": None,
    }
    assert response["unresolved"] is None
    assert "forget" not in response


@pytest.mark.parametrize(
    ("statuses", "status"),
    [
        (["answered", "form"], "answered"),
        (["form", "filed"], "filed"),
        (["smalltalk", "unresolved"], "unresolved"),
        (["clarify", "answered"], "answered"),
        (["guided", "answered"], "guided"),
        (["nonsense"], "smalltalk"),
        ([], "smalltalk"),
    ],
)
def test_the_foremost_status_names_the_turn(statuses: list[str], status: str) -> None:
    utterances = [_uttered(status=name) for name in statuses] or [_uttered()]
    assert _respond(*utterances)["understanding"]["status"] == status


def test_a_turn_without_an_outcome_inside_a_form_is_of_the_form() -> None:
    assert _respond(_uttered(), form_active=True)["understanding"]["status"] == "form"


def test_lists_are_joined_and_single_values_are_the_last_ones() -> None:
    response = _respond(
        _uttered(status="answered", aspects=["fee"], procedures=["a", "b"], category="rac_thai", ticket=None),
        _uttered(
            status="answered",
            aspects=["place", "fee"],
            procedures=["b", "c"],
            category="khac",
            ticket="PA-2026-000001",
            unresolved={"reason": "nothing_found"},
        ),
        _uttered(status="form", category=None),
    )
    understanding = response["understanding"]
    assert understanding["aspects"] == ["fee", "place"]
    assert understanding["procedures"] == ["a", "b", "c"]
    assert understanding["category"] == "khac"
    assert understanding["ticket"] == "PA-2026-000001"
    assert response["unresolved"] == {"reason": "nothing_found"}


def test_forgetting_is_passed_on() -> None:
    assert _respond(_uttered(status="guided", forget=True))["forget"] is True


@pytest.mark.parametrize("text", [None, "", "  \n"])
def test_saying_nothing_is_a_fault(text: str | None) -> None:
    with pytest.raises(NothingSaid):
        _respond(_uttered(text, status="answered"))


def test_the_statuses_are_those_of_the_interface() -> None:
    assert set(STATUSES) | {"error"} == {
        "answered", "clarify", "form", "filed", "guided", "lookup", "privacy", "smalltalk", "handoff", "unresolved",
        "error",
    }  # fmt: skip


def test_a_report_names_its_category_and_the_next_likeliest() -> None:
    response = respond(
        [_uttered(status="form", category="rac_thai")],
        intent="report_rac_thai",
        confidence=0.6,
        form_active=True,
        ranking=["report_rac_thai", "ask_place", "report_o_nhiem_tieng_on", "report_khac"],
    )
    assert response["understanding"]["categories"] == ["rac_thai", "o_nhiem_tieng_on"]
