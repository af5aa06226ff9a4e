"""Working time: deadlines, pauses, reminders. Pure arithmetic over the hours and the days off of one place.

All moments have a time zone; what comes out is in the place's own. A moment is working time when it lies in
`[start, end)` of a span of its day; a deadline may be the very end of a span.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from bot.locality import Clock, DaysOff, Hours, Locality

LONGEST = 3660
"""Days looked at; ten years without a working day are a mistake in the file."""


class NoWorkingTimeError(Exception):
    """The place never works, so no deadline can be computed."""


class WorkingTime:
    """The working time of one place."""

    def __init__(self, week: Hours, days_off: DaysOff, zone: ZoneInfo) -> None:
        """Take the normal week, its exceptions, and the time zone in which both are meant."""
        self._week = week
        self._days_off = days_off
        self._zone = zone

    @classmethod
    def of(cls, locality: Locality) -> WorkingTime:
        """That of a locality file."""
        return cls(locality.working_hours, locality.days_off, ZoneInfo(locality.timezone))

    def spans(self, day: date) -> list[tuple[datetime, datetime]]:
        """The working spans of a date, in order."""
        return [(self._at(day, span.start), self._at(day, span.end)) for span in self._days_off.spans(day, self._week)]

    def is_working(self, moment: datetime) -> bool:
        """Whether somebody works at this moment."""
        local = moment.astimezone(self._zone)
        return any(start <= local < end for start, end in self.spans(local.date()))

    def deadline(self, clock: Clock, start: datetime) -> datetime:
        """When a report of this moment has to be done.

        `working_hours`: so much working time later. `working_days`: the end of the n-th working day after the day
        of `start`, which is not counted itself (Civil Code 91/2015, article 147).

        Raises:
            NoWorkingTimeError: the place never works.
        """
        return self.shift(start, clock)

    def shift(self, moment: datetime, clock: Clock, *, back: bool = False) -> datetime:
        """An amount of working time later or earlier; earlier by days means the start of that working day."""
        local = moment.astimezone(self._zone)
        if clock.working_hours is not None:
            length = timedelta(hours=clock.working_hours)
            return self.take_off(local, length) if back else self.add(local, length)
        wanted = clock.working_days or 1
        step = timedelta(days=-1 if back else 1)
        day = local.date()
        for _ in range(LONGEST):
            day += step
            if spans := self.spans(day):
                wanted -= 1
                if not wanted:
                    return spans[0][0] if back else spans[-1][1]
        raise NoWorkingTimeError

    def add(self, moment: datetime, length: timedelta) -> datetime:
        """The earliest moment by which so much working time has passed.

        Nothing added to a moment outside working time gives the end of the working time before it, so that adding
        the parts of a length one after the other comes to the same as adding it whole.
        """
        local = moment.astimezone(self._zone)
        if not length:
            return self._not_after(local)
        for start, end in self._from(local):
            begin = max(start, local)
            if begin + length <= end:
                return begin + length
            length -= end - begin
        raise NoWorkingTimeError

    def take_off(self, moment: datetime, length: timedelta) -> datetime:
        """The latest moment after which so much working time passes until `moment`."""
        local = moment.astimezone(self._zone)
        for start, end in self._until(local):
            stop = min(end, local)
            if stop - length >= start:
                return stop - length
            length -= stop - start
        raise NoWorkingTimeError

    def between(self, earlier: datetime, later: datetime) -> timedelta:
        """How much working time lies between two moments; none when they are the other way round."""
        first, last = earlier.astimezone(self._zone), later.astimezone(self._zone)
        total, day = timedelta(), first.date()
        while day <= last.date():
            for start, end in self.spans(day):
                total += max(min(end, last) - max(start, first), timedelta())
            day += timedelta(days=1)
        return total

    def moved(self, due: datetime, stood_from: datetime, stood_to: datetime) -> tuple[datetime, timedelta]:
        """A deadline after its clock stood for a while, and the working time for which it stood."""
        stood = self.between(stood_from, stood_to)
        return (self.add(due, stood) if stood else due), stood

    def _not_after(self, local: datetime) -> datetime:
        for start, end in self._until(local):
            if start < local:
                return min(end, local)
        raise NoWorkingTimeError

    def _from(self, local: datetime) -> Iterator[tuple[datetime, datetime]]:
        """Spans that end after a moment, the earliest first."""
        for ahead in range(LONGEST):
            for start, end in self.spans(local.date() + timedelta(days=ahead)):
                if end > local:
                    yield start, end

    def _until(self, local: datetime) -> Iterator[tuple[datetime, datetime]]:
        """Spans that start before or at a moment, the latest first."""
        for ago in range(LONGEST):
            for start, end in reversed(self.spans(local.date() - timedelta(days=ago))):
                if start <= local:
                    yield start, end

    def _at(self, day: date, at: time) -> datetime:
        return datetime.combine(day, at, self._zone)
