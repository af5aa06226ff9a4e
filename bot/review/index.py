"""Finding the group of a message: an inverted index over exemplars in the memory of the process that groups.

Every group has a few exemplars, cases whose words are far enough apart. A message belongs to the group of the exemplar
that it is most like, if it is like it enough and not too far from what the group began with (so that groups do not
creep from one matter to another, link by link). Scores follow from the texts alone: the same cases in the same order
make the same groups.
"""

from __future__ import annotations

from array import array
from dataclasses import dataclass

import numpy as np

from bot.review.terms import Terms, agreement

ENOUGH = 0.5
"""From this likeness on a message belongs to a group (tests/unit/review/test_quality.py measures what it gives)."""
NOT_FAR = 0.3
"""The least likeness to an anchor of the group: a case that began it, or that a person put into it."""
SAME = 0.85
"""So like an exemplar that it would be no other."""
MOST_EXEMPLARS = 5
_PRECISION = 6
"""Decimals of a score that count, so that the order of additions decides nothing."""


@dataclass(frozen=True, slots=True)
class Near:
    """An exemplar near a message."""

    exemplar: int
    case: int
    group: int
    likeness: float


class CaseIndex:
    """Exemplars by their terms. Rows are only added; one that is gone is hidden."""

    def __init__(self) -> None:
        self._postings: dict[str, array[int]] = {}
        self._weights: dict[str, float] = {}
        self._terms: list[frozenset[str]] = []
        self._lengths = array("d")
        self._alive = array("b")
        self._anchors = array("b")
        self._ids: list[int] = []
        self._cases: list[int] = []
        self._groups: list[int] = []
        self._rows: dict[int, int] = {}
        self._of_group: dict[int, list[int]] = {}

    def __len__(self) -> int:
        return sum(self._alive)

    @property
    def last(self) -> int:
        """The highest exemplar id that was added."""
        return max(self._ids, default=0)

    def exemplars(self, group: int) -> int:
        """How many exemplars a group has."""
        return sum(self._alive[row] for row in self._of_group.get(group, ()))

    def add(self, exemplar: int, case: int, group: int, terms: Terms, *, anchor: bool = False) -> None:
        """Add an exemplar; one that is known is moved to the group."""
        if exemplar in self._rows:
            self.move(exemplar, group)
            return
        row = len(self._ids)
        self._ids.append(exemplar)
        self._cases.append(case)
        self._groups.append(group)
        self._rows[exemplar] = row
        self._of_group.setdefault(group, []).append(row)
        self._lengths.append(terms.length or 1.0)
        self._alive.append(1)
        self._anchors.append(anchor)
        self._terms.append(frozenset(terms.weights))
        for term, weight in terms.weights.items():
            self._weights[term] = weight
            self._postings.setdefault(term, array("i")).append(row)

    def move(self, exemplar: int, group: int) -> None:
        """It belongs to another group now."""
        row = self._rows[exemplar]
        if (old := self._groups[row]) != group:
            self._of_group[old].remove(row)
            self._of_group.setdefault(group, []).append(row)
            self._of_group[group].sort()
            self._groups[row] = group

    def hide(self, exemplar: int) -> None:
        """It is gone: its case was deleted, or its group was made anew."""
        self._alive[self._rows[exemplar]] = 0

    def nearest(self, terms: Terms, most: int = 5) -> list[Near]:
        """The groups that a message may belong to, the likeliest first, each by its likest exemplar.

        Of two that are equally like, the one that was there first goes first.
        """
        if not self._ids or not terms.weights:
            return []
        scores = np.zeros(len(self._ids))
        for term, weight in terms.weights.items():
            rows = self._postings.get(term)
            if rows is not None:
                scores[np.frombuffer(rows, dtype=np.int32)] += weight * self._weights[term]
        scores /= np.frombuffer(self._lengths) * terms.length
        found: dict[int, Near] = {}
        mine = terms.weights.keys()
        for row in np.flatnonzero(scores >= ENOUGH).tolist():
            if not self._alive[row]:
                continue
            likeness = round(min(1.0, float(scores[row]) * agreement(mine, self._terms[row])), _PRECISION)
            group = self._groups[row]
            if likeness < ENOUGH or (group in found and found[group].likeness >= likeness):
                continue
            if any(
                anchor == row or scores[anchor] * agreement(mine, self._terms[anchor]) >= NOT_FAR
                for anchor in self._anchors_of(group)
            ):
                found[group] = Near(self._ids[row], self._cases[row], group, likeness)
        return sorted(found.values(), key=lambda near: (-near.likeness, near.exemplar))[:most]

    def _anchors_of(self, group: int) -> list[int]:
        alive = [row for row in self._of_group[group] if self._alive[row]]
        return [row for row in alive if self._anchors[row]] or alive[:1]
