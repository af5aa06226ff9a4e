"""What an answer is worth against its label."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from bot.training import evaluate, rows
from bot.training.rows import Row, RowsError
from bot.training.scoring import Understood, judge, score


def row(**values: Any) -> Row:
    return Row.model_validate({"id": "x", "text": "…", "kind": "question"} | values)


def got(status: str = "answered", **values: Any) -> Understood:
    return Understood.of({"status": status, "intent": None, "confidence": 0.9} | values)


def test_right_procedure_first_and_right_aspect_count_together() -> None:
    judged = judge(row(procedure="1.001193", aspect="fee"), got(procedures=["1.001193"], aspects=["fee"]))
    assert (judged.link1, judged.link3, judged.aspect, judged.both, judged.right) == (True,) * 5


def test_right_procedure_third_counts_for_three_only() -> None:
    judged = judge(row(procedure="1.001193"), got("clarify", procedures=["1.000894", "1.000656", "1.001193"]))
    assert (judged.link1, judged.link3) == (False, True)
    assert not judged.right


def test_an_aspect_that_a_person_would_accept_is_right() -> None:
    labelled = row(aspect="steps", aspect_ok=["overview"])
    assert judge(labelled, got(aspects=["overview"])).aspect is True
    assert judge(labelled, got(aspects=["fee", "overview"])).aspect is False


def test_two_procedures_in_one_message_must_both_be_answered() -> None:
    labelled = row(kind="multi", procedure=["1.001193", "1.001022"])
    assert judge(labelled, got(procedures=["1.001193"])).link1 is False
    assert judge(labelled, got(procedures=["1.001022", "1.001193"])).link1 is True


def test_an_ambiguous_question_is_right_only_when_asked_back() -> None:
    labelled = row(ambiguous=True, procedure=["1.013067", "1.013076"])
    assert judge(labelled, got("answered", procedures=["1.013067"])).right is False
    assert judge(labelled, got("clarify")).right is True


def test_what_the_catalogue_lacks_must_be_said() -> None:
    labelled = row(in_catalogue=False)
    assert judge(labelled, got("unresolved")).kind is True
    assert judge(labelled, got("answered", procedures=["1.001193"])).kind is False


def test_kinds_follow_status_and_intent() -> None:
    assert got("guided", intent="emergency").kind == "emergency"
    assert got("form").kind == "complaint"
    assert got("lookup").kind == "ticket_status"
    assert got("privacy").kind == "smalltalk"
    assert judge(row(kind="complaint", category="rac_thai"), got("form", category="dien")).category is False


def test_a_procedure_that_is_not_loaded_counts_in_no_link_measure() -> None:
    judged = [judge(row(procedure="9.999999"), got("unresolved")), judge(row(procedure="1.001193"), got())]
    report = score(judged, {"1.001193"})
    assert report.not_in_catalogue == 1
    assert (report.measures["link@1"].right, report.measures["link@1"].of) == (0, 1)


def test_false_alarms_are_counted_over_everything_else() -> None:
    judged = [judge(row(kind="complaint"), got("guided", intent="emergency")), judge(row(), got())]
    share = score(judged).measures["emergency false alarms"]
    assert (share.right, share.of) == (1, 2)


def test_a_bad_line_is_named(tmp_path: Path) -> None:
    file = tmp_path / "rows.jsonl"
    file.write_text('{"id": "a", "text": "x", "kind": "question"}\n{"id": "b", "text": "x", "kind": "nonsense"}\n')
    with pytest.raises(RowsError, match="dòng 2: kind"):
        rows.load(file)


async def test_context_is_said_first_in_the_same_conversation(tmp_path: Path) -> None:
    said: list[tuple[str, str | None]] = []

    async def ask(text: str, conversation: str | None) -> dict[str, Any]:
        said.append((text, conversation))
        return {"conversation": "c1", "understanding": {"status": "answered", "procedures": ["1.000894"]}}

    labelled = row(kind="followup", text="phí?", context="đăng ký kết hôn", procedure="1.001193")
    judged = await evaluate.run([labelled], ask)
    assert said == [("đăng ký kết hôn", None), ("phí?", "c1")]
    misses = tmp_path / "misses.jsonl"
    assert evaluate.write_misses(score(judged), misses) == 1
    assert json.loads(misses.read_text())["got"]["procedures"] == ["1.000894"]


def test_the_second_category_counts_for_the_first_two() -> None:
    labelled = row(kind="complaint", category="rac_thai")
    near = judge(labelled, got("form", category="dien", categories=["dien", "rac_thai"]))
    far = judge(labelled, got("form", category="dien", categories=["dien", "khac"]))
    report = score([near, far])
    assert report.measures["report category"].percent == 0
    assert report.measures["report category, first two"].percent == 50
