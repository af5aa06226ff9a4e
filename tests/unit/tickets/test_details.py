"""A category's own questions."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from bot.locality.rules import Category, Option, Question
from bot.tickets.details import answered, final, lacking, next_question, pressed, shown, told
from bot.tickets.replies import read_short

TODAY = date(2026, 11, 25)
YES_NO = (Option(code="co", label="Có"), Option(code="khong", label="Không"))
KINDS = (Option(code="mui", label="Mùi hôi"), Option(code="bui", label="Khói bụi"), Option(code="on", label="Tiếng ồn"))


def category(*questions: Question) -> Category:
    return Category(code="thu", label="Thử", short="Thử", agency="a", questions=questions)


def question(kind: str, *, required: bool = False) -> Category:
    options = {"choice": YES_NO, "choices": KINDS}.get(kind, ())
    return category(Question(code="hoi", ask="Hỏi?", kind=kind, options=options, required=required))  # type: ignore[arg-type]


LAMP = Question(
    code="den",
    ask="Đèn bị gì?",
    kind="choice",
    options=(
        Option(code="tat", label="Không sáng", words=("tắt",)),
        Option(code="nhay", label="Chập chờn", words=("nhấp nháy",)),
    ),
)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("đèn đường tắt ba hôm nay", {"den": "tat"}),
        ("den duong tat 3 hom nay", {"den": "tat"}),
        ("đèn không sáng", {"den": "tat"}),
        ("Đèn CHẬP CHỜN cả đêm", {"den": "nhay"}),
        ("đèn nhấp nháy rồi tắt", {}),
        ("đèn ban ngày không tắt", {}),
        ("tất cả đèn có vấn đề", {}),
        ("", {}),
    ],
)
def test_what_a_story_says_by_itself_is_not_asked(text: str, found: dict[str, Any]) -> None:
    assert told(category(LAMP), text) == found
    assert told(question("choice"), f"có ổ gà, {text}") == {}
    assert told(None, text) == {}


@pytest.mark.parametrize(
    ("kind", "text", "value"),
    [
        ("text", "trụ số 15", "trụ số 15"),
        ("number", "khoảng 1.500 con", 1500),
        ("number", "2,5 m", 2.5),
        ("date", "20/11", "2026-11-20"),
        ("date", "ngày 31/12", "2025-12-31"),
        ("date", "hôm qua", "2026-11-24"),
        ("date", "toi qua", "2026-11-24"),
        ("choice", "không", "khong"),
        ("choice", "co", "co"),
        ("choice", "2", "khong"),
        ("choices", "mùi hôi, tiếng ồn", ["mui", "on"]),
        ("choices", "khoi bui va mui hoi", ["bui", "mui"]),
        ("choices", "1,3", ["mui", "on"]),
    ],
)
def test_an_answer_is_read(kind: str, text: str, value: Any) -> None:
    assert answered(question(kind), None, text, read_short(text), TODAY) == {"hoi": value}


@pytest.mark.parametrize(
    ("kind", "text", "lacks"),
    [
        ("text", "…", "details_missing"),
        ("number", "nhiều lắm", "details_number"),
        ("number", "5 hay 6", "details_number"),
        ("date", "32/13", "details_date"),
        ("date", "1/1/2030", "details_date"),
        ("choice", "có thể", "details_choice"),
        ("choices", "mùi hôi, gì đó", "details_choice"),
    ],
)
def test_what_is_no_answer_is_asked_again(kind: str, text: str, lacks: str) -> None:
    if (kind, text) == ("choice", "có thể"):
        text = "tùy lúc"
    asked = question(kind)
    assert answered(asked, None, text, read_short(text), TODAY) is None
    assert lacking(asked, None) == lacks


@pytest.mark.parametrize("kind", ["text", "number", "date", "choice", "choices"])
def test_a_question_is_passed_over_unless_it_is_required(kind: str) -> None:
    assert answered(question(kind), None, "bỏ qua", read_short("bỏ qua"), TODAY) == {"hoi": None}
    if kind != "text":
        assert answered(question(kind, required=True), None, "bỏ qua", read_short("bỏ qua"), TODAY) is None
    assert pressed(question(kind), None, "skip") == {"hoi": None}
    assert pressed(question(kind, required=True), None, "skip") == {}


def test_buttons_choose_several_until_done() -> None:
    asked, given = question("choices"), None
    for choice in ("option:1", "option:3", "option:1", "option:2"):
        given = pressed(asked, given, choice)
        assert next_question(asked, given) is not None
    given = pressed(asked, given, "done")
    assert next_question(asked, given) is None
    assert final(given) == {"hoi": ["on", "bui"]}
    assert shown(asked.questions[0], ["on", "bui"]) == "Tiếng ồn, Khói bụi"


def test_questions_come_in_their_order_and_late_buttons_change_nothing() -> None:
    asked = category(
        Question(code="mot", ask="1?"), Question(code="hai", ask="2?", kind="choice", options=YES_NO, required=True)
    )
    given = answered(asked, None, "thế này", frozenset(), TODAY)
    assert next_question(asked, given) == asked.questions[1]
    assert pressed(asked, given, "option:9") == given
    given = pressed(asked, given, "option:1")
    assert final(given) == {"mot": "thế này", "hai": "co"}
    assert pressed(asked, given, "option:2") == given
