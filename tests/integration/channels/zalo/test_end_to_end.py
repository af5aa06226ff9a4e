"""Zalo end to end: a platform on loopback, the real web process and workers, a fake engine."""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import psycopg
import pytest

from tests.support.chat_system import ChatSystem, running_chat
from tests.support.databases import Databases
from tests.support.zalo_platform import APP_ID, APP_SECRET, OA_SECRET, Zalo, event, signed, zalo_platform

NUMBERS = itertools.count(1)


@pytest.fixture(scope="module")
def running(databases: Databases) -> Iterator[tuple[ChatSystem, Zalo]]:
    with (
        databases.fresh() as url,
        zalo_platform() as platform,
        running_chat(
            url,
            workers=2,
            BOT_ZALO_APP_ID=APP_ID,
            BOT_ZALO_APP_SECRET=APP_SECRET,
            BOT_ZALO_OA_SECRET=OA_SECRET,
            BOT_ZALO_REFRESH_TOKEN="RT0",
            BOT_ZALO_API_BASE=platform.url,
            BOT_ZALO_OAUTH_BASE=platform.url,
        ) as system,
    ):
        yield system, platform


@pytest.fixture
def system(running: tuple[ChatSystem, Zalo]) -> ChatSystem:
    return running[0]


@pytest.fixture
def platform(running: tuple[ChatSystem, Zalo]) -> Zalo:
    running[1].answers.clear()
    return running[1]


def until(true: Callable[[], object], within: float = 30) -> None:
    end = time.monotonic() + within
    while not true():
        assert time.monotonic() < end
        time.sleep(0.02)


def say(system: ChatSystem, citizen: str, text: str, **more: Any) -> bytes:
    """The citizen writes; the event, to be delivered again."""
    body = event("user_send_text", citizen, {"text": text, "msg_id": f"m{next(NUMBERS)}"}, **more)
    deliver(system, body)
    return body


def deliver(system: ChatSystem, body: bytes) -> None:
    answer = httpx.post(f"{system.url}/webhooks/zalo", content=body, headers=signed(body), timeout=5)
    assert answer.status_code == 200


def rows(system: ChatSystem, query: str, **values: Any) -> list[Any]:
    with psycopg.connect(system.database_url, autocommit=True) as connection:
        cursor = connection.execute(query, values)  # type: ignore[arg-type]  # queries of this file
        return cursor.fetchall() if cursor.description else []


def states(system: ChatSystem, citizen: str) -> list[tuple[str, str | None]]:
    return rows(
        system,
        "SELECT o.state, o.error FROM outbox o JOIN conversations c ON c.id = o.conversation_id"
        " WHERE c.external_id = %(citizen)s ORDER BY o.id",
        citizen=citizen,
    )


def test_questions_are_answered_in_order_and_once(system: ChatSystem, platform: Zalo) -> None:
    first = say(system, "100", "một")
    say(system, "100", "hai")
    deliver(system, first)  # redelivered
    say(system, "100", "ba")
    until(lambda: len(platform.texts("100")) == 3)
    time.sleep(0.5)
    assert platform.texts("100") == ["Bạn viết: một", "Bạn viết: hai", "Bạn viết: ba"]
    assert states(system, "100") == [("sent", None)] * 3
    # Two workers, each with a sender and a keeper: the first refresh token was used once.
    assert platform.renewals()[:1] == ["RT0"] and platform.renewals().count("RT0") == 1


def test_a_long_answer_comes_in_parts_that_zalo_takes(system: ChatSystem, platform: Zalo) -> None:
    say(system, "101", "!long")
    until(lambda: len(states(system, "101")) >= 5 and {state for state, _ in states(system, "101")} == {"sent"})
    texts = platform.texts("101")
    assert all(len(text) <= 2000 for text in texts)
    numbers = [int(line.split()[1].rstrip(":")) for text in texts for line in text.split("\n\n") if line[:4] == "Đoạn"]
    assert numbers == list(range(20))


