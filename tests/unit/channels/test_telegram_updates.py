from __future__ import annotations

from typing import Any

import pytest
from telegram import Update

from bot.channels.message import Location, Payload, Received, Text
from bot.channels.telegram.service import translate

CHAT = {"id": 42, "type": "private"}
USER = {"id": 42, "is_bot": False, "first_name": "An"}


def update(**content: Any) -> Update:
    made = Update.de_json({"update_id": 7, **content}, None)
    assert made is not None
    return made


def message(**content: Any) -> dict[str, Any]:
    return {"message_id": 5, "date": 1, "chat": CHAT, "from": USER} | content


def test_text_of_a_citizen() -> None:
    found = translate(update(message=message(text=" lệ phí khai sinh ")))
    assert found == Received("telegram", "42", "m5", Text(" lệ phí khai sinh "))


def test_pressed_button() -> None:
    query = {"id": "99", "from": USER, "chat_instance": "x", "data": "aspect:fee", "message": message(text="a")}
    assert translate(update(callback_query=query)) == Received("telegram", "42", "c99", Payload("aspect:fee"))


@pytest.mark.parametrize("content", [{"text": "/start"}, {"text": "/start xyz"}, {"sticker": None}, {"text": "/help"}])
def test_start_and_what_cannot_be_read_ask_what_we_can_do(content: dict[str, Any]) -> None:
    found = translate(update(message=message(**content)))
    assert found is not None
    assert found.content == Payload("menu:help")


def test_caption_of_a_picture_is_read() -> None:
    found = translate(update(message=message(caption="đèn đường hỏng")))
    assert found is not None
    assert found.content == Text("đèn đường hỏng")


def test_a_shared_place_is_one_of_the_report() -> None:
    found = translate(update(message=message(location={"latitude": 10.7626221, "longitude": 106.66017})))
    assert found is not None
    assert found.content == Location(10.7626221, 106.66017)


def test_groups_and_edits_are_left_alone() -> None:
    assert translate(update(message=message(text="a", chat={"id": -1, "type": "group", "title": "x"}))) is None
    assert translate(update(edited_message=message(text="a"))) is None
