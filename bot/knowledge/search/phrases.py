"""Words without diacritics, and phrases found among them.

Matching is done on folded words, because restoring diacritics costs far more than it gives; where the citizen did
type diacritics they must agree, so that "số đo" is not taken for "sổ đỏ".
"""

from __future__ import annotations

import operator
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Generic, TypeVar

from bot.text import fold, normalise, syllables

T = TypeVar("T")

_fold = lru_cache(maxsize=20_000)(fold)
_FORGIVING = 3
BREAK = "|"
"""Stands where words were taken out, so that their neighbours do not become a pair."""


@dataclass(frozen=True, slots=True)
class Words:
    """A text as words: folded, and as written, at the same places."""

    folded: tuple[str, ...]
    written: tuple[str, ...]

    @property
    def accented(self) -> bool:
        """Whether the writer uses diacritics at all."""
        marked: int = sum(map(operator.ne, self.folded, self.written))
        return marked * 5 >= len(self.folded)

    def content(self) -> tuple[str, ...]:
        """The folded words without the marks of removed ones."""
        return tuple(word for word in self.folded if word != BREAK)


def words(text: str) -> Words:
    """The words of an official title or of a phrase of the word lists: one spelling, nothing expanded."""
    written = syllables(text)
    return Words(tuple(map(_fold, written)), written)


def spoken(text: str) -> Words:
    """The words of what people type or say: short forms, dialect and keystroke residue made plain."""
    tokens = normalise(text).tokens
    return Words(tuple(token.folded.lower() for token in tokens), tuple(token.text.lower() for token in tokens))


@dataclass(frozen=True, slots=True)
class Hit(Generic[T]):
    """A phrase found: the words `start` to `end` (exclusive), and what the phrase stands for."""

    start: int
    end: int
    value: T


class Phrases(Generic[T]):
    """Phrases with a value each; the longest one that fits a place wins."""

    def __init__(self, phrases: Iterable[tuple[str, T]]) -> None:
        self._by_first: dict[str, list[tuple[tuple[str, ...], tuple[str, ...], T]]] = {}
        for phrase, value in phrases:
            cut = words(phrase)
            if cut.folded:
                self._by_first.setdefault(cut.folded[0], []).append((cut.folded, cut.written, value))
        for known in self._by_first.values():
            known.sort(key=lambda item: -len(item[0]))

    def vocabulary(self) -> set[str]:
        """Every folded word of every phrase."""
        return {word for known in self._by_first.values() for folded, _, _ in known for word in folded}

    def find(self, text: Words) -> Iterator[Hit[T]]:
        """The phrases in a text, from left to right, without overlap."""
        if self._by_first.keys().isdisjoint(text.folded):
            return
        end, accented = 0, text.accented
        for place, first in enumerate(text.folded):
            if place >= end and first in self._by_first:
                for folded, written, value in self._by_first[first]:
                    after = place + len(folded)
                    if text.folded[place:after] == folded and _agree(
                        folded, text.written[place:after], written, accented
                    ):
                        yield Hit(place, after, value)
                        end = after
                        break


def _agree(folded: tuple[str, ...], typed: tuple[str, ...], phrase: tuple[str, ...], accented: bool) -> bool:
    """Whether what was typed can be the phrase: each word as in the phrase, or typed without diacritics.

    A single word left bare in a text that has diacritics is that bare word ("phi" is not "phí"). In a phrase of three
    words or more one may carry another mark by mistake ("giáy phép lái xe").
    """
    if typed == phrase:
        return True
    if accented and len(phrase) == 1:
        return False
    wrong = sum(word not in (bare, meant) for bare, word, meant in zip(folded, typed, phrase, strict=True))
    return wrong == 0 or (wrong == 1 and len(phrase) >= _FORGIVING)


def replace(text: Words, hits: Iterable[Hit[tuple[str, ...]]]) -> Words:
    """The text with each found phrase replaced by the words that are its value."""
    folded: list[str] = []
    written: list[str] = []
    place = 0
    for hit in hits:
        folded += [*text.folded[place : hit.start], *map(_fold, hit.value)]
        written += [*text.written[place : hit.start], *hit.value]
        place = hit.end
    return Words((*folded, *text.folded[place:]), (*written, *text.written[place:]))
