"""Which days are not as the normal week says: public holidays, days closed, and days made up for."""

from __future__ import annotations

from datetime import date
from functools import lru_cache

import holidays
from pydantic import BaseModel, ConfigDict

from bot.locality.hours import Closed, Hours, Span, Spans


class MakeUp(BaseModel):
    """A day that is worked although it is a weekend or a holiday ("làm bù")."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    date: date
    name: str = "làm bù"
    hours: Spans = ()
    """Its hours; none: those of a normal Monday."""


class DaysOff:
    """The exceptions of one place. A day made up for is worked, whatever else says that it is free."""

    def __init__(self, closed: tuple[Closed, ...] = (), makeup: tuple[MakeUp, ...] = (), *, holidays: bool = True):
        """Take the exceptions of a locality file.

        Args:
            closed: days closed here.
            makeup: days worked here.
            holidays: whether the public holidays of Vietnam count: Labour Code 45/2019, article 112, with the days
                in lieu that the government announces each year, as far as the library `holidays` knows them.
        """
        self._closed = closed
        self._makeup = {item.date: item for item in makeup}
        self._holidays = holidays

    def reason(self, day: date) -> str | None:
        """Why a date is free for everybody, or none."""
        if day in self._makeup:
            return None
        local = next((item.name for item in self._closed if item.first <= day <= item.last), None)
        return local or (public_holiday(day) if self._holidays else None)

    def spans(self, day: date, week: Hours) -> tuple[Span, ...]:
        """The working spans of a date."""
        made_up = self._makeup.get(day)
        if made_up is not None:
            return made_up.hours or week.of(0)
        return () if self.reason(day) else week.of(day.weekday())


@lru_cache(maxsize=4096)
def public_holiday(day: date) -> str | None:
    """The name of a public holiday of Vietnam, or none."""
    found = _vietnam().get(day)
    return str(found) if found else None


@lru_cache(maxsize=1)
def _vietnam() -> holidays.HolidayBase:
    return holidays.country_holidays("VN", language="vi")
