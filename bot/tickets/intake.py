"""The conversation of a report: what is known, what to ask next, and what a message adds.

Pure: a draft and a message give a step. The form action keeps the draft in slots; nothing here knows the engine.
A message goes through [button, closing intent, short answer, correction, interruption, answer], first match wins.
"""

from __future__ import annotations

from dataclasses import replace

from bot.locality import Category, Locality
from bot.privacy import kind_of, readable, tokens_in
from bot.text import fold
from bot.tickets import gate
from bot.tickets.contacts import ANONYMOUS, Contact, describe, find_contact, read_contact
from bot.tickets.draft import (
    CANCEL,
    CATEGORY,
    CONFIRM,
    CONTACT,
    DESCRIPTION,
    EDIT,
    OTHER,
    PLACE,
    QUESTIONS,
    UNKNOWN_PLACE,
    YES,
    Draft,
    Question,
    Step,
)
from bot.tickets.gate import Heard
from bot.tickets.places import find_place
from bot.tickets.replies import PARTS, Short, is_ambiguous, read_correction, read_short
from bot.tickets.texts import Texts
from bot.tickets.wording import cancels, content_words, declines, is_vague, tells, wants_anonymity


class Intake:
    """The conversation for one locality."""

    def __init__(self, locality: Locality, texts: Texts) -> None:
        self._locality = locality
        self._texts = texts

    def begin(self, message: Heard) -> Step:
        """Start a report with the message that led here."""
        draft = Draft(category=self._known(message.category))
        if tells(message.text, self._locality.category(draft.category)):
            draft = _absorb(replace(draft, description=message.text), message.text)
        else:
            draft = _absorb(draft, message.text)
        return Step(draft, draft.missing)

    def listen(self, draft: Draft, asked: str, message: Heard) -> Step:
        """Take a message that came after the question about `asked`."""
        if message.choice:
            return self._pressed(draft, asked, message.choice)
        if gate.closes(message):
            return Step(replace(draft, confirm=message.intent), None)
        if is_ambiguous(message.text):
            return Step(draft, asked, ("confirm_again",) if asked == CONFIRM else (_MISSING[asked],))
        if short := read_short(message.text) or _understood_short(message):
            return self._short(draft, asked, message, short)
        if (step := self._corrected(draft, asked, message)) is not None:
            return step
        if gate.interrupts(message, asked):
            return Step(draft, asked, interrupted=True)
        if asked != CATEGORY and not message.text:
            return Step(draft, asked, ("draft_continues",))
        if asked != CONTACT and wants_anonymity(message.text) and message.words <= gate.LONGEST_TALK:
            return _next(replace(draft, contact=ANONYMOUS, confirm=None), "anonymous_noted")
        answers = {
            CATEGORY: self._category,
            DESCRIPTION: self._description,
            PLACE: _place,
            CONTACT: _contact,
            CONFIRM: _confirm,
        }
        return answers[asked](draft, message)

    def question(self, draft: Draft, asked: str) -> Question:
        """The words and buttons of a question."""
        say = self._texts.say
        cancel = (say("button_cancel"), "form:cancel")
        category = self._locality.category(draft.category)
        match asked:
            case "report_category":
                common = tuple((item.short, f"report:{item.code}") for item in self._locality.categories if item.common)
                return Question(say("ask_category"), common)
            case "report_description":
                return Question((category and category.ask_description) or say("ask_description"), (cancel,))
            case "report_place":
                text = (category and category.ask_place) or say("ask_place")
                return Question(text, ((say("button_skip"), "form:skip"), cancel))
            case "report_contact":
                return Question(say("ask_contact"), ((say("button_anonymous"), "form:anonymous"), cancel))
        if draft.confirm == EDIT:
            parts = tuple(
                (say(f"button_{part}"), f"form:{part}") for part in ("description", "place", "contact", "category")
            )
            return Question(say("ask_edit"), (*parts, cancel))
        buttons = ((say("button_send"), "form:confirm"), (say("button_edit"), "form:edit"), cancel)
        return Question(self._summary(draft, category), buttons)

    def opening(self, draft: Draft) -> list[str]:
        """What to say once the category is known: how the report was understood, and what to know about it."""
        category = self._locality.category(draft.category)
        if category is None:
            return []
        lines = [self._texts.say("understood_category", category=category.label.lower())]
        if category.restricted:
            lines.append(self._texts.say("restricted_notice"))
        if category.notice:
            lines.append(category.notice)
        return lines

    def _summary(self, draft: Draft, category: Category | None) -> str:
        say, contact = self._texts.say, draft.contact or ANONYMOUS
        return say(
            "summary",
            category=category.label if category else "",
            description=readable(draft.description or ""),
            place=say("place_unknown") if draft.place == UNKNOWN_PLACE else readable(draft.place or ""),
            contact=say("contact_anonymous") if contact.get("anonymous") else describe(contact),
            restricted=say("summary_restricted") if category and category.restricted else "",
        )

    def _known(self, code: str | None) -> str | None:
        return code if self._locality.category(code) else None

    def _pressed(self, draft: Draft, asked: str, choice: str) -> Step:
        match choice:
            case "cancel":
                return Step(replace(draft, confirm=CANCEL), None)
            case "confirm" if asked == CONFIRM and draft.missing == CONFIRM:
                return Step(replace(draft, confirm=YES), None)
            case "edit" if asked == CONFIRM:
                return Step(replace(draft, confirm=EDIT), CONFIRM)
            case "skip" if asked == PLACE:
                return _next(replace(draft, place=UNKNOWN_PLACE))
            case "skip" | "anonymous" if asked in (CONTACT, CONFIRM):
                return _next(replace(draft, contact=ANONYMOUS, confirm=None))
            case "category" | "description" | "place" | "contact":
                return _again(draft, choice)
        # A button of an earlier question, pressed late.
        return Step(draft, asked)

    def _short(self, draft: Draft, asked: str, message: Heard, short: frozenset[Short]) -> Step:
        if asked == CONTACT and fold(message.text).strip(" .!") == message.text.lower().strip(" .!") == "huy":
            return _next(replace(draft, contact=Contact(name=message.text.strip(" .!"))))
        if (
            asked == CONTACT
            and not cancels(message.text)
            and (short & {Short.SKIP, Short.NO} or declines(message.text))
        ):
            return _next(replace(draft, contact=ANONYMOUS))
        if asked == PLACE and Short.SKIP in short:
            return _next(replace(draft, place=UNKNOWN_PLACE))
        if Short.CANCEL in short:
            return Step(replace(draft, confirm=CANCEL), None)
        if Short.BACK in short:
            return self._back(draft, asked)
        if asked == CONFIRM:
            if wants_anonymity(message.text):
                return _next(replace(draft, contact=ANONYMOUS, confirm=None), "corrected")
            if Short.YES in short:
                return (
                    Step(replace(draft, confirm=None), CONFIRM)
                    if draft.confirm == EDIT
                    else Step(replace(draft, confirm=YES), None)
                )
            if Short.NO in short:
                return Step(replace(draft, confirm=None if draft.confirm == EDIT else EDIT), CONFIRM)
            return Step(draft, CONFIRM, ("confirm_again",))
        return Step(draft, asked, (_MISSING[asked],))

    def _back(self, draft: Draft, asked: str) -> Step:
        if asked == CONFIRM:
            return Step(replace(draft, confirm=EDIT), CONFIRM)
        before = QUESTIONS[max(0, QUESTIONS.index(asked) - 1)]
        return _again(draft, before.removeprefix("report_"))

    def _corrected(self, draft: Draft, asked: str, message: Heard) -> Step | None:
        correction = read_correction(message.text)
        if correction is None and asked == CONFIRM and draft.confirm == EDIT:
            named = next((part for part, names in PARTS.items() if fold(message.text).strip(" .") in names), None)
            return _again(draft, named) if named else None
        if correction is None or (correction.part is None and asked != CONFIRM):
            return None
        if correction.part is None:
            return Step(replace(draft, confirm=EDIT), CONFIRM)
        if getattr(draft, correction.part) is None:
            return None
        cleared = _again(draft, correction.part)
        if not correction.value:
            return cleared
        answered = self.listen(cleared.draft, cleared.asked or CONFIRM, Heard(correction.value))
        return replace(answered, notes=("corrected",)) if answered.asked == CONFIRM else answered

    def _category(self, draft: Draft, message: Heard) -> Step:
        code = self._known(message.category) or self._by_name(message.text)
        category = self._locality.category(code)
        if draft.description is None and tells(message.text, category):
            code = code or self._known(OTHER)
            draft = _absorb(replace(draft, description=message.text), message.text)
        if code is None:
            return Step(draft, CATEGORY, ("category_missing",))
        return _next(replace(draft, category=code))

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
            return Step(_absorb(draft, message.text), DESCRIPTION, ("description_missing",))
        draft = _absorb(replace(draft, description=message.text), message.text)
        if draft.category in (None, OTHER) and (code := self._known(message.category)):
            draft = replace(draft, category=code)
        return _next(draft)


