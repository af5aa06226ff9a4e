"""Data sets in the layouts of others become the same rows."""

from collections.abc import Callable
from pathlib import Path

import pytest

from bench.datasets import NoData, read_set, write_rasa
from bench.flights import Rows

ROWS = Rows(["giá vé đi huế", "có taxi không , ạ", "chuyến bay và giá vé"], ["airfare", "ground", "flight#airfare"])


def _rasa(folder: Path) -> None:
    write_rasa(folder / "train.yml", ROWS)


def _rasa_folder(folder: Path) -> None:
    (folder / "train" / "nlu").mkdir(parents=True)
    for at in range(3):
        write_rasa(folder / "train" / "nlu" / f"{at}.yml", Rows([ROWS.texts[at]], [ROWS.labels[at]]))
    (folder / "train" / "rules.yml").write_text("version: '3.1'\nrules: []\n")


def _rasa_nlu_folder(folder: Path) -> None:
    (folder / "nlu").mkdir()
    write_rasa(folder / "nlu" / "train.yml", ROWS)
    write_rasa(folder / "nlu" / "test.yml", Rows(["không phải câu này"], ["other"]))


def _columns(folder: Path) -> None:
    lines = [f"{text}\t{label}" for text, label in zip(ROWS.texts, ROWS.labels, strict=True)]
    (folder / "train.tsv").write_text("text\tintent\n" + "\n".join([*lines, *lines]) + "\n", encoding="utf-8")


def _columns_label_first(folder: Path) -> None:
    lines = [f'{label},"{text}"' for text, label in zip(ROWS.texts, ROWS.labels, strict=True)]
    (folder / "train.csv").write_text("\n".join([*lines, 'ground,"có xe không"']), encoding="utf-8")


def _word_level(folder: Path) -> None:
    (folder / "train").mkdir()
    texts = ["giá_vé đi huế", "có taxi không , ạ", "chuyến_bay và giá_vé"]
    (folder / "train" / "seq.in").write_text("\n".join(texts) + "\n", encoding="utf-8")
    (folder / "train" / "label").write_text("\n".join(ROWS.labels) + "\n", encoding="utf-8")
    (folder / "train" / "seq.out").write_text("O O O\n" * 3, encoding="utf-8")


@pytest.mark.parametrize("write", [_rasa, _rasa_folder, _rasa_nlu_folder, _columns, _columns_label_first, _word_level])
def test_every_layout_gives_the_rows(tmp_path: Path, write: Callable[[Path], None]) -> None:
    write(tmp_path)
    got = read_set(tmp_path, "train")
    assert list(zip(got.texts, got.labels, strict=True))[:3] == list(zip(ROWS.texts, ROWS.labels, strict=True))


def test_entity_marks_are_taken_off(tmp_path: Path) -> None:
    (tmp_path / "test.yml").write_text(
        'nlu:\n- intent: bay\n  examples: |\n    - từ [hà nội](from) đến [huế]{"entity": "to", "value": "HUI"}\n'
        "- lookup: city\n  examples: |\n    - huế\n",
        encoding="utf-8",
    )
    assert read_set(tmp_path, "test") == Rows(["từ hà nội đến huế"], ["bay"])


def test_sentences_that_look_like_yaml_survive(tmp_path: Path) -> None:
    rows = Rows(["mã: f# là gì", "'s/' nghĩa là gì", "- gạch đầu dòng"], ["a#b", "yes", "1"])
    write_rasa(tmp_path / "train.yml", rows)
    assert read_set(tmp_path, "train") == rows


@pytest.mark.parametrize("layout", ["nothing", "labels missing", "labels too few", "three columns", "not YAML"])
def test_what_cannot_be_read_is_said(tmp_path: Path, layout: str) -> None:
    inner = tmp_path / "train"
    inner.mkdir()
    if layout.startswith("labels"):
        (inner / "seq.in").write_text("một\nhai\n", encoding="utf-8")
    if layout == "labels too few":
        (inner / "label").write_text("a\n")
    if layout == "three columns":
        (tmp_path / "train.tsv").write_text("a\tb\tc\n")
    if layout == "not YAML":
        (tmp_path / "train.yml").write_text("nlu: [")
    with pytest.raises(NoData, match="train"):
        read_set(tmp_path, "train")
