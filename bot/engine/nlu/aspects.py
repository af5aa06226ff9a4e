"""What about a procedure is asked: cues for the eleven aspects, several in one message, in order of mention.

A strong cue names what is wanted ("cần giấy tờ gì"); a weak one only has the form of a question ("được không",
"thế nào") and gives way to a strong one near it. The last strong cue of a sentence is what it is about.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from bot.engine.nlu import words
from bot.engine.nlu.patterns import Phrases, Reading

STRONG, WEAK = 2, 1

_LIST = words.read("aspects")
_STRENGTHS = {"strong": STRONG, "weak": WEAK}


def _cue_words() -> Iterator[tuple[str, int, Phrases]]:
    for key, phrases in _LIST.every("cue"):
        aspect, strength = key.split()
        yield aspect, _STRENGTHS[strength], phrases


_CUES = tuple(_cue_words())
_WHETHER = _LIST["whether"]
"""Whether something may or must be, in words that elsewhere ask for a fee, a time, a paper: these go first."""
_IS_PLACE = _LIST["is place"]
_NOT = _LIST["not"]
"""Not about a fee, a time or a place although they use the words."""
_NOT_FAR = _LIST["not far"]
"""Things and places whose names have the words of doing it from afar."""
# What follows a question of its own.
_HOW = re.compile(r" (?:,|và|va|rồi|roi|với|voi) ")


@dataclass(frozen=True)
class Cue:
    """One aspect asked for, and where in the line."""

    aspect: str
    strength: int
    start: int
    end: int
    how: bool = False
    """Asks how, in words that stand on their own ("làm sao, …")."""
    plain: bool = False
    """Stands beside other strong cues: it is no mere form of a question."""


def _overlap(one: Cue, other: Cue) -> bool:
    return one.start < other.end and other.start < one.end


# When two cues cover the same words, the more telling one stands.
_TELLING = {
    "overview": 10,
    "legal_basis": 9,
    "result": 8,
    "form": 7,
    "online": 6,
    "documents": 5,
    "fee": 4,
    "duration": 5,
    "place": 3,
    "steps": 2,
    "eligibility": 1,
}


def cues(reading: Reading) -> list[Cue]:
    """The cues of a message in order of mention, overlapping ones settled.

    In a text with diacritics a bare word is itself ("gia hạn" is no "giá"), unless nothing is found that way.
    """
    found = _cues(reading.line, reading.bare)
    if not found and not reading.bare:
        return _cues(reading.line, True)
    return found


def _cues(line: str, loosely: bool) -> list[Cue]:
    masked = [match.span() for match in _NOT.every(line, loosely)]
    found = [
        Cue("eligibility", STRONG, match.start(), match.end(), plain=True)
        for match in _WHETHER.every(line, loosely)
        if not _IS_PLACE.search(line[match.start() - 3 if match.start() > 3 else 0 : match.end()], loosely)
    ]
    for aspect, strength, phrases in _CUES:
        for match in phrases.every(_NOT_FAR.blank(line, loosely) if aspect == "online" else line, loosely):
            if strength == STRONG and any(s <= match.start() and match.end() <= e for s, e in masked):
                continue
            how = aspect == "steps" and _HOW.match(line, match.end()) is not None
            found.append(Cue(aspect, strength, match.start(), match.end(), how))
    found.sort(key=lambda cue: (-cue.strength, not cue.plain, -_TELLING[cue.aspect], cue.start))
    kept: list[Cue] = []
    for cue in found:
        if not any(_overlap(cue, other) for other in kept):
            kept.append(cue)
    kept.sort(key=lambda cue: cue.start)
    return kept


def asked(found: list[Cue]) -> tuple[str | None, tuple[str, ...], int]:
    """The aspect that a message is about, all aspects in order of mention, and the strength of the evidence."""
    strong = [cue for cue in found if cue.strength == STRONG]
    if strong:
        # The form of a question ("có phải … không") adds nothing beside what it asks about.
        named = [cue for cue in strong if cue.plain or cue.aspect not in ("eligibility", "steps")] or strong
        if strong[-1].aspect == "steps":
            named = [strong[-1]]  # "…, theo trình tự nào": the way is what is asked for
        # "làm sao, nộp ở đâu" asks twice; "nộp ở đâu, làm sao" does not say more than "nộp ở đâu".
        first = [cue for cue in found if cue.aspect == "steps" and cue.how and cue.end < named[0].start]
        return named[-1].aspect, tuple(dict.fromkeys(cue.aspect for cue in [*first, *named])), STRONG
    if found:
        return found[-1].aspect, (found[-1].aspect,), WEAK
    return None, (), 0