_SHORT_INTENTS = {"affirm": Short.YES, "deny": Short.NO, "cancel": Short.CANCEL}
_SURE_SHORT = 0.6
_LONGEST_SHORT = 8


def _understood_short(message: Heard) -> frozenset[Short]:
    """A short answer in words that only the engine knows."""
    meaning = _SHORT_INTENTS.get(message.intent)
    sure = message.confidence >= (0.8 if meaning is Short.YES else _SURE_SHORT)
    return frozenset({meaning}) if meaning and sure and message.words <= _LONGEST_SHORT else frozenset()


_MISSING = {
    CATEGORY: "category_missing",
    DESCRIPTION: "description_missing",
    PLACE: "place_missing",
    CONTACT: "contact_missing",
}


def _next(draft: Draft, *notes: str) -> Step:
    return Step(draft, draft.missing, notes)


def _again(draft: Draft, part: str) -> Step:
    """Ask a part anew."""
    cleared = {"category": None, "description": None, "place": None, "contact": None}[part]
    return Step(replace(draft, confirm=None, **{part: cleared}), f"report_{part}")


def _absorb(draft: Draft, text: str) -> Draft:
    """Fill what else a message says: a place, a contact, the wish to stay anonymous."""
    if draft.place is None and (place := find_place(text)):
        draft = replace(draft, place=place)
    if draft.contact is None:
        if wants_anonymity(text):
            draft = replace(draft, contact=ANONYMOUS)
        elif contact := find_contact(text):
            draft = replace(draft, contact=contact)
    return draft


