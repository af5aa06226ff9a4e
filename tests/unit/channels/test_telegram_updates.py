from __future__ import annotations

from typing import Any

import pytest
from telegram import Update

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
    incoming = translate(update(message=message(text=" lệ phí khai sinh ")))
    assert incoming is not None
    assert (incoming.channel, incoming.external_id, incoming.message_id) == ("telegram", "42", "m5")
    assert (incoming.text, incoming.payload) == ("lệ phí khai sinh", None)


def test_pressed_button() -> None:
    query = {"id": "99", "from": USER, "chat_instance": "x", "data": "aspect:fee", "message": message(text="a")}
    incoming = translate(update(callback_query=query))
    assert incoming is not None
    assert (incoming.external_id, incoming.message_id, incoming.payload) == ("42", "c99", "aspect:fee")


@pytest.mark.parametrize("content", [{"text": "/start"}, {"text": "/start xyz"}, {"sticker": None}, {"text": "/help"}])
def test_start_and_what_cannot_be_read_ask_what_we_can_do(content: dict[str, Any]) -> None:
    incoming = translate(update(message=message(**content)))
    assert incoming is not None
    assert incoming.payload == "menu:help"


def test_caption_of_a_picture_is_read() -> None:
    incoming = translate(update(message=message(caption="đèn đường hỏng")))
    assert incoming is not None
    assert incoming.text == "đèn đường hỏng"


def test_a_shared_place_is_one_of_the_report() -> None:
    incoming = translate(update(message=message(location={"latitude": 10.7626221, "longitude": 106.66017})))
    assert incoming is not None
    assert incoming.payload == "location:10.762622,106.660170"


def test_groups_and_edits_are_left_alone() -> None:
    assert translate(update(message=message(text="a", chat={"id": -1, "type": "group", "title": "x"}))) is None
    assert translate(update(edited_message=message(text="a"))) is None
