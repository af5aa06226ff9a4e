"""The Telegram stand-in as python-telegram-bot itself finds it."""

from __future__ import annotations

import asyncio
import itertools
import time
from collections.abc import AsyncIterator, Iterator
from typing import Any

import httpx
import pytest
from telegram import (
    Bot,
    BotCommand,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    KeyboardButton,
    ReplyKeyboardMarkup,
    Update,
)
from telegram.error import (
    BadRequest,
    Conflict,
    Forbidden,
    InvalidToken,
    NetworkError,
    RetryAfter,
    TelegramError,
    TimedOut,
)
from telegram.request import HTTPXRequest

from tests.standins.control import Standin, telegram_standin
from tests.standins.telegram import TOKEN
from tests.support.hook import Hook, hook

CITIZEN = 42


@pytest.fixture
def standin() -> Iterator[Standin]:
    with telegram_standin(speed=100) as made:
        yield made


def bot_of(standin: Standin, token: str = TOKEN, timeout: float = 10) -> Bot:
    request = HTTPXRequest(read_timeout=timeout)
    return Bot(
        token,
        base_url=f"{standin.url}/bot",
        base_file_url=f"{standin.url}/file/bot",
        request=request,
        get_updates_request=HTTPXRequest(read_timeout=timeout),
    )


@pytest.fixture
async def bot(standin: Standin) -> AsyncIterator[Bot]:
    async with bot_of(standin) as made:
        yield made


async def test_updates_are_confirmed_by_the_next_offset(standin: Standin, bot: Bot) -> None:
    for text in ("một", "hai", "ba"):
        standin.write(chat=CITIZEN, text=text)
    first = await bot.get_updates()
    assert [update.message.text for update in first if update.message] == ["một", "hai", "ba"]
    assert await bot.get_updates() == first, "not confirmed: they come again"
    rest = await bot.get_updates(offset=first[1].update_id + 1)
    assert [update.message.text for update in rest if update.message] == ["ba"]
    assert await bot.get_updates(offset=rest[0].update_id + 1) == ()
    assert standin.state()["pending"] == 0


async def test_long_poll_ends_with_the_first_update(standin: Standin, bot: Bot) -> None:
    waiting = asyncio.create_task(bot.get_updates(timeout=20))
    await asyncio.sleep(0.2)
    assert not waiting.done()
    await asyncio.to_thread(standin.write, chat=CITIZEN, text="chào")
    (update,) = await asyncio.wait_for(waiting, 2)
    assert update.message and update.message.text == "chào"


async def test_second_poller_ends_the_first(standin: Standin, bot: Bot) -> None:
    first = asyncio.create_task(bot.get_updates(timeout=20))
    await asyncio.sleep(0.2)
    async with bot_of(standin) as other:
        second = asyncio.create_task(other.get_updates(timeout=1))
        with pytest.raises(Conflict, match=r"(?i)terminated by other getUpdates request"):
            await first
        assert await second == ()


async def test_polling_and_webhook_exclude_each_other(standin: Standin, bot: Bot) -> None:
    await bot.set_webhook("http://127.0.0.1:1/hook", max_connections=20, allowed_updates=["message"])
    with pytest.raises(Conflict, match=r"(?i)webhook is active"):
        await bot.get_updates()
    info = await bot.get_webhook_info()
    assert (info.url, info.max_connections, info.allowed_updates) == ("http://127.0.0.1:1/hook", 20, ("message",))
    standin.write(chat=CITIZEN, text="chờ")
    await bot.delete_webhook()
    assert [update.message.text for update in await bot.get_updates() if update.message] == ["chờ"]
    assert (await bot.get_webhook_info()).url == ""


async def test_real_telegram_wants_https_for_webhooks() -> None:
    with telegram_standin(local=False) as standin:
        async with bot_of(standin) as bot:
            with pytest.raises(BadRequest, match=r"(?i)An HTTPS URL must be provided"):
                await bot.set_webhook("http://example.gov.vn/hook")
            with pytest.raises(BadRequest, match=r"(?i)only on ports 80, 88, 443 or 8443"):
                await bot.set_webhook("https://example.gov.vn:8000/hook")
            with pytest.raises(BadRequest, match=r"(?i)unallowed characters"):
                await bot.set_webhook("https://example.gov.vn/hook", secret_token="có dấu")


