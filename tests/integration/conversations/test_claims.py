from __future__ import annotations

import uuid
from dataclasses import replace
from typing import Any

import pytest

from bot.conversations.claims import Claims
from bot.conversations.context import Context
from bot.conversations.pool import fetch
from bot.conversations.texts import COMING
from bot.conversations.turns import Incoming, Turn, parse_turn
from tests.support.fake_engine import response


def turn(said: str = "xin chào") -> Turn:
    return parse_turn(response(said))


async def accept(context: Context, *texts: str, channel: str = "web") -> uuid.UUID:
    incoming = Incoming(
        channel, "0", text=texts[0], opens=channel == "web", external_id=None if channel == "web" else "42"
    )
    await context.inbox.accept(incoming)
    for number, text in enumerate(texts[1:], 1):
        await context.inbox.accept(
            Incoming(channel, str(number), incoming.key, text=text, external_id=incoming.external_id)
        )
    return incoming.key


def claims(context: Context, name: str = "host/0", lease: float = 20) -> Claims:
    return Claims(context.pool, name, lease=lease)


async def rows(context: Context, query: str) -> list[Any]:
    return await fetch(context.pool, query, ())


async def test_oldest_message_is_claimed_and_nobody_else_gets_the_conversation(context: Context) -> None:
    key = await accept(context, "một", "hai")
    [claim] = await claims(context).take(10)
    assert (claim.key, claim.body, claim.tries, claim.kind) == (key, "một", 1, "text")
    assert await claims(context, "host/1").take(10) == []
    assert await claims(context).take(10) == []


async def test_next_message_follows_when_the_turn_is_stored(context: Context) -> None:
    await accept(context, "một", "hai")
    mine = claims(context)
    [claim] = await mine.take(10)
    assert await mine.finish(claim, turn("một")) == 1
    [claim] = await mine.take(10)
    assert claim.body == "hai"
    assert await mine.finish(claim, turn("hai")) == 0
    assert await mine.take(10) == []
    assert await rows(context, "SELECT state, status, intent FROM messages") == [("done", "answered", "ask_fee")] * 2
    assert await rows(context, "SELECT waiting, claimed_by, lease_until FROM conversations") == [(0, None, None)]


async def test_late_worker_cannot_store(context: Context) -> None:
    await accept(context, "một")
    late, quick = claims(context, "host/0", lease=0), claims(context, "host/1")
    [lost] = await late.take(1)
    [claim] = await quick.take(1)
    assert claim.tries == 2
    assert await late.finish(lost, turn("muộn")) is None
    assert await late.put_back(lost, 0) is False
    assert await quick.finish(claim, turn("đúng")) == 0
    [(replies,)] = await rows(context, "SELECT result -> 'replies' FROM messages")
    assert replies[0]["text"] == "Bạn viết: đúng"
    assert await quick.finish(claim, turn("hai lần")) == 0, "the epoch still stands, but the message is answered"
    [(replies,)] = await rows(context, "SELECT result -> 'replies' FROM messages")
    assert replies[0]["text"] == "Bạn viết: đúng"


async def test_restarted_slot_frees_its_claims_and_fences_its_former_self(context: Context) -> None:
    await accept(context, "một")
    [lost] = await claims(context).take(1)
    assert await claims(context, "host/1").free() == 0
    assert await claims(context).free() == 1
    assert await claims(context).finish(lost, turn()) is None
    [claim] = await claims(context, "host/1").take(1)
    assert claim.tries == 2


async def test_renewed_lease_is_kept(context: Context) -> None:
    await accept(context, "một")
    short = claims(context, lease=0)
    [claim] = await short.take(1)
    await claims(context, lease=20).renew([claim])
    assert await claims(context, "host/1").take(1) == []
    assert await short.finish(claim, turn()) == 0


async def test_lease_renewed_too_late_does_not_hold_up_the_next_message(context: Context) -> None:
    await accept(context, "một", "hai", "ba")
    mine = claims(context)
    [claim] = await mine.take(1)
    await mine.finish(claim, turn())
    await mine.renew([claim])
    [claim] = await mine.take(1)
    await mine.put_back(claim, 0)
    await mine.renew([claim])
    assert [claim.body for claim in await mine.take(1)] == ["hai"]


