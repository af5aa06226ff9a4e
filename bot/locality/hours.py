"""Opening hours: spans a weekday (so lunch breaks are gaps), days closed, and whether it is open now."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from itertools import pairwise
from typing import Annotated, Any, Protocol

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
DAY_NAMES = ("thứ Hai", "thứ Ba", "thứ Tư", "thứ Năm", "thứ Sáu", "thứ Bảy", "Chủ nhật")
HORIZON = 30
"""Days looked ahead for the next opening."""


class Span(BaseModel):
    """From one time of a day to a later one, written `07:30-11:30`."""

    model_config = ConfigDict(frozen=True)
    start: time
    end: time

    @model_validator(mode="before")
    @classmethod
    def _from_text(cls, value: Any) -> Any:
        if not isinstance(value, str):
            return value
        parts = value.replace("–", "-").split("-")
        if len(parts) != 2:
            raise ValueError("giờ phải viết dạng 07:30-11:30 (hours are written 07:30-11:30)")
        return {"start": parts[0].strip(), "end": parts[1].strip()}

    @model_validator(mode="after")
    def _in_order(self) -> Span:
        if self.start >= self.end:
            raise ValueError("giờ bắt đầu phải trước giờ kết thúc (the start must be before the end)")
        return self

    def __str__(self) -> str:
        return f"{self.start:%Hh%M}–{self.end:%Hh%M}"


def _spans(value: Any) -> Any:
    return [] if value is None else [value] if isinstance(value, str) else value


Spans = Annotated[tuple[Span, ...], BeforeValidator(_spans)]


class Closed(BaseModel):
    """Days on which an office is closed, with the reason that people read."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    name: str
    first: date = Field(alias="from")
    last: date = Field(alias="to")

    @model_validator(mode="after")
    def _in_order(self) -> Closed:
        if self.last < self.first:
            raise ValueError("'to' phải không trước 'from' ('to' must not be before 'from')")
        return self


class Exceptions(Protocol):
    """Days that are not as the normal week says (`bot.locality.calendar.DaysOff`)."""

    def reason(self, day: date) -> str | None:
        """Why a date is free for everybody, or none."""

    def spans(self, day: date, week: Hours) -> tuple[Span, ...]:
        """The spans of a date."""


class OpenState(BaseModel):
    """Whether an office is open at a moment, until when, and when it opens next."""

    model_config = ConfigDict(frozen=True)
    open: bool
    until: time | None = None
    next_day: date | None = None
    next_span: Span | None = None
    closed_for: str | None = None


class Hours(BaseModel):
    """Hours of a normal week; a weekday that is not named is closed."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    mon: Spans = ()
    tue: Spans = ()
    wed: Spans = ()
    thu: Spans = ()
    fri: Spans = ()
    sat: Spans = ()
    sun: Spans = ()

    @model_validator(mode="after")
    def _no_overlap(self) -> Hours:
        for day in DAYS:
            spans = self.of(DAYS.index(day))
            if any(later.start < earlier.end for earlier, later in pairwise(spans)):
                raise ValueError(f"{day}: các khung giờ chồng nhau hoặc sai thứ tự (spans overlap or are not in order)")
        return self

    def of(self, weekday: int) -> tuple[Span, ...]:
        """The spans of a weekday, Monday is 0."""
        spans: tuple[Span, ...] = getattr(self, DAYS[weekday])
        return spans

    def on(self, day: date, closed: tuple[Closed, ...] | Exceptions = ()) -> tuple[Span, ...]:
        """The spans of one date, holidays considered."""
        if not isinstance(closed, tuple):
            return closed.spans(day, self)
        return () if closure(day, closed) else self.of(day.weekday())

    def at(self, moment: datetime, closed: tuple[Closed, ...] | Exceptions = ()) -> OpenState:
        """Whether it is open at a moment of local time."""
        now = moment.time()
        for span in self.on(moment.date(), closed):
            if span.start <= now < span.end:
                return OpenState(open=True, until=span.end)
        reason = closure(moment.date(), closed)
        for ahead in range(HORIZON):
            day = moment.date() + timedelta(days=ahead)
            for span in self.on(day, closed):
                if ahead or span.start > now:
                    return OpenState(open=False, next_day=day, next_span=span, closed_for=reason)
        return OpenState(open=False, closed_for=reason)

    def week(self) -> list[tuple[str, str]]:
        """The week for people: equal neighbouring days joined, `[("thứ Hai – thứ Sáu", "07h30–11h30, …")]`."""
        rows: list[tuple[int, int, tuple[Span, ...]]] = []
        for weekday in range(7):
            spans = self.of(weekday)
            if rows and rows[-1][2] == spans:
                rows[-1] = (rows[-1][0], weekday, spans)
            else:
                rows.append((weekday, weekday, spans))
        return [
            (
                DAY_NAMES[first] if first == last else f"{DAY_NAMES[first]} – {DAY_NAMES[last]}",
                ", ".join(map(str, spans)) or "nghỉ",
            )
            for first, last, spans in rows
        ]


def closure(day: date, closed: tuple[Closed, ...] | Exceptions) -> str | None:
    """Why a date is closed for everybody, or none."""
    if not isinstance(closed, tuple):
        return closed.reason(day)
    return next((item.name for item in closed if item.first <= day <= item.last), None)


def weekday_name(day: date) -> str:
    """The Vietnamese name of a date's weekday."""
    return DAY_NAMES[day.weekday()]
