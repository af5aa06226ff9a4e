"""Windows, pages and moments."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.open311.asking import WINDOW, read_part, read_query, read_window
from bot.open311.errors import BadRequestError
from bot.open311.forms import Sent, cleaned, moment, written

HERE = ZoneInfo("Asia/Ho_Chi_Minh")
NOW = datetime(2026, 11, 25, 8, 0, tzinfo=UTC)


def window(**values: str) -> tuple[str | None, str | None]:
    since, until = read_window(Sent(values), HERE, NOW)
    return written(since), written(until)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-11-25T08:00:00Z", "2026-11-25T08:00:00Z"),
        ("2026-11-25T08:00:00+07:00", "2026-11-25T01:00:00Z"),
        ("2026-11-25T08:00+0700", "2026-11-25T01:00:00Z"),
        ("2026-11-25T08:00:00.5z", "2026-11-25T08:00:00Z"),
        ("2026-11-25 08:00:00", "2026-11-25T01:00:00Z"),
        ("2026-11-25", "2026-11-24T17:00:00Z"),
    ],
)
def test_moments(text: str, expected: str) -> None:
    assert written(moment(text, "x", HERE)) == expected


@pytest.mark.parametrize(
    "text", ["", "now", "2026", "25/11/2026", "2026-13-01", "2026-11-25T25:00:00Z", "2026-11-25T08:00:00+99:99",
             "0001-01-01T00:00:00+07:00", "2026-11-25T08:00:00Zjunk"],
)  # fmt: skip
def test_no_moments(text: str) -> None:
    with pytest.raises(BadRequestError):
        moment(text, "x", HERE)


@given(st.integers(-2_000_000_000, 7_000_000_000))
def test_what_we_write_we_read(seconds: int) -> None:
    at = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds)
    assert moment(str(written(at)), "x", HERE) == at


def test_window_is_90_days_whatever_is_given() -> None:
    assert window() == ("2026-08-27T08:00:00Z", "2026-11-25T08:00:00Z")
    assert window(start_date="2026-01-01T00:00:00Z") == ("2026-01-01T00:00:00Z", "2026-04-01T00:00:00Z")
    assert window(end_date="2026-04-01T00:00:00Z") == ("2026-01-01T00:00:00Z", "2026-04-01T00:00:00Z")
    whole = {"start_date": "2026-01-01T00:00:00Z", "end_date": "2026-04-01T00:00:00Z"}
    assert window(**whole) == ("2026-01-01T00:00:00Z", "2026-04-01T00:00:00Z")
    with pytest.raises(BadRequestError, match="90 days"):
        window(start_date="2026-01-01T00:00:00Z", end_date="2026-04-01T00:00:01Z")


def test_window_never_exceeds_its_span() -> None:
    since, until = read_window(Sent({}), HERE)
    assert WINDOW <= until - since <= WINDOW + timedelta(seconds=1)


def test_part_of_a_list() -> None:
    assert (read_part(Sent({})).skip, read_part(Sent({})).most) == (0, 1000)
    part = read_part(Sent({"page": "3", "page_size": "50"}))
    assert (part.skip, part.most) == (100, 50)


@pytest.mark.parametrize("values", [{"page": "0"}, {"page": "-1"}, {"page": "1.5"}, {"page_size": "1001"},
                                    {"page": "٣"}, {"page": "99999", "page_size": "1000"}])  # fmt: skip
def test_part_out_of_range(values: dict[str, str]) -> None:
    with pytest.raises(BadRequestError):
        read_part(Sent(values))


def test_ids_override_everything() -> None:
    query = read_query(Sent({"service_request_id": "pa-2026-000001,x", "status": "nonsense"}), HERE, NOW)
    assert query is not None
    assert query.codes == ("PA-2026-000001",)
    assert read_query(Sent({"service_request_id": "x"}), HERE, NOW) is None
    with pytest.raises(BadRequestError, match="at most 1000"):
        read_query(Sent({"service_request_id": ",".join(map(str, range(1001)))}), HERE, NOW)


@given(st.text())
def test_cleaned_text_is_nfc_and_stays(text: str) -> None:
    once = cleaned(text)
    assert cleaned(once) == once
    once.encode()
    assert "\x00" not in once