async def test_message_put_back_rests_and_is_not_overtaken(context: Context) -> None:
    await accept(context, "một", "hai")
    mine = claims(context)
    [claim] = await mine.take(1)
    assert await mine.put_back(claim, 60)
    assert await mine.take(1) == []
    await accept_more(context, claim.key)
    assert await mine.take(1) == [], "a new message does not end the rest"
    await fetch(context.pool, "UPDATE conversations SET not_before = now() RETURNING 1", ())
    [claim] = await mine.take(1)
    assert (claim.body, claim.tries) == ("một", 2)


async def accept_more(context: Context, key: uuid.UUID) -> None:
    await context.inbox.accept(Incoming("web", "more", key, text="ba"))


async def test_longest_waiting_comes_first(context: Context) -> None:
    keys = [await accept(context, "một") for _ in range(3)]
    assert [claim.key for claim in await claims(context).take(2)] == keys[:2]


async def test_unanswered_question_becomes_a_case_once(context: Context) -> None:
    await accept(context, "gọi 0912345678 !")
    mine = claims(context)
    [claim] = await mine.take(1)
    await mine.finish(claim, turn("!unresolved"))
    assert await rows(context, "SELECT text, reason, candidates, state FROM unresolved_cases") == [
        ("gọi [SĐT_1] !", "no_match", [{"code": "1.000894", "score": 0.2}], "open")
    ]


async def test_words_that_must_not_be_kept_are_replaced(context: Context) -> None:
    await accept(context, "tố cáo ông Bưởi số 0912345678")
    mine = claims(context)
    [claim] = await mine.take(1)
    await mine.finish(claim, turn("!forget"))
    assert await rows(context, "SELECT body FROM messages") == [("[không lưu]",)]
    assert await rows(context, "SELECT count(*) FROM masked_values") == [(0,)]


async def test_masked_values_stay_while_a_report_is_written_and_not_longer(context: Context) -> None:
    await accept(context, "số 0912345678", "hai")
    mine = claims(context)
    [claim] = await mine.take(1)
    await mine.finish(claim, turn("!status form"))
    assert await rows(context, "SELECT count(*) FROM masked_values") == [(1,)]
    [claim] = await mine.take(1)
    await mine.finish(claim, turn("!status filed"))
    assert await rows(context, "SELECT count(*) FROM masked_values") == [(0,)]


async def test_replies_for_a_push_channel_are_queued_in_parts_and_in_order(context: Context) -> None:
    await accept(context, "!long", channel="telegram")
    mine = claims(context)
    [claim] = await mine.take(1)
    await mine.notice(claim, COMING)
    await mine.notice(claim, COMING)
    await mine.finish(claim, turn("!long"))
    queued = await rows(context, "SELECT seq, state, body ->> 'text', body -> 'buttons' FROM outbox ORDER BY id")
    assert [row[0] for row in queued] == list(range(len(queued)))
    assert len(queued) == 4, "the notice once, and three parts"
    assert queued[0][2] == COMING["text"]
    assert [bool(row[3]) for row in queued] == [False, False, False, True]
    assert all(len(row[2]) <= 4096 and row[1] == "queued" for row in queued)


async def test_counter_is_put_right_when_messages_were_deleted_under_it(context: Context) -> None:
    await accept(context, "một", "hai")
    await fetch(context.pool, "DELETE FROM messages RETURNING 1", ())
    assert await claims(context).take(5) == []
    assert await rows(context, "SELECT waiting, claimed_by FROM conversations") == [(0, None)]


async def test_conversation_erased_during_a_turn_is_not_stored(context: Context) -> None:
    await accept(context, "một")
    mine = claims(context)
    [claim] = await mine.take(1)
    await fetch(context.pool, "DELETE FROM conversations RETURNING 1", ())
    assert await mine.finish(claim, turn()) is None
    assert await rows(context, "SELECT count(*) FROM messages") == [(0,)]


async def asked(context: Context, key: uuid.UUID, code: str, *, follows: bool = False) -> None:
    """A ticket of a conversation (or one that it follows by PIN) whose officer asks something now."""
    owner = "NULL" if follows else "(SELECT id FROM conversations WHERE key = %(key)s)"
    statement = f"""
WITH made AS (
    INSERT INTO tickets (code, idempotency_key, conversation_id, channel, locality, category, description, place,
        status, paused_at, anonymous)
    VALUES (%(code)s, %(code)s, {owner}, 'web', 'mau', 'khac', 'x', 'y', 'in_progress', now(), true) RETURNING id
), told AS (
    INSERT INTO ticket_events (ticket_id, seq, kind, status, actor, text)
    SELECT id, 1, 'QuestionAsked', 'in_progress', 'officer', 'số mấy?' FROM made
)
INSERT INTO ticket_followers (ticket_id, conversation_id, proof)
SELECT made.id, c.id, 'pin' FROM made, conversations c WHERE c.key = %(key)s AND %(follows)s RETURNING id
"""
    await fetch(context.pool, statement, {"code": code, "key": key, "follows": follows})


