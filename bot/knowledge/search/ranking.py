"""From a question to ranked procedures: evidence for each candidate, weighed by what was learnt from questions.

The weights are fitted on labelled questions (`nlu_data/linking`) by `bot.training.ranking`; here they are only used.
A candidate's `z` is linear in its evidence, and the candidates' chances are the softmax of their `z`.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import yaml

from bot.knowledge.search.documents import Entry
from bot.knowledge.search.features import PLAIN, agreements
from bot.knowledge.search.lexicon import DATA, Lexicon
from bot.knowledge.search.postings import MARK, Asked, Floats, Ints, Postings, marked
from bot.knowledge.search.question import Query
from bot.text import fold

TEXT_EVIDENCE = (
    "words",
    "whole",
    "cover",
    "singles",
    "many",
    "rare",
    "marks",
    "text_action_same",
    "text_action_unasked",
    "apart",
    "title_apart",
    "title_unsaid",
)
"""Of the texts: how well the best of a procedure's texts fits (F-measure), the share of that text that was said, the
share of the question that all its texts cover, the same of single words, how many texts fit, the share of the rarest
words, the share of the marked words that its texts have with other marks only, whether the best text speaks of an
action that was asked for, or of one that was not; and, counting only what tells the best candidates apart from each
other: the share of the question that its texts cover, that its title covers, and the share of its title left unsaid."""
FACT_EVIDENCE = (
    "action_same",
    "action_of_new",
    "action_of_none",
    "action_other",
    "action_unasked",
    "foreign_same",
    "foreign_missing",
    "foreign_unasked",
    "age_same",
    "age_other",
    "special_unasked",
    "level_same",
    "level_other",
    "commune",
    "ministry_only",
    "most_asked",
    "foremost",
)
EVIDENCE = TEXT_EVIDENCE + FACT_EVIDENCE
_ASKING = frozenset(("co", "khong", "duoc", "chua", "gi", "nao", "la", "thi"))
"""Words of asking: they tell no procedure apart, however few of the candidates have them."""
SURETY = ("bias", "chance", "lead", "words", "whole", "cover", "singles", "rare", "short")
"""What the confidence that the first is meant is made of."""

MOST_LEAD = 4.0
"""A lead beyond this says no more, nor does a chance beyond the next: a lone candidate may still be wrong."""
_SUREST = 0.985
_POOL = 50
_RIVALS = 12
"""Among how many of the best candidates it is looked for what tells them apart."""
_HEAVIEST = 6
_RARE = 0.75
_LEAN = 1.5**2
"""F-measure's beta, squared: how much more the coverage of the question counts than that of a text."""


@dataclass(frozen=True, slots=True)
class Learnt:
    """The weights of the evidence and of the confidence."""

    evidence: Floats
    surety: Floats

    @classmethod
    def of(cls, data: Mapping[str, Mapping[str, float]]) -> Learnt:
        """From the two maps of the weights' file; a name that is missing weighs nothing."""
        return cls(
            np.array([data["evidence"].get(name, 0.0) for name in EVIDENCE], np.float32),
            np.array([data["surety"].get(name, 0.0) for name in SURETY], np.float32),
        )


@lru_cache(maxsize=1)
def learnt() -> Learnt:
    """The project's weights."""
    data: dict[str, Any] = yaml.safe_load((DATA / "linking" / "weights.yml").read_text(encoding="utf-8"))
    return Learnt.of(data)


def weights_file() -> Path:
    """Where the weights are."""
    return DATA / "linking" / "weights.yml"


@dataclass(frozen=True, slots=True)
class Evidence:
    """The candidates of a question: their places in the index, and a row of evidence each."""

    places: Sequence[int]
    rows: Floats


