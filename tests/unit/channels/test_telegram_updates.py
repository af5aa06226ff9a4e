from __future__ import annotations

from typing import Any

import pytest
from telegram import Update

from bot.channels.message import Contact, Content, Event, Location, Media, Payload, Received, Text, TicketLink
from bot.channels.telegram.commands import MENU
from bot.channels.telegram.updates import read, translate
from bot.channels.telegram.webhook import parsed
from bot.tickets.links import TicketLinks

CHAT = {"id": 42, "type": "private"}
USER = {"id": 42, "is_bot": False, "first_name": "An"}
FILE = {"file_id": "F1", "file_unique_id": "u1", "file_size": 900}


def update(**content: Any) -> Update:
    made = Update.de_json({"update_id": 7, **content}, None)
    assert made is not None
    return made


def message(**content: Any) -> dict[str, Any]:
    return {"message_id": 5, "date": 1, "chat": CHAT, "from": USER} | content


def said(**content: Any) -> list[Content]:
    return [received.content for received in translate(update(message=message(**content)))]


def test_text_of_a_citizen() -> None:
    found = translate(update(message=message(text=" lệ phí khai sinh ")))
    assert found == [Received("telegram", "42", "m5", Text("lệ phí khai sinh"))]


def test_pressed_button() -> None:
    query = {"id": "99", "from": USER, "chat_instance": "x", "data": "aspect:fee", "message": message(text="a")}
    assert translate(update(callback_query=query)) == [Received("telegram", "42", "c99", Payload("aspect:fee"))]


@pytest.mark.parametrize(
    "content", [{"text": "/start"}, {"text": "/start xyz"}, {}, {"text": "/help"}, {"text": "/trogiup@mot_cua_bot"}]
)
def test_start_and_what_says_nothing_ask_what_we_can_do(content: dict[str, Any]) -> None:
    assert said(**content) == [Payload("menu:help")]


def test_the_menu_is_understood() -> None:
    assert said(text="/phananh") == [Payload("menu:report")]
    assert said(text="/tracuu@mot_cua_bot") == [Payload("menu:status")]
    assert said(text="/khongco đèn đường hỏng") == [Text("đèn đường hỏng")]
    assert all(name.isascii() and name.islower() and 3 <= len(told) <= 256 for name, told, _ in MENU)


def test_start_with_a_link_opens_the_report() -> None:
    link = TicketLinks("a secret key for tests only").of("PA-2026-000123")
    assert len(link) <= 64
    code, proof = link[:14], link[15:]
    assert said(text=f"/start {link}") == [TicketLink(code, proof)]
    assert said(text="/start PA-2026-000123") == [TicketLink("PA-2026-000123")]


def test_caption_comes_before_its_picture_in_its_largest_size() -> None:
    sizes = [FILE | {"file_id": name, "width": width, "height": width} for name, width in (("S", 90), ("L", 1280))]
    found = translate(update(message=message(photo=sizes, caption="đèn đường hỏng")))
    assert [(one.message_id, one.content) for one in found] == [
        ("m5", Text("đèn đường hỏng")),
        ("m5m", Media("photo", "L", 900)),
    ]


def test_an_image_sent_as_a_file_is_a_photo_and_another_file_is_not() -> None:
    assert said(document=FILE | {"mime_type": "image/png", "file_name": "a.png"}) == [Media("photo", "F1", 900)]
    assert said(document=FILE | {"mime_type": "application/pdf"}) == [Media("file", "F1", 900)]


def test_voice_sticker_and_video_are_known_for_what_they_are() -> None:
    looks = {"width": 5, "height": 5, "is_animated": False, "is_video": False, "type": "regular"}
    assert said(voice=FILE | {"duration": 2}) == [Media("voice", "")]
    assert said(sticker=FILE | looks) == [Media("sticker", "")]
    assert said(video=FILE | {"width": 5, "height": 5, "duration": 2}) == [Media("video", "")]


def test_a_shared_place_is_a_location() -> None:
    assert said(location={"latitude": 10.7626221, "longitude": 106.66017}) == [Location(10.7626221, 106.66017)]


def test_a_contact_is_ones_own_only_under_ones_own_id() -> None:
    card = {"phone_number": "84912345678", "first_name": "An", "last_name": "Nguyễn"}
    assert said(contact=card | {"user_id": 42}) == [Contact("84912345678", "Nguyễn An", own=True)]
    assert said(contact=card | {"user_id": 43}) == [Contact("84912345678", "Nguyễn An", own=False)]
    assert said(contact=card) == [Contact("84912345678", "Nguyễn An", own=False)]


@pytest.mark.parametrize(("status", "kind"), [("kicked", "left"), ("member", "came")])
def test_blocking_and_unblocking_are_events(status: str, kind: str) -> None:
    bot = {"id": 1, "is_bot": True, "first_name": "B"}
    new = {"user": bot, "status": status} | ({"until_date": 0} if status == "kicked" else {})
    changed = {"chat": CHAT, "from": USER, "date": 1, "new_chat_member": new,
               "old_chat_member": {"user": bot, "status": "member"}}  # fmt: skip
    assert translate(update(my_chat_member=changed)) == [Received("telegram", "42", "u7", Event(kind))]  # type: ignore[arg-type]  # of the two


def test_groups_and_edits_are_left_alone() -> None:
    assert translate(update(message=message(text="a", chat={"id": -1, "type": "group", "title": "x"}))) == []
    assert translate(update(edited_message=message(text="a"))) == []


@pytest.mark.parametrize(
    "content",
    [{"text": 5}, {"chat": {"id": "x\x00", "type": "private"}, "text": "a"}, {"location": {"latitude": "a"}},
     {"photo": [5]}, {"contact": []}, {"message_id": None, "text": "a"}],
)  # fmt: skip
def test_an_update_of_an_unknown_shape_is_left_and_breaks_nothing(content: dict[str, Any]) -> None:
    made = parsed({"update_id": 7, "message": message(**content)})
    assert made is None or read(made) == []
