"""What pressed buttons mean."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.engine.runtime.payloads import ASPECTS, FALLBACK, parse

INTENTS = {
    "pick", "form_choice", "report", "report_rac_thai", "ticket_status", "handoff", "capabilities", FALLBACK,
    *(f"ask_{aspect}" for aspect in ASPECTS),
}  # fmt: skip


def _meaning(payload: str) -> tuple[str, dict[str, str]]:
    parsed = parse(payload, INTENTS)
    return parsed["intent"]["name"], {entity["entity"]: entity["value"] for entity in parsed["entities"]}


@pytest.mark.parametrize(
    ("payload", "intent", "entities"),
    [
        ("pick:1.001193", "pick", {"code": "1.001193"}),
        ("pick:1.001193:fee", "pick", {"code": "1.001193", "aspect": "fee"}),
        ("full:1.001193:legal_basis", "pick", {"code": "1.001193", "aspect": "legal_basis", "full": "1"}),
        ("aspect:duration", "ask_duration", {"aspect": "duration"}),
        ("report:rac_thai", "report_rac_thai", {}),
        ("form:confirm", "form_choice", {"choice": "confirm"}),
        ("form:category:rac_thai", "form_choice", {"choice": "category:rac_thai"}),
        ("form:ward:2", "form_choice", {"choice": "ward:2"}),
        ("photo:" + "0af1" * 8, "report", {"photo": "0af1" * 8}),
        ("location:10.762622,106.660172", "report", {"location": "10.762622,106.660172"}),
        ("menu:report", "report", {}),
        ("menu:status", "ticket_status", {}),
        ("menu:handoff", "handoff", {}),
        ("menu:help", "capabilities", {}),
        ("ticket:PA-2026-000001:solved", "ticket_status", {"ticket_code": "PA-2026-000001", "choice": "solved"}),
        ("ticket:PA-2026-000001:rate_5", "ticket_status", {"ticket_code": "PA-2026-000001", "choice": "rate_5"}),
        (
            "ticket:PA-2026-000001:reopen_again",
            "ticket_status",
            {"ticket_code": "PA-2026-000001", "choice": "reopen_again"},
        ),
        ("ticket:PA-2026-000001:reply", "ticket_status", {"ticket_code": "PA-2026-000001", "choice": "reply"}),
        (
            "ticket:PA-2026-000001:reply_send",
            "ticket_status",
            {"ticket_code": "PA-2026-000001", "choice": "reply_send"},
        ),
    ],
)
def test_the_payloads_of_the_contract(payload: str, intent: str, entities: dict[str, str]) -> None:
    assert _meaning(payload) == (intent, entities)


@pytest.mark.parametrize(
    "payload",
    [
        "", "pick:", "pick:1.00119", "pick:1.001193:", "pick:1.001193:price", "pick:1.001193\n", "Pick:1.001193",
        "full:1.001193", "aspect:", "report:", "report:unknown", "report:RAC", "menu:restart", "/restart",
        'form:{"a":1}', "form:" + "a" * 60, "report:Rác", "pick:١.001193", "inform", "form_choice",
        "photo:", "photo:" + "0AF1" * 8, "photo:../../etc/passwd", "location:", "location:10,106", "location:nan,nan",
        "location:10.1,106.1,5", "location:1e9,2", "ticket:PA-2026-000001",
        "ticket:PA-2026-1:solved", "ticket:PA-2026-000001:rate_6", "ticket:PA-2026-000001:close",
    ],
)  # fmt: skip
def test_anything_else_is_not_understood(payload: str) -> None:
    assert _meaning(payload) == (FALLBACK, {})


@given(st.text(max_size=80))
def test_no_payload_reaches_an_intent_that_the_domain_does_not_have(payload: str) -> None:
    assert parse(payload, INTENTS)["intent"]["name"] in INTENTS


def test_a_payload_is_no_text() -> None:
    assert parse("menu:help", INTENTS)["text"] == ""
