"""The pipeline as it is, trained and tested by `bench/foreign.py` on a set that it was not made for."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from bench.flights import Rows, generate, word_level
from bench.foreign import main


def _word_level_set(folder: Path, **parts: Rows) -> None:
    """The rows as PhoATIS lays them out, syllables of a word joined."""
    for name, rows in parts.items():
        (folder / name).mkdir(parents=True)
        texts = "".join(word_level(text) + "\n" for text in rows.texts)
        (folder / name / "seq.in").write_text(texts, encoding="utf-8")
        (folder / name / "label").write_text("".join(label + "\n" for label in rows.labels), encoding="utf-8")


@pytest.fixture(scope="module")
def result(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    folder = tmp_path_factory.mktemp("flights")
    train, test = generate(1500, 400)
    _word_level_set(folder, train=train, test=test)
    printed: list[str] = []
    assert main([str(folder), "--json"], printed.append) == 0
    found: dict[str, Any] = json.loads(printed[0])
    return found


def test_a_foreign_set_is_learnt(result: dict[str, Any]) -> None:
    assert result["train_rows"] >= 1500
    assert result["clean"]["accuracy"] >= 93
    assert result["clean"]["macro_f1"] >= 55


def test_hardly_anything_is_lost_without_diacritics(result: dict[str, Any]) -> None:
    assert result["clean"]["accuracy"] - result["no_diacritics"]["accuracy"] <= 1.5


def test_labels_that_training_never_showed_are_counted(result: dict[str, Any]) -> None:
    assert result["unseen_labels"] == ["airfare#flight", "day_name"]
    missed = {row["intent"] for row in result["wrong"]}
    assert missed >= {"airfare#flight", "day_name"}
    assert len(result["wrong"]) == round(result["test_rows"] * (100 - result["clean"]["accuracy"]) / 100)


def test_it_is_small_and_quick(result: dict[str, Any]) -> None:
    assert result["model_mb"] <= 5
    assert result["parse_peak_mb"] <= 400
    assert result["ms_p50"] <= 10, "on a machine that may be busy"
