"""The conversation of a report: what is known, what to ask next, and what a message adds.

Pure: a draft and a message give a step. The form action keeps the draft in slots; nothing here knows the engine. What
only the database knows (wards of the country, similar reports) is put in afterwards by `bot.tickets.settling`.
A message goes through [picture or location, button, closing intent, short answer, correction, interruption, answer],
first match wins. What an answer means: `bot.tickets.answering`; the words of the questions: `bot.tickets.asking`.
"""

from __future__ import annotations

from dataclasses import replace

from bot.text import fold
from bot.tickets import details, filling, gate, whereabouts
from bot.tickets.answering import Answering
from bot.tickets.contacts import ANONYMOUS, Contact
from bot.tickets.draft import (
    CANCEL,
    CATEGORY,
    CONFIRM,
    CONTACT,
    DESCRIPTION,
    DETAILS,
    EDIT,
    PHOTOS,
    PLACE,
    SIMILAR,
    UNKNOWN_PLACE,
    WARD,
    YES,
    Draft,
    Step,
)
from bot.tickets.gate import Heard
from bot.tickets.replies import PARTS, Short, is_ambiguous, read_correction, read_short
from bot.tickets.wording import cancels, declines, tells, wants_anonymity

MOST_PHOTOS = 5
"""Of one report."""
_VIETNAM = ((8.0, 24.0), (102.0, 118.0))
"""Latitudes and longitudes, with the islands."""


