"""Telegram by webhook: the stand-in delivers as Telegram does, to a real web process."""

from __future__ import annotations

import json
import random
import time
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from tests.integration.channels.test_telegram import rows, until
from tests.standins.control import Standin, telegram_standin
from tests.standins.telegram import TOKEN
from tests.support.chat_system import ChatSystem, running_chat
from tests.support.databases import Databases

SECRET = "the-secret-of-the-webhook"
HEADER = "X-Telegram-Bot-Api-Secret-Token"
PATH = "/webhooks/telegram"


@pytest.fixture(scope="module")
def running(databases: Databases) -> Iterator[tuple[ChatSystem, Standin]]:
    with (
        databases.fresh() as url,
        telegram_standin(speed=20) as platform,
        running_chat(
            url, BOT_TELEGRAM_TOKEN=TOKEN, BOT_TELEGRAM_SECRET=SECRET, BOT_TELEGRAM_API_BASE=platform.url
        ) as system,
    ):
        told = httpx.post(
            f"{platform.url}/bot{TOKEN}/setWebhook", data={"url": f"{system.url}{PATH}", "secret_token": SECRET}
        )
        assert told.json() == {"ok": True, "result": True}
        yield system, platform


@pytest.fixture
def system(running: tuple[ChatSystem, Standin]) -> ChatSystem:
    running[0].engine.taken.clear()
    return running[0]


@pytest.fixture
def platform(running: tuple[ChatSystem, Standin]) -> Standin:
    return running[1]


def post(system: ChatSystem, body: bytes, **headers: str | bytes) -> int:
    return httpx.post(f"{system.url}{PATH}", content=body, headers=headers, timeout=30).status_code


def update(number: int, text: str = "a", chat: int = 900) -> dict[str, Any]:
    message = {
        "message_id": number, "date": 1, "text": text, "chat": {"id": chat, "type": "private", "first_name": "A"},
        "from": {"id": chat, "is_bot": False, "first_name": "A"},
    }  # fmt: skip
    return {"update_id": number, "message": message}


def test_question_and_button_are_answered(system: ChatSystem, platform: Standin) -> None:
    platform.write(chat=42, text="!buttons")
    first = platform.until(1, chat=42)
    platform.press(chat=42, message_id=first[0]["message_id"], data="pick:1.000894:documents")
    assert platform.until(2, chat=42)[1]["text"] == "Bạn viết: pick:1.000894:documents"
    until(lambda: not platform.state()["unanswered"])
    platform.write(chat=42, text="1")
    assert platform.until(3, chat=42)[2]["text"] == "Bạn viết: 1"


def test_an_edit_is_no_new_question(system: ChatSystem, platform: Standin) -> None:
    said = platform.write(chat=43, text="lệ phí khai sinh")
    platform.until(1, chat=43)
    platform.edit(chat=43, message_id=said["message"]["message_id"], text="lệ phí kết hôn")
    platform.write(chat=43, text="cảm ơn")
    assert [one["text"] for one in platform.until(2, chat=43)] == ["Bạn viết: lệ phí khai sinh", "Bạn viết: cảm ơn"]


def test_what_comes_twice_is_one_message(system: ChatSystem, platform: Standin) -> None:
    platform.duplicates(share=0.5)
    for number in range(10):
        platform.write(chat=44, text=f"tin {number}")
    sent = platform.until(10, chat=44)
    platform.duplicates(share=0)
    time.sleep(0.5)
    assert [one["text"] for one in platform.sent(chat=44)] == [f"Bạn viết: tin {number}" for number in range(10)]
    assert len(sent) == 10


def test_blocking_opts_out_and_writing_opts_in(system: ChatSystem, platform: Standin) -> None:
    platform.write(chat=45, text="một")
    platform.until(1, chat=45)
    opted = "SELECT opted_out_at IS NOT NULL FROM conversations WHERE external_id = '45'"
    platform.member(chat=45, blocked=True)
    until(lambda: rows(system, opted) == [(True,)])
    platform.member(chat=45, blocked=False)
    until(lambda: rows(system, opted) == [(False,)])


@pytest.mark.parametrize("secret", [None, "", "wrong", SECRET[:-1], SECRET + "x", "bí mật"])
def test_without_the_secret_nothing_is_read(system: ChatSystem, secret: str | None) -> None:
    headers = {} if secret is None else {HEADER: secret.encode()}
    assert post(system, b"no json", **headers) == 401
    assert post(system, json.dumps(update(1)).encode(), **headers) == 401


def test_too_much_is_refused_before_it_is_parsed(system: ChatSystem) -> None:
    assert post(system, b" " * 300_000, **{HEADER: SECRET}) == 413


def test_random_and_mutated_bodies_are_never_a_fault_of_ours(system: ChatSystem) -> None:
    chance = random.Random(7)
    good = json.dumps(update(5, "đèn hỏng"), ensure_ascii=False).encode()
    bodies = [
        b"",
        b"[]",
        b"null",
        b"{}",
        b'{"update_id": 1}',
        b'"a"',
        b"[" * 100_000,
        b'{"update_id": 1, "message": 5}',
    ]
    for _ in range(400):
        body = bytearray(good)
        for _ in range(chance.randint(1, 6)):
            body[chance.randrange(len(body))] = chance.randrange(256)
        bodies.append(bytes(body))
    leaves = [5, None, "x\u0000", [], {}, -1, 1e300, True]
    for _ in range(200):
        changed = update(6)
        where = chance.choice([changed, changed["message"], changed["message"]["chat"], changed["message"]["from"]])
        where[chance.choice([*where, "photo", "location", "contact", "caption"])] = chance.choice(leaves)
        bodies.append(json.dumps(changed).encode())
    with httpx.Client() as client:
        codes = [
            client.post(f"{system.url}{PATH}", content=body, headers={HEADER: SECRET}, timeout=30).status_code
            for body in bodies
        ]
    assert set(codes) <= {200, 400}
    before = rows(system, "SELECT count(*) FROM messages")
    with httpx.Client() as client:
        assert {client.post(f"{system.url}{PATH}", content=b).status_code for b in bodies[:50]} == {401}
    assert rows(system, "SELECT count(*) FROM messages") == before


def test_messages_are_acknowledged_while_the_engine_is_down(system: ChatSystem, platform: Standin) -> None:
    system.engine.mode = "busy"
    try:
        took = []
        for number in range(200):
            started = time.perf_counter()
            assert (
                post(system, json.dumps(update(5000 + number, "chờ", 1000 + number)).encode(), **{HEADER: SECRET})
                == 200
            )
            took.append(time.perf_counter() - started)
    finally:
        system.engine.mode = "ok"
    assert sorted(took)[int(len(took) * 0.99)] < 0.5, "generous: this machine does other things, too"