def test_a_token_that_dies_in_between_is_renewed_and_nothing_is_lost(system: ChatSystem, platform: Zalo) -> None:
    say(system, "102", "một")
    until(lambda: platform.texts("102"))
    before = len(platform.renewals())
    platform.access = "somebody made it void"
    for citizen in range(110, 120):
        say(system, str(citizen), "câu hỏi")
    until(lambda: all(platform.texts(str(citizen)) for citizen in range(110, 120)))
    assert len(platform.renewals()) == before + 1
    assert all(len(platform.texts(str(citizen))) == 1 for citizen in range(110, 120))


@pytest.mark.parametrize(
    ("answer", "citizen", "state", "error"),
    [
        (-230, "120", "failed", "window_closed"),
        (-227, "121", "failed", "inactive"),
        ("broken", "122", "unknown", "http_502"),
        ("drop", "123", "unknown", "broken_off"),
    ],
)
def test_what_became_of_a_message_is_written_down(
    system: ChatSystem, platform: Zalo, answer: Any, citizen: str, state: str, error: str
) -> None:
    platform.answers += [answer]
    say(system, citizen, "một")
    until(lambda: states(system, citizen) == [(state, error)])
    say(system, citizen, "hai")
    until(lambda: states(system, citizen) == [(state, error), ("sent", None)])
    sent = platform.texts(citizen)
    assert sent[-1] == "Bạn viết: hai"
    assert sent.count("Bạn viết: một") <= 1


def test_whoever_does_not_follow_is_left_alone_until_they_write(system: ChatSystem, platform: Zalo) -> None:
    platform.answers += [-213]
    say(system, "130", "một")
    until(lambda: states(system, "130") == [("opted_out", None)])
    say(system, "130", "hai")
    until(lambda: platform.texts("130") == ["Bạn viết: hai"])


def test_outside_of_the_window_nothing_is_sent_and_staff_see_why(system: ChatSystem, platform: Zalo) -> None:
    """A notice about a ticket, days after the citizen wrote."""
    for citizen, days, word in (("140", 3, "window_paid"), ("141", 8, "window_closed")):
        say(system, citizen, "một")
        until(lambda citizen=citizen: platform.texts(citizen))
        rows(
            system,
            "WITH c AS (UPDATE conversations SET last_message_at = now() - make_interval(days => %(days)s)"
            " WHERE external_id = %(citizen)s RETURNING id)"
            " INSERT INTO outbox (conversation_id, channel, body)"
            " SELECT id, 'zalo', '{\"text\": \"Phản ánh của bạn đã xong\"}'::jsonb FROM c",
            citizen=citizen,
            days=days,
        )
        until(lambda citizen=citizen, word=word: states(system, citizen)[-1] == ("failed", word))
        assert platform.texts(citizen) == ["Bạn viết: một"]


def test_a_place_is_a_place(system: ChatSystem, platform: Zalo) -> None:
    coordinates = {"latitude": "21.0285", "longitude": "105.8542"}
    message = {
        "msg_id": "p1",
        "text": "",
        "attachments": [{"type": "location", "payload": {"coordinates": coordinates}}],
    }
    deliver(system, event("user_send_location", "150", message))
    until(lambda: platform.texts("150"))
    assert platform.texts("150") == ["Bạn viết: location:21.028500,105.854200"]


def test_metrics_show_the_webhook_and_the_tokens(system: ChatSystem, platform: Zalo) -> None:
    httpx.post(f"{system.url}/webhooks/zalo", content=b"{}", timeout=5)
    say(system, "160", "một")
    time.sleep(1.1)
    text = httpx.get(f"{system.url}/metrics", timeout=10).text
    assert 'motcua_webhooks_total{channel="zalo",outcome="taken"}' in text
    assert 'motcua_webhooks_total{channel="zalo",outcome="bad_signature"}' in text
    left = next(line for line in text.splitlines() if line.startswith("motcua_zalo_refresh_token_seconds "))
    assert 89 * 86400 < float(left.split()[1]) <= 90 * 86400
    assert "motcua_zalo_token_trouble{" not in text