class Intake(Answering):
    """The conversation for one locality."""

    def begin(self, message: Heard) -> Step:
        """Start a report with the message that led here."""
        draft = Draft(category=self._known(message.category))
        if (step := self._sent(draft, None, message)) is not None:
            return step
        if tells(message.text, self._locality.category(draft.category)):
            draft = filling.absorb(replace(draft, description=message.text), message.text)
        else:
            draft = filling.absorb(draft, message.text)
        return self._next(draft)

    def listen(self, draft: Draft, asked: str, message: Heard) -> Step:
        """Take a message that came after the question about `asked`."""
        if (step := self._sent(draft, asked, message)) is not None:
            return step
        if message.choice:
            return self._pressed(draft, asked, message.choice)
        if gate.closes(message):
            return Step(replace(draft, confirm=message.intent), None)
        if is_ambiguous(message.text):
            return Step(draft, asked, ("confirm_again",) if asked == CONFIRM else (self._lacking(draft, asked),))
        if short := read_short(message.text) or filling.understood_short(message):
            return self._short(draft, asked, message, short)
        if (step := self._corrected(draft, asked, message)) is not None:
            return step
        if gate.interrupts(message, asked):
            return Step(draft, asked, interrupted=True)
        if asked != CATEGORY and not message.text:
            return Step(draft, asked, ("draft_continues",))
        if asked != CONTACT and wants_anonymity(message.text) and message.words <= gate.LONGEST_TALK:
            return self._next(replace(draft, contact=ANONYMOUS, confirm=None), "anonymous_noted")
        answers = {
            CATEGORY: self._category,
            DESCRIPTION: self._description,
            DETAILS: self._details,
            PLACE: self._place,
            WARD: self._ward_said,
            SIMILAR: self._similar_said,
            PHOTOS: self._photos,
            CONTACT: self._contact,
            CONFIRM: self._confirm,
        }
        return answers[asked](draft, message)

    def _sent(self, draft: Draft, asked: str | None, message: Heard) -> Step | None:
        """A picture or a location, whatever was asked."""
        if message.photo:
            category, photos = self._locality.category(draft.category), draft.photos or ()
            if category and category.photo == "none":
                return Step(draft, asked or self.missing(draft), ("photo_not_taken",))
            if len(photos) >= MOST_PHOTOS:
                return Step(draft, asked or self.missing(draft), ("photo_enough",))
            photos = tuple(dict.fromkeys((*photos, message.photo)))
            draft = replace(draft, photos=photos)
            return Step(draft, self.missing(draft) if asked in (None, PHOTOS) else asked, ("photo_added",))
        if message.at is None:
            return None
        if not all(low <= value <= high for value, (low, high) in zip(message.at, _VIETNAM, strict=True)):
            return Step(draft, asked or self.missing(draft), ("location_abroad",))
        in_words = draft.at is None or draft.place != self.shared_place(draft.at)
        known = draft.place not in (None, UNKNOWN_PLACE) and in_words
        place = draft.place if known else self.shared_place(message.at)
        draft = replace(draft, at=message.at, place=place, similar=None, spot=draft.spot if known else None)
        return Step(draft, self.missing(draft) if asked in (None, PLACE, WARD) else asked, ("location_noted",))

    def _pressed(self, draft: Draft, asked: str, choice: str) -> Step:
        name = choice.partition(":")[0]
        match name:
            case "cancel":
                return Step(replace(draft, confirm=CANCEL), None)
            case "confirm" if asked == CONFIRM and self.missing(draft) == CONFIRM:
                return Step(replace(draft, confirm=YES), None)
            case "edit" if asked == CONFIRM:
                return Step(replace(draft, confirm=EDIT), CONFIRM)
            case "skip" if asked == PLACE:
                return self._next(replace(draft, place=UNKNOWN_PLACE))
            case "skip" if asked == PHOTOS:
                return self._next(replace(draft, photos=()))
            case "skip" | "option" | "done" if asked == DETAILS:
                category = self._locality.category(draft.category)
                return self._next(replace(draft, details=details.pressed(category, draft.details, choice)))
            case "skip" | "anonymous" if asked in (CONTACT, CONFIRM):
                return self._next(replace(draft, contact=ANONYMOUS, confirm=None))
            case "category" | "description" | "details" | "place" | "photos" | "contact":
                return filling.again(draft, name)
        found = whereabouts.ward_pressed(draft, choice) if asked == WARD else None
        found = whereabouts.similar_answered(draft, choice) if asked == SIMILAR else found
        if found is not None:
            return self._after(found)
        # A button of an earlier question, pressed late.
        return Step(draft, asked)

    def _short(self, draft: Draft, asked: str, message: Heard, short: frozenset[Short]) -> Step:
        if asked == CONTACT and fold(message.text).strip(" .!") == message.text.lower().strip(" .!") == "huy":
            return self._next(replace(draft, contact=Contact(name=message.text.strip(" .!"))))
        if (
            asked == CONTACT
            and not cancels(message.text)
            and (short & {Short.SKIP, Short.NO} or declines(message.text))
        ):
            return self._next(replace(draft, contact=ANONYMOUS))
        if asked == PLACE and Short.SKIP in short:
            return self._next(replace(draft, place=UNKNOWN_PLACE))
        if asked == PHOTOS and not cancels(message.text) and short & {Short.SKIP, Short.NO}:
            return self._next(replace(draft, photos=()))
        if Short.CANCEL in short:
            return Step(replace(draft, confirm=CANCEL), None)
        if Short.BACK in short:
            return self._back(draft, asked)
        if asked == WARD:
            return self._after(whereabouts.ward_said(draft, message, short))
        if asked == SIMILAR:
            return self._after(whereabouts.similar_said(draft, message, short))
        if asked == DETAILS:
            return self._details(draft, message, short)
        if asked == CONFIRM:
            if wants_anonymity(message.text):
                return self._next(replace(draft, contact=ANONYMOUS, confirm=None), "corrected")
            if Short.YES in short:
                return (
                    Step(replace(draft, confirm=None), CONFIRM)
                    if draft.confirm == EDIT
                    else Step(replace(draft, confirm=YES), None)
                )
            if Short.NO in short:
                return Step(replace(draft, confirm=None if draft.confirm == EDIT else EDIT), CONFIRM)
            return Step(draft, CONFIRM, ("confirm_again",))
        return Step(draft, asked, (self._lacking(draft, asked),))

    def _back(self, draft: Draft, asked: str) -> Step:
        if asked == CONFIRM:
            return Step(replace(draft, confirm=EDIT), CONFIRM)
        return filling.again(draft, filling.BEFORE[asked])

    def _corrected(self, draft: Draft, asked: str, message: Heard) -> Step | None:
        correction = read_correction(message.text)
        if correction is None and asked == CONFIRM and draft.confirm == EDIT:
            named = next((part for part, names in PARTS.items() if fold(message.text).strip(" .") in names), None)
            return filling.again(draft, named) if named else None
        if correction is None or (correction.part is None and asked != CONFIRM):
            return None
        if correction.part is None:
            return Step(replace(draft, confirm=EDIT), CONFIRM)
        if not getattr(draft, correction.part):
            return None
        cleared = filling.again(draft, correction.part)
        if not correction.value:
            return cleared
        answered = self.listen(cleared.draft, cleared.asked or CONFIRM, Heard(correction.value))
        taken = getattr(answered.draft, correction.part) is not None
        return replace(answered, notes=("corrected",)) if taken else answered
