"""A report that is being written, and what a message led to."""

from __future__ import annotations

from dataclasses import dataclass

from bot.tickets.contacts import Contact

CATEGORY, DESCRIPTION, PLACE, CONTACT, CONFIRM = QUESTIONS = (
    "report_category",
    "report_description",
    "report_place",
    "report_contact",
    "report_confirm",
)
UNKNOWN_PLACE = "-"
OTHER = "khac"
"""The category of what fits nowhere; used only where the locality has it."""

YES, EDIT, CANCEL = "yes", "edit", "cancel"
"""Values of `Draft.confirm`; besides, the name of an intent that closed the report."""


@dataclass(frozen=True)
class Draft:
    """A report that is being written. None: not known yet."""

    category: str | None = None
    description: str | None = None
    place: str | None = None
    contact: Contact | None = None
    confirm: str | None = None

    @property
    def missing(self) -> str:
        """The question that comes next; the last one asks for confirmation."""
        values = (self.category, self.description, self.place, self.contact)
        return next((name for name, value in zip(QUESTIONS, values, strict=False) if value is None), CONFIRM)


@dataclass(frozen=True)
class Step:
    """What a message led to.

    Attributes:
        asked: the question to ask now; none: the conversation is over, `draft.confirm` says how.
        notes: names of texts to say before the question.
        interrupted: the message is not for the report; draft and question stay as they were.
    """

    draft: Draft
    asked: str | None
    notes: tuple[str, ...] = ()
    interrupted: bool = False


@dataclass(frozen=True)
class Question:
    """A question with its buttons, as (title, payload)."""

    text: str
    buttons: tuple[tuple[str, str], ...]
