"""Whether two places are about the same."""

from __future__ import annotations

import pytest

from bot.tickets.duplicates import Spot, distance, same_street


@pytest.mark.parametrize(
    ("one", "other", "shared"),
    [
        ("trước nhà số 7 đường Hoa Mai", "số 9 duong hoa mai, phường Mẫu", "đường Hoa Mai"),
        ("hẻm 42 Nguyễn Văn A", "đầu hẻm 42 nguyễn văn A, tổ 3", "hẻm 42 Nguyễn Văn A"),
        ("chợ Mẫu", "ngay chợ Mẫu, tổ 5", "chợ Mẫu"),
        ("công viên Hoa Sen", "gần công viên hoa sen", "công viên Hoa Sen"),
        ("số 79 đường hoa phượng nguy hiểm", "trước số 77 đường Hoa Phượng", "đường hoa phượng"),
        ("79 hoa phuong, phuong mau", "77 Hoa Phượng", "hoa phuong"),
        ("tổ 5", "tổ 5, phường Mẫu", "tổ 5"),
        ("45 Trần Phú", "47 tran phu", "Trần Phú"),
    ],
)
def test_the_same_street_in_other_words(one: str, other: str, shared: str | None) -> None:
    assert same_street(one, other) == shared


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("số 7 đường Hoa Mai", "số 7 đường Hoa Cúc"),
        ("số 7 Hoa Mai", "số 145 Hoa Mai"),
        ("hẻm 5 Trần Phú", "hẻm 17 Trần Phú"),
        ("đường Hoa Mai, tổ 1", "đường Hoa Mai, tổ 9"),
        ("tổ 5", "tổ 6"),
        ("phường Mẫu", "phường Mẫu"),
        ("", ""),
        ("trước nhà tôi", "trước nhà tôi"),
    ],
)
def test_another_place(one: str, other: str) -> None:
    assert same_street(one, other) is None


def test_what_is_shown_holds_no_word_that_the_asking_citizen_did_not_write() -> None:
    mine = "gần cổng trường Hoa Mai đường Trần Phú"
    theirs = "nhà bà Lan số 12 đường Trần Phú cạnh trường Hoa Mai, sát quán nhậu ông Tư"
    shared = same_street(mine, theirs)
    assert shared
    assert set(shared.split()) <= set(mine.split())


def test_distance_in_metres() -> None:
    here, near = Spot("", None, 10.762622, 106.660172), Spot("", None, 10.763522, 106.660172)
    assert distance(here, near) == pytest.approx(100, abs=1)
    assert distance(here, Spot("x")) is None
