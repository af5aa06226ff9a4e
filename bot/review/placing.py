"""The rule by which a case gets its group: pure, in memory, the same for one new case and for all of them anew."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from bot.review.index import ENOUGH, MOST_EXEMPLARS, SAME, CaseIndex, Near
from bot.review.terms import Terms, terms_of

NEAR_ENOUGH = 0.35
"""From this confidence on the first procedure of the search speaks for putting two questions together."""
TEN_TIMES = 7 * 86_400.0
"""Ten times the citizens weigh as much as being asked so many seconds later."""
WORDS = 6


@dataclass(slots=True)
class Loose:
    """A case without a group."""

    id: int
    conversation: int
    text: str
    created_at: datetime
    channel: str = ""
    intent: str | None = None
    aspects: tuple[str, ...] = ()
    procedure: str | None = None
    """What the search came nearest to, where it came near enough."""
    is_open: bool = True
    _terms: Terms | None = None

    def terms(self) -> Terms:
        """Its meaning, reckoned once."""
        if self._terms is None:
            self._terms = terms_of(self.text, procedure=self.procedure, aspects=self.aspects)
        return self._terms


@dataclass(frozen=True, slots=True)
class Placed:
    """Where a case belongs."""

    case: Loose
    terms: Terms
    group: int | None
    """None: to a group of its own."""
    likeness: float | None = None
    why: dict[str, Any] = field(default_factory=dict)
    exemplar: bool = False
    """Whether others should find the group by it, too."""


def place(
    case: Loose, index: CaseIndex, texts: Callable[[int], Terms | None], found: list[Near] | None = None
) -> Placed:
    """Find the group of a case.

    Args:
        found: what is nearest, where that is known already.
        texts: the terms of the case beside which it would be put, to say what both have in common.
    """
    terms = case.terms()
    found = index.nearest(terms, 1) if found is None else found
    if not found or found[0].likeness < ENOUGH:
        return Placed(case, terms, None, exemplar=True)
    near = found[0]
    other = texts(near.case)
    words = terms.shared(other, WORDS) if other is not None else []
    is_other = near.likeness < SAME and index.exemplars(near.group) < MOST_EXEMPLARS
    return Placed(case, terms, near.group, near.likeness, {"case": near.case, "words": words}, is_other)


def rank_of(citizens: int, last: datetime) -> float:
    """Citizens affected and recency in one number: later is higher, so nothing has to be reckoned anew as time goes."""
    return round(math.log10(max(1, citizens)) + last.timestamp() / TEN_TIMES, 6)
