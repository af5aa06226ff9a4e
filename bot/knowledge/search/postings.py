"""Inverted indexes in flat arrays: which documents, and which of their owners, hold a feature."""

from __future__ import annotations

import hashlib
import math
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from bot.knowledge.search.phrases import BREAK, Words

Floats = npt.NDArray[np.float32]
Ints = npt.NDArray[np.int32]
Flags = npt.NDArray[np.bool_]
BLOCK = np.iinfo(np.uint16).max + 1
"""Rows that two bytes can number."""
STOP = 0.2
"""Weight of a stop word beside that of another word as rare."""
WEAK = 0.6
"""Weight of a word of nearly every title."""
MARK = "'"
CROWDED = 1.5
"""From so many documents of each of its owners on, a feature's owners are kept instead of being worked out."""
PAIR = 0.5
"""Weight of a pair of neighbouring words beside that of the words themselves."""


def features(words: Sequence[str]) -> list[str]:
    """The words, and the pairs of neighbours."""
    found = [word for word in words if word != BREAK]
    found += [f"{a} {b}" for a, b in pairwise(words) if BREAK not in (a, b)]
    return found


def marked(words: Words) -> list[str]:
    """The words that carry diacritics, as features of their own: told apart from their look-alikes ("thuê", "thuế")."""
    return [MARK + written for folded, written in zip(words.folded, words.written, strict=True) if folded != written]


def _key(feature: str) -> int:
    """A number for a feature: eight bytes take a tenth of the memory of a string in a dictionary."""
    return int.from_bytes(hashlib.blake2b(feature.encode(), digest_size=8).digest(), "big")


@dataclass(frozen=True, slots=True)
class Asked:
    """The features of a question that count, with their weights."""

    weights: Mapping[str, float]
    total: float
    """The weight of the whole question: of its heaviest features, for a long story names its procedure once."""


class Table:
    """Rows (documents, owners) that hold each of a fixed set of features.

    Kept in blocks of rows that two bytes can number: these lists are most of what an index weighs.
    """

    def __init__(self, rows: Sequence[Iterable[int]], features: int) -> None:
        """`rows[i]`: the numbers of the features that row `i` holds, each once."""
        self._blocks = [_block(rows[first : first + BLOCK], features) for first in range(0, max(1, len(rows)), BLOCK)]

    def parts(self, feature: int) -> Iterator[tuple[int, npt.NDArray[np.uint16]]]:
        """The rows that hold a feature, block by block: the first row of a block, and the rows counted from there."""
        for at, (starts, held) in enumerate(self._blocks):
            if len(part := held[starts[feature] : starts[feature + 1]]):
                yield at * BLOCK, part

    def has(self, feature: int) -> bool:
        """Whether any row holds a feature."""
        return any(starts[feature] < starts[feature + 1] for starts, _ in self._blocks)

    def add(self, sums: Floats, feature: int, weight: float) -> None:
        """Add a weight to the sum of every row that holds a feature."""
        for first, held in self.parts(feature):
            sums[first : first + BLOCK][held] += weight

    def mark(self, flags: Flags, feature: int, value: bool) -> None:
        """Set the flag of every row that holds a feature."""
        for first, held in self.parts(feature):
            flags[first : first + BLOCK][held] = value

    def counts(self) -> Ints:
        """How many rows hold each feature."""
        total: Ints = np.sum([np.diff(starts) for starts, _ in self._blocks], axis=0, dtype=np.int32)
        return total


class Owners:
    """As a `Table` of owners: who has a document that holds a feature.

    Worked out from the documents' table; kept by themselves are only the features that no document holds, and those
    that stand so often with the same owners that working them out would take long.
    """

    def __init__(self, documents: Table, owners: Sequence[int], apart: Table) -> None:
        """`owners[i]` is whose document `i` is; `apart`: owners with the features that are kept by themselves."""
        self._documents = documents
        self._owners = np.array(owners, np.int32)
        self._apart = apart

    def add(self, sums: Floats, feature: int, weight: float) -> None:
        """Add a weight once to the sum of every owner of a feature."""
        if self._apart.has(feature):
            self._apart.add(sums, feature, weight)
            return
        found = [self._owners[first : first + BLOCK][held] for first, held in self._documents.parts(feature)]
        if found:
            # An owner that stands twice is still written once: the sums are read before any is written.
            sums[found[0] if len(found) == 1 else np.concatenate(found)] += weight

    def mark(self, flags: Flags, feature: int, value: bool) -> None:
        """Set the flag of every owner of a feature."""
        if self._apart.has(feature):
            self._apart.mark(flags, feature, value)
            return
        for first, held in self._documents.parts(feature):
            flags[self._owners[first : first + BLOCK][held]] = value


def _block(rows: Sequence[Iterable[int]], features: int) -> tuple[Ints, npt.NDArray[np.uint16]]:
    """Where the rows of each feature begin, and the rows."""
    flat = np.fromiter((n for row in rows for n in row), np.int32)
    holder = np.repeat(np.arange(len(rows), dtype=np.uint16), [len(row) for row in rows])  # type: ignore[arg-type]
    starts = np.zeros(features + 1, np.int32)
    np.cumsum(np.bincount(flat, minlength=features), out=starts[1:])
    return starts, holder[np.argsort(flat, kind="stable")]


def _counts(rows: Iterable[Iterable[int]], features: int) -> Ints:
    return np.bincount([n for row in rows for n in row], minlength=features).astype(np.int32)


