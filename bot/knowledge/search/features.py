"""What tells near procedures apart: the action, a foreign element, the age, a special setting, the level."""

from __future__ import annotations

import re
from dataclasses import dataclass

from bot.knowledge.search.lexicon import AgeGroup, Lexicon
from bot.knowledge.search.phrases import Words

PLAIN = frozenset({"new"})
"""Actions that a question need not name: people ask for "khai sinh", not for "đăng ký mới khai sinh"."""

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
    actions = {hit.value for hit in lexicon.actions_asked.find(text)}
    if _lost(text):
        actions.add("reissue")
    return Features(
        actions=frozenset(actions),
        foreign=any(True for _ in lexicon.foreign_asked.find(text)),
        special=frozenset(hit.value for hit in lexicon.special.find(text)),
        age=years,
        child=any(True for _ in lexicon.child.find(text)),
    )


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
    ministry_only: float = -0.04
    most_asked: float = 0.04


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
    age = asked.age
    if age is None:
        if not asked.child:
            return 0.0
        age = 5
    return weights.age_same if any(group.low <= age < group.high for group in ages) else weights.age_other
