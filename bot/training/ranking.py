"""Fitting the weights of the search: `python -m bot.training.ranking CATALOGUE`.

From labelled questions (`nlu_data/linking/questions.jsonl`, written for this and kept apart from every evaluation set)
over a catalogue with its aliases come two sets of weights (`nlu_data/linking/weights.yml`):

- of the evidence for a candidate: the right procedure's chance among the candidates is made as great as possible
  (a conditional logit model; McFadden 1974), with a little shrinkage;
- of the confidence: a logistic model of whether the first is right, on folds that the evidence was not fitted on, and
  on the same questions with their procedure taken away, where nothing is right.
"""

from __future__ import annotations

import argparse
import random
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import yaml

from bot.knowledge.aliases import read_aliases
from bot.knowledge.importing.importer import REPLACED, read_all
from bot.knowledge.records import ProcedureRecord
from bot.knowledge.search import SearchIndex, asked, ranking
from bot.knowledge.search.lexicon import DATA
from bot.knowledge.search.postings import Floats
from bot.knowledge.store import IndexRow

SHRINK = 1e-3
"""How strongly the weights are held to where they are expected."""
EXPECTED = {
    "age_same": 1.8,
    "age_other": -3.5,
    "foreign_same": 0.8,
    "foreign_missing": -0.8,
    "foreign_unasked": -0.8,
    "special_unasked": -0.2,
    "commune": 0.3,
    "ministry_only": -0.1,
    "most_asked": 0.4,
    "foremost": 0.9,
}
"""Where the weights of facts are expected that few questions tell of, or that depend on who asks: the questions that we
fit on are drawn from all procedures alike, citizens ask about those near them. The others are expected at zero."""
HELD = 20.0
"""How much more strongly those are held."""
FOLDS = 5
SEED = 20261125
ABSENT = 0.3
"""The weight of a question whose procedure was taken away, beside one that has its own."""
_STEPS = 60
_LONGEST = 2.0
_STILL = 1e-4
_BLANK = ranking.Learnt.of({"evidence": {}, "surety": {}})


@dataclass(frozen=True, slots=True)
class Example:
    """A question by its number: its candidates' evidence, which of them are right, and how much it counts."""

    number: int
    rows: Floats
    right: np.ndarray
    cores: Sequence[str]
    content: int
    weight: float
    common: bool
    """Whether it is about a procedure of ordinary people."""


def catalogue(path: Path, data: Path = DATA) -> list[IndexRow]:
    """The rows of an index over a catalogue file, the starter records and the aliases."""
    records = {p.record.code: p.record for p in read_all(path, source="portal") if p.record}
    starter = {
        p.record.code: p.record for p in read_all(data / "procedures", source="starter", replaced=REPLACED) if p.record
    }
    aliases = read_aliases(data / "aliases")
    return [
        _row(records.get(code) or starter[code], starter.get(code), aliases.get(code, ()))
        for code in sorted({*records, *starter})
    ]


def _row(record: ProcedureRecord, starter: ProcedureRecord | None, aliases: Sequence[str]) -> IndexRow:
    own = starter.aliases if starter else ()
    return IndexRow(
        code=record.code,
        name=record.name,
        plain_name=(starter.plain_name if starter else None) or record.plain_name,
        summary=record.summary,
        aliases=tuple(dict.fromkeys((*own, *record.aliases, *aliases))),
        field=record.field,
        levels=record.levels,
        audience=record.audience,
        status=record.status,
        replaced_by=record.replaced_by,
        source="portal",
    )


def examples(
    index: SearchIndex, questions: Sequence[Mapping[str, object]], numbers: Sequence[int] | None = None
) -> list[Example]:
    """The questions (all, or those of some numbers) that the index can be asked."""
    made: list[Example] = []
    for number in range(len(questions)) if numbers is None else numbers:
        question = questions[number]
        codes = set(asked.labels(question))
        query = index.analyse(str(question["text"]))
        evidence = index.gather(query)
        if evidence is None:
            continue
        entries = [index.entry(place) for place in evidence.places]
        right = np.array([index.current(entry.row.code) in codes or entry.row.code in codes for entry in entries])
        common = any(index.is_common(code) for code in codes)
        cores = [entry.core for entry in entries]
        made.append(Example(number, evidence.rows, right, cores, len(query.content), 1.0, common))
    return made


