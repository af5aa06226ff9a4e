"""Correction of words that neither the catalogue nor the word lists know."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache

import numpy as np

from bot.knowledge.search.phrases import Words
from bot.text import is_syllable

_SHORTEST = 3


class Speller:
    """Corrects folded words against a vocabulary: doubled letters, one edit, words run together."""

    def __init__(self, frequency: Mapping[str, int], pairs: Callable[[str, str], bool]) -> None:
        """`frequency`: how often each known folded word occurs; `pairs`: whether two words are known side by side."""
        self._frequency = frequency
        self._pairs = pairs
        # Two flat arrays, shapes by their checksum: strings in a dictionary would weigh ten times as much. Words
        # that share a checksum only are told apart by `_one_edit`.
        self._words = tuple(word for word in frequency if len(word) >= _SHORTEST and word.isalpha())
        shapes = [(_sum(shape), at) for at, word in enumerate(self._words) for shape in _shapes(word)]
        sums = np.array([checksum for checksum, _ in shapes], np.uint32)
        order = np.argsort(sums, kind="stable")
        self._sums = sums[order]
        self._at = np.array([at for _, at in shapes], np.int32)[order]
        self._guess = lru_cache(maxsize=4096)(self._candidates)

    def known(self, word: str) -> bool:
        """Whether a word needs no correction."""
        return word in self._frequency or not word.isalpha() or len(word) < _SHORTEST

    def correct(self, text: Words) -> tuple[Words, frozenset[int]]:
        """The text with unknown words corrected, and the places of the words that changed."""
        if all(self.known(word) for word in text.folded):
            return text, frozenset()
        folded: list[str] = []
        written: list[str] = []
        changed: set[int] = set()
        for place, word in enumerate(text.folded):
            before = folded[-1] if folded else ""
            after = text.folded[place + 1] if place + 1 < len(text.folded) else ""
            new = (word,) if self.known(word) else self._best(word, text.written[place], before, after)
            if new != (word,):
                changed.update(range(len(folded), len(folded) + len(new)))
            folded += new
            written += new if new != (word,) else (text.written[place],)
        return Words(tuple(folded), tuple(written)), frozenset(changed)

    def _best(self, word: str, written: str, before: str, after: str) -> tuple[str, ...]:
        candidates = self._guess(word)
        if is_syllable(written):
            # A good syllable that the catalogue lacks is more likely a word of the story than a slip.
            if written != word:
                return (word,)
            candidates = tuple(c for c in candidates if self._pairs(before, c[0]) or self._pairs(c[-1], after))
        if not candidates:
            return (word,)
        return max(
            candidates,
            key=lambda c: (
                self._pairs(before, c[0]) + self._pairs(c[-1], after),
                -len(c),
                min(self._frequency[part] for part in c),
            ),
        )

    def _candidates(self, word: str) -> tuple[tuple[str, ...], ...]:
        single = _squeeze(word)
        if single != word and single in self._frequency:
            return ((single,),)
        near = {known for shape in _shapes(word) for known in self._alike(shape) if _one_edit(word, known)}
        return (*((known,) for known in sorted(near)), *self._cuts(word))

    def _alike(self, shape: str) -> Iterable[str]:
        """The words that a shape is of, and a few others by chance."""
        checksum = np.uint32(_sum(shape))
        first, last = self._sums.searchsorted(checksum), self._sums.searchsorted(checksum, "right")
        return (self._words[at] for at in self._at[first:last])

    def _cuts(self, word: str) -> Iterable[tuple[str, ...]]:
        for cut in range(2, len(word) - 1):
            left, right = word[:cut], word[cut:]
            if left in self._frequency and right in self._frequency and self._pairs(left, right):
                yield left, right


def _sum(shape: str) -> int:
    return zlib.crc32(shape.encode())


def _shapes(word: str) -> set[str]:
    """The word and all it becomes by losing one letter: two words one edit apart share a shape."""
    return {word, *(word[:i] + word[i + 1 :] for i in range(len(word)))}


def _squeeze(word: str) -> str:
    """The word with runs of one letter made one: "ngayyy" → "ngay"."""
    return "".join(letter for place, letter in enumerate(word) if place == 0 or letter != word[place - 1])


def _one_edit(one: str, other: str) -> bool:
    """Whether one letter put in, left out, changed, or two swapped, makes one word the other."""
    if abs(len(one) - len(other)) > 1:
        return False
    if len(one) > len(other):
        one, other = other, one
    start = 0
    while start < len(one) and one[start] == other[start]:
        start += 1
    if len(one) < len(other):
        return one[start:] == other[start + 1 :]
    return one[start + 1 :] == other[start + 1 :] or (
        one[start + 2 :] == other[start + 2 :] and one[start : start + 2] == other[start : start + 2][::-1]
    )
