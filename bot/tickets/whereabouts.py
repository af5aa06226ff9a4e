"""Answers to the questions about the ward of a place and about similar reports."""

from __future__ import annotations

import re
from dataclasses import replace

from bot.text import fold
from bot.tickets.draft import JOIN, SIMILAR, WARD, Draft, Option, Spot, Step
from bot.tickets.gate import Heard
from bot.tickets.replies import Short

MOST_TRIES = 2
"""Times that the ward is asked for; after that the place stays as it was written."""
LONGEST_WARD = 16
"""Words of an answer that is still a name of a ward and not a story."""

_INSIST = re.compile(r"\b(?:van (?:gui|muon|cu)|cu gui|gui (?:di|luon|o day|tai day)|khong sua)\b")
_SAME = re.compile(r"\b(?:cung (?:viec|mot viec|vu|cho)|trung|giong|cung theo doi|chinh no|dung no|dung (?:roi|day))\b")
_OTHER = re.compile(r"\b(?:viec khac|cho khac|vu khac|khong (?:phai|trung|giong|cung)|khac (?:nhau|cho|viec|roi))\b")
_CHOICE = re.compile(r"(?:so |viec |cai |thu |phan anh )?(\d)(?: (?:di|a|nhe))?")


def settled(draft: Draft, option: Option | None) -> Draft:
    """The draft with its ward decided; none: it stays unknown."""
    spot = Spot(state="settled", ward=option["code"] if option else None, today=None)
    if option and option["ward"] and (option["former"] or option["code"] is None):
        spot["today"] = f"{option['ward']}, {option['province']}"
    return replace(draft, spot=spot, similar=None)


def picked(draft: Draft, option: Option) -> Draft:
    """After a choice between several wards: decided, or the place turns out to be another's to look after."""
    if option["code"] is None:
        return replace(draft, spot=Spot(state="outside", options=[option]))
    return settled(draft, option)


def ward_pressed(draft: Draft, choice: str) -> Draft | None:
    """The draft after a button of the ward question; none: the button says nothing here.

    A draft without a place: the place is to be asked for again.
    """
    spot = draft.spot or {}
    state, options = spot.get("state"), spot.get("options") or []
    name, _, number = choice.partition(":")
    if name == "ward" and state == "choose" and number.isdigit() and 1 <= int(number) <= len(options):
        return picked(draft, options[int(number) - 1])
    match name:
        case "yes" if state == "confirm":
            return settled(draft, options[0])
        case "no" if state == "choose":
            return replace(draft, spot=Spot(state="ask", tries=spot.get("tries", 0)))
        case "no" if state == "confirm":
            return replace(draft, place=None, at=None, spot=None, similar=None)
        case "insist" if state == "outside":
            return settled(draft, options[0])
        case "skip" if state in ("ask", "many"):
            return settled(draft, None)
    return None


def ward_said(draft: Draft, message: Heard, short: frozenset[Short]) -> Step | Draft:
    """The draft after an answer in words to the ward question, or the question once more."""
    spot = draft.spot or {}
    state, options = spot.get("state"), spot.get("options") or []
    plain = fold(message.text).strip(" .!")
    if state == "choose" and (match := _CHOICE.fullmatch(plain)) and 1 <= int(match[1]) <= len(options):
        return picked(draft, options[int(match[1]) - 1])
    if state == "outside":
        if _INSIST.search(plain) or Short.YES in short:
            return settled(draft, options[0])
        if Short.NO in short:
            return replace(draft, place=None, at=None, spot=None, similar=None)
    if state == "confirm" and short & {Short.YES, Short.NO}:
        found = ward_pressed(draft, "yes" if Short.YES in short else "no")
        return found if found is not None else Step(draft, WARD)
    if Short.SKIP in short and state in ("ask", "many", "choose"):
        return settled(draft, None)
    if short or not any(map(str.isalnum, message.text)):
        return Step(draft, WARD, ("outside_again" if state == "outside" else "ward_again",))
    if message.words > LONGEST_WARD:
        return Step(draft, WARD, ("ward_again",))
    tries = spot.get("tries", 0) + 1
    # What the place meant so far; of a name that means too much, any of its meanings may come out.
    before = [] if state == "many" else options
    return replace(draft, spot=Spot(state="named", text=message.text, options=before, tries=tries))


def similar_answered(draft: Draft, choice: str) -> Draft | None:
    """The draft after a button about similar reports: joined, or a matter of its own; none: no such button."""
    offered = draft.similar["offered"] if draft.similar else []
    name, _, number = choice.partition(":")
    if name == "join" and number.isdigit() and 1 <= int(number) <= len(offered):
        return replace(draft, confirm=f"{JOIN}{offered[int(number) - 1]['code']}")
    if name == "new" and draft.similar:
        return replace(draft, similar={**draft.similar, "decided": True})
    return None


def similar_said(draft: Draft, message: Heard, short: frozenset[Short]) -> Step | Draft:
    """The draft after an answer in words."""
    offered = draft.similar["offered"] if draft.similar else []
    plain = fold(message.text).strip(" .!")
    choice = None
    if (match := _CHOICE.fullmatch(plain)) and len(offered) > 1:
        choice = f"join:{match[1]}"
    elif Short.NO in short or _OTHER.search(plain):
        choice = "new"
    elif (Short.YES in short or _SAME.search(plain)) and len(offered) == 1:
        choice = "join:1"
    found = similar_answered(draft, choice) if choice else None
    return found if found is not None else Step(draft, SIMILAR, ("similar_again",))
