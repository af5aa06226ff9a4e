"""Short answers and corrections."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.tickets.replies import Correction, Short, read_correction, read_short

YES, NO, CANCEL, SKIP, BACK = Short.YES, Short.NO, Short.CANCEL, Short.SKIP, Short.BACK


@pytest.mark.parametrize(
    ("text", "meaning"),
    [
        ("ok", {YES}),
        ("Ok gửi đi", {YES}),
        ("dạ đúng rồi ạ", {YES}),
        ("uhm, gửi luôn nha", {YES}),
        ("chuẩn", {YES}),
        ("đúng r, gửi đi", {YES}),
        ("không", {NO}),
        ("chưa đúng", {NO}),
        ("khoan đã", {NO}),
        ("không phải", {NO}),
        ("hủy", {CANCEL}),
        ("huỷ bỏ đi", {CANCEL}),
        ("đừng gửi", {CANCEL}),
        ("ko gửi nữa", {CANCEL}),
        ("thôi không cần", {CANCEL, SKIP}),
        ("bỏ qua", {SKIP}),
        ("hok biết", {SKIP}),
        ("ẩn danh", {SKIP}),
        ("quay lại", {BACK}),
    ],
)
def test_short_answers_are_understood(text: str, meaning: set[Short]) -> None:
    assert read_short(text) == meaning


@pytest.mark.parametrize(
    "text",
    [
        "dung gui",  # "đúng, gửi" or "đừng gửi"
        "không, gửi đi",
        "gửi mà thôi",
        "ok nhưng mà đổi địa chỉ",
        "rác không ai hốt",
        "đèn hư, cống nghẹt, đường ngập, ok chưa",
        "",
        "?!",
    ],
)
def test_what_contradicts_itself_or_tells_a_story_is_no_short_answer(text: str) -> None:
    assert not read_short(text)


def test_a_very_long_message_is_no_short_answer() -> None:
    assert not read_short("gửi đi " * 300)
    assert not read_short("đúng," * 400)


@given(st.text(max_size=60))
def test_any_text_is_read_without_an_error(text: str) -> None:
    read_short(text)
    read_correction(text)


@pytest.mark.parametrize(
    ("text", "correction"),
    [
        ("sửa địa điểm", Correction("place")),
        ("cho tôi sửa lại địa chỉ nhé", Correction("place")),
        ("sửa địa điểm thành hẻm 12 Trần Phú", Correction("place", "hẻm 12 Trần Phú")),
        ("đổi nội dung thành rác không ai hốt", Correction("description", "rác không ai hốt")),
        ("sai sđt rồi", Correction("contact")),
        ("doi linh vuc", Correction("category")),
        ("sửa", Correction(None)),
        ("sai rồi", Correction(None)),
    ],
)
def test_corrections_are_understood(text: str, correction: Correction) -> None:
    assert read_correction(text) == correction


@pytest.mark.parametrize("text", ["thay bóng đèn bị cháy ở đây", "đèn hư", "đường sá hư hỏng", ""])
def test_other_sentences_are_no_corrections(text: str) -> None:
    assert read_correction(text) is None