class Postings:
    """Documents (lists of words) of owners, searchable by weighted overlap."""

    def __init__(
        self, documents: Sequence[Words], owners: Sequence[int], stop: frozenset[str], weak: frozenset[str]
    ) -> None:
        """`owners[i]`, which never falls, is whose document `i` is; a feature's weight counts its owners."""
        self._stop = stop
        self._weak = weak - stop
        numbers: dict[str, int] = {}
        # Two thirds of all pairs stand in one document alone. They would be most of the index, and say little that
        # their words do not.
        seen = Counter(feature for document in documents for feature in set(features(document.folded)))
        held = [
            {
                numbers.setdefault(feature, len(numbers))
                for feature in features(document.folded)
                if seen[feature] > 1 or " " not in feature
            }
            for document in documents
        ]
        count = (owners[-1] + 1) if len(owners) else 0
        together: list[set[int]] = [set() for _ in range(count)]
        written: list[set[int]] = [set() for _ in range(count)]
        for owner, found, document in zip(owners, held, documents, strict=True):
            together[owner] |= found
            written[owner].update(numbers.setdefault(feature, len(numbers)) for feature in marked(document))
        self.documents = Table(held, len(numbers))
        inside = _counts(together, len(numbers))
        holders = inside + _counts(written, len(numbers))
        crowded = set(np.flatnonzero(self.documents.counts() > CROWDED * inside).tolist())
        apart = Table([marks | (found & crowded) for marks, found in zip(written, together, strict=True)], len(numbers))
        self.owners = Owners(self.documents, owners, apart)
        firsts = dict(zip(reversed(owners), reversed(held), strict=True))
        titles = [firsts[owner] for owner in range(count)]
        self.titles = Table(titles, len(numbers))
        """Of each owner the first document alone."""
        telling = {number for name, number in numbers.items() if " " not in name and name not in stop}
        words = [sorted(found & telling) for found in titles]
        self._title_words = np.array([number for found in words for number in found], np.int32)
        self._title_starts = np.concatenate([[0], np.cumsum([len(found) for found in words])]).astype(np.int32)
        self.owner_count = count
        self.highest = math.log(1 + (count or 1))
        weights = [self._weight(name, int(held_by), count or 1) for name, held_by in zip(numbers, holders, strict=True)]
        self.sizes = np.array([sum(weights[n] for n in found) for found in held], np.float32)
        self._words = Counter(
            {
                name: int(number)
                for name, number in zip(numbers, self.documents.counts(), strict=True)
                if " " not in name and number
            }
        )
        keys = np.array([_key(name) for name in numbers], np.uint64)
        order = np.argsort(keys)
        self._keys = keys[order]
        self._numbers = order.astype(np.int32)
        self._weights = np.array(weights, np.float32)
        self.number = lru_cache(maxsize=2048)(self._find)
        """The number of a feature, none where no document has it."""

    def _weight(self, feature: str, holders: int, owners: int) -> float:
        rarity = math.log(1 + owners / holders)
        parts = feature.split(" ")
        common = sum(part in self._stop for part in parts)
        if len(parts) == 1:
            return rarity * (STOP if common else WEAK if feature in self._weak else 1.0)
        weak = WEAK if all(part in self._weak or part in self._stop for part in parts) else 1.0
        return rarity * PAIR * weak * (0.1, 0.5, 1.0)[2 - common]

    def _find(self, feature: str) -> int | None:
        key = np.uint64(_key(feature))
        place = int(np.searchsorted(self._keys, key))
        return int(self._numbers[place]) if place < len(self._keys) and self._keys[place] == key else None

    def known(self, feature: str) -> bool:
        """Whether any document holds the feature."""
        return self.number(feature) is not None

    def weight(self, feature: str) -> float | None:
        """The weight of a feature, none where no document has it."""
        found = self.number(feature)
        return None if found is None else float(self._weights[found])

    def total(self, words: Iterable[str]) -> float:
        """The weight of the words together."""
        return sum(self.weight(word) or 0.0 for word in words)

    def frequencies(self) -> Mapping[str, int]:
        """How many documents hold each single word."""
        return self._words

    def weigh(self, words: Sequence[str], unknown: float, scale: Mapping[str, float], most: int) -> Asked:
        """The weights of a question's features.

        Args:
            unknown: the weight of a word that no document has, as a share of the highest weight.
            scale: factors for single words, such as those of corrected ones.
            most: how many of the heaviest features make up the whole.
        """
        weights: dict[str, float] = {}
        for feature in dict.fromkeys(features(words)):
            known = self.weight(feature)
            if known is None:
                known = 0.0 if " " in feature or feature in self._stop else unknown * self.highest
            if known:
                weights[feature] = known * scale.get(feature, 1.0)
        return Asked(weights, sum(sorted(weights.values())[-most:]))

    def shared(self, asked: Asked) -> Floats:
        """For each document, the weight that it shares with the question."""
        return self._sums(asked.weights, self.documents, len(self.sizes))

    def title_words(self, owner: int) -> Ints:
        """The words of an owner's first document, stop words left out."""
        return self._title_words[self._title_starts[owner] : self._title_starts[owner + 1]]

    def holders(self, numbers: Sequence[int], table: Table | Owners, owners: Ints) -> npt.NDArray[np.bool_]:
        """Which of some owners (rows) hold which of some features (columns)."""
        held = np.zeros((len(owners), len(numbers)), bool)
        flags = np.zeros(self.owner_count, bool)
        for column, number in enumerate(numbers):
            table.mark(flags, number, True)
            held[:, column] = flags[owners]
            table.mark(flags, number, False)
        return held

    def covered(self, weights: Mapping[str, float]) -> Floats:
        """For each owner, the weight of these features that any of its documents holds."""
        return self._sums(weights, self.owners, self.owner_count)

    def _sums(self, weights: Mapping[str, float], table: Table | Owners, size: int) -> Floats:
        sums = np.zeros(size, np.float32)
        for feature, weight in weights.items():
            number = self.number(feature)
            if number is not None:
                table.add(sums, number, weight)
        return sums
