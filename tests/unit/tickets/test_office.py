"""What is told outside working hours: when the office opens next, why it is closed, whom to call."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from bot.tickets import Texts
from bot.tickets.office import OfficeInfo
from tests.support.localities import ward

PLACE = ward()
OFFICE = OfficeInfo(PLACE, Texts(PLACE), 365)


def at(moment: str) -> datetime:
    return datetime.fromisoformat(moment).replace(tzinfo=ZoneInfo("Asia/Ho_Chi_Minh"))


@pytest.mark.parametrize(
    ("moment", "told"),
    [
        ("2026-11-25T06:00", "hôm nay (thứ Tư 25/11)"),
        ("2026-11-25T12:00", "hôm nay (thứ Tư 25/11)"),
        ("2026-11-25T21:00", "ngày mai (thứ Năm 26/11)"),
        ("2026-11-28T21:00", "thứ Hai 30/11"),
        ("2026-11-29T09:00", "ngày mai (thứ Hai 30/11)"),
    ],
)
def test_a_wish_for_a_person_outside_the_hours_is_told_when_it_opens_next(moment: str, told: str) -> None:
    assert not OFFICE.is_open(at(moment))
    said = OFFICE.handoff_closed(at(moment))
    assert told in said
    assert str(PLACE.office.phone) in said
    assert all(line.phone in said for line in PLACE.hotlines)
    assert "đã ghi lại là bạn muốn gặp cán bộ" in said
    assert "sẽ trả lời bạn ngay tại đây" not in said


@pytest.mark.parametrize(
    ("moment", "reason"),
    [("2026-02-17T09:00", "Tết Nguyên Đán"), ("2026-09-02T09:00", "Quốc khánh"), ("2027-03-18T09:00", "Hội làng Mẫu")],
)
def test_on_a_holiday_the_reason_is_told_and_a_day_that_is_worked(moment: str, reason: str) -> None:
    assert not OFFICE.is_open(at(moment))
    said = OFFICE.handoff_closed(at(moment))
    assert reason.casefold() in said.casefold()
    opens = OFFICE.opening(at(moment)).next_day
    assert opens is not None
    assert opens > at(moment).date()
    assert f"{opens:%d/%m}" in said
    assert PLACE.days_off.reason(opens) is None
    assert not OFFICE.opens_again_today(at(moment))


def test_a_day_made_up_for_is_worked_in_its_own_hours() -> None:
    assert OFFICE.is_open(at("2027-01-09T08:00")), "a Saturday"
    assert not OFFICE.is_open(at("2027-01-09T14:00"))


def test_lunch_is_a_break_and_the_evening_is_none() -> None:
    assert OFFICE.opens_again_today(at("2026-11-25T12:00"))
    assert not OFFICE.opens_again_today(at("2026-11-25T09:00")), "it is open"
    assert not OFFICE.opens_again_today(at("2026-11-25T21:00"))


def test_within_the_hours_the_usual_time_is_told_where_it_is_known() -> None:
    assert "thường trong khoảng 10 phút" in OFFICE.handoff_live(10)
    assert "thường trong khoảng" not in OFFICE.handoff_live(None)
