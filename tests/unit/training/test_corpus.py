"""Checking what the bot is taught."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from bot.runtime.project import ROOT
from bot.training import corpus


def folder(path: Path, intents: dict[str, list[str]], aliases: str = "{}\n") -> Path:
    (path / "intents").mkdir(parents=True)
    (path / "aliases").mkdir()
    for intent, sentences in intents.items():
        lines = "".join(f"    - {sentence}\n" for sentence in sentences)
        text = f'version: "3.1"\nnlu:\n- intent: {intent}\n  examples: |\n{lines}'
        (path / "intents" / f"{intent}.yml").write_text(text, encoding="utf-8")
    (path / "aliases" / "all.yml").write_text(aliases, encoding="utf-8")
    return path


def found(problems: list[corpus.Problem], finding: str) -> list[corpus.Problem]:
    return [problem for problem in problems if problem.finding == finding]


def evaluation(path: Path, *texts: str) -> Path:
    rows = [json.dumps({"id": f"e{at}", "text": text}, ensure_ascii=False) for at, text in enumerate(texts)]
    path.write_text("\n".join(rows), encoding="utf-8")
    return path


def test_one_sentence_under_two_intents_is_a_contradiction_however_it_is_typed(tmp_path: Path) -> None:
    data = folder(tmp_path, {"greet": ["chào bạn nhé"], "goodbye": ["chao ban nhe", "tạm biệt"]})
    problems = found(corpus.check(data), "contradiction")
    assert [problem.place for problem in problems] == ["goodbye, greet"]
    assert all(problem.serious for problem in problems)


def test_nearly_equal_sentences_of_two_intents_are_named_but_not_serious(tmp_path: Path) -> None:
    data = folder(
        tmp_path,
        {
            "ask_fee": ["làm lại sổ đỏ bị mất ở phường mình hết bao nhiêu tiền vậy"],
            "ask_place": ["làm lại sổ đỏ bị mất ở phường mình hết bao nhiêu tiền"],
        },
    )
    near = found(corpus.check(data), "near")
    assert len(near) == 1
    assert not near[0].serious


def test_a_sentence_twice_in_one_intent_and_an_intent_with_few_are_found(tmp_path: Path) -> None:
    data = folder(tmp_path, {"report_dien": ["mất điện cả xóm từ tối qua", "mat dien ca xom tu toi qua"]})
    problems = corpus.check(data)
    assert len(found(problems, "double")) == 1
    assert [problem.text for problem in found(problems, "few")] == ["2 < 100"]


def test_a_taught_sentence_or_alias_of_an_evaluation_set_is_a_leak(tmp_path: Path) -> None:
    data = folder(
        tmp_path / "data",
        {"ask_fee": ["cho em hỏi đổi bằng lái xe máy hết mấy tiền ạ"]},
        '"1.000001": [xin nuôi ong lấy mật ở trong vườn]\n',
    )
    held = evaluation(
        tmp_path / "held.jsonl",
        "cho em hoi doi bang lai xe may het may tien a",
        "xin nuôi ong lấy mật ở trong vườn nhà",
        "một câu khác hẳn không ai dạy bao giờ",
    )
    leaks = found(corpus.check(data, [held]), "leak")
    assert sorted(problem.place.split(" ")[-1] for problem in leaks) == ["e0", "e1"]


def test_short_phrases_are_everybodys_and_no_leak(tmp_path: Path) -> None:
    data = folder(tmp_path / "data", {"ask_fee": ["bao nhiêu tiền"]})
    assert not found(corpus.check(data, [evaluation(tmp_path / "held.jsonl", "bao nhiêu tiền")]), "leak")


def test_an_unreadable_set_is_named(tmp_path: Path) -> None:
    data = folder(tmp_path / "data", {"ask_fee": ["bao nhiêu tiền"]})
    (tmp_path / "held.jsonl").write_text("{}", encoding="utf-8")
    with pytest.raises(corpus.CorpusError, match=r"held\.jsonl"):
        corpus.check(data, [tmp_path / "held.jsonl"])


def test_the_projects_own_corpus_holds() -> None:
    sets = sorted((ROOT / "tests" / "understanding").glob("*.jsonl"))
    dev = ROOT.parent / "shared" / "data" / "questions-dev.jsonl"
    problems = corpus.check(ROOT / "nlu_data", [*sets, *([dev] if dev.exists() else [])])
    assert not [problem for problem in problems if problem.serious]