def balanced(data: Sequence[Example]) -> list[Example]:
    """The same, so weighted that questions of ordinary people and of trades weigh the same together."""
    share = sum(e.common for e in data) / (len(data) or 1)
    if not 0 < share < 1:
        return list(data)
    return [replace(e, weight=0.5 / share if e.common else 0.5 / (1 - share)) for e in data]


def fit_evidence(data: Sequence[Example]) -> Floats:
    """The weights that make the right candidates likeliest."""
    usable = [e for e in data if e.right.any()]
    rows = np.concatenate([e.rows for e in usable]).astype(np.float64)
    starts = np.cumsum([0, *(len(e.rows) for e in usable)])[:-1]
    group = np.repeat(np.arange(len(usable)), [len(e.rows) for e in usable])
    right = np.concatenate([e.right for e in usable])
    weight = np.array([e.weight for e in usable]) / sum(e.weight for e in usable)

    expected = np.array([EXPECTED.get(name, 0.0) for name in ranking.EVIDENCE])
    held = 2 * SHRINK * np.array([HELD if name in EXPECTED else 1.0 for name in ranking.EVIDENCE])

    def step(w: np.ndarray) -> np.ndarray:
        z = rows @ w
        p = np.exp(z - np.maximum.reduceat(z, starts)[group])
        p /= np.add.reduceat(p, starts)[group]
        of_right = np.where(right, p, 0.0)
        total = np.add.reduceat(of_right, starts)[group]
        pull = (of_right / np.maximum(total, 1e-12) - p) * weight[group]
        gradient = -(rows.T @ pull) + held * (w - expected)
        means = np.add.reduceat(rows * p[:, None], starts)
        curved = (rows * (p * weight[group])[:, None]).T @ rows - (means * weight[:, None]).T @ means
        result: np.ndarray = np.linalg.solve(curved + np.diag(held), gradient)
        return result

    return _newton(step, rows.shape[1])


def fit_surety(told: np.ndarray, right: np.ndarray, weight: np.ndarray) -> Floats:
    """Logistic regression."""
    share = weight / weight.sum()

    def step(w: np.ndarray) -> np.ndarray:
        p = 1 / (1 + np.exp(-(told @ w)))
        gradient = told.T @ ((p - right) * share) + 2 * SHRINK * w
        curved = (told * (p * (1 - p) * share)[:, None]).T @ told
        result: np.ndarray = np.linalg.solve(curved + 2 * SHRINK * np.eye(told.shape[1]), gradient)
        return result

    return _newton(step, told.shape[1])


def _newton(step: Callable[[np.ndarray], np.ndarray], size: int) -> Floats:
    """Newton's method from zero, a step never longer than `_LONGEST`: the problems are small, smooth and held."""
    w = np.zeros(size)
    for _ in range(_STEPS):
        move = step(w)
        length = float(np.abs(move).max())
        w -= move * min(1.0, _LONGEST / length) if length > 0 else 0.0
        if length < _STILL:
            break
    return w.astype(np.float32)


def _judge(example: Example, z: Floats) -> tuple[bool, bool]:
    order = np.argsort(-z, kind="stable")
    return bool(example.right[order[0]]), bool(example.right[order[:3]].any())


def _told(example: Example, z: Floats) -> Floats:
    """The surety's evidence, as the index makes it."""
    order = np.argsort(-z, kind="stable")
    first, chance = order[0], ranking.chances(z)
    same = np.array([core == example.cores[first] for core in example.cores])
    others = z[~same]
    lead = float(z[first] - others.max()) if len(others) else ranking.MOST_LEAD
    return ranking.surety(example.rows[first], float(chance[same].sum()), lead, example.content)


def _without_the_right(example: Example) -> Example:
    """The question as if the catalogue lacked its procedure and all that are one with it."""
    cores = {core for core, right in zip(example.cores, example.right, strict=True) if right}
    kept = np.array([core not in cores for core in example.cores])
    return replace(
        example,
        rows=example.rows[kept],
        right=example.right[kept],
        cores=[core for core, stays in zip(example.cores, kept, strict=True) if stays],
        weight=example.weight * ABSENT,
    )


