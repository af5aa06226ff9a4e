from __future__ import annotations

import asyncio
import contextlib
import random
import time
import uuid
from collections.abc import AsyncIterator

import pytest

from bot.conversations.answers import Answers
from bot.conversations.claims import Claims
from bot.conversations.context import Context
from bot.conversations.engine_client import EngineClient
from bot.conversations.errors import NotAnsweredYetError
from bot.conversations.pool import fetch
from bot.conversations.relay import Relay, WardNamed
from bot.conversations.turns import Incoming
from tests.support.fake_engine import SECRET, FakeEngine


@contextlib.asynccontextmanager
async def relaying(
    context: Context,
    *urls: str,
    slot: int = 0,
    lease: float = 20,
    patience: float = 5,
    notice_after: float = 6,
    ward_named: WardNamed | None = None,
) -> AsyncIterator[Relay]:
    client = EngineClient(urls, SECRET, timeout=patience)
    relay = Relay(
        Claims(context.pool, f"host/{slot}", lease=lease),
        client,
        database_url=context.database_url,
        concurrency=16,
        lease=lease,
        notice_after=notice_after,
        ward_named=ward_named,
    )
    task = asyncio.create_task(relay.run())
    try:
        yield relay
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task
        client.close()


async def send(context: Context, *texts: str, key: uuid.UUID | None = None) -> uuid.UUID:
    opened = key or uuid.uuid4()
    for number, text in enumerate(texts):
        await context.inbox.accept(
            Incoming("web", f"{number}-{uuid.uuid4()}", opened, text=text, opens=key is None and number == 0)
        )
    return opened


async def answered(context: Context, many: int, within: float = 20) -> None:
    """Wait until so many messages have an answer."""
    end = time.monotonic() + within
    while True:
        [(count,)] = await fetch(context.pool, "SELECT count(*) FROM messages WHERE state <> 'pending'", ())
        if count >= many:
            return
        assert time.monotonic() < end, f"{count} of {many} answered"
        await asyncio.sleep(0.02)


async def test_messages_of_a_conversation_are_taken_in_order_one_at_a_time(
    context: Context, engine: FakeEngine
) -> None:
    engine.delay = 0.005
    texts = [f"tin {number}" for number in range(12)]
    keys = [await send(context, *texts) for _ in range(6)]
    async with relaying(context, engine.url), relaying(context, engine.url, slot=1):
        await answered(context, 72)
    for key in keys:
        assert [said for conversation, _, said in engine.taken if conversation == str(key)] == texts
    assert engine.overlaps == 0
    assert len(engine.taken) == 72, "each message once"


async def test_the_ward_that_a_message_names_is_kept_with_it(context: Context, engine: FakeEngine) -> None:
    async def named(text: str, _category: str | None) -> str | None:
        return "90002" if "Sông Mẫu" in text else None

    await send(context, "xin chào", "phường Sông Mẫu ở đâu", "còn lệ phí")
    async with relaying(context, engine.url, ward_named=named):
        await answered(context, 3)
    found = await fetch(context.pool, "SELECT ward FROM messages ORDER BY id", ())
    assert found == [(None,), ("90002",), ("90002",)]


async def test_a_report_says_its_ward_once_it_is_known_what_it_is_about(context: Context, engine: FakeEngine) -> None:
    asked: list[tuple[str, str | None]] = []

    async def named(text: str, category: str | None) -> str | None:
        asked.append((text, category))
        return "90002"

    said = ("!status form", "!category can_bo", "!status privacy", "!forget", "!category rac_thai")
    await send(context, *said)
    async with relaying(context, engine.url, ward_named=named):
        await answered(context, len(said))
    assert asked == [("!category can_bo", "can_bo"), ("!category rac_thai", "rac_thai")]


async def test_conversations_do_not_wait_for_each_other(context: Context, engine: FakeEngine) -> None:
    await send(context, "!sleep 3")
    for _ in range(5):
        await send(context, "xin chào")
    async with relaying(context, engine.url):
        await answered(context, 5, within=2.5)


async def test_message_is_taken_as_soon_as_it_comes(context: Context, engine: FakeEngine) -> None:
    async with relaying(context, engine.url):
        await asyncio.sleep(0.3)
        seconds = []
        for number in range(1, 8):
            started = time.monotonic()
            await send(context, "xin chào")
            await answered(context, number)
            seconds.append(time.monotonic() - started)
        assert sorted(seconds)[3] < 0.5, "woken, not polled"


