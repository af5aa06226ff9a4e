"""What tells near procedures apart: the action, a foreign element, the age, a special setting, the level."""

from __future__ import annotations

import re
from dataclasses import dataclass

from bot.knowledge.search.lexicon import AgeGroup, Lexicon
from bot.knowledge.search.phrases import Words

PLAIN = frozenset({"new"})
"""Actions that a question need not name: people ask for "khai sinh", not for "đăng ký mới khai sinh"."""

_LEVELS = {
    "xã": "commune", "phường": "commune", "thôn": "commune", "xa": "commune", "phuong": "commune",
    "tỉnh": "province", "sở": "province", "tinh": "province",
    "bộ": "ministry", "cục": "ministry",
}  # fmt: skip
"""Written with their marks, and those that typed bare are hardly anything else."""
_AGE = re.compile(r"(?:\b(?P<below>duoi|chua du|chua) )?(?<!\d)(?P<years>\d{1,3}) (?P<unit>tuoi|thang tuoi|t)\b")


@dataclass(frozen=True, slots=True)
class Features:
    """What a title or a question says beyond its words."""

    actions: frozenset[str] = frozenset()
    foreign: bool = False
    special: frozenset[str] = frozenset()
    ages: tuple[AgeGroup, ...] = ()
    """Of a title: whom the procedure is for."""
    age: int | None = None
    """Of a question: the age in years, or none."""
    child: bool = False
    levels: frozenset[str] = frozenset()
    """Of a question: the levels of government that it names."""


def of_title(text: Words, lexicon: Lexicon) -> Features:
    """The features of an official title."""
    found = [hit.value for hit in lexicon.actions_title.find(text)]
    if found and found[0] not in PLAIN:
        found = [action for action in found if action not in PLAIN]  # "Thay đổi nội dung đăng ký" registers nothing
    return Features(
        actions=frozenset(found),
        foreign=any(True for _ in lexicon.foreign_title.find(text)),
        special=frozenset(hit.value for hit in lexicon.special.find(text)),
        ages=tuple(hit.value for hit in lexicon.ages_title.find(text)),
    )


def of_question(text: Words, lexicon: Lexicon) -> Features:
    """The features of a question as typed (normalised, before any phrase is taken out)."""
    years = _age(text)
    return Features(
        actions=actions_of(text, lexicon),
        foreign=any(True for _ in lexicon.foreign_asked.find(text)),
        special=frozenset(hit.value for hit in lexicon.special.find(text)),
        age=years,
        child=any(True for _ in lexicon.child.find(text)),
        levels=frozenset(_LEVELS[word] for word in text.written if word in _LEVELS),
    )


def actions_of(text: Words, lexicon: Lexicon) -> frozenset[str]:
    """The kinds of action that a question, or what people call a procedure, speaks of."""
    actions = {hit.value for hit in lexicon.actions_asked.find(text)}
    if _lost(text):
        actions.add("reissue")
    return frozenset(actions)


def _age(text: Words) -> int | None:
    found = _AGE.search(" ".join(text.folded))
    if found is None:
        return None
    if found["unit"] == "thang tuoi":
        return 0
    return max(0, int(found["years"]) - (1 if found["below"] else 0))


_TAKES = frozenset(["bao", "may", "hon", "lau", "khoang", "gan", "tien", "phi", "le", "nhieu", "cong", "thoi"])
_KIN = frozenset(
    [
        "bo",
        "me",
        "ba",
        "ma",
        "cha",
        "ong",
        "chong",
        "vo",
        "anh",
        "chi",
        "em",
        "con",
        "chau",
        "bac",
        "chu",
        "co",
        "di",
        "cau",
        "than",
        "tui",
        "toi",
        "minh",
        "nha",
        "noi",
        "ngoai",
        "cu",
    ]
)
_PEOPLE = frozenset(["bo", "me", "ma", "cha", "ong", "chong", "vo", "bac", "cu", "noi", "ngoai", "than"])


