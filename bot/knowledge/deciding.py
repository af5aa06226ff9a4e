"""The one fact that decides between the procedures that may be meant: asked for, instead of listing titles.

Facts are looked at in this order: age, foreign element, what is done (first time, again, change …), the level of the
office. One decides where the candidates are about the same matter and it is different for each of them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from bot.knowledge.answers import texts
from bot.knowledge.search import Candidate, SearchIndex
from bot.knowledge.search.documents import Entry
from bot.knowledge.search.features import PLAIN, Features


@dataclass(frozen=True, slots=True)
class Decider:
    """What to ask, and the answer that each candidate stands for, in their order."""

    ask: str
    labels: tuple[str, ...]


def decider(candidates: Sequence[Candidate], asked: Features, index: SearchIndex) -> Decider | None:
    """The question that tells the candidates apart by one fact; none where no single fact does, or it was told."""
    entries = [index.entry_of(candidate.code) for candidate in candidates]
    known = [entry for entry in entries if entry is not None]
    if len(known) < len(candidates) or len(known) < 2:
        return None
    first = known[0].row.code
    if not all(index.related(first, entry.row.code) for entry in known[1:]):
        return None
    for ask, told, label in _FACTS:
        labels = tuple(label(entry) for entry in known)
        if not told(asked) and all(labels) and len(set(labels)) == len(labels):
            return Decider(ask, labels)
    return None


def _age(entry: Entry) -> str:
    ages = entry.features.ages
    if not ages:
        return ""
    low, high = min(group.low for group in ages), max(group.high for group in ages)
    if low <= 0:
        return texts.AGE_BELOW.format(years=high)
    return texts.AGE_FROM.format(years=low)


def _foreign(entry: Entry) -> str:
    return texts.FOREIGN_YES if entry.features.foreign else texts.FOREIGN_NO


def _action(entry: Entry) -> str:
    does = entry.features.actions - PLAIN
    if not does:
        return texts.ACTIONS["new"] if entry.features.actions else ""
    return " / ".join(texts.ACTIONS[name] for name in sorted(does) if name in texts.ACTIONS)


def _level(entry: Entry) -> str:
    levels = entry.row.levels
    return texts.LEVEL_OFFICES.get(levels[0], "") if len(levels) == 1 else ""


_FACTS: tuple[tuple[str, Callable[[Features], bool], Callable[[Entry], str]], ...] = (
    (texts.ASK_AGE, lambda asked: asked.age is not None or asked.child, _age),
    (texts.ASK_FOREIGN, lambda asked: asked.foreign, _foreign),
    (texts.ASK_ACTION, lambda asked: bool(asked.actions), _action),
    (texts.ASK_LEVEL, lambda asked: bool(asked.levels), _level),
)