@dataclass(frozen=True, slots=True)
class Fit:
    """What came of fitting: the weights, and how good they are on questions that they were not fitted on."""

    evidence: Floats
    surety: Floats
    first: float
    among_three: float
    questions: int

    def as_yaml(self) -> str:
        """The weights' file."""
        data = {
            "evidence": _named(ranking.EVIDENCE, self.evidence),
            "surety": _named(ranking.SURETY, self.surety),
        }
        head = (
            "# Weights of the search (bot/knowledge/search/ranking.py), fitted by `python -m bot.training.ranking`"
            " on questions.jsonl.\n"
            f"# Cross-validated: first {self.first:.1f} %, among three {self.among_three:.1f} %,"
            f" {self.questions} questions.\n"
        )
        return head + yaml.safe_dump(data, sort_keys=False)


def _named(names: Sequence[str], weights: Floats) -> dict[str, float]:
    return {name: round(float(weight), 3) for name, weight in zip(names, weights, strict=True)}


def fold_of(number: int) -> int:
    """The fold of a question: always the same, whichever questions are fitted on."""
    return random.Random(SEED + number).randrange(FOLDS)  # noqa: S311 - not for secrets


def apart(rows: Sequence[IndexRow], questions: Sequence[Mapping[str, object]]) -> list[Example]:
    """Every question asked of an index that does not know it: a question that finds itself would teach nothing."""
    made: list[Example] = []
    for fold in range(FOLDS):
        known = asked.by_code(q for number, q in enumerate(questions) if fold_of(number) != fold)
        index = SearchIndex(rows, learnt=_BLANK, asked=known)
        made += examples(index, questions, [number for number in range(len(questions)) if fold_of(number) == fold])
    return balanced(made)


def fit(data: Sequence[Example], small: Sequence[Example] = ()) -> Fit:
    """Fit both sets of weights; the confidence on folds that the evidence was not fitted on.

    Args:
        data: the questions, of the whole catalogue.
        small: the same questions of a small one, which lacks the procedures of most.
    """
    first = three = 0
    told: list[Floats] = []
    right: list[bool] = []
    weight: list[float] = []
    for fold in range(FOLDS):
        weights = fit_evidence([e for e in data if fold_of(e.number) != fold])
        held = [e for e in data if fold_of(e.number) == fold]
        others = [e for e in small if fold_of(e.number) == fold]
        for example in held:
            is_first, is_among = _judge(example, example.rows @ weights)
            first, three = first + is_first, three + is_among
        for example in (*held, *map(_without_the_right, held), *others):
            if len(example.rows):
                z = example.rows @ weights
                told.append(_told(example, z))
                right.append(_judge(example, z)[0])
                weight.append(example.weight)
    surety = fit_surety(np.array(told), np.array(right, float), np.array(weight))
    count = len(data)
    return Fit(fit_evidence(data), surety, 100 * first / count, 100 * three / count, count)


def main(arguments: Sequence[str] | None = None) -> int:
    """Fit on the project's questions and write the weights' file."""
    parser = argparse.ArgumentParser(prog="python -m bot.training.ranking", description=__doc__)
    parser.add_argument("catalogue", type=Path, help="a catalogue file, as for `bot catalogue import`")
    parser.add_argument("--questions", type=Path, default=DATA / "linking" / "questions.jsonl")
    parser.add_argument("--out", type=Path, default=ranking.weights_file())
    options = parser.parse_args(arguments)
    questions = asked.read(options.questions)
    rows = catalogue(options.catalogue)
    starter = {p.record.code for p in read_all(DATA / "procedures", source="starter") if p.record}
    data = apart(rows, questions)
    small = apart([row for row in rows if row.code in starter], questions)
    done = fit(data, [replace(example, weight=ABSENT) for example in small])
    options.out.write_text(done.as_yaml(), encoding="utf-8")
    print(
        f"first {done.first:.1f} %, among three {done.among_three:.1f} %, of {done.questions} questions: {options.out}"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
