"""How well questions are put together, in pairs: of those put together how many belong (precision), of those that
belong how many are together (recall). The floors are a little below what was measured."""

from __future__ import annotations

import itertools
import random
from datetime import UTC, datetime
from pathlib import Path

import pytest
import yaml

from bot.review.index import CaseIndex
from bot.review.placing import Loose, place
from bot.review.terms import Terms
from bot.text import fold

SETS = yaml.safe_load(Path(__file__).with_name("paraphrases.yml").read_text(encoding="utf-8"))
ORDERS = 10
FLOORS = {"tuned": (0.97, 0.96), "checked": (0.97, 0.96), "wordy": (0.97, 0.65)}
"""Precision and recall. `tuned` was looked at while the words' weights were made, the others only measured."""


def groups(texts: list[str]) -> dict[str, int]:
    """The group of each text, put in one after the other."""
    index, terms, found = CaseIndex(), dict[int, Terms](), dict[str, int]()
    for number, said in enumerate(texts, 1):
        placed = place(Loose(number, number, said, datetime.now(UTC)), index, terms.get)
        group = placed.group or number
        terms[number] = placed.terms
        if placed.exemplar:
            index.add(number, number, group, placed.terms, anchor=placed.group is None)
        found[said] = group
    return found


def measured(topics: dict[str, list[str]]) -> tuple[float, float]:
    """Precision and recall of pairs, over several orders in which the messages may come."""
    topic = {said: name for name, texts in topics.items() for said in texts}
    right = together = belong = 0
    for seed in range(ORDERS):
        order = sorted(topic)
        random.Random(seed).shuffle(order)
        found = groups(order)
        for one, other in itertools.combinations(order, 2):
            same, put = topic[one] == topic[other], found[one] == found[other]
            right += same and put
            together += put
            belong += same
    return right / together, right / belong


@pytest.mark.parametrize("name", SETS)
def test_questions_are_put_together_as_a_person_would(name: str) -> None:
    precision, recall = measured(SETS[name])
    print(f"{name}: precision {precision:.3f}, recall {recall:.3f}")
    assert precision >= FLOORS[name][0]
    assert recall >= FLOORS[name][1]


def test_all_sets_at_once_do_not_mix() -> None:
    precision, recall = measured({f"{part}/{name}": texts for part, topics in SETS.items()
                                  for name, texts in topics.items()})  # fmt: skip
    print(f"all: precision {precision:.3f}, recall {recall:.3f}")
    assert precision >= 0.95
    assert recall >= 0.92


@pytest.mark.parametrize("said", [said for part in SETS.values() for texts in part.values() for said in texts])
def test_without_diacritics_a_question_is_the_same_question(said: str) -> None:
    found = groups([said, fold(said)])
    assert len(set(found.values())) == 1


def test_the_same_messages_in_the_same_order_make_the_same_groups() -> None:
    order = [said for part in SETS.values() for texts in part.values() for said in texts]
    random.Random(3).shuffle(order)
    assert groups(order) == groups(order)