async def test_everything_that_a_citizen_does_is_an_update_that_the_library_reads(standin: Standin, bot: Bot) -> None:
    made = [
        standin.write(chat=CITIZEN, text="/start PA-2026-000001"),
        standin.photo(chat=CITIZEN, body=b"\xff\xd8\xffjpg", caption="ổ gà"),
        standin.location(chat=CITIZEN, latitude=21.0285, longitude=105.8542),
        standin.contact(chat=CITIZEN, phone="+84912345678"),
        standin.contact(chat=CITIZEN, phone="+84900000000", owner=777),
        standin.voice(chat=CITIZEN),
        standin.sticker(chat=CITIZEN),
        standin.document(chat=CITIZEN, body=b"%PDF-", name="đơn.pdf"),
        standin.edit(chat=CITIZEN, message_id=10, text="sửa"),
        standin.member(chat=CITIZEN, blocked=True),
    ]
    updates = await bot.get_updates()
    assert len(updates) == len(made)
    start, photo, location, own, other, voice, sticker, document, edit, member = updates
    assert start.message and start.message.entities[0].type == "bot_command"
    assert photo.message and photo.message.caption == "ổ gà"
    file = await bot.get_file(photo.message.photo[-1].file_id)
    assert bytes(await file.download_as_bytearray()) == b"\xff\xd8\xffjpg"
    assert location.message and location.message.location and location.message.location.latitude == 21.0285
    assert own.message and own.message.contact and own.message.contact.user_id == CITIZEN
    assert other.message and other.message.contact and other.message.contact.user_id == 777
    assert voice.message and voice.message.voice
    assert sticker.message and sticker.message.sticker
    assert document.message and document.message.document and document.message.document.file_name == "đơn.pdf"
    assert edit.edited_message and edit.edited_message.text == "sửa"
    assert member.my_chat_member and member.my_chat_member.new_chat_member.status == "kicked"
    with pytest.raises(Forbidden, match=r"(?i)blocked by the user"):
        await bot.send_message(CITIZEN, "x")


async def test_buttons_can_be_pressed_and_each_press_is_answered_once(standin: Standin, bot: Bot) -> None:
    standin.write(chat=CITIZEN, text="khai sinh")
    keyboard = InlineKeyboardMarkup([[InlineKeyboardButton("Lệ phí", callback_data="aspect:fee")]])
    await bot.send_message(CITIZEN, "Hỏi gì?", reply_markup=keyboard)
    assert standin.sent()[0]["buttons"] == [{"title": "Lệ phí", "payload": "aspect:fee", "url": None}]
    standin.press(chat=CITIZEN, data="aspect:fee")
    query = (await bot.get_updates())[-1].callback_query
    assert query and query.data == "aspect:fee" and query.message and query.message.is_accessible
    assert standin.state()["unanswered"] == [query.id]
    assert await bot.answer_callback_query(query.id)
    assert standin.state()["unanswered"] == []
    with pytest.raises(BadRequest, match=r"(?i)query is too old"):
        await bot.answer_callback_query(query.id)
    standin.press(chat=CITIZEN, data="pick:1", stale=True)
    stale = (await bot.get_updates())[-1].callback_query
    assert stale and stale.message and not stale.message.is_accessible


async def test_keyboard_may_ask_for_place_and_phone(standin: Standin, bot: Bot) -> None:
    standin.write(chat=CITIZEN, text="a")
    keys = [[KeyboardButton("Vị trí", request_location=True), KeyboardButton("SĐT", request_contact=True)]]
    await bot.send_message(CITIZEN, "Gửi vị trí", reply_markup=ReplyKeyboardMarkup(keys, resize_keyboard=True))
    asked = [{k for k in key if k != "text"} for key in standin.sent()[0]["keyboard"]]
    assert asked == [{"request_location"}, {"request_contact"}]


async def test_limits_of_messages(standin: Standin, bot: Bot) -> None:
    with pytest.raises(BadRequest, match=r"(?i)chat not found"):
        await bot.send_message(CITIZEN, "chưa quen")
    standin.write(chat=CITIZEN, text="a")
    await bot.send_message(CITIZEN, "đ" * 4096)
    with pytest.raises(BadRequest, match=r"(?i)message is too long"):
        await bot.send_message(CITIZEN, "đ" * 4097)
    with pytest.raises(BadRequest, match=r"(?i)message text is empty"):
        await bot.send_message(CITIZEN, " \n ")
    long = InlineKeyboardMarkup([[InlineKeyboardButton("x", callback_data="đ" * 33)]])
    with pytest.raises(BadRequest, match=r"(?i)button_data_invalid"):
        await bot.send_message(CITIZEN, "x", reply_markup=long)
    with pytest.raises(BadRequest, match=r"(?i)caption is too long"):
        await bot.send_photo(CITIZEN, b"\xff\xd8\xff", caption="x" * 1025)
    message = await bot.send_photo(CITIZEN, b"\xff\xd8\xffjpg", caption="sơ đồ")
    assert message.photo and message.caption == "sơ đồ"
    assert await bot.set_my_commands([BotCommand("tra_cuu", "Tra cứu phản ánh")])
    assert standin.state()["commands"] == [{"command": "tra_cuu", "description": "Tra cứu phản ánh"}]
    with pytest.raises(BadRequest, match=r"(?i)command_invalid"):
        await bot.set_my_commands([BotCommand("tra-cứu", "x")])
    with pytest.raises(BadRequest, match=r"(?i)wrong file_id"):
        await bot.get_file("nothing")