async def test_burst_of_more_than_fits_is_worked_off_without_a_pause(context: Context, engine: FakeEngine) -> None:
    for _ in range(5):
        before = len(engine.taken)
        for _ in range(70):
            await send(context, "xin chào")
        async with relaying(context, engine.url):
            started = time.monotonic()
            last = started
            while len(engine.taken) < before + 70:
                seen = len(engine.taken)
                await asyncio.sleep(0.005)
                now = time.monotonic()
                last = now if len(engine.taken) > seen else last
                assert now - last < 0.8, "waited for the poll with work to do"
            await answered(context, before + 70)


async def test_engine_that_is_down_costs_time_and_no_message(context: Context, engine: FakeEngine) -> None:
    port = engine.port
    await engine.stop()
    keys = [await send(context, "một", "hai") for _ in range(3)]
    async with relaying(context, engine.url):
        await asyncio.sleep(1)
        [(tries,)] = await fetch(
            context.pool, "SELECT min(tries) FROM messages WHERE state = 'pending' AND tries > 0", ()
        )
        assert tries >= 2
        await engine.start(port)
        await answered(context, 6)
    for key in keys:
        assert [said for conversation, _, said in engine.taken if conversation == str(key)] == ["một", "hai"]


@pytest.mark.parametrize("mode", ["busy", "fault", "drop", "hang"])
async def test_every_way_to_fail_is_tried_again(context: Context, engine: FakeEngine, mode: str) -> None:
    engine.mode = mode
    await send(context, "xin chào")
    async with relaying(context, engine.url, patience=0.3):
        await asyncio.sleep(0.7)
        assert engine.requests >= 1
        engine.mode = "ok"
        await answered(context, 1)
    assert len(engine.taken) == 1


async def test_message_that_the_engine_will_never_take_is_apologised_for(context: Context, engine: FakeEngine) -> None:
    await send(context, "!400", "xin chào")
    async with relaying(context, engine.url):
        await answered(context, 2)
    states = await fetch(context.pool, "SELECT state, status FROM messages ORDER BY id", ())
    assert states == [("failed", "error"), ("done", "answered")]


async def test_old_message_is_given_up_after_many_tries(context: Context, engine: FakeEngine) -> None:
    engine.mode = "busy"
    await send(context, "xin chào")
    await fetch(
        context.pool, "UPDATE messages SET received_at = now() - interval '11 minutes', tries = 30 RETURNING 1", ()
    )
    async with relaying(context, engine.url):
        await answered(context, 1)
    [(state, text)] = await fetch(context.pool, "SELECT state, result #>> '{replies,0,text}' FROM messages", ())
    assert state == "failed"
    assert "Rất tiếc" in text


async def test_turn_longer_than_the_lease_is_not_taken_by_another(context: Context, engine: FakeEngine) -> None:
    await send(context, "!sleep 1.5")
    async with (
        relaying(context, engine.url, lease=0.6),
        relaying(context, engine.url, slot=1, lease=0.6),
    ):
        await answered(context, 1)
    assert len(engine.taken) == 1
    assert await fetch(context.pool, "SELECT tries FROM messages", ()) == [(1,)]


async def test_other_engine_takes_over_when_one_is_down(context: Context, engine: FakeEngine) -> None:
    gone = FakeEngine()
    await gone.start()
    await gone.stop()
    for _ in range(10):
        await send(context, "xin chào")
    async with relaying(context, gone.url, engine.url):
        await answered(context, 10, within=5)
    assert await fetch(context.pool, "SELECT max(tries) FROM messages", ()) == [(1,)]


async def test_conversation_keeps_to_its_engine(context: Context, engine: FakeEngine) -> None:
    second = FakeEngine()
    await second.start()
    keys = [await send(context, "một", "hai", "ba") for _ in range(12)]
    async with relaying(context, engine.url, second.url):
        await answered(context, 36)
    await second.stop()
    here, there = ({conversation for conversation, _, _ in one.taken} for one in (engine, second))
    assert not here & there
    assert here | there == set(map(str, keys))
    assert here
    assert there


