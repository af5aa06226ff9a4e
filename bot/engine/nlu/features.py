"""Words and characters of a message as counted features, and the weights of a vocabulary."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_matrix

from bot.text import Token, has_marks

BLOCKS = ("d", "f", "c")
"""Words with diacritics, folded words, folded characters. A feature's name begins with its block."""


@dataclass(frozen=True)
class Shape:
    """Which n-grams are counted: the longest of each block, and the shortest and longest of characters."""

    words: int = 3
    marked_words: int = 2
    shortest_chars: int = 2
    longest_chars: int = 5


def _grams(prefix: str, words: Sequence[str], longest: int) -> list[str]:
    found: list[str] = []
    for size in range(1, longest + 1):
        found += [prefix + " ".join(words[i : i + size]) for i in range(len(words) - size + 1)]
    return found


def extract(tokens: Sequence[Token], shape: Shape) -> list[str]:
    """The features of a message, with repetitions.

    Numbers count as one word each by their shape: which number it is says nothing about what is asked.
    """
    folded = ["<"]
    marked = ["<"]
    for token in tokens:
        if token.kept and any(c.isdigit() for c in token.text):
            digits = "0" if token.text.isdigit() else "".join("0" if c.isdigit() else c for c in token.folded)
            folded.append(digits)
            marked.append(digits)
        else:
            folded.append(token.folded)
            marked.append(token.text)
    folded.append(">")
    marked.append(">")
    found = _grams("f", folded, shape.words)
    if any(has_marks(word) for word in marked):
        found += _grams("d", marked, shape.marked_words)
    for word in folded[1:-1]:
        padded = f" {word} "
        for size in range(shape.shortest_chars, shape.longest_chars + 1):
            if len(padded) < size:
                break
            found += ["c" + padded[i : i + size] for i in range(len(padded) - size + 1)]
    return found


class Vocabulary:
    """Features seen in training, with their inverse document frequency."""

    def __init__(self, index: dict[str, int], idf: np.ndarray, block: np.ndarray) -> None:
        """Take what `learn` found, or what was stored."""
        self.index = index
        self.idf = idf
        self.block = block

    @classmethod
    def learn(cls, documents: Iterable[Sequence[str]], least: int, rarity: float = 1.0) -> Vocabulary:
        """Keep the features that occur in at least `least` documents; their idf counts to the power of `rarity`."""
        frequency: Counter[str] = Counter()
        number = 0
        for features in documents:
            number += 1
            frequency.update(set(features))
        kept = sorted(feature for feature, count in frequency.items() if count >= least)
        index = {feature: at for at, feature in enumerate(kept)}
        idf = np.array([(1.0 + math.log((1 + number) / (1 + frequency[f]))) ** rarity for f in kept], dtype=np.float32)
        block = np.array([BLOCKS.index(f[0]) for f in kept], dtype=np.int8)
        return cls(index, idf, block)

    def weigh(self, features: Sequence[str]) -> tuple[np.ndarray, np.ndarray]:
        """Columns and weights of a message: logarithmic counts times idf, each block of length one."""
        counts: dict[int, int] = {}
        index = self.index
        for feature in features:
            at = index.get(feature)
            if at is not None:
                counts[at] = counts.get(at, 0) + 1
        columns = np.fromiter(counts.keys(), dtype=np.int32, count=len(counts))
        values = (1.0 + np.log(np.fromiter(counts.values(), dtype=np.float32, count=len(counts)))) * self.idf[columns]
        blocks = self.block[columns]
        squares = np.bincount(blocks, weights=values * values, minlength=len(BLOCKS))
        norms = np.sqrt(np.where(squares > 0, squares, 1.0)).astype(np.float32)
        return columns, (values / norms[blocks]).astype(np.float32)

    def matrix(self, documents: Sequence[Sequence[str]]) -> csr_matrix:
        """The weighted features of many messages as rows."""
        indices: list[np.ndarray] = []
        data: list[np.ndarray] = []
        starts = [0]
        for features in documents:
            columns, values = self.weigh(features)
            indices.append(columns)
            data.append(values)
            starts.append(starts[-1] + len(columns))
        return csr_matrix(
            (np.concatenate(data), np.concatenate(indices), np.array(starts)),
            shape=(len(documents), len(self.index)),
        )