async def test_who_sends_too_fast_is_told_how_long_to_wait() -> None:
    with telegram_standin(limits=True) as standin:
        standin.write(chat=CITIZEN, text="a")
        async with bot_of(standin) as bot:
            with pytest.raises(RetryAfter) as flood:
                for number in range(10):
                    await bot.send_message(CITIZEN, str(number))
        assert 1 <= float(flood.value._retry_after.total_seconds()) <= 2
        assert 5 <= len(standin.sent()) < 10


async def test_wrong_token_and_unknown_method(standin: Standin) -> None:
    with pytest.raises(InvalidToken):
        async with bot_of(standin, token="123:wrong"):
            pass
    answer = await asyncio.to_thread(httpx.post, f"{standin.url}/bot{TOKEN}/sendTelepathy")
    assert (answer.status_code, answer.json()["description"]) == (404, "Not Found")


@pytest.mark.parametrize(
    ("fault", "expected", "arrives"),
    [
        ({"kind": "status", "status": 502}, NetworkError, False),
        ({"kind": "after_status", "status": 502}, NetworkError, True),
        ({"kind": "drop"}, NetworkError, False),
        ({"kind": "after_drop"}, NetworkError, True),
        ({"kind": "after_hang", "seconds": 3}, TimedOut, True),
        ({"kind": "slow", "seconds": 0.3}, None, True),
        (
            {"kind": "refuse", "error": {"code": 429, "description": "Too Many Requests", "retry_after": 7}},
            RetryAfter,
            False,
        ),
    ],
)
async def test_faults_are_what_the_library_takes_them_for(
    standin: Standin, fault: dict[str, Any], expected: type[TelegramError] | None, arrives: bool
) -> None:
    standin.write(chat=CITIZEN, text="a")
    async with bot_of(standin, timeout=1) as bot:
        standin.fail(call="sendMessage", **fault)
        if expected is None:
            await bot.send_message(CITIZEN, "x")
        else:
            with pytest.raises(expected):
                await bot.send_message(CITIZEN, "x")
        assert len(standin.sent()) == arrives
        await bot.send_message(CITIZEN, "y")
    assert standin.happened() == {fault["kind"]: 1}


@pytest.fixture
def receiving() -> Iterator[Hook]:
    with hook() as made:
        yield made


async def test_webhook_gets_updates_with_the_secret_one_of_a_chat_at_a_time(
    standin: Standin, bot: Bot, receiving: Hook
) -> None:
    receiving.delay = 0.05
    await bot.set_webhook(receiving.url, secret_token="s3cret")
    standin.write_many(messages=[[chat, str(n)] for n in range(5) for chat in (1, 2, 3, 4)])
    receiving.until(20)
    assert receiving.most_at_once == 4
    for chat in (1, 2, 3, 4):
        updates = [Update.de_json(got.json(), bot) for got in receiving.got]
        said = [u.message.text for u in updates if u and u.message and u.message.chat.id == chat]
        assert said == ["0", "1", "2", "3", "4"]
    assert {got.headers["x-telegram-bot-api-secret-token"] for got in receiving.got} == {"s3cret"}
    assert {got.headers["content-type"] for got in receiving.got} == {"application/json"}
    assert (await bot.get_webhook_info()).pending_update_count == 0


async def test_update_that_fails_is_redelivered_and_holds_its_chat_up(
    standin: Standin, bot: Bot, receiving: Hook
) -> None:
    receiving.answers += [500, 0, 503, 200]
    await bot.set_webhook(receiving.url)
    standin.write(chat=1, text="một")
    standin.write(chat=1, text="hai")
    receiving.until(5)
    texts = [got.json()["message"]["text"] for got in receiving.got]
    assert texts == ["một", "một", "một", "một", "hai"]
    at = [got.at for got in receiving.got]
    pauses = [later - earlier for earlier, later in itertools.pairwise(at)]
    assert pauses[0] < 0.5, "at once"
    assert pauses[1] >= 0.02 and pauses[2] >= 0.04, "then 2 s, 4 s, a hundred times faster"
    info = await bot.get_webhook_info()
    assert info.last_error_message == "Wrong response from the webhook: 503 Service Unavailable"


async def test_update_whose_answer_was_lost_comes_again(standin: Standin, bot: Bot, receiving: Hook) -> None:
    standin.duplicates(share=0.5)
    await bot.set_webhook(receiving.url)
    standin.write_many(messages=[[chat, "a"] for chat in range(40)])
    receiving.until(45)
    end = time.monotonic() + 10
    while (await bot.get_webhook_info()).pending_update_count:
        assert time.monotonic() < end
        await asyncio.sleep(0.02)
    assert len({got.json()["update_id"] for got in receiving.got}) == 40
