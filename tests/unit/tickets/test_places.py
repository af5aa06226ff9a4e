"""Places in sentences."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.tickets.places import find_place


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("Bóng đèn ở hẻm 17 Trần Quốc Toản chớp nháy suốt đêm", "ở hẻm 17 Trần Quốc Toản"),
        ("bong den kiet 9 chay ca tuan", "kiet 9"),
        ("hố ga trước số 21 Phan Bội Châu mất nắp", "trước số 21 Phan Bội Châu"),
        ("nhà số 6 đang đổ vật liệu ra đường", "nhà số 6"),
        ("cúp nước 3 ngày nay, khu phố 4", "khu phố 4"),
        ("ngay đầu ngõ 12 có ổ voi", "ngay đầu ngõ 12"),
        ("Ngã tư Bảy Hiền đèn vàng nhấp nháy", "Ngã tư Bảy Hiền"),
        ("nga tu le lai den vang", "nga tu le lai"),
        ("duong hai ba trung ngap qua troi", "duong hai ba trung"),
        ("Trụ đèn số 8 đường Hùng Vương, khu phố 1 bị nghiêng", "Trụ đèn số 8 đường Hùng Vương, khu phố 1"),
        ("trước cổng trường tiểu học Hoa Mai cây gãy cành", "trước cổng trường tiểu học Hoa Mai"),
        ("ngập 20 cm trên đường 30/4", "trên đường 30/4"),
        ("RÁC CHẤT ĐỐNG Ở HẺM 8 KÌA", "Ở HẺM 8"),
        ("tổ dân phố số 4 mất điện", "tổ dân phố số 4"),
        ("quầy số 2 nạt nộ người dân", "quầy số 2"),
        ("nắp cống hư trước số 79 đường hoa phượng nguy hiểm quá", "trước số 79 đường hoa phượng"),
        ("so 79 duong hoa phuong bi ngap", "so 79 duong hoa phuong"),
        ("số 12 đường trơn trượt quá", "số 12"),
    ],
)
def test_a_place_with_a_number_or_a_name_is_found(text: str, place: str) -> None:
    assert find_place(text) == place


@pytest.mark.parametrize(
    "text",
    [
        "rác đầu hẻm bốc mùi",
        "đường như ruộng cày",
        "xe rác 3 ngày không vào ngõ",
        "cây trước trường mầm non sắp đổ",
        "bóng đèn số 2 ngày nay không sáng",
        "cho Lan gửi phản ánh với",
        "đèn Hoa hay hư",
        "10 giờ đêm vẫn hát",
        "đường trần ai gai góc",
        "",
    ],
)
def test_without_a_number_or_a_name_nothing_is_taken(text: str) -> None:
    assert find_place(text) is None


@given(st.text(max_size=80))
def test_a_place_is_always_part_of_the_text(text: str) -> None:
    place = find_place(text)
    assert place is None or place in unicodedata.normalize("NFC", text)