class Texts:
    """The searchable texts of all entries: postings, and which texts are whose."""

    def __init__(self, postings: Postings, owners: Sequence[int], actions: Sequence[frozenset[str]]) -> None:
        """`owners[i]`, which never falls, is whose text `i` is, `actions[i]` what it says is done; every owner has a
        text."""
        self.postings = postings
        self._actions = list(actions)
        self.starts = np.searchsorted(np.array(owners, np.int32), np.arange(postings.owner_count)).astype(np.int32)

    def gather(self, asked: Asked, query: Query, fits: Callable[[int], Sequence[float]]) -> Evidence:
        """The evidence for the procedures that may be meant.

        Args:
            asked: the question's features with their weights.
            query: the question.
            fits: the facts' evidence for the entry at a place.
        """
        postings = self.postings
        shared = postings.shared(asked)
        scores = (1 + _LEAN) * shared / (_LEAN * asked.total + postings.sizes)
        best = np.maximum.reduceat(scores, self.starts)
        single = {name: weight for name, weight in asked.weights.items() if " " not in name}
        of_single = postings.covered(single)
        covered = of_single + postings.covered({n: weight for n, weight in asked.weights.items() if n not in single})
        places = self._pool(best, covered)
        heaviest = max(single.values(), default=1.0)
        rare = {name: 1.0 for name, weight in single.items() if weight > _RARE * heaviest}
        with_marks = dict.fromkeys(marked(query.words), 1.0)
        without = {fold(name.removeprefix(MARK)): 1.0 for name in with_marks}
        whole_single = sum(sorted(single.values())[-_HEAVIEST:]) or 1.0
        many = np.add.reduceat(scores, self.starts)
        named = query.features.actions - PLAIN
        of_rare, as_marked, as_folded = map(postings.covered, (rare, with_marks, without))
        rows = np.zeros((len(places), len(EVIDENCE)), np.float32)
        for row, place in enumerate(places):
            first = int(self.starts[place])
            last = int(self.starts[place + 1]) if place + 1 < len(self.starts) else len(scores)
            text = first + int(np.argmax(scores[first:last]))
            rows[row] = (
                best[place],
                shared[text] / postings.sizes[text],
                min(1.5, covered[place] / asked.total),
                min(1.5, of_single[place] / whole_single),
                math.log1p(many[place]),
                of_rare[place] / (len(rare) or 1),
                max(0.0, as_folded[place] - as_marked[place]) / (len(without) or 1),
                bool(self._actions[text] & named),
                bool(self._actions[text] - named),
                0.0,
                0.0,
                0.0,
                *fits(place),
            )
        self._tell_apart(asked, places, rows)
        return Evidence(places, rows)

    def _tell_apart(self, asked: Asked, places: Sequence[int], rows: Floats) -> None:
        """Fill the evidence that counts only what the best candidates do not share."""
        telling = [name for name in asked.weights if not _ASKING.issuperset(name.split(" "))]
        numbers = [n for n in map(self.postings.number, telling) if n is not None]
        if not numbers or len(places) < 2:
            return
        pool = np.array(places, np.int32)
        at = EVIDENCE.index
        rough = rows[:, at("words")] + rows[:, at("cover")] + rows[:, at("whole")]
        best = np.argsort(-rough)[:_RIVALS].astype(np.int32)
        for name, table in (("apart", self.postings.owners), ("title_apart", self.postings.titles)):
            held = self.postings.holders(numbers, table, pool)
            count = held[best].sum(axis=0)
            weight = np.where(count > 0, np.log(len(best) / np.maximum(count, 1)), 0.0)
            rows[:, at(name)] = held @ weight / (weight.sum() or 1.0)
        rows[:, at("title_unsaid")] = self._unsaid(numbers, pool, best)

    def _unsaid(self, said: Sequence[int], pool: Ints, best: Ints) -> Floats:
        """The share of each title that the question leaves unsaid, by what tells the best candidates apart."""
        titles = [self.postings.title_words(int(place)) for place in pool]
        flat = np.concatenate(titles)
        owner = np.repeat(np.arange(len(titles)), [len(title) for title in titles])
        words, count = np.unique(np.concatenate([titles[row] for row in best]), return_counts=True)
        if not len(words):
            return np.zeros(len(titles), np.float32)
        place = np.minimum(np.searchsorted(words, flat), len(words) - 1)
        holders = np.where(words[place] == flat, count[place], 1)
        weight = np.log(len(best) / holders)
        whole = np.bincount(owner, weight, len(titles))
        unsaid = np.bincount(owner, weight * ~np.isin(flat, said), len(titles))
        result: Floats = np.divide(unsaid, whole, out=np.zeros_like(whole), where=whole > 0).astype(np.float32)
        return result

    def _pool(self, best: Floats, covered: Floats) -> list[int]:
        size = min(_POOL, len(best))
        first = np.argpartition(-best, size - 1)[:size]
        second = np.argpartition(-covered, size - 1)[:size]
        return [int(place) for place in np.union1d(first, second) if best[place] > 0]


def facts(query: Query, entry: Entry, lexicon: Lexicon, seen: dict[int, tuple[float, ...]]) -> tuple[float, ...]:
    """What the facts of a question say for or against an entry, in the order of `FACT_EVIDENCE`.

    Args:
        seen: agreements of this question by the identity of the features, which entries share.
    """
    levels = entry.row.levels
    asked = query.features.levels
    agreed = seen.get(id(entry.features))
    if agreed is None:
        agreed = seen[id(entry.features)] = agreements(query.features, entry.features)
    return (
        *agreed,
        float(bool(asked & set(levels))),
        float(bool(asked) and not asked & set(levels)),
        float("commune" in levels),
        float(levels == ("ministry",)),
        float(entry.row.code in lexicon.most_asked),
        float(entry.row.code in lexicon.foremost),
    )


def chances(z: Floats) -> Floats:
    """The chance of each candidate, all together one."""
    shifted = np.exp(z - z.max())
    result: Floats = shifted / shifted.sum()
    return result


def surety(row: Floats, chance: float, lead: float, content: int) -> Floats:
    """The evidence that the first candidate is meant, in the order of `SURETY`.

    Args:
        row: its evidence.
        chance: of it and of all that are one with it to a citizen.
        lead: how far its `z` is before the next that is another.
        content: how many words of the question carry something.
    """
    at = EVIDENCE.index
    chance = min(_SUREST, max(1 - _SUREST, chance))
    logit = math.log(chance / (1 - chance))
    return np.array(
        [
            1.0,
            logit / 4,
            min(lead, MOST_LEAD) / 4,
            row[at("words")],
            row[at("whole")],
            row[at("cover")],
            row[at("singles")],
            row[at("rare")],
            1.0 / max(1, content),
        ],
        np.float32,
    )
