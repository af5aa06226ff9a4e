"""The noise ladder, the floors and the calibration of an evaluation."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from bot.text import fold, normalise
from bot.training import floors, ladder
from bot.training.rows import Row
from bot.training.scoring import Judged, Understood, calibrate, judge, score


def row(number: int, style: str = "clean", **values: Any) -> Row:
    made = {"id": f"r{number}", "text": f"đăng ký kết hôn lần {number} cần giấy tờ gì", "kind": "question"}
    return Row.model_validate(made | {"style": style, "procedure": "1.000894", "aspect": "documents"} | values)


def answered(found: Row, code: str = "1.000894", confidence: float = 0.9) -> Judged:
    understood = {"status": "answered", "intent": "ask_documents", "confidence": confidence}
    return judge(found, Understood.of(understood | {"aspects": ["documents"], "procedures": [code]}))


def test_the_ladder_types_every_clean_row_again_and_no_other() -> None:
    made = ladder.climb([row(1), row(2, "dialect"), row(3)], ("no_diacritics", "telex"))
    assert [(one.id, one.style) for one in made] == [
        ("r1~no_diacritics", "~no_diacritics"),
        ("r3~no_diacritics", "~no_diacritics"),
        ("r1~telex", "~telex"),
        ("r3~telex", "~telex"),
    ]
    assert made[0].text == fold(row(1).text)
    assert fold(normalise(made[2].text).text) == fold(row(1).text)
    assert made[0].codes == row(1).codes


def test_the_ladder_is_the_same_on_every_run_and_hides_the_context_too() -> None:
    rows = [row(1, context="đăng ký kết hôn ở đâu")]
    assert ladder.climb(rows) == ladder.climb(rows)
    assert ladder.climb(rows, ("no_diacritics",))[0].context == "dang ky ket hon o dau"


def test_an_unknown_noise_is_refused_with_the_names_of_the_known() -> None:
    with pytest.raises(ladder.UnknownNoiseError, match="no_diacritics"):
        ladder.climb([row(1)], ("shouting",))


def report_of(*, wrong_without_marks: int) -> Any:
    clean = [row(number) for number in range(10)]
    noisy = ladder.climb(clean, ("no_diacritics",))
    judged = [answered(one) for one in clean]
    judged += [answered(one, "9.999999" if at < wrong_without_marks else "1.000894") for at, one in enumerate(noisy)]
    return score(judged)


def test_a_loss_is_counted_in_points_from_the_clean_rows() -> None:
    assert report_of(wrong_without_marks=1).loss("clean", "~no_diacritics", "link@1") == 10.0
    assert report_of(wrong_without_marks=1).loss("clean", "~telex", "link@1") is None


def write(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8")
    return path


def test_what_is_below_its_floor_is_named(tmp_path: Path) -> None:
    file = write(
        tmp_path / "floors.yml",
        "set.jsonl:\n  measures: {link@1: 99, aspect: 100, needless questions back: 5}\n"
        "  styles: {clean: {link@1: 100}, dialect: {link@1: 80}}\n  losses: {no_diacritics: {link@1: 2}}\n",
    )
    found = floors.below(report_of(wrong_without_marks=1), floors.load(file, "set.jsonl"))
    assert [line.split(":")[0] for line in found] == ["link@1", "dialect", "no_diacritics"]
    assert floors.load(file, "set.jsonl").noises == ("no_diacritics",)
    assert len(floors.below(report_of(wrong_without_marks=0), floors.load(file, "set.jsonl"))) == 1


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("other.jsonl: {}", "không có ngưỡng"),
        ("set.jsonl: {measures: {link@7: 90}}", "link@7"),
        ("set.jsonl: {measure: {link@1: 90}}", "measure"),
        ("set.jsonl: {measures: {link@1: 190}}", "190"),
        ("[", "floors.yml"),
    ],
)
def test_a_file_of_floors_that_cannot_be_used_is_refused(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(floors.FloorsError, match=said):
        floors.load(write(tmp_path / "floors.yml", text), "set.jsonl")


def test_confidence_that_is_true_has_no_calibration_error() -> None:
    fair = calibrate([(0.75, True)] * 3 + [(0.75, False)])
    assert fair.error == 0.0
    assert (fair.bins[0].rows, fair.bins[0].right) == (4, 0.75)
    assert calibrate([(0.95, False)] * 4).error == 95.0
    assert calibrate([]).error is None


def test_a_dossier_asked_for_counts_as_a_look_up() -> None:
    lookup = Understood.of({"status": "lookup", "intent": "dossier_status", "confidence": 1})
    asked = Row.model_validate({"id": "x", "text": "hồ sơ tới đâu", "kind": "dossier_status"})
    assert judge(asked, lookup).kind
    assert score([judge(asked, lookup)]).measures["status"].percent == 100.0
