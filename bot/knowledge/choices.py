"""Which of the offered procedures a citizen means: by number, by place, or by words that only one of them has."""

from __future__ import annotations

import re
from collections.abc import Mapping

from bot.knowledge.search import Query, SearchIndex
from bot.knowledge.search.phrases import words

_NUMBER = re.compile(
    r"^(?:(?:so|cai|muc|chon|y|phuong an|thu tuc|lua chon|cai so|chon so|chon cai|chon muc|thu)\s+)*"
    r"(?:thu\s+)?(?P<number>\d|mot|nhat|dau tien|dau|hai|nhi|ba|giua|cuoi cung|cuoi|sau cung|tren|duoi)"
    r"(?:\s+(?:tien|nhe|a|nha|di|do|ay|kia))*$"
)
_FEW = 3
"""An answer that gives a fact has no more words that carry something."""
_PLACES = {
    "1": 0, "mot": 0, "nhat": 0, "dau": 0, "dau tien": 0, "tren": 0,
    "2": 1, "hai": 1, "nhi": 1, "giua": 1,
    "3": 2, "ba": 2,
    "cuoi": -1, "cuoi cung": -1, "sau cung": -1, "duoi": -1,
}  # fmt: skip


def by_place(folded: str, count: int) -> int | None:
    """The place (from 0) that words such as "1", "cái đầu tiên", "thứ hai", "cái cuối" name among `count`."""
    found = _NUMBER.match(folded.strip())
    if found is None or not count:
        return None
    place = _PLACES.get(found["number"])
    if place is None:
        return None
    place = count - 1 if place < 0 else place
    return place if place < count else None


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
