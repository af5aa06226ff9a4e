from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.channels.web.api import parse_chat, shown
from bot.channels.web.errors import MESSAGES, ApiError, error_response
from bot.conversations.turns import Said

GOOD: dict[str, Any] = {"conversation": None, "text": "xin chào", "message_id": "m1"}


def refused(body: object) -> str:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    with pytest.raises(ApiError) as caught:
        parse_chat(raw)
    return f"{MESSAGES[caught.value.code][0]} {caught.value.code}"


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (b"", "400 bad_json"),
        (b"{", "400 bad_json"),
        (b"\xff\xfe", "400 bad_json"),
        (b"[" * 10_000, "400 bad_json"),
        ([], "400 bad_json"),
        ("text", "400 bad_json"),
        ({"text": "a"}, "400 missing_field"),
        ({"text": "a", "message_id": None}, "400 missing_field"),
        ({"message_id": "m1"}, "400 empty_message"),
        (GOOD | {"text": ""}, "400 empty_message"),
        (GOOD | {"text": " \n\u0000 "}, "400 empty_message"),
        (GOOD | {"text": None, "payload": ""}, "400 empty_message"),
        (GOOD | {"payload": "menu:help"}, "400 text_and_payload"),
        (GOOD | {"text": 5}, "422 wrong_type"),
        (GOOD | {"text": ["a"]}, "422 wrong_type"),
        (GOOD | {"text": None, "payload": {"a": 1}}, "422 wrong_type"),
        (GOOD | {"conversation": 1}, "422 wrong_type"),
        (GOOD | {"message_id": 1}, "422 wrong_type"),
        (GOOD | {"message_id": ""}, "422 invalid_message_id"),
        (GOOD | {"message_id": "a\nb"}, "422 invalid_message_id"),
        (GOOD | {"message_id": "a\u0000"}, "422 invalid_message_id"),
        (GOOD | {"message_id": "\ud800"}, "422 invalid_message_id"),
        (GOOD | {"message_id": "a" * 129}, "422 invalid_message_id"),
        (GOOD | {"text": "a" * 2001}, "413 message_too_long"),
        (GOOD | {"text": None, "payload": "đ" * 33}, "422 payload_too_long"),
    ],
)
def test_bad_requests_are_refused_with_their_own_code(body: object, expected: str) -> None:
    assert refused(body) == expected


def test_length_is_counted_in_characters_as_people_see_them() -> None:
    composed = "ộ" * 2000
    assert parse_chat(json.dumps(GOOD | {"text": composed}).encode()).text == composed
    decomposed = "o\u0302\u0323" * 2000
    assert parse_chat(json.dumps(GOOD | {"text": decomposed}, ensure_ascii=False).encode()).text == decomposed


def test_blank_text_beside_a_payload_is_a_pressed_button() -> None:
    asked = parse_chat(json.dumps(GOOD | {"text": "", "payload": "menu:help"}).encode())
    assert (asked.text, asked.payload) == (None, "menu:help")


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(), lambda c: st.lists(c) | st.dictionaries(st.text(), c)
    )
)
def test_no_json_breaks_the_check(value: object) -> None:
    for body in (value, GOOD | {"text": value}, GOOD | {"message_id": value}):
        try:
            parse_chat(json.dumps(body).encode())
        except ApiError as error:
            assert error.code in MESSAGES


@pytest.mark.parametrize("code", MESSAGES)
def test_every_error_has_the_one_shape(code: str) -> None:
    values = {"field": "text", "expected": "chuỗi", "limit": 1, "method": "PUT"}
    response = error_response(code, values, retry_after=3)
    assert response.status_code == MESSAGES[code][0]
    assert response.headers["retry-after"] == "3"
    error = json.loads(bytes(response.body))["error"]
    assert error["code"] == code
    assert "{" not in error["message"]
    assert error["message"].endswith(".")


def test_history_shows_titles_of_pressed_buttons_and_no_tokens() -> None:
    buttons = [{"title": "Lệ phí", "payload": "aspect:fee"}]
    said = [
        Said("1", "text", "gọi tôi số [SĐT_1]", "t", "done", [{"text": "a", "buttons": buttons, "image": None}]),
        Said("2", "payload", "aspect:fee", "t", "pending"),
    ]
    first, second = shown(said)
    assert first["text"] == "gọi tôi số (số điện thoại)"
    assert (second["text"], second["body"], second["pending"]) == ("Lệ phí", "aspect:fee", True)
