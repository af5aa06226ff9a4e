"""Which FAQ a question is, by the words of its variants.

Both sides are compared in their normal form without diacritics: the syllables that carry meaning, weighted by how
rare they are among the variants, and pairs of neighbours, so that the order counts for something.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from bot.text import normalise

SURE = 0.72
"""From here on the FAQ answers, whatever the search for procedures would say."""
MAYBE = 0.5
"""From here on it answers where nothing else does."""
_POLITE = frozenset(
    {
        "a",
        "ah",
        "da",
        "vang",
        "oi",
        "nhe",
        "nhi",
        "voi",
        "vay",
        "the",
        "cho",
        "hoi",
        "minh",
        "em",
        "toi",
        "anh",
        "chi",
        "co",
        "chu",
        "bac",
        "ban",
        "xin",
        "giup",
        "gium",
        "lam",
        "on",
        "thi",
        "la",
        "ma",
        "cua",
        "duoc",
        "khong",
        "ko",
        "k",
        "hong",
        "hok",
        "hem",
        "phai",
        "con",
        "nay",
        "kia",
        "do",
    }
)
"""Syllables that carry politeness or the form of a question, folded."""
OWN = "own_"
"""Begins the names of intents that staff made; each is answered by the FAQ that names it."""


@dataclass(frozen=True, slots=True)
class FaqAnswer:
    """What is told.

    Attributes:
        updated: the day on which it was last changed.
        intent: the trained intent that it answers as well.
    """

    id: int
    answer: str
    source: str
    updated: date
    valid_until: date | None = None
    intent: str | None = None

    def holds(self, today: date) -> bool:
        """Whether it may still be told."""
        return self.valid_until is None or self.valid_until >= today


@dataclass(frozen=True, slots=True)
class Found:
    """A FAQ that fits, and how well (0 to 1), by which variant."""

    faq: FaqAnswer
    score: float
    variant: str

    @property
    def sure(self) -> bool:
        """Whether it answers before anything else."""
        return self.score >= SURE


@dataclass(frozen=True, slots=True)
class _Variant:
    faq: FaqAnswer
    text: str
    parts: frozenset[str]
    weight: float


class FaqIndex:
    """The variants of all FAQs in memory, by their parts.

    Args:
        faqs: each with its ways of asking.
    """

    def __init__(self, faqs: Iterable[tuple[FaqAnswer, Sequence[str]]] = ()) -> None:
        listed = [(faq, text, parts_of(text)) for faq, texts in faqs for text in texts]
        self._by_intent = {faq.intent: faq for faq, _, _ in listed if faq.intent}
        counts = Counter(part for _, _, parts in listed for part in parts)
        self._all = max(1, len(listed))
        self._counts = counts
        self._variants = [_Variant(faq, text, parts, self._weigh(parts)) for faq, text, parts in listed if parts]
        self._by_part: dict[str, list[int]] = defaultdict(list)
        for number, variant in enumerate(self._variants):
            for part in variant.parts:
                self._by_part[part].append(number)

    def __len__(self) -> int:
        return len(self._variants)

    def match(self, text: str, today: date) -> Found | None:
        """The best FAQ that still holds, if one fits at all."""
        parts = parts_of(text)
        weight = self._weigh(parts)
        if not weight:
            return None
        shared: dict[int, float] = defaultdict(float)
        for part in parts:
            for number in self._by_part.get(part, ()):
                shared[number] += self._rarity(part)
        best: Found | None = None
        for number, common in shared.items():
            variant = self._variants[number]
            if not variant.faq.holds(today):
                continue
            score = 2 * common / (weight + variant.weight)
            if score >= MAYBE and (best is None or (score, -variant.faq.id) > (best.score, -best.faq.id)):
                best = Found(variant.faq, round(score, 4), variant.text)
        return best

    def of_intent(self, intent: str, today: date) -> FaqAnswer | None:
        """The FAQ of a trained intent, if it still holds."""
        faq = self._by_intent.get(intent)
        return faq if faq is not None and faq.holds(today) else None

    def _weigh(self, parts: Iterable[str]) -> float:
        return sum(map(self._rarity, parts))

    def _rarity(self, part: str) -> float:
        return (0.5 if " " in part else 1.0) * math.log(2 + self._all / (1 + self._counts.get(part, 0)))


def parts_of(text: str) -> frozenset[str]:
    """Syllables that carry meaning, and pairs of them; where none do, all syllables."""
    words = [token.folded.lower() for token in normalise(text).tokens if token.folded.strip()]
    content = [word for word in words if word not in _POLITE and any(map(str.isalnum, word))] or words
    return frozenset(content) | {f"{left} {right}" for left, right in pairwise(content)}
