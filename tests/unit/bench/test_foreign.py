"""Scores, the generated set, the project that the trainer gets."""

from collections import Counter
from pathlib import Path

import pytest
import yaml

from bench import understanding
from bench.datasets import read_set
from bench.flights import Rows, generate
from bench.foreign import ROOT, main, quantiles, report, scores, told, views, write_project
from bench.sections import write_section


def test_accuracy_and_macro_f1_are_those_of_the_books() -> None:
    # a: 2 of 3 found, one too many; b: found; c: never said.
    got = scores(["a", "a", "b", "a", "b"], ["a", "a", "b", "c", "a"])
    assert got["accuracy"] == 60.0
    assert got["macro_f1"] == pytest.approx(100 * (4 / 6 + 2 / 3 + 0) / 3, abs=0.01)


def test_labels_never_trained_count_as_wrong_and_are_named() -> None:
    test = Rows(["một", "hai"], ["a", "new"])
    asked = views(test.texts, ["no_diacritics"])
    assert asked["no_diacritics"] == ["mot", "hai"]
    answers = [
        {"intent": "a", "ms": 1.0},
        {"intent": "a", "ms": 2.0},
        {"intent": "b", "ms": 3.0},
        {"intent": None, "ms": 4},
    ]
    got = report(asked, answers, test)
    assert got["clean"]["accuracy"] == 50.0
    assert got["no_diacritics"]["accuracy"] == 0.0
    result = {
        **got,
        "train_rows": 2,
        "test_rows": 2,
        "intents": 2,
        "unseen_labels": ["new"],
        "unseen_rows": 1,
        "train_s": 1,
        "train_peak_mb": 1,
        "parse_peak_mb": 1,
        "model_mb": 0.1,
    }
    assert "never showed, all wrong: new" in told(result)


def test_quantiles_of_times() -> None:
    assert quantiles([float(ms) for ms in range(1, 102)]) == {"ms_p50": 51.0, "ms_p99": 100.0}
    assert quantiles([2.0]) == {"ms_p50": 2.0, "ms_p99": 2.0}


def test_the_generated_set_is_skewed_and_asks_what_was_never_shown() -> None:
    train, test = generate(4478, 893)
    shares = Counter(train.labels)
    assert shares["flight"] / len(train.labels) == pytest.approx(0.73, abs=0.03)
    assert min(shares.values()) <= 5
    assert {"flight#airfare", "airline#flight_no"} < set(shares)
    assert set(test.labels) - set(shares) == {"day_name", "airfare#flight"}
    assert generate(100, 50, seed=3) == generate(100, 50, seed=3) != generate(100, 50, seed=4)


def test_the_project_is_the_own_pipeline_with_a_rule_for_every_label(tmp_path: Path) -> None:
    train = Rows(["một", "hai", "ba", "bốn"], ["flight#airfare", "faq/fee", "faq_fee", "restart"])
    inside = write_project(tmp_path, train)
    assert (tmp_path / "config.yml").read_bytes() == (ROOT / "config.yml").read_bytes()
    assert len(set(inside.values())) == 4
    assert inside["flight#airfare"] == "flight#airfare"
    assert not any("/" in name or name == "restart" for name in inside.values())
    rules = yaml.safe_load((tmp_path / "rules.yml").read_text(encoding="utf-8"))["rules"]
    domain = yaml.safe_load((tmp_path / "domain.yml").read_text(encoding="utf-8"))
    assert [rule["steps"][0]["intent"] for rule in rules] == domain["intents"]
    assert read_set(tmp_path, "nlu").labels == [inside[label] for label in train.labels]


def test_a_folder_without_a_set_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(tmp_path)]) == 2
    assert "no train/seq.in" in capsys.readouterr().err


def test_the_split_takes_a_fifth_of_every_intent_and_nothing_twice() -> None:
    rows = Rows([f"câu {at}" for at in range(103)], ["a"] * 50 + ["b"] * 52 + ["c"])
    train, test = understanding.split(rows)
    assert Counter(test.labels) == {"a": 10, "b": 10}
    assert sorted(train.texts + test.texts) == sorted(rows.texts)
    assert understanding.split(rows) == (train, test) != understanding.split(rows, seed=2)


def test_only_training_sentences_are_compared_on() -> None:
    corpus = understanding.read_corpus()
    files = {path.stem for path in (ROOT / "nlu_data" / "intents").glob("*.yml")}
    assert set(corpus.labels) == files


def test_the_default_is_that_of_rasa_with_the_epochs_asked_for() -> None:
    parts = {part["name"]: part for part in understanding.default_pipeline(3)}
    assert parts["DIETClassifier"]["epochs"] == 3
    assert "FallbackClassifier" not in parts


def test_a_section_replaces_itself_and_nothing_else(tmp_path: Path) -> None:
    path = tmp_path / "doc.md"
    path.write_text("# Head\n\nwritten by a person\n")
    write_section(path, "one", "first \\1")
    write_section(path, "two", "other")
    write_section(path, "one", "second")
    assert path.read_text() == (
        "# Head\n\nwritten by a person\n\n<!-- bench:one -->\nsecond\n<!-- /bench:one -->\n\n"
        "<!-- bench:two -->\nother\n<!-- /bench:two -->\n"
    )