def _place(draft: Draft, message: Heard) -> Step:
    if not any(map(str.isalnum, message.text)):
        return Step(draft, PLACE, ("place_missing",))
    if is_vague(message.text):
        return Step(draft, PLACE, ("place_vague",))
    place = find_place(message.text) if tokens_in(message.text) else None
    return _next(_absorb(replace(draft, place=place or message.text), message.text))


def _contact(draft: Draft, message: Heard) -> Step:
    if declines(message.text):
        return _next(replace(draft, contact=ANONYMOUS))
    contact = read_contact(message.text)
    if contact:
        return _next(replace(draft, contact=contact))
    if any(kind_of(token) == "identity" for token in tokens_in(message.text)):
        return Step(draft, CONTACT, ("contact_not_needed",))
    if message.category and content_words(message.text, None) >= 2:
        return Step(_add(draft, message.text), CONTACT, ("added",))
    return Step(draft, CONTACT, ("contact_missing",))


def _confirm(draft: Draft, message: Heard) -> Step:
    if any(kind_of(token) in ("phone", "email") for token in tokens_in(message.text)):
        return _next(replace(draft, contact=read_contact(message.text), confirm=None), "corrected")
    if (place := find_place(message.text)) and not content_words(message.text, None):
        return _next(replace(draft, place=place, confirm=None), "corrected")
    if content_words(message.text, None) >= 3:
        return Step(_add(replace(draft, confirm=None), message.text), CONFIRM, ("added",))
    return Step(draft, CONFIRM, ("confirm_again",))


def _add(draft: Draft, text: str) -> Draft:
    return replace(draft, description=f"{draft.description}\n{text}" if draft.description else text)
