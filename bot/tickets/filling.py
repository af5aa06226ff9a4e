"""Small changes of a draft that every question makes: what else a message says, what is asked anew."""

from __future__ import annotations

import re
from dataclasses import replace

from bot.tickets.contacts import ANONYMOUS, find_contact
from bot.tickets.draft import CATEGORY, CONTACT, DESCRIPTION, DETAILS, PHOTOS, PLACE, SIMILAR, WARD, Draft, Step
from bot.tickets.gate import Heard
from bot.tickets.places import find_place
from bot.tickets.replies import Short
from bot.tickets.wording import wants_anonymity

_SHORT_INTENTS = {"affirm": Short.YES, "deny": Short.NO, "cancel": Short.CANCEL}
_SURE_SHORT = 0.6
_LONGEST_SHORT = 8


def understood_short(message: Heard) -> frozenset[Short]:
    """A short answer in words that only the engine knows."""
    meaning = _SHORT_INTENTS.get(message.intent)
    sure = message.confidence >= (0.8 if meaning is Short.YES else _SURE_SHORT)
    return frozenset({meaning}) if meaning and sure and message.words <= _LONGEST_SHORT else frozenset()


BEFORE = {
    CATEGORY: "category",
    DESCRIPTION: "category",
    DETAILS: "description",
    PLACE: "description",
    WARD: "place",
    SIMILAR: "place",
    PHOTOS: "place",
    CONTACT: "place",
}
"""What "back" asks for again."""
_HANGS_ON = {"category": ("category", "details", "similar"), "place": ("place", "at", "spot", "similar")}
"""What goes with a part that is asked anew."""
NO_PHOTO = re.compile(r"\b(?:khong|chua|ko|k|hong|hok) (?:co |chup )?(?:duoc )?(?:anh|hinh)\b|\bkhong chup\b")
"""A citizen who has no picture to send."""
MISSING = {
    CATEGORY: "category_missing",
    DESCRIPTION: "description_missing",
    PLACE: "place_missing",
    PHOTOS: "photos_missing",
    SIMILAR: "similar_again",
    CONTACT: "contact_missing",
}
"""The text that says what an answer to a question lacks."""


def again(draft: Draft, part: str) -> Step:
    """Ask a part anew."""
    cleared: dict[str, None] = dict.fromkeys(_HANGS_ON.get(part, (part,)))
    return Step(replace(draft, confirm=None, **cleared), f"report_{part}")


def of_category(draft: Draft, code: str) -> Draft:
    """The draft with a category; what hangs on another one goes."""
    return draft if draft.category == code else replace(draft, category=code, details=None, similar=None)


def absorb(draft: Draft, text: str) -> Draft:
    """Fill what else a message says: a place, a contact, the wish to stay anonymous."""
    if draft.place is None and (place := find_place(text)):
        draft = replace(draft, place=place)
    if draft.contact is None:
        if wants_anonymity(text):
            draft = replace(draft, contact=ANONYMOUS)
        elif contact := find_contact(text):
            draft = replace(draft, contact=contact)
    return draft


def add(draft: Draft, text: str) -> Draft:
    """Add to what happened."""
    return replace(draft, description=f"{draft.description}\n{text}" if draft.description else text)
