"""Telegram end to end: a stand-in platform, the real worker, a fake engine."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import Any

import psycopg
import pytest

from tests.support.chat_system import ChatSystem, running_chat
from tests.support.databases import Databases
from tests.support.telegram_server import TOKEN, Telegram, telegram_server


@pytest.fixture(scope="module")
def running(databases: Databases) -> Iterator[tuple[ChatSystem, Telegram]]:
    with (
        databases.fresh() as url,
        telegram_server() as platform,
        running_chat(url, web=False, BOT_TELEGRAM_TOKEN=TOKEN, BOT_TELEGRAM_API_BASE=platform.url) as system,
    ):
        yield system, platform


@pytest.fixture
def system(running: tuple[ChatSystem, Telegram]) -> ChatSystem:
    return running[0]


@pytest.fixture
def platform(running: tuple[ChatSystem, Telegram]) -> Telegram:
    running[1].sent.clear()
    running[1].answers.clear()
    return running[1]


def until(true: Callable[[], object], within: float = 30) -> None:
    end = time.monotonic() + within
    while not true():
        assert time.monotonic() < end
        time.sleep(0.02)


def rows(system: ChatSystem, query: str) -> list[Any]:
    with psycopg.connect(system.database_url) as connection:
        return connection.execute(query).fetchall()  # type: ignore[arg-type]  # queries of this file


def states(system: ChatSystem, chat: int) -> list[tuple[str, str | None]]:
    return rows(
        system,
        "SELECT o.state, o.error FROM outbox o JOIN conversations c ON c.id = o.conversation_id"
        f" WHERE c.external_id = '{chat}' ORDER BY o.id",
    )


def test_question_and_button_are_answered_in_order(system: ChatSystem, platform: Telegram) -> None:
    platform.citizen_writes("!buttons")
    platform.citizen_presses("pick:1.000894:documents")
    until(lambda: len(platform.sent) == 2)
    assert platform.sent[0] == {
        "chat": "42",
        "text": "Bạn hỏi thủ tục nào?",
        "buttons": ["pick:1.001193:documents", "pick:1.000894:documents", "menu:handoff"],
    }
    assert platform.sent[1]["text"] == "Bạn viết: pick:1.000894:documents"
    until(lambda: platform.answered)
    until(lambda: states(system, 42) == [("sent", None)] * 2)
    assert [platform_id for (platform_id,) in rows(system, "SELECT platform_id FROM outbox ORDER BY id")] == [
        "1001",
        "1002",
    ]


def test_update_that_comes_twice_is_one_message(system: ChatSystem, platform: Telegram) -> None:
    platform.citizen_writes("lặp lại", chat=50)
    until(lambda: len(platform.sent) == 1)
    update = platform._updates[-1]
    platform._updates.append(update | {"update_id": platform._next})
    platform._next += 1
    platform.citizen_writes("sau đó", chat=50)
    until(lambda: len(platform.sent) == 2)
    assert [one["text"] for one in platform.sent] == ["Bạn viết: lặp lại", "Bạn viết: sau đó"]


def test_long_answer_comes_in_parts_in_order(system: ChatSystem, platform: Telegram) -> None:
    platform.citizen_writes("!long", chat=51)
    until(lambda: len(platform.sent) == 3)
    numbers = [int(line.split()[1].rstrip(":")) for one in platform.sent for line in one["text"].split("\n\n")]
    assert numbers == list(range(20))
    assert [bool(one["buttons"]) for one in platform.sent] == [False, False, True]


def test_flood_is_waited_for_and_nothing_is_lost_or_doubled(system: ChatSystem, platform: Telegram) -> None:
    platform.answers += ["flood"]
    platform.citizen_writes("một", chat=52)
    platform.citizen_writes("hai", chat=52)
    until(lambda: len(platform.sent) == 2)
    assert [one["text"] for one in platform.sent] == ["Bạn viết: một", "Bạn viết: hai"]
    until(lambda: [state for state, _ in states(system, 52)] == ["sent", "sent"])


@pytest.mark.parametrize(("what", "chat"), [("broken", 53), ("drop", 54)])
def test_message_that_may_have_arrived_is_not_sent_again(
    system: ChatSystem, platform: Telegram, what: str, chat: int
) -> None:
    platform.answers += [what]
    platform.citizen_writes("một", chat=chat)
    until(lambda: [state for state, _ in states(system, chat)] == ["unknown"])
    platform.citizen_writes("hai", chat=chat)
    until(lambda: [state for state, _ in states(system, chat)] == ["unknown", "sent"])
    assert [one["text"] for one in platform.sent] == ["Bạn viết: một", "Bạn viết: hai"]


def test_citizen_who_blocks_us_is_left_alone_until_they_write(system: ChatSystem, platform: Telegram) -> None:
    platform.answers += ["blocked"]
    platform.citizen_writes("!long", chat=55)
    until(lambda: states(system, 55) and all(state == "opted_out" for state, _ in states(system, 55)))
    assert platform.sent == []
    assert rows(system, "SELECT opted_out_at IS NOT NULL FROM conversations WHERE external_id = '55'") == [(True,)]
    platform.citizen_writes("tôi quay lại", chat=55)
    until(lambda: len(platform.sent) == 1)
    assert rows(system, "SELECT opted_out_at IS NOT NULL FROM conversations WHERE external_id = '55'") == [(False,)]


def test_refused_message_fails_and_the_next_goes_out(system: ChatSystem, platform: Telegram) -> None:
    platform.answers += ["bad"]
    platform.citizen_writes("một", chat=56)
    platform.citizen_writes("hai", chat=56)
    until(lambda: [state for state, _ in states(system, 56)] == ["failed", "sent"])


def test_sender_that_died_leaves_an_unknown_not_a_second_message(system: ChatSystem, platform: Telegram) -> None:
    platform.citizen_writes("một", chat=57)
    until(lambda: len(platform.sent) == 1)
    with psycopg.connect(system.database_url, autocommit=True) as connection:
        connection.execute(
            "UPDATE outbox o SET state = 'sending', not_before = now() - interval '1 second' FROM conversations c"
            " WHERE c.id = o.conversation_id AND c.external_id = '57'"
        )
    system.workers[0].terminate()
    system.workers[0].wait(15)
    system.start_worker()
    until(lambda: states(system, 57) == [("unknown", "sender_died")])
    assert len(platform.sent) == 1


def test_two_workers_poll_once(system: ChatSystem, platform: Telegram) -> None:
    system.start_worker(1)
    until(lambda: rows(system, "SELECT 1 FROM pg_stat_activity WHERE query LIKE '%pg_try_advisory_lock%'"))
    time.sleep(1)
    held = rows(system, "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND granted AND objid = 1296236560")
    assert held == [(1,)]
    platform.citizen_writes("một lần", chat=58)
    until(lambda: platform.sent)
    time.sleep(0.5)
    assert [one["text"] for one in platform.sent] == ["Bạn viết: một lần"]
