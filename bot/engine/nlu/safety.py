"""Words that must never be missed: danger to life, crime, denunciation.

Run on the message as typed and on its normal form, before any classifier: a classifier alone finds fewer than half
of the emergencies. Near-misses ("cháy túi", "phí phòng cháy", "nhà cháy năm ngoái, làm lại giấy tờ") are taken out
first; a cry for help overrides that.
"""

from __future__ import annotations

from dataclasses import dataclass

from bot.engine.nlu.danger_signs import KINDS, NOW
from bot.engine.nlu.danger_words import (
    BUSINESS,
    BY_NUMBER,
    CALLED,
    CRY,
    EMERGENCIES,
    FICTION,
    HABIT,
    NEAR_MISSES,
    NUMBERS,
    PAST,
)
from bot.engine.nlu.offence_words import (
    CRIME,
    CRIME_NEAR_MISSES,
    DENUNCIATION,
    DENUNCIATION_NEAR_MISSES,
    GRAVE_CRIME,
)
from bot.engine.nlu.patterns import Reading

# Danger that needs no classifier's consent even when it sounds like a habit or the past.
_ALWAYS = frozenset({"child", "self_harm"})
_SHORT = 12
_WEAK_CRIES = frozenset(
    {"cấp cứu", "cap cuu", "khẩn cấp", "khan cap", "cứu thương", "cuu thuong", "sắp chết", "sap chet"}
)
"""Words that cry for help, but stand in stories and papers, too."""


@dataclass(frozen=True)
class Danger:
    """What was found, where in the line, and how plainly it was said."""

    kind: str
    start: int
    end: int
    sure: bool
    """Typed with its diacritics, or with a cry for help: a classifier need hardly agree."""
    phrases: int = 1
    """How many phrases of danger, of whatever kind, stand apart in the message."""


def emergency(reading: Reading) -> Danger | None:
    """The emergency that a message tells of, if any."""
    lines = dict.fromkeys((reading.line, reading.typed))
    for loosely in (False, True):
        for line in lines:
            if found := _emergency(line, loosely):
                return found
    return None


def _emergency(line: str, loosely: bool) -> Danger | None:
    cry = CRY.search(line, loosely)
    if FICTION.search(line, loosely) and (cry is None or cry.group() in _WEAK_CRIES):
        return None
    near = NEAR_MISSES.blank(line)
    business = BUSINESS.search(near) is not None
    happened = PAST.search(near) is not None or HABIT.search(near) is not None
    for kind, words in EMERGENCIES:
        found = words.search(near, loosely)
        if found is None:
            continue
        if cry is None and (business or (happened and kind not in _ALWAYS)):
            continue
        if business and cry is not None and cry.group() in _WEAK_CRIES:
            continue
        return Danger(kind, found.start(), found.end(), cry is not None or not loosely, _phrases(near, loosely))
    number = NUMBERS.search(near, loosely)
    if number is not None and not business:
        return Danger(BY_NUMBER[number.group()[-3:]], number.start(), number.end(), True)
    if cry is not None and not business and len(near.split()) <= _SHORT:
        kind = next((kind for kind, words in CALLED if words.search(line, loosely)), "police")
        return Danger(kind, cry.start(), cry.end(), False)
    return None


def _phrases(line: str, loosely: bool) -> int:
    """How many phrases of danger stand in a line without sharing a word."""
    spans = [match.span() for _, words in EMERGENCIES for match in words.every(line, loosely)]
    count = end = 0
    for start, stop in sorted(spans, key=lambda span: span[1]):
        if start >= end:
            count, end = count + 1, stop
    return count


def signs(reading: Reading) -> tuple[Danger, int] | None:
    """Signs that somebody is in danger now, and how many: kinds of sign, and one more for words that say "now".

    None where there is no sign, or where the message is about papers, the past, a habit or a story.
    """
    loosely, line = reading.bare, NEAR_MISSES.blank(reading.line, reading.bare)
    for words in (BUSINESS, PAST, HABIT, FICTION):
        if words.search(reading.line, loosely):
            return None
    found = [(kind, match) for kind, words in KINDS if (match := words.search(line, loosely))]
    if not found:
        return None
    kind, match = found[0]
    count = len(found) + (NOW.search(line, loosely) is not None)
    return Danger(kind, match.start(), match.end(), False), count


def denunciation(reading: Reading) -> Danger | None:
    """A denunciation of an official, or a question about denouncing."""
    near = DENUNCIATION_NEAR_MISSES.blank(reading.line)
    found = DENUNCIATION.search(near)
    return Danger("denunciation", found.start(), found.end(), not reading.bare) if found else None


def crime(reading: Reading) -> Danger | None:
    """A crime that somebody reports or suffered; streets made unsafe by habit are reports, not crimes."""
    if BUSINESS.search(reading.line):
        return None
    near = CRIME_NEAR_MISSES.blank(reading.line)
    grave = GRAVE_CRIME.search(near)
    if grave:
        return Danger("police", grave.start(), grave.end(), True)
    found = None if HABIT.search(reading.line) else CRIME.search(near)
    return Danger("police", found.start(), found.end(), False) if found else None


def business(reading: Reading) -> bool:
    """Whether a message is about papers, money or rules: what happened then lies behind the writer."""
    return BUSINESS.search(reading.line, reading.bare) is not None
