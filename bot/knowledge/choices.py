"""Which of the offered procedures a citizen means: by number, by place, or by words that only one of them has."""

from __future__ import annotations

from collections.abc import Mapping

from bot.knowledge.search import Query, SearchIndex
from bot.knowledge.search.phrases import words
from bot.storage.choices import by_place

_FEW = 3
"""An answer that gives a fact has no more words that carry something."""


def chosen(query: Query, offered: Mapping[str, str], index: SearchIndex) -> str | None:
    """The offered code that the citizen means, or none where the words are about something else.

    Args:
        offered: what each offered code was called.
    """
    codes = list(offered)
    place = by_place(" ".join(query.typed.folded), len(codes))
    if place is not None:
        return codes[place]
    if (code := _by_facts(query, offered, index)) is not None:
        return code
    ranked = [candidate for candidate in index.rank(query, limit=5) if candidate.score >= index.tuning.least]
    if ranked and ranked[0].code not in offered and ranked[0].score >= index.tuning.clearly:
        return None
    if (code := _by_words(query, offered)) is not None:
        return code
    among = [candidate for candidate in ranked if candidate.code in offered]
    if not query.content or not among or among[0].share < index.tuning.even:
        return None
    if len(among) > 1 and among[1].share >= index.tuning.even * among[0].share:
        return None
    return among[0].code


def _by_facts(query: Query, offered: Mapping[str, str], index: SearchIndex) -> str | None:
    """The one that the facts of a short answer ("con tôi 16 tuổi", "bị mất", "chồng người Nhật") alone agree with."""
    told = query.features
    if not (told.age is not None or told.foreign or told.actions) or len(query.content) > _FEW:
        return None
    ranked = sorted(((index.fits(query, code), code) for code in offered), reverse=True)
    if ranked[0][0] <= 0 or (len(ranked) > 1 and ranked[1][0] >= ranked[0][0]):
        return None
    return ranked[0][1]


def _by_words(query: Query, offered: Mapping[str, str]) -> str | None:
    """The one whose name alone has words that were typed."""
    names = {code: set(words(name).folded) for code, name in offered.items()}
    common = set.intersection(*names.values())
    typed = set(query.typed.folded)
    told = sorted(((len((name - common) & typed), code) for code, name in names.items()), reverse=True)
    first, second = told[0], told[1] if len(told) > 1 else (0, "")
    return first[1] if first[0] > second[0] and len(typed) <= 3 * first[0] + 2 else None
