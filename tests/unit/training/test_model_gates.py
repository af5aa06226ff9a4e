"""Gates: floors, drops, losses; by set and style; and where they do not hold."""

from __future__ import annotations

from typing import Any

import pytest

from bot.training import gates
from bot.training.floors import Floors
from bot.training.gates import DEFAULTS, EACH, Rule, judge, known


def figures(kind: int, *, rare: int = 0, in_catalogue: float = 1.0, styles: dict[str, list[int]] | None = None) -> Any:
    return {
        "measures": {"kind": [kind, 100], "emergency false alarms": [rare, 100]},
        "styles": {style: {"kind": pair} for style, pair in (styles or {}).items()},
        "in_catalogue": in_catalogue,
    }


def one(rule: Rule, candidate: Any, live: Any = None, name: str = "phuong") -> list[tuple[str, bool]]:
    return [(gate.style, gate.ok) for gate in judge({name: {"candidate": candidate, "live": live}}, [rule], {})]


@pytest.mark.parametrize(("bound", "ok"), [(90, True), (90.1, False), (0, True)])
def test_a_floor_is_the_least(bound: float, ok: bool) -> None:
    assert one(Rule("phuong", "", "kind", "floor", bound), figures(90)) == [("", ok)]


def test_of_what_should_be_rare_a_floor_is_the_most() -> None:
    rule = Rule("phuong", "", "emergency false alarms", "floor", 2)
    assert one(rule, figures(90, rare=2)) == [("", True)]
    assert one(rule, figures(90, rare=3)) == [("", False)]


@pytest.mark.parametrize(("live", "ok"), [(90, True), (91, True), (92, False), (80, True)])
def test_a_drop_is_how_much_worse_than_the_live_model_it_may_be(live: int, ok: bool) -> None:
    assert one(Rule("", "", "kind", "drop", 1.0), figures(90), figures(live)) == [("", ok)]


def test_more_false_alarms_than_the_live_model_are_a_drop_too() -> None:
    rule = Rule("", "", "emergency false alarms", "drop", 1.0)
    assert one(rule, figures(90, rare=3), figures(90, rare=1)) == [("", False)]


def test_without_a_live_model_there_is_no_drop() -> None:
    assert judge({"phuong": {"candidate": figures(10), "live": None}}, DEFAULTS, {}) == []


def test_each_style_is_judged_by_itself_where_it_has_enough_rows() -> None:
    styles = {"clean": [20, 20], "~telex": [10, 20], "teencode": [0, 9]}
    live = figures(90, styles={"clean": [20, 20], "~telex": [20, 20], "teencode": [9, 9]})
    found = one(Rule("", EACH, "kind", "drop", 5), figures(90, styles=styles), live)
    assert found == [("clean", True), ("~telex", False)]


def test_a_floor_that_cannot_be_measured_is_not_reached_in_its_own_set_and_says_nothing_of_others() -> None:
    assert one(Rule("phuong", "", "status", "floor", 50), figures(90)) == [("", False)]
    assert one(Rule("", "", "status", "floor", 50), figures(90)) == []
    assert one(Rule("khac", "", "kind", "floor", 99), figures(90)) == []


def test_the_projects_floors_hold_where_the_catalogue_has_what_is_asked_about() -> None:
    floors = {"blind.jsonl": Floors(measures={"kind": 97}, losses={"telex": {"kind": 3}})}
    styles = {"clean": [20, 20], "~telex": [19, 20]}
    full = judge({"blind.jsonl": {"candidate": figures(90, styles=styles), "live": None}}, [], floors)
    assert [(gate.kind, gate.style, gate.value, gate.ok) for gate in full] == [
        ("project", "", 90.0, False),
        ("loss", "~telex", 5.0, False),
    ]
    small = figures(90, styles=styles, in_catalogue=0.5)
    assert judge({"blind.jsonl": {"candidate": small, "live": None}}, [], floors) == []


def test_the_usual_gates_name_measures_that_there_are() -> None:
    assert all(known(rule.measure, rule.style) for rule in DEFAULTS)
    assert not known("status", "clean")
    assert set(gates.NAMES) == set(gates.MEASURES)
