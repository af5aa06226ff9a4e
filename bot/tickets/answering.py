"""What an answer to each question of a report means, and which question comes next."""

from __future__ import annotations

from dataclasses import replace

from bot.privacy import kind_of, tokens_in
from bot.text import fold
from bot.tickets import details, filling, whereabouts
from bot.tickets.asking import Asking
from bot.tickets.contacts import ANONYMOUS, read_contact
from bot.tickets.draft import (
    CATEGORY,
    CONFIRM,
    CONTACT,
    DESCRIPTION,
    DETAILS,
    JOIN,
    OTHER,
    PHOTOS,
    PLACE,
    SIMILAR,
    WARD,
    Draft,
    Step,
)
from bot.tickets.gate import Heard
from bot.tickets.places import find_place
from bot.tickets.replies import Short
from bot.tickets.wording import content_words, declines, is_vague, tells, wants_anonymity


class Answering(Asking):
    """The answers of one locality's citizens."""

    def missing(self, draft: Draft) -> str:
        """The question that comes next; the last one asks for confirmation."""
        category = self._locality.category(draft.category)
        waiting = {
            CATEGORY: draft.category is None,
            DESCRIPTION: draft.description is None,
            DETAILS: details.next_question(category, draft.details) is not None,
            PLACE: draft.place is None,
            WARD: draft.ward_open,
            SIMILAR: draft.similar_open,
            # A picture of the state before is worth a question where one of the state after is wanted.
            PHOTOS: draft.photos is None and category is not None and category.photo == "after",
            CONTACT: draft.contact is None,
        }
        return next((name for name, open_ in waiting.items() if open_), CONFIRM)

    def _after(self, found: Step | Draft) -> Step:
        """What a part of the conversation answered, as a step."""
        if isinstance(found, Step):
            return found
        return Step(found, None) if (found.confirm or "").startswith(JOIN) else self._next(found)

    def _next(self, draft: Draft, *notes: str) -> Step:
        if draft.details is None and draft.description and (category := self._locality.category(draft.category)):
            draft = replace(draft, details=details.told(category, draft.description) or None)
        return Step(draft, self.missing(draft), notes)

    def _lacking(self, draft: Draft, asked: str) -> str:
        """The text that says what an answer lacks."""
        if asked == DETAILS:
            return details.lacking(self._locality.category(draft.category), draft.details)
        if asked == WARD:
            return "outside_again" if (draft.spot or {}).get("state") == "outside" else "ward_again"
        return filling.MISSING[asked]

    def _known(self, code: str | None) -> str | None:
        return code if self._locality.category(code) else None

    def _category(self, draft: Draft, message: Heard) -> Step:
        code = self._known(message.category) or self._by_name(message.text)
        category = self._locality.category(code)
        if draft.description is None and tells(message.text, category):
            code = code or self._known(OTHER)
            draft = filling.absorb(replace(draft, description=message.text), message.text)
        if code is None:
            return Step(draft, CATEGORY, ("category_missing",))
        return self._next(filling.of_category(draft, code))

    def _by_name(self, text: str) -> str | None:
        """The category whose name the text is."""
        words = fold(text).strip(" .!")
        for item in self._locality.categories:
            names = {
                fold(item.short),
                fold(item.label),
                item.code,
                *(part.strip() for part in fold(item.label).split(",")),
            }
            if words in names or words in {part.strip() for part in fold(item.short).split(",")}:
                return item.code
        return None

    def _description(self, draft: Draft, message: Heard) -> Step:
        if content_words(message.text, None) < 1:
            return Step(filling.absorb(draft, message.text), DESCRIPTION, ("description_missing",))
        draft = filling.absorb(replace(draft, description=message.text), message.text)
        if draft.category in (None, OTHER) and (code := self._known(message.category)):
            draft = filling.of_category(draft, code)
        return self._next(draft)

    def _details(self, draft: Draft, message: Heard, short: frozenset[Short] = frozenset()) -> Step:
        category = self._locality.category(draft.category)
        found = details.answered(category, draft.details, message.text, short, self._locality.now().date())
        if found is None:
            return Step(draft, DETAILS, (self._lacking(draft, DETAILS),))
        return self._next(filling.absorb(replace(draft, details=found), message.text))

    def _ward_said(self, draft: Draft, message: Heard) -> Step:
        return self._after(whereabouts.ward_said(draft, message, frozenset()))

    def _similar_said(self, draft: Draft, message: Heard) -> Step:
        return self._after(whereabouts.similar_said(draft, message, frozenset()))

    def _photos(self, draft: Draft, message: Heard) -> Step:
        if declines(message.text) or filling.NO_PHOTO.search(fold(message.text)):
            return self._next(replace(draft, photos=()))
        if content_words(message.text, None) >= 3:
            return Step(filling.add(draft, message.text), PHOTOS, ("added",))
        return Step(draft, PHOTOS, ("photos_missing",))

    def _place(self, draft: Draft, message: Heard) -> Step:
        if not any(map(str.isalnum, message.text)):
            return Step(draft, PLACE, ("place_missing",))
        if is_vague(message.text):
            return Step(draft, PLACE, ("place_vague",))
        place = find_place(message.text) if tokens_in(message.text) else None
        return self._next(filling.absorb(replace(draft, place=place or message.text), message.text))

    def _contact(self, draft: Draft, message: Heard) -> Step:
        anonymous = wants_anonymity(message.text)
        if declines(message.text) or (anonymous and not tokens_in(message.text)):
            return self._next(replace(draft, contact=ANONYMOUS))
        contact = read_contact(message.text)
        if anonymous:  # "ẩn danh, cần thì gọi 09…": a number and no name
            contact.pop("name", None)
        if contact:
            return self._next(replace(draft, contact=contact))
        if any(kind_of(token) == "identity" for token in tokens_in(message.text)):
            return Step(draft, CONTACT, ("contact_not_needed",))
        if message.category and content_words(message.text, None) >= 2:
            return Step(filling.add(draft, message.text), CONTACT, ("added",))
        return Step(draft, CONTACT, ("contact_missing",))

    def _confirm(self, draft: Draft, message: Heard) -> Step:
        if any(kind_of(token) in ("phone", "email") for token in tokens_in(message.text)):
            return self._next(replace(draft, contact=read_contact(message.text), confirm=None), "corrected")
        if (place := find_place(message.text)) and not content_words(message.text, None):
            return self._next(replace(filling.again(draft, "place").draft, place=place), "corrected")
        if content_words(message.text, None) >= 3:
            return Step(filling.add(replace(draft, confirm=None), message.text), CONFIRM, ("added",))
        return Step(draft, CONFIRM, ("confirm_again",))
