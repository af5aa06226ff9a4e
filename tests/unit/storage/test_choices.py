"""Typed answers to buttons: what is shown in words is what works."""

from __future__ import annotations

from typing import Any

import pytest

from bot.storage.choices import choice_of, in_words


def reply(text: str, *buttons: tuple[str, str]) -> dict[str, Any]:
    return {"text": text, "buttons": [{"title": t, "payload": p} for t, p in buttons], "image": None}


WHICH = reply(
    "Bạn hỏi thủ tục nào?\n1. Thủ tục đăng ký khai sinh\n2. Thủ tục đăng ký kết hôn",
    ("Đăng ký khai sinh", "pick:1.001193"),
    ("Đăng ký kết hôn", "pick:1.000894"),
    ("Gặp cán bộ", "menu:handoff"),
)
SUMMARY = reply("Bạn kiểm tra giúp:", ("Gửi", "form:confirm"), ("Sửa", "form:edit"), ("Hủy", "form:cancel"))
NUMBER = reply("Bao nhiêu cột đèn hỏng?", ("Bỏ qua", "form:skip"), ("Hủy", "form:cancel"))
STARS = reply("Bạn chấm mấy sao?", *((f"{n} sao", f"ticket:PA-2026-000001:rate_{n}") for n in (5, 4, 3, 2, 1)))


@pytest.mark.parametrize(
    "text", ["1", "1.", "số 1", "chọn 1", "Chọn số 1 nhé", "cái đầu tiên", "cai dau tien", "thứ nhất", "cái 1", "mục 1"]
)
def test_the_first_is_chosen(text: str) -> None:
    assert choice_of(text, [WHICH]) == "pick:1.001193"
    assert choice_of(text, [SUMMARY]) == "form:confirm"


@pytest.mark.parametrize(
    ("text", "payload"),
    [
        ("2", "pick:1.000894"),
        ("cái thứ hai", "pick:1.000894"),
        ("cái cuối", "pick:1.000894"),
        ("3", "menu:handoff"),
        ("gặp cán bộ", "menu:handoff"),
        ("dang ky ket hon", "pick:1.000894"),
        ("4", None),
        ("0", None),
        ("lệ phí bao nhiêu", None),
        ("12 Lê Lợi", None),
        ("", None),
    ],
)
def test_another_is_chosen_or_none(text: str, payload: str | None) -> None:
    assert choice_of(text, [WHICH]) == payload


def test_a_number_that_answers_the_question_is_no_choice() -> None:
    assert choice_of("2", [NUMBER]) is None
    assert choice_of("2", [WHICH, NUMBER]) is None, "numbers belong to the last reply"
    assert choice_of("bỏ qua", [NUMBER]) == "form:skip"


def test_numbers_in_titles_are_meant_before_places() -> None:
    assert choice_of("5", [STARS]) == "ticket:PA-2026-000001:rate_5"
    assert choice_of("1", [STARS]) == "ticket:PA-2026-000001:rate_1"
    assert choice_of("5 sao", [STARS]) == "ticket:PA-2026-000001:rate_5"
    assert "5. " not in in_words([STARS])[0]["text"]
    assert "“5 sao”, “4 sao”" in in_words([STARS])[0]["text"]


def test_without_buttons_nothing_is_chosen() -> None:
    assert choice_of("1", [reply("Xin chào")]) is None
    assert choice_of("1", []) is None


def test_choices_are_numbered_below_the_text() -> None:
    assert in_words([SUMMARY])[0]["text"] == (
        "Bạn kiểm tra giúp:\n\nBạn trả lời bằng số để chọn:\n1. Gửi\n2. Sửa\n3. Hủy"
    )


def test_what_the_text_numbers_already_is_not_numbered_twice() -> None:
    assert in_words([WHICH])[0]["text"] == f"{WHICH['text']}\n3. Gặp cán bộ\n\nBạn trả lời bằng số để chọn."


def test_a_list_of_something_else_keeps_its_numbers_and_the_choices_get_their_own() -> None:
    papers = reply("Cần:\n1. Tờ khai\n2. Giấy chứng sinh", ("Lệ phí", "aspect:fee"), ("Nơi nộp", "aspect:place"))
    assert in_words([papers])[0]["text"].endswith("Bạn trả lời bằng số để chọn:\n1. Lệ phí\n2. Nơi nộp")


def test_ways_out_of_a_question_are_words() -> None:
    assert in_words([NUMBER])[0]["text"] == "Bao nhiêu cột đèn hỏng?\n\nBạn cũng có thể trả lời: “Bỏ qua”, “Hủy”."