async def say(context: Context, key: uuid.UUID, text: str | None, payload: str | None = None) -> str | None:
    """A further message: what its claim says about an open question; then it is answered as small talk or not."""
    await context.inbox.accept(Incoming("web", uuid.uuid4().hex, key, text=text, payload=payload))
    mine = claims(context)
    [claim] = await mine.take(10)
    made = turn(text or "")
    status = "smalltalk" if text == "chào" else "answered"
    await mine.finish(claim, replace(made, understanding=made.understanding | {"status": status}))
    return claim.question


async def first_turn(context: Context) -> uuid.UUID:
    key = await accept(context, "một")
    [claim] = await claims(context).take(10)
    assert claim.question is None
    await claims(context).finish(claim, turn("một"))
    return key


@pytest.mark.parametrize("follows", [False, True])
async def test_the_first_words_after_an_officers_question_may_answer_it(context: Context, follows: bool) -> None:
    key = await first_turn(context)
    await asked(context, key, "PA-2026-000001", follows=follows)
    assert await say(context, key, "số 5") == "PA-2026-000001"
    assert await say(context, key, None, "menu:status") is None, "a button answers nothing"


async def test_small_talk_leaves_the_question_open_and_anything_else_does_not(context: Context) -> None:
    key, other = await first_turn(context), await first_turn(context)
    await asked(context, key, "PA-2026-000001", follows=True)
    assert await say(context, other, "số 5") is None, "another's question"
    assert await say(context, key, "chào") == "PA-2026-000001"
    assert await say(context, key, "số 5") == "PA-2026-000001"
    assert await say(context, key, "số 6") is None


async def test_of_two_questions_none_is_guessed(context: Context) -> None:
    key = await first_turn(context)
    await asked(context, key, "PA-2026-000001")
    await asked(context, key, "PA-2026-000002")
    assert await say(context, key, "số 5") is None


async def test_the_ward_that_was_named_stays_with_the_messages_that_follow(context: Context) -> None:
    await accept(context, "một", "hai", "ba", "bốn")
    mine = claims(context)
    for ward in (None, "90001", None, "90002"):
        [claim] = await mine.take(1)
        await mine.finish(claim, turn(claim.body), ward=ward)
    assert await rows(context, "SELECT ward FROM messages ORDER BY id") == [(None,), ("90001",), ("90001",), ("90002",)]
    assert await rows(context, "SELECT ward FROM conversations") == [("90002",)]


async def test_the_ward_of_a_filed_report_is_taken_but_never_that_of_a_restricted_one(context: Context) -> None:
    report = (
        "INSERT INTO tickets"
        " (code, idempotency_key, locality, category, description, place, channel, anonymous, status, ward, restricted)"
        " VALUES ('{0}', '{0}', 'tinh-mau', 'rac_thai', 'x', 'y', 'web', true, 'received', '{1}', {2}) RETURNING code"
    )
    await rows(context, report.format("PA-2026-000001", "90003", "false"))
    await rows(context, report.format("PA-2026-000002", "90004", "true"))
    await accept(context, "một", "hai")
    mine = claims(context)
    for code in ("PA-2026-000001", "PA-2026-000002"):
        [claim] = await mine.take(1)
        made = turn("!status filed")
        made.understanding["ticket"] = code
        await mine.finish(claim, made, ward="90001")
    assert await rows(context, "SELECT ward FROM messages ORDER BY id") == [("90003",), ("90003",)]


async def test_nothing_is_kept_of_the_ward_of_what_must_be_forgotten(context: Context) -> None:
    await accept(context, "một", "hai")
    mine = claims(context)
    for said in ("chào", "!forget"):
        [claim] = await mine.take(1)
        await mine.finish(claim, turn(said), ward="90001" if said == "chào" else "90002")
    assert await rows(context, "SELECT ward FROM messages ORDER BY id") == [("90001",), (None,)]
    assert await rows(context, "SELECT ward FROM conversations") == [("90001",)]
