"""Working time, by example and by property."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.locality import Clock, DaysOff, Hours, MakeUp, Span
from bot.locality.hours import Closed
from bot.tickets.clocks import NoWorkingTimeError, WorkingTime

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
DAY = ("07:30-11:30", "13:30-17:00")
WEEK = Hours.model_validate({day: list(DAY) for day in ("mon", "tue", "wed", "thu", "fri")})
OFFICE = WorkingTime(WEEK, DaysOff(), ZONE)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZONE)


def hours(number: int) -> Clock:
    return Clock(working_hours=number)


def days(number: int) -> Clock:
    return Clock(working_days=number)


@pytest.mark.parametrize(
    ("start", "clock", "due", "because"),
    [
        ("2026-11-16T08:00", hours(2), "2026-11-16T10:00", "the same morning"),
        ("2026-11-16T11:00", hours(1), "2026-11-16T14:00", "lunch does not count"),
        (
            "2026-11-16T11:00",
            hours(8),
            "2026-11-17T11:30",
            "three and a half hours a day's afternoon, then the morning",
        ),
        ("2026-11-16T12:00", hours(1), "2026-11-16T14:30", "filed at lunch"),
        ("2026-11-16T20:00", hours(1), "2026-11-17T08:30", "filed in the evening"),
        ("2026-11-20T16:30", hours(1), "2026-11-23T08:00", "over a weekend"),
        ("2026-11-21T09:00", hours(1), "2026-11-23T08:30", "filed on a Saturday"),
        ("2026-11-23T16:30", hours(1), "2026-11-25T08:00", "24 November is a holiday since 2026"),
        ("2027-02-03T16:30", hours(1), "2027-02-11T08:00", "Tết 2027: 4 to 10 February"),
        ("2026-11-16T08:00", days(1), "2026-11-17T17:00", "the day itself is not counted"),
        ("2026-11-16T23:59", days(1), "2026-11-17T17:00", "nor late in the evening"),
        ("2026-11-20T08:00", days(1), "2026-11-23T17:00", "Friday, then Monday"),
        ("2026-11-20T08:00", days(3), "2026-11-26T17:00", "with the holiday on Tuesday"),
        ("2027-02-03T08:00", days(1), "2027-02-11T17:00", "over Tết"),
        ("2027-04-29T08:00", days(1), "2027-05-04T17:00", "30 April, 1 May on a Saturday with Monday in lieu"),
    ],
)
def test_deadlines(start: str, clock: Clock, due: str, because: str) -> None:
    assert OFFICE.deadline(clock, at(start)) == at(due), because


def test_days_of_the_file_count_as_the_file_says() -> None:
    closed = Closed.model_validate({"name": "mất điện", "from": date(2026, 11, 17), "to": date(2026, 11, 17)})
    saturday = MakeUp(date=date(2026, 11, 21), hours=(Span.model_validate("08:00-10:00"),))
    place = WorkingTime(WEEK, DaysOff((closed,), (saturday,)), ZONE)
    assert place.deadline(days(1), at("2026-11-16T08:00")) == at("2026-11-18T17:00")
    assert place.deadline(hours(1), at("2026-11-20T16:30")) == at("2026-11-21T08:30")
    assert place.deadline(days(1), at("2026-11-20T16:30")) == at("2026-11-21T10:00")


def test_a_day_made_up_for_without_hours_is_a_monday_even_in_tet() -> None:
    place = WorkingTime(WEEK, DaysOff((), (MakeUp(date=date(2027, 2, 7)),)), ZONE)
    assert place.deadline(hours(1), at("2027-02-05T09:00")) == at("2027-02-07T08:30")


def test_without_public_holidays_only_the_file_counts() -> None:
    place = WorkingTime(WEEK, DaysOff(holidays=False), ZONE)
    assert place.deadline(days(1), at("2026-11-23T08:00")) == at("2026-11-24T17:00")


def test_a_place_that_never_works_gives_no_deadline() -> None:
    never = WorkingTime(Hours(), DaysOff(), ZONE)
    for clock in (hours(1), days(1)):
        with pytest.raises(NoWorkingTimeError):
            never.deadline(clock, at("2026-11-16T08:00"))


def test_a_pause_moves_the_deadline_by_the_working_time_it_took() -> None:
    due = OFFICE.deadline(hours(4), at("2026-11-16T08:00"))
    assert due == at("2026-11-16T14:00")
    moved, stood = OFFICE.moved(due, at("2026-11-16T11:00"), at("2026-11-16T14:30"))
    assert stood == timedelta(hours=1, minutes=30)
    assert moved == at("2026-11-16T15:30")
    assert OFFICE.moved(due, at("2026-11-16T18:00"), at("2026-11-17T07:00")) == (due, timedelta())


def test_reminders_before_the_deadline_lie_in_working_time() -> None:
    due = at("2026-11-23T09:00")
    assert OFFICE.shift(due, hours(4), back=True) == at("2026-11-20T14:30")
    assert OFFICE.shift(due, days(1), back=True) == at("2026-11-20T07:30")


MOMENTS = st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 31)).map(lambda found: found.replace(tzinfo=UTC))  # noqa: DTZ001
"""Made aware in the map: hypothesis draws naive ones."""
CLOCKS = st.one_of(st.integers(1, 80).map(hours), st.integers(1, 20).map(days))


@st.composite
def places(draw: st.DrawFn) -> WorkingTime:
    """Any week with up to three spans a day, some closed stretches, some days made up for."""
    cuts = draw(st.lists(st.integers(0, 95), min_size=0, max_size=6, unique=True).map(sorted))
    spans = [
        f"{a // 4:02}:{a % 4 * 15:02}-{b // 4:02}:{b % 4 * 15:02}" for a, b in zip(cuts[::2], cuts[1::2], strict=False)
    ]
    workdays = draw(
        st.lists(st.sampled_from(("mon", "tue", "wed", "thu", "fri", "sat", "sun")), min_size=1, unique=True)
    )
    week = Hours.model_validate({day: spans or list(DAY) for day in workdays})
    start = date(2026, 1, 1) + timedelta(days=draw(st.integers(0, 700)))
    closed = Closed.model_validate({"name": "x", "from": start, "to": start + timedelta(days=draw(st.integers(0, 12)))})
    makeup = MakeUp(date=date(2026, 1, 1) + timedelta(days=draw(st.integers(0, 700))), hours=week.of(0) or WEEK.of(0))
    return WorkingTime(week, DaysOff((closed,), (makeup,), holidays=draw(st.booleans())), ZONE)


def ends_in_working_time(place: WorkingTime, moment: datetime) -> bool:
    """Within a span, its end included."""
    return any(start <= moment <= end for start, end in place.spans(moment.date()))


@given(places(), MOMENTS, CLOCKS)
def test_a_deadline_is_later_and_in_working_time(place: WorkingTime, start: datetime, clock: Clock) -> None:
    due = place.deadline(clock, start)
    assert due > start
    assert ends_in_working_time(place, due)


@given(places(), MOMENTS, st.timedeltas(timedelta(), timedelta(days=30)), CLOCKS)
def test_who_files_later_is_never_due_earlier(
    place: WorkingTime, start: datetime, later: timedelta, clock: Clock
) -> None:
    assert place.deadline(clock, start) <= place.deadline(clock, start + later)


@given(places(), MOMENTS, st.integers(1, 60))
def test_longer_clocks_end_later(place: WorkingTime, start: datetime, number: int) -> None:
    assert place.deadline(hours(number), start) < place.deadline(hours(number + 1), start)
    assert place.deadline(days(number), start) < place.deadline(days(number + 1), start)


@given(places(), MOMENTS, st.integers(1, 100))
def test_the_working_time_until_a_deadline_is_that_of_the_clock(
    place: WorkingTime, start: datetime, number: int
) -> None:
    due = place.deadline(hours(number), start)
    assert place.between(start, due) == timedelta(hours=number)
    assert place.between(place.take_off(due, timedelta(hours=number)), due) == timedelta(hours=number)


@given(places(), MOMENTS, st.integers(1, 100), st.integers(0, 100))
def test_parts_add_up_to_the_whole(place: WorkingTime, start: datetime, first: int, second: int) -> None:
    one, other = timedelta(minutes=first * 7), timedelta(minutes=second * 7)
    assert place.add(place.add(start, one), other) == place.add(start, one + other)


@given(
    places(),
    MOMENTS,
    CLOCKS,
    st.timedeltas(timedelta(), timedelta(days=20)),
    st.timedeltas(timedelta(), timedelta(days=20)),
)
def test_a_pause_never_shortens_and_never_gives_more_than_it_took(
    place: WorkingTime, start: datetime, clock: Clock, before: timedelta, length: timedelta
) -> None:
    due = place.deadline(clock, start)
    moved, stood = place.moved(due, start + before, start + before + length)
    assert moved >= due
    assert place.between(due, moved) == stood
    assert stood <= length
    assert ends_in_working_time(place, moved)


@settings(max_examples=50)
@given(MOMENTS, st.lists(st.timedeltas(timedelta(), timedelta(days=3)), min_size=1, max_size=5))
def test_pauses_one_after_the_other_move_it_like_one(start: datetime, lengths: list[timedelta]) -> None:
    due = OFFICE.deadline(hours(8), start)
    at_once, _ = OFFICE.moved(due, start, start + sum(lengths, timedelta()))
    moved = due
    for length in lengths:
        moved, _ = OFFICE.moved(moved, start, start + length)
        start += length
    assert moved == at_once


@given(MOMENTS)
def test_nobody_works_at_lunch_at_night_or_on_days_off(moment: datetime) -> None:
    local = moment.astimezone(ZONE)
    if OFFICE.is_working(moment):
        assert local.weekday() < 5
        assert DaysOff().reason(local.date()) is None
        assert "07:30" <= f"{local:%H:%M}" < "11:30" or "13:30" <= f"{local:%H:%M}" < "17:00"
