"""Opening hours with lunch breaks, closed days, and the next opening."""

from __future__ import annotations

from datetime import date, datetime, time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.locality import Hours
from bot.locality.hours import Closed

WEEK = Hours.model_validate(
    {day: ["07:30-11:30", "13:30-17:00"] for day in ("mon", "tue", "wed", "thu", "fri")} | {"sat": "07:30-11:30"}
)
NEW_YEAR = (Closed.model_validate({"name": "Tết Dương lịch", "from": "2027-01-01", "to": "2027-01-01"}),)


def moment(text: str) -> datetime:
    return datetime.fromisoformat(f"{text}+07:00")


@pytest.mark.parametrize(
    ("at", "until"),
    [("2026-11-23T08:00", time(11, 30)), ("2026-11-23T13:30", time(17)), ("2026-11-28T11:29", time(11, 30))],
)
def test_open(at: str, until: time) -> None:
    state = WEEK.at(moment(at))
    assert state.open
    assert state.until == until


@pytest.mark.parametrize(
    ("at", "day", "start"),
    [
        ("2026-11-23T06:00", date(2026, 11, 23), time(7, 30)),
        ("2026-11-23T12:00", date(2026, 11, 23), time(13, 30)),
        ("2026-11-23T17:00", date(2026, 11, 24), time(7, 30)),
        ("2026-11-28T12:00", date(2026, 11, 30), time(7, 30)),
        ("2026-12-31T18:00", date(2027, 1, 2), time(7, 30)),
    ],
)
def test_closed_tells_the_next_opening(at: str, day: date, start: time) -> None:
    state = WEEK.at(moment(at), NEW_YEAR)
    assert not state.open
    assert state.next_day == day
    assert state.next_span is not None
    assert state.next_span.start == start


def test_a_holiday_is_named() -> None:
    state = WEEK.at(moment("2027-01-01T09:00"), NEW_YEAR)
    assert not state.open
    assert state.closed_for == "Tết Dương lịch"


def test_an_office_that_never_opens_promises_nothing() -> None:
    state = Hours().at(moment("2026-11-23T09:00"))
    assert not state.open
    assert state.next_day is None


def test_equal_days_are_told_together() -> None:
    assert WEEK.week() == [
        ("thứ Hai – thứ Sáu", "07h30–11h30, 13h30–17h00"),
        ("thứ Bảy", "07h30–11h30"),
        ("Chủ nhật", "nghỉ"),
    ]


@given(st.datetimes(datetime.fromisoformat("2026-01-01"), datetime.fromisoformat("2027-12-31")))
def test_open_exactly_inside_a_span(at: datetime) -> None:
    inside = any(span.start <= at.time() < span.end for span in WEEK.on(at.date(), NEW_YEAR))
    assert WEEK.at(at, NEW_YEAR).open is inside