def _lost(text: Words) -> bool:
    """Whether "mất" stands for "lost": not for "takes" (mất bao lâu), nor for "died" (bố tôi mất)."""
    for place, (folded, written) in enumerate(zip(text.folded, text.written, strict=True)):
        if folded != "mat" or written not in ("mat", "mất"):
            continue
        after = text.folded[place + 1] if place + 1 < len(text.folded) else ""
        if after in _TAKES or after.isdigit():
            continue
        before = text.folded[max(0, place - 3) : place]
        if before and before[-1] in _KIN and any(word in _PEOPLE for word in before):
            continue
        return True
    return False


@dataclass(frozen=True, slots=True)
class Weights:
    """How much each agreement or disagreement moves a candidate's score (which is of 0 to 1)."""

    trusted: float = 0.5
    """The score of the words from which on an agreement counts in full."""
    action_same: float = 0.10
    action_other: float = -0.14
    action_unasked: float = -0.08
    foreign_same: float = 0.12
    foreign_missing: float = -0.10
    foreign_unasked: float = -0.16
    age_same: float = 0.16
    age_other: float = -0.22
    sister: float = 0.3
    """How much better than the procedure in hand its sister must fit and resemble."""
    special_unasked: float = -0.05
    commune: float = 0.035


def agreement(asked: Features, title: Features, weights: Weights, score: float) -> float:
    """How well a title's features answer a question's.

    Args:
        score: of the words alone; what agrees counts little where the words hardly do.
    """
    parts = [_actions(asked.actions, title.actions, weights)]
    if asked.foreign:
        parts.append(weights.foreign_same if title.foreign else weights.foreign_missing)
    elif title.foreign:
        parts.append(weights.foreign_unasked)
    if title.ages:
        parts.append(_ages(asked, title.ages, weights))
    if title.special - asked.special:
        parts.append(weights.special_unasked)
    trust = min(1.0, score / weights.trusted)
    return sum(part * trust if part > 0 else part for part in parts)


def agreements(asked: Features, title: Features) -> tuple[float, ...]:
    """Which facts agree and which do not: ones and zeros for the five cases of the action (the same; asked where the
    title is of a first time, of none, of another; not asked), three of the foreign element, two of the age, and of a
    special setting that was not asked for."""
    named, does = asked.actions - PLAIN, title.actions - PLAIN
    plain = bool(title.actions & PLAIN)
    same = bool(named & does)
    fit = _fits_age(asked, title.ages)
    return (
        float(same),
        float(bool(named) and not does and plain),
        float(bool(named) and not does and not plain),
        float(bool(named) and bool(does) and not same),
        float(not named and bool(does) and not plain),
        float(asked.foreign and title.foreign),
        float(asked.foreign and not title.foreign),
        float(title.foreign and not asked.foreign),
        float(fit is True),
        float(fit is False),
        float(bool(title.special - asked.special)),
    )


def _fits_age(asked: Features, ages: tuple[AgeGroup, ...]) -> bool | None:
    """Whether the age asked about is one that the title is for; none where one of them names no age."""
    if not ages or (asked.age is None and not asked.child):
        return None
    age = 5 if asked.age is None else asked.age
    return any(group.low <= age < group.high for group in ages)


def _actions(asked: frozenset[str], offered: frozenset[str], weights: Weights) -> float:
    named, does = asked - PLAIN, offered - PLAIN
    if named & does:
        return weights.action_same
    if named and not does:
        return weights.action_other if offered & PLAIN else weights.action_other / 2
    if named:
        return weights.action_other
    return weights.action_unasked if does and not offered & PLAIN else 0.0


def _ages(asked: Features, ages: tuple[AgeGroup, ...], weights: Weights) -> float:
    fit = _fits_age(asked, ages)
    return 0.0 if fit is None else weights.age_same if fit else weights.age_other
