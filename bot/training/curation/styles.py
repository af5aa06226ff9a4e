"""How a sentence is typed, seen from what normalising it finds: for the coverage of an intent by style."""

from __future__ import annotations

from typing import Literal

from bot.text import has_marks, normalise
from bot.text.slips import is_slip
from bot.text.tables import ADMINISTRATIVE, CHAT, DIALECT

Style = Literal["clean", "no_diacritics", "teencode", "abbreviation", "telex", "typo", "dialect"]
STYLES: tuple[Style, ...] = ("clean", "no_diacritics", "teencode", "abbreviation", "telex", "typo", "dialect")


def styles(text: str) -> frozenset[Style]:
    """The styles of a sentence; `clean` where it has no other."""
    made, words = normalise(text), text.lower().split()
    bare = [word.strip(".,?!;:()\"'") for word in words]
    found: set[Style] = set()
    if made.keystrokes:
        found.add("telex")
    elif not has_marks(text):
        found.add("no_diacritics")
    if any(word in CHAT for word in bare):
        found.add("teencode")
    if any(word in ADMINISTRATIVE for word in bare):
        found.add("abbreviation")
    if has_marks(text):  # without marks a dialect word or a slip is too often an ordinary word
        if any(word in DIALECT for word in bare):
            found.add("dialect")
        if any(is_slip(word) for word in bare if word):
            found.add("typo")
    return frozenset(found) or frozenset({"clean"})
