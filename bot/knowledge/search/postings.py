"""An inverted index in flat arrays: which documents hold a feature, and how much of a document a question covers."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from bot.knowledge.search.phrases import BREAK

Floats = npt.NDArray[np.float32]
STOP = 0.2
"""Weight of a stop word beside that of another word as rare."""
WEAK = 0.6
"""Weight of a word of nearly every title."""
PAIR = 0.5
"""Weight of a pair of neighbouring words beside that of the words themselves."""


def features(words: Sequence[str]) -> list[str]:
    """The words, and the pairs of neighbours."""
    found = [word for word in words if word != BREAK]
    found += [f"{a} {b}" for a, b in pairwise(words) if BREAK not in (a, b)]
    return found


@dataclass(frozen=True, slots=True)
class Overlap:
    """For each document: the weight that it shares with the question; and the whole weight of the question."""

    shared: Floats
    asked: float


class Postings:
    """Documents (lists of words) of owners, searchable by weighted overlap."""

    def __init__(
        self, documents: Sequence[Sequence[str]], owners: Sequence[int], stop: frozenset[str], weak: frozenset[str]
    ) -> None:
        """`owners[i]` is whose document `i` is; a feature's weight counts its owners, not its documents."""
        self._stop = stop
        self._weak = weak - stop
        ids: dict[str, int] = {}
        holders: list[set[int]] = []
        lists: list[list[int]] = []
        for number, (document, owner) in enumerate(zip(documents, owners, strict=True)):
            for feature in set(features(document)):
                known = ids.setdefault(feature, len(ids))
                if known == len(lists):
                    lists.append([])
                    holders.append(set())
                lists[known].append(number)
                holders[known].add(owner)
        self._ids = ids
        self._count = len(documents)
        owners_count = len(set(owners)) or 1
        self.highest = math.log(1 + owners_count)
        self._weights = np.array(
            [self._weight(name, len(held), owners_count) for name, held in zip(ids, holders, strict=True)], np.float32
        )
        self._starts = np.zeros(len(lists) + 1, np.int32)
        np.cumsum([len(found) for found in lists], out=self._starts[1:])
        self._documents = np.fromiter((n for found in lists for n in found), np.int32, int(self._starts[-1]))
        self.sizes = np.bincount(
            self._documents, np.repeat(self._weights, np.diff(self._starts)), minlength=self._count
        ).astype(np.float32)

    def _weight(self, feature: str, holders: int, owners: int) -> float:
        rarity = math.log(1 + owners / holders)
        parts = feature.split(" ")
        common = sum(part in self._stop for part in parts)
        if len(parts) == 1:
            return rarity * (STOP if common else WEAK if feature in self._weak else 1.0)
        weak = WEAK if all(part in self._weak or part in self._stop for part in parts) else 1.0
        return rarity * PAIR * weak * (0.1, 0.5, 1.0)[2 - common]

    def known(self, feature: str) -> bool:
        """Whether any document holds the feature."""
        return feature in self._ids

    def weight(self, feature: str) -> float | None:
        """The weight of a feature, none where no document has it."""
        found = self._ids.get(feature)
        return None if found is None else float(self._weights[found])

    def total(self, words: Iterable[str]) -> float:
        """The weight of the words together."""
        return sum(self.weight(word) or 0.0 for word in words)

    def frequencies(self) -> Mapping[str, int]:
        """How many documents hold each single word."""
        counts = np.diff(self._starts)
        return Counter({name: int(counts[number]) for name, number in self._ids.items() if " " not in name})

    def overlap(self, words: Sequence[str], unknown: float, scale: Mapping[str, float], most: int) -> Overlap:
        """How much of the question each document shares.

        Args:
            unknown: the weight of a word that no document has, as a share of the highest weight.
            scale: factors for single words, such as those of corrected ones.
            most: how many of the question's heaviest features count: a long story names its procedure once.
        """
        weights: list[float] = []
        shared = np.zeros(self._count, np.float32)
        for feature in dict.fromkeys(features(words)):
            factor = scale.get(feature, 1.0)
            number = self._ids.get(feature)
            if number is None:
                if " " not in feature and feature not in self._stop:
                    weights.append(unknown * self.highest * factor)
                continue
            weight = float(self._weights[number]) * factor
            weights.append(weight)
            shared[self._documents[self._starts[number] : self._starts[number + 1]]] += weight
        return Overlap(shared, sum(sorted(weights)[-most:]))
