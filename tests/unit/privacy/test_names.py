"""Names of persons in free text: full names after a title are hidden; places and half-names stay."""

from __future__ import annotations

import unicodedata

import pytest

from bot.privacy import without_titled_names


@pytest.mark.parametrize(
    ("text", "hidden"),
    [
        ("nhà ông Nguyễn Văn Bình đổ rác", "nhà ông (tên) đổ rác"),
        ("Bà Trần Thị Mai than phiền", "Bà (tên) than phiền"),
        ("anh Lê Hoàng ở hẻm 3", "anh (tên) ở hẻm 3"),
        ("chị Phạm Thị Thu Hà, cô Vũ Lan và bác Đặng Văn Tư", "chị (tên), cô (tên) và bác (tên)"),
        ("ông NGUYỄN VĂN BÌNH", "ông (tên)"),
        ("chủ nhà tên là Đỗ Minh Quân", "chủ nhà tên là (tên)"),
        ("họ tên: Hồ Thị Kỷ", "họ tên: (tên)"),
        ("gặp chú Ngô Đình Nam. Ông Lý Thường Kiệt cũng có mặt", "gặp chú (tên). Ông (tên) cũng có mặt"),
        ("em Y Moan Ênuôl bị ngã", "em (tên) bị ngã"),
        (unicodedata.normalize("NFD", "ông Nguyễn Văn Bình"), "ông (tên)"),
        ("ông Nguyễn Văn Bình Phường Mẫu", "ông (tên) Phường Mẫu"),
    ],
)
def test_full_names_after_a_title_are_hidden(text: str, hidden: str) -> None:
    assert without_titled_names(text) == hidden


@pytest.mark.parametrize(
    "text",
    [
        "ổ gà trên đường Bà Triệu",
        "đường Ông Ích Khiêm bị ngập",
        "số 5 Ông Ích Khiêm",
        "chợ Bà Chiểu đông quá",
        "cầu Ông Lãnh kẹt xe",
        "trước đường Bà Huyện Thanh Quan có rác",
        "đường Nguyễn Văn Linh và phố Trần Phú",
        "phường Cô Giang, hẻm Cô Bắc",
        "bà Tư bán bún, anh Ba xe ôm",
        "bà con Phường Mẫu rất bức xúc",
        "anh chị em công nhân",
        "ông bà Nội ngoại",
        "chị ấy nói Công ty Điện lực đã sửa",
        "cô giáo trường Lê Lợi",
        "rác ở quán Bà Năm Sa Đéc",
        "",
        "ông",
        "ông: 5",
    ],
)
def test_places_titles_alone_and_half_names_stay(text: str) -> None:
    assert without_titled_names(text) == text


def test_hiding_again_changes_nothing_and_a_long_text_is_quick() -> None:
    once = without_titled_names("ông Nguyễn Văn Bình, " * 4000)
    assert without_titled_names(once) == once
    assert "Bình" not in once
