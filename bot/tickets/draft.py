"""A report that is being written, and what a message led to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, TypedDict, cast

from bot.tickets.contacts import Contact

CATEGORY, DESCRIPTION, DETAILS, PLACE, WARD, SIMILAR, PHOTOS, CONTACT, CONFIRM = QUESTIONS = (
    "report_category",
    "report_description",
    "report_details",
    "report_place",
    "report_ward",
    "report_similar",
    "report_photos",
    "report_contact",
    "report_confirm",
)
"""The questions in their order; each is the slot that keeps what came of it."""
AT = "report_at"
"""The slot of the shared location."""
SLOTS = (*QUESTIONS, AT)
"""All that a report fills."""

UNKNOWN_PLACE = "-"
OTHER = "khac"
"""The category of what fits nowhere; used only where the locality has it."""

YES, EDIT, CANCEL = "yes", "edit", "cancel"
"""Values of `Draft.confirm`; besides, the name of an intent that closed the report, or `JOIN` and a code."""
JOIN = "join:"


class Option(TypedDict):
    """A ward that a name may stand for; `code` is none outside the locality, `ward` "" where only the province is
    known."""

    said: str
    code: str | None
    ward: str
    province: str
    former: bool


class Spot(TypedDict, total=False):
    """What is known about the ward of a place.

    `state`: `settled`; or what is open: `confirm` (a former name), `choose`, `many` (a name too common), `ask` (no
    ward is named and there are several), `outside`; `named`: the citizen answered with `text`, not looked up yet.
    """

    state: Literal["settled", "confirm", "choose", "many", "ask", "outside", "named"]
    options: list[Option]
    text: str
    tries: int
    ward: str | None
    today: str | None
    """Today's ward and province, where the citizen did not write them."""


class Offered(TypedDict):
    """An open report that may be the same; `where` holds only words of the asking citizen, or a distance."""

    code: str
    where: str
    date: str
    status: str


class Likeness(TypedDict):
    """Open reports near the place; none when `offered` is empty."""

    offered: list[Offered]
    decided: bool


@dataclass(frozen=True)
class Draft:
    """A report that is being written. None: not known yet.

    Attributes:
        details: answers to the category's own questions by code; None for one that was passed over.
        at: latitude and longitude, where the citizen shared them.
        photos: keys of pictures; an empty list: asked and declined.
    """

    category: str | None = None
    description: str | None = None
    details: dict[str, Any] | None = None
    place: str | None = None
    at: tuple[float, float] | None = None
    spot: Spot | None = None
    similar: Likeness | None = None
    photos: tuple[str, ...] | None = None
    contact: Contact | None = None
    confirm: str | None = None

    @classmethod
    def of(cls, slots: Mapping[str, Any]) -> Draft:
        """The draft that slots hold; what an older version wrote in another shape counts as not known."""
        at, photos, contact = slots.get(AT), slots.get(PHOTOS), slots.get(CONTACT)
        details, spot, similar = slots.get(DETAILS), slots.get(WARD), slots.get(SIMILAR)
        return cls(
            category=slots.get(CATEGORY),
            description=slots.get(DESCRIPTION),
            details=details if isinstance(details, dict) else None,
            place=slots.get(PLACE),
            at=(float(at[0]), float(at[1])) if isinstance(at, list | tuple) and len(at) == 2 else None,
            spot=cast(Spot, spot) if isinstance(spot, dict) else None,
            similar=cast(Likeness, similar) if isinstance(similar, dict) else None,
            photos=tuple(map(str, photos)) if isinstance(photos, list | tuple) else None,
            contact=cast(Contact, contact) if isinstance(contact, dict) else None,
            confirm=slots.get(CONFIRM),
        )

    def slots(self) -> dict[str, Any]:
        """What the slots are to hold, by name; all of it survives JSON."""
        return {
            CATEGORY: self.category,
            DESCRIPTION: self.description,
            DETAILS: self.details,
            PLACE: self.place,
            AT: list(self.at) if self.at else None,
            WARD: self.spot,
            SIMILAR: self.similar,
            PHOTOS: None if self.photos is None else list(self.photos),
            CONTACT: self.contact,
            CONFIRM: self.confirm,
        }

    @property
    def ward_open(self) -> bool:
        """Whether something about the ward has to be asked."""
        return self.spot is not None and self.spot.get("state") not in ("settled", "named")

    @property
    def similar_open(self) -> bool:
        """Whether the citizen has to say if an open report is the same."""
        return bool(self.similar and self.similar["offered"] and not self.similar["decided"])


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
