"""The parts of a locality file that say who works on reports, how long it may take, and what is asked."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from bot.locality.hours import Hours

CODE = r"^[a-z][a-z0-9_]{1,40}$"


class Strict(BaseModel):
    """Base of all parts: unknown keys are errors, so that a misspelt one is found."""

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)


class Ward(Strict):
    """A ward, commune or special zone of today, with the units that it was made of on 1/7/2025."""

    code: str = Field(pattern=r"^[a-z0-9][a-z0-9_\-]{0,40}$")
    """The official code, in quotes."""
    name: str
    former: tuple[str, ...] = ()


class Agency(Strict):
    """Who works on reports."""

    code: str = Field(pattern=CODE)
    name: str
    phone: str | None = None
    email: str | None = None
    wards: tuple[str, ...] = ()
    """Codes of the wards that it works in; none: all."""


class Clock(Strict):
    """An amount of working time, set by the locality's own rule."""

    working_hours: int | None = Field(None, ge=1)
    working_days: int | None = Field(None, ge=1)
    source: str | None = None
    """The rule that sets it."""

    @model_validator(mode="after")
    def _one(self) -> Clock:
        if (self.working_hours is None) == (self.working_days is None):
            raise ValueError(
                "ghi đúng một trong working_hours, working_days (give exactly one of working_hours, working_days)"
            )
        return self

    def __str__(self) -> str:
        return f"{self.working_hours} giờ làm việc" if self.working_hours else f"{self.working_days} ngày làm việc"


class Option(Strict):
    """A possible answer."""

    code: str = Field(pattern=CODE)
    label: str
    words: tuple[str, ...] = ()
    """Besides the label, what citizens write who mean this: then the question is not asked (`kind: choice`)."""


class Question(Strict):
    """Something more that the office has to know about reports of a category."""

    code: str = Field(pattern=CODE)
    ask: str
    """The question as the citizen reads it."""
    label: str | None = None
    """What its answer is called in summaries and lists; none: the question."""
    kind: Literal["text", "number", "date", "choice", "choices"] = "text"
    options: tuple[Option, ...] = ()
    required: bool = False
    help: str | None = None

    @property
    def title(self) -> str:
        """What its answer is called."""
        return self.label or self.ask

    @model_validator(mode="after")
    def _options(self) -> Question:
        if (self.kind in ("choice", "choices")) != bool(self.options):
            raise ValueError(
                "'options' chỉ dùng và phải có với kind: choice, choices (options go with choice and choices)"
            )
        codes = [option.code for option in self.options]
        if len(set(codes)) < len(codes):
            raise ValueError("mã bị trùng trong 'options' (code used twice)")
        return self


class Category(Strict):
    """A field of reports: its agency, its clock, and what to ask the citizen."""

    code: str = Field(pattern=CODE)
    label: str
    short: str = Field(max_length=20)
    """The title of its button."""
    agency: str
    """Who gets its reports where no agency of `agencies` works in the ward."""
    agencies: tuple[str, ...] = ()
    """Agencies with areas of their own: the first whose wards have the place gets the report."""
    restricted: bool = False
    """Only restricted readers may read its reports (conduct of officials)."""
    private: bool = False
    """Its reports are never published, though every officer may read them."""
    common: bool = False
    """Offered as a button when a citizen does not say what the report is about (at most four)."""
    ask_description: str | None = None
    ask_place: str | None = None
    questions: tuple[Question, ...] = ()
    """Asked besides what happened and where; attributes in Open311."""
    notice: str | None = None
    """A line to show when a report of this category starts."""
    photo: Literal["none", "optional", "after"] = "optional"
    """`none`: no pictures; `after`: one of what was done is wanted before the report counts as resolved."""
    clock: Clock | None = None
    """How long a report may take; none: no promise is made."""
    group: str | None = None
    """A heading over several categories, in Open311."""
    keywords: tuple[str, ...] = ()


class TicketRules(Strict):
    """The life of tickets in this place."""

    hours: Hours | None = None
    """The working time that clocks count; none: the opening hours of the first office."""
    silence_days: int = Field(7, ge=1, le=365)
    """Days after "done, please confirm" without a word, after which a ticket counts as closed."""
    reply_days: int = Field(7, ge=1, le=365)
    """Days without an answer to an officer's question after which the clock goes on."""
    reopen_days: int = Field(15, ge=0, le=365)
    """Days after closing within which the citizen may reopen; 0: not at all."""
    review: bool = False
    """Whether a supervisor looks at what is done before the citizen is asked to confirm."""
    remind_before: tuple[Clock, ...] = ()
    remind_after: tuple[Clock, ...] = ()
    """Working time before and after the deadline at which the agency is reminded."""
    escalate_after: Clock | None = None
    """Working time after the deadline at which supervisors are told."""
