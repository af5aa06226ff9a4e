"""The figures of a set, and how they are drawn."""

from __future__ import annotations

import re
from xml.etree import ElementTree

from bot.console import charts
from bot.training import figures
from bot.training.rows import Row
from bot.training.scoring import Understood, judge, score


def understood(status: str, *aspects: str, category: str | None = None, confidence: float = 0.9) -> Understood:
    return Understood(status, "x", confidence, aspects, (), category)


def judged() -> figures.Figures:
    ask = {"kind": "question", "text": "x"}
    pairs = [
        (Row(id="1", aspect="fee", **ask), understood("answered", "fee")),
        (Row(id="2", aspect="fee", **ask), understood("answered", "duration", confidence=0.3)),
        (Row(id="3", aspect="fee", aspect_ok=("duration",), **ask), understood("answered", "duration")),
        (Row(id="4", kind="complaint", text="x", category="rac_thai"), understood("form", category="cay_xanh")),
        (Row(id="5", kind="handoff", text="x", style="no_diacritics"), understood("handoff")),
        (Row(id="6", kind="dossier_status", text="x"), understood("lookup")),
        (Row(id="7", aspect="fee", style="~telex", **ask), understood("unresolved")),
    ]
    return figures.of(score([judge(row, got) for row, got in pairs]), missing=2, in_catalogue=0.5)


def test_intents_are_counted_as_right_asked_and_given_without_the_generated_noise() -> None:
    found = judged()
    assert found["intents"]["ask_fee"] == [2, 3, 2]
    assert found["intents"]["ask_duration"] == [0, 0, 1]
    assert found["intents"]["report_rac_thai"] == [0, 1, 0]
    assert found["intents"]["ticket_status"] == [1, 1, 1]
    assert sorted(found["confusion"]) == [["ask_fee", "ask_duration", 1], ["report_rac_thai", "report_cay_xanh", 1]]
    assert (found["missing"], found["in_catalogue"]) == (2, 0.5)


def test_a_measure_is_read_over_all_rows_or_of_a_style() -> None:
    found = judged()
    assert figures.value(found, "kind", "no_diacritics") == 100
    assert figures.value(found, "kind", "teencode") is None
    assert figures.value(None, "kind") is None
    assert figures.scores([2, 4, 2]) == (100, 50, 200 * 2 / 6)
    assert figures.scores([0, 0, 1]) == (0, None, 0)


def test_charts_are_whole_svg_and_escape_what_they_are_told() -> None:
    found = judged()
    evil = {'<script>"&': [1, 2, 1], **found["intents"]}
    mistakes = [['<script>"&', "ask_fee", 1], *found["confusion"]]
    drawn = [
        charts.confusion(evil, mistakes, 'Bảng "<b>'),
        charts.reliability(found["calibration"]["bins"], "Độ tin"),
        charts.pairs([("<i>", 50.0, None), ("b", None, 10.0)], "Chỉ số"),
    ]
    for svg in drawn:
        ElementTree.fromstring(svg)  # noqa: S314 - our own
        assert "<script" not in svg
        assert not re.search(r"(href|src)=", svg)
    assert len(re.findall("<rect", drawn[0])) == len(evil) ** 2


def test_charts_of_nothing_are_drawn_empty() -> None:
    for svg in (charts.confusion({}, [], "x"), charts.reliability([], "x"), charts.pairs([], "x")):
        ElementTree.fromstring(svg)  # noqa: S314 - our own
