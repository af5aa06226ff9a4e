"""Telegram end to end: a stand-in platform, the real worker, a fake engine."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest

from tests.standins.control import Standin, telegram_standin
from tests.standins.telegram import TOKEN
from tests.support.chat_system import ChatSystem, running_chat
from tests.support.databases import Databases
from tests.support.pushed import rows, until


@pytest.fixture(scope="module")
def running(databases: Databases) -> Iterator[tuple[ChatSystem, Standin]]:
    with (
        databases.fresh() as url,
        telegram_standin() as platform,
        running_chat(url, web=False, BOT_TELEGRAM_TOKEN=TOKEN, BOT_TELEGRAM_API_BASE=platform.url) as system,
    ):
        yield system, platform


def states(system: ChatSystem, chat: int) -> list[tuple[str, str | None]]:
    return rows(
        system,
        "SELECT o.state, o.error FROM outbox o JOIN conversations c ON c.id = o.conversation_id"
        f" WHERE c.external_id = '{chat}' ORDER BY o.id",
    )


FAULTS: dict[str, dict[str, Any]] = {
    "flood": {"kind": "refuse", "error": {"code": 429, "description": "Too Many Requests", "retry_after": 1}},
    "bad": {"kind": "refuse", "error": {"code": 400, "description": "Bad Request: chat not found"}},
    "broken": {"kind": "after_status", "status": 502},
    "drop": {"kind": "after_drop"},
}


def texts(platform: Standin, chat: int) -> list[str]:
    return [one["text"] for one in platform.sent(chat=chat)]


def test_question_and_button_are_answered_in_order(system: ChatSystem, platform: Standin) -> None:
    platform.write(chat=42, text="!buttons")
    (asked,) = platform.until(1, chat=42)
    assert asked["text"] == "Bạn hỏi thủ tục nào?"
    payloads = ["pick:1.001193:documents", "pick:1.000894:documents", "menu:handoff"]
    assert [button["payload"] for button in asked["buttons"]] == payloads
    platform.press(chat=42, data="pick:1.000894:documents")
    answer = platform.until(2, chat=42)[1]
    assert answer["text"] == "Bạn viết: pick:1.000894:documents"
    until(lambda: platform.state()["unanswered"] == [])
    until(lambda: states(system, 42) == [("sent", None)] * 2)
    sent = [platform_id for (platform_id,) in rows(system, "SELECT platform_id FROM outbox ORDER BY id")]
    assert sent == [str(asked["message_id"]), str(answer["message_id"])]


def test_a_thumb_below_an_answer_is_kept_as_on_the_page_and_is_no_question(
    system: ChatSystem, platform: Standin
) -> None:
    def kept() -> list[tuple[Any, ...]]:
        return rows(
            system,
            "SELECT f.value, u.signals FROM message_feedback f JOIN messages m ON m.id = f.message_id"
            " LEFT JOIN unresolved_cases u ON u.message_id = m.id WHERE m.body = 'lệ phí chụp ảnh cưới'",
        )

    platform.write(chat=43, text="lệ phí chụp ảnh cưới")
    (answer,) = platform.until(1, chat=43)
    up, down = (button["payload"] for button in answer["buttons"][-2:])
    assert [button["title"] for button in answer["buttons"][-2:]] == ["👍", "👎"]
    platform.press(chat=43, data=down)
    until(lambda: kept() == [("down", ["thumbs_down"])])
    platform.press(chat=43, data=up)
    until(lambda: kept()[0][0] == "up")
    assert [one[0] for one in kept()] == ["up"]
    assert len(platform.sent(chat=43)) == 1
    assert rows(system, "SELECT count(*) FROM messages WHERE body LIKE 'thumb:%'") == [(0,)]


@pytest.mark.parametrize(("status", "chat"), [("form", 45), ("guided", 46), ("unresolved", 47), ("filed", 48)])
def test_only_an_answer_asks_for_a_thumb(system: ChatSystem, platform: Standin, status: str, chat: int) -> None:
    platform.write(chat=chat, text=f"!status {status}")
    (said,) = platform.until(1, chat=chat)
    assert [button for button in said["buttons"] if button["title"] in "👍👎"] == []


def test_update_that_comes_twice_is_one_message(system: ChatSystem, platform: Standin) -> None:
    update = platform.write(chat=50, text="lặp lại")
    platform.until(1, chat=50)
    platform.update_again(update=update)
    platform.write(chat=50, text="sau đó")
    platform.until(2, chat=50)
    assert texts(platform, 50) == ["Bạn viết: lặp lại", "Bạn viết: sau đó"]


def test_long_answer_comes_in_parts_in_order(system: ChatSystem, platform: Standin) -> None:
    platform.write(chat=51, text="!long")
    sent = platform.until(3, chat=51)
    numbers = [int(line.split()[1].rstrip(":")) for one in sent for line in one["text"].split("\n\n")]
    assert numbers == list(range(20))
    assert [bool(one["buttons"]) for one in sent] == [False, False, True]


def test_flood_is_waited_for_and_nothing_is_lost_or_doubled(system: ChatSystem, platform: Standin) -> None:
    platform.fail(call="sendMessage", **FAULTS["flood"])
    platform.write_many(messages=[[52, "một"], [52, "hai"]])
    platform.until(2, chat=52)
    assert texts(platform, 52) == ["Bạn viết: một", "Bạn viết: hai"]
    until(lambda: [state for state, _ in states(system, 52)] == ["sent", "sent"])


@pytest.mark.parametrize(("what", "chat"), [("broken", 53), ("drop", 54)])
def test_message_that_may_have_arrived_is_not_sent_again(
    system: ChatSystem, platform: Standin, what: str, chat: int
) -> None:
    platform.fail(call="sendMessage", **FAULTS[what])
    platform.write(chat=chat, text="một")
    until(lambda: [state for state, _ in states(system, chat)] == ["unknown"])
    platform.write(chat=chat, text="hai")
    until(lambda: [state for state, _ in states(system, chat)] == ["unknown", "sent"])
    assert texts(platform, chat) == ["Bạn viết: một", "Bạn viết: hai"]


def test_citizen_who_blocks_us_is_left_alone_until_they_write(system: ChatSystem, platform: Standin) -> None:
    platform.write(chat=55, text="!sleep 1")
    platform.member(chat=55, blocked=True)
    until(lambda: states(system, 55) and all(state == "opted_out" for state, _ in states(system, 55)))
    assert texts(platform, 55) == []
    assert rows(system, "SELECT opted_out_at IS NOT NULL FROM conversations WHERE external_id = '55'") == [(True,)]
    platform.member(chat=55, blocked=False)
    platform.write(chat=55, text="tôi quay lại")
    platform.until(1, chat=55)
    assert rows(system, "SELECT opted_out_at IS NOT NULL FROM conversations WHERE external_id = '55'") == [(False,)]


def test_refused_message_fails_and_the_next_goes_out(system: ChatSystem, platform: Standin) -> None:
    platform.fail(call="sendMessage", **FAULTS["bad"])
    platform.write_many(messages=[[56, "một"], [56, "hai"]])
    until(lambda: [state for state, _ in states(system, 56)] == ["failed", "sent"])


def test_sender_that_died_leaves_an_unknown_not_a_second_message(system: ChatSystem, platform: Standin) -> None:
    platform.write(chat=57, text="một")
    platform.until(1, chat=57)
    until(lambda: states(system, 57) == [("sent", None)])
    with psycopg.connect(system.database_url, autocommit=True) as connection:
        connection.execute(
            "UPDATE outbox o SET state = 'sending', not_before = now() - interval '1 second' FROM conversations c"
            " WHERE c.id = o.conversation_id AND c.external_id = '57'"
        )
    system.workers[0].terminate()
    system.workers[0].wait(15)
    system.start_worker()
    until(lambda: states(system, 57) == [("unknown", "sender_died")])
    assert len(texts(platform, 57)) == 1


def test_two_workers_poll_once(system: ChatSystem, platform: Standin) -> None:
    system.start_worker(1)
    until(lambda: rows(system, "SELECT 1 FROM pg_stat_activity WHERE query LIKE '%pg_try_advisory_lock%'"))
    time.sleep(1)
    held = rows(system, "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND granted AND objid = 1296236560")
    assert held == [(1,)]
    platform.write(chat=58, text="một lần")
    platform.until(1, chat=58)
    time.sleep(0.5)
    assert texts(platform, 58) == ["Bạn viết: một lần"]