async def test_citizen_of_a_push_channel_is_told_once_that_the_answer_is_coming(
    context: Context, engine: FakeEngine
) -> None:
    engine.mode = "busy"
    await context.inbox.accept(Incoming("telegram", "m1", text="xin chào", external_id="42"))
    async with relaying(context, engine.url, notice_after=0.4):
        await asyncio.sleep(2)
        engine.mode = "ok"
        await answered(context, 1)
        await context.inbox.accept(Incoming("telegram", "m2", text="!sleep 1", external_id="42"))
        await answered(context, 2)
    texts = [text for (text,) in await fetch(context.pool, "SELECT body ->> 'text' FROM outbox ORDER BY id", ())]
    assert len(texts) == 4
    assert [text.startswith("Tôi đã nhận được") for text in texts] == [True, False, True, False]


async def test_stopping_relay_hands_over_what_it_held(context: Context, engine: FakeEngine) -> None:
    engine.mode = "hang"
    await send(context, "xin chào")
    async with relaying(context, engine.url):
        await asyncio.sleep(0.5)
    assert await fetch(context.pool, "SELECT claimed_by FROM conversations", ()) == [(None,)]
    engine.mode = "ok"
    async with relaying(context, engine.url, slot=1):
        await answered(context, 1, within=3)


async def test_database_connections_lost_in_the_middle_lose_nothing(context: Context, engine: FakeEngine) -> None:
    engine.delay = 0.05
    async with relaying(context, engine.url):
        for number in range(40):
            await send(context, f"tin {number}")
            if number % 10 == 5:
                await fetch(
                    context.pool,
                    "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity"
                    " WHERE datname = current_database() AND backend_type = 'client backend'"
                    " AND pid <> pg_backend_pid()",
                    (),
                )
        await answered(context, 40, within=40)
    said = sorted(text for _, _, text in engine.taken)
    assert said == sorted(f"tin {number}" for number in range(40))


async def test_waiting_request_gets_its_answer_and_a_late_one_too(context: Context, engine: FakeEngine) -> None:
    answers = Answers(context.pool, context.database_url)
    task = asyncio.create_task(answers.run())
    async with relaying(context, engine.url):
        pause = random.Random(7)
        for _ in range(30):
            accepted = await context.inbox.accept(Incoming("web", str(uuid.uuid4()), text="xin chào", opens=True))
            await asyncio.sleep(pause.random() * 0.03)  # before, at and after the answer
            answer = await answers.wait(accepted.id, timeout=5)
            assert answer.status == "answered"
        await asyncio.sleep(0.1)
        assert (await answers.wait(accepted.id, timeout=2)).status == "answered", "already told"
    waiting = await context.inbox.accept(Incoming("web", str(uuid.uuid4()), text="xin chào", opens=True))
    with pytest.raises(NotAnsweredYetError):
        await answers.wait(waiting.id, timeout=0.1)
    assert answers.waiting == 0
    held = asyncio.create_task(answers.wait(waiting.id, timeout=30))
    await asyncio.sleep(0.05)
    answers.close()
    with pytest.raises(NotAnsweredYetError):
        await held
    task.cancel()


async def test_a_typed_number_is_the_button_of_the_last_reply(context: Context, engine: FakeEngine) -> None:
    async with relaying(context, engine.url):
        await send(context, "!buttons", "cái thứ hai", "2", "!buttons", "gặp cán bộ")
        await answered(context, 5)
    assert [said for _, _, said in engine.taken] == [
        "!buttons",
        "pick:1.000894:documents",
        "2",  # the reply before it had no buttons
        "!buttons",
        "menu:handoff",
    ]


async def test_a_number_after_a_notice_is_the_notices_button(context: Context, engine: FakeEngine) -> None:
    async with relaying(context, engine.url):
        key = await send(context, "!buttons")
        await answered(context, 1)
        await fetch(
            context.pool,
            "INSERT INTO outbox (conversation_id, channel, body, state) SELECT id, 'web', %(body)s::jsonb, 'shown'"
            " FROM conversations WHERE key = %(key)s RETURNING id",
            {
                "key": key,
                "body": '{"text": "Xong chưa?", "image": null, "buttons":'
                ' [{"title": "Đã xong", "payload": "ticket:PA-2026-000001:solved"}]}',
            },
        )
        await send(context, "1", key=key)
        await answered(context, 2)
    assert engine.taken[-1][2] == "ticket:PA-2026-000001:solved"
