"""What `bot check` says of the clocks."""

from __future__ import annotations

import pytest

from bot.runtime.clock import describe

PUBLIC = "https://hoi.phuong-mau.gov.vn"


@pytest.mark.parametrize(
    ("database", "url", "public", "good", "said"),
    [
        (0.2, "", None, True, "lệch +0.2 giây so với cơ sở dữ liệu"),
        (-11, "", None, False, "lệch -11 giây so với cơ sở dữ liệu"),
        (11, PUBLIC, 0.0, False, "NTP"),
        (0, PUBLIC, 61, False, f"lệch +61 giây so với {PUBLIC}"),
        (0, PUBLIC, -3, True, f"-3 giây so với {PUBLIC}"),
        (0, PUBLIC, None, True, "chưa so được"),
        (0, "http://127.0.0.1:8000", 1000, True, "cơ sở dữ liệu"),
    ],
)
def test_what_is_said_and_whether_it_is_well(
    database: float, url: str, public: float | None, good: bool, said: str
) -> None:
    found = describe(database, url, public)
    assert found[0] is good
    assert said in found[1]
