"""Live chats beneath the console: who holds one, and what happens to the citizen's messages."""

from __future__ import annotations

import asyncio
import json
import uuid

import pytest

from bot.conversations.desk.errors import HeldError, LostError, RefusedError, ReservedError
from bot.conversations.desk.opening import prospects
from bot.tickets.people import Actor
from tests.support.desk_talk import LAN, MINH, Talk, taken


async def test_a_wish_for_a_person_waits_once_and_the_bot_answers_meanwhile(talk: Talk) -> None:
    await talk.says("!live")
    await talk.says("!live")
    await talk.says("lệ phí")
    assert await talk.rows("SELECT state FROM live_chats") == [("waiting",)]
    assert [said for _, _, said in talk.engine.taken] == ["!live", "!live", "lệ phí"]


async def test_of_many_who_take_it_at_once_one_holds_it(talk: Talk) -> None:
    await talk.says("!live")
    people = [Actor.staff(f"can{number}") for number in range(8)]
    results = await asyncio.gather(*(talk.desk.take(talk.number, one) for one in people), return_exceptions=True)
    lost = [one for one in results if isinstance(one, HeldError)]
    [(holder,)] = await talk.rows("SELECT holder FROM live_chats")
    assert len(lost) == 7
    assert {one.holder for one in lost} == {holder}
    assert sum("đã vào trò chuyện" in said for said in await talk.told()) == 1


async def test_while_it_is_taken_no_turn_happens_and_nothing_is_lost(talk: Talk) -> None:
    epoch = await taken(talk)
    before = len(talk.engine.taken)
    for said in ("tôi là Hoa, 0912345678", "còn gì nữa không"):
        await talk.says(said)
    await talk.desk.say(talk.number, epoch, LAN, "Chào bạn <b>nhé</b>")
    assert len(talk.engine.taken) == before
    assert await talk.rows("SELECT result -> 'replies', status FROM messages WHERE id > 1 AND body <> '!live'") == [
        ([], "handoff"),
        ([], "handoff"),
    ]
    said = [(line.who, line.text) for line in await talk.lines()]
    assert ("citizen", "tôi là Hoa, (số điện thoại)") in said
    assert ("staff", "Chào bạn <b>nhé</b>") in said
    await talk.desk.hand_back(talk.number, epoch, LAN)
    await talk.says("lệ phí")
    assert [one[2] for one in talk.engine.taken[before:]] == ["lệ phí"]


async def test_a_turn_that_is_under_way_is_answered_first(talk: Talk) -> None:
    await talk.says("!live")
    await talk.says("!sleep 0.6", wait=False)
    await talk.until("SELECT 1 FROM messages WHERE body = '!sleep 0.6' AND tries = 1")
    await talk.desk.take(talk.number, LAN)
    assert await talk.rows("SELECT state, status FROM messages WHERE body = '!sleep 0.6'") == [("done", "answered")]
    who = [line.who for line in await talk.lines() if line.who != "event"]
    assert who[-2:] == ["bot", "bot"], "the answer, then that somebody has come"


async def test_what_waited_when_it_was_taken_goes_to_the_officer(talk: Talk) -> None:
    await talk.says("!live")
    talk.engine.mode = "busy"
    await talk.says("một câu hỏi", wait=False)
    await talk.until("SELECT 1 FROM messages WHERE body = 'một câu hỏi' AND tries > 0")
    await talk.desk.take(talk.number, LAN)
    await talk.until("SELECT 1 FROM messages WHERE body = 'một câu hỏi' AND status = 'handoff'")
    assert "một câu hỏi" not in [said for _, _, said in talk.engine.taken]


async def test_a_cry_for_help_is_answered_although_an_officer_holds_it(talk: Talk) -> None:
    await taken(talk)
    await talk.says("cứu với cháy nhà")
    [(reply, status)] = await talk.rows(
        "SELECT result #>> '{replies,0,text}', status FROM messages WHERE body LIKE '%%cháy nhà'"
    )
    assert status == "guided"
    assert "114" in str(reply)
    assert any(line.guided for line in await talk.lines())
    await talk.says("tôi muốn tố cáo ông A")
    assert "ông A" not in str(await talk.lines())
    assert "cứu với cháy nhà" not in [said for _, _, said in talk.engine.taken], "no turn was taken"


async def test_what_an_earlier_holder_sends_is_refused(talk: Talk) -> None:
    epoch = await taken(talk)
    await talk.desk.forward(talk.number, epoch, LAN, "việc của Minh", colleague="minh")
    with pytest.raises(LostError):
        await talk.desk.say(talk.number, epoch, LAN, "còn đây")
    with pytest.raises(ReservedError):
        await talk.desk.take(talk.number, LAN)
    held = await talk.desk.take(talk.number, MINH)
    with pytest.raises(LostError) as lost:
        await talk.desk.close(talk.number, held.epoch, LAN)
    assert lost.value.holder == "minh"
    assert any(line.kind == "forwarded" and line.text == "việc của Minh" for line in await talk.lines())
    assert not any("việc của Minh" in said for said in await talk.told()), "the reason is for colleagues"


async def test_forwarded_to_an_agency_its_officers_take_it(talk: Talk) -> None:
    epoch = await taken(talk)
    await talk.desk.forward(talk.number, epoch, LAN, "đèn đường", agency="ha_tang")
    with pytest.raises(ReservedError):
        await talk.desk.take(talk.number, Actor.staff("xa", agency="moi_truong_do_thi"))
    await talk.desk.take(talk.number, Actor.staff("ha", agency="ha_tang"))
    for reason, target in (("", "minh"), ("vì", "lan")):
        with pytest.raises((RefusedError, LostError)):
            await talk.desk.forward(talk.number, epoch, LAN, reason, colleague=target)


async def test_a_citizen_who_is_handed_back_is_told_and_asked_for_no_stars(talk: Talk) -> None:
    epoch = await taken(talk)
    await talk.desk.hand_back(talk.number, epoch, LAN)
    assert await talk.state() == ("closed", None, "handed_back")
    assert "đã chuyển cuộc trò chuyện về trợ lý tự động" in (await talk.told())[-1]
    assert await talk.rows("SELECT rating_asked_at FROM live_chats") == [(None,)]
    with pytest.raises(LostError):
        await talk.desk.say(talk.number, epoch, LAN, "quên mất")


async def test_stars_are_asked_once_and_kept_once(talk: Talk) -> None:
    epoch = await taken(talk)
    await talk.desk.close(talk.number, epoch, LAN)
    [(body,)] = await talk.rows("SELECT body FROM outbox ORDER BY id DESC LIMIT 1")
    assert isinstance(body, dict)
    payloads = [button["payload"] for button in body["buttons"]]
    before = len(talk.engine.taken)
    await talk.says(payload=payloads[3])
    await talk.says(payload=payloads[0])
    assert await talk.rows("SELECT rating FROM live_chats") == [(4,)]
    said = [
        row[0] for row in await talk.rows("SELECT result #>> '{replies,0,text}' FROM messages ORDER BY id DESC LIMIT 2")
    ]
    assert said == ["Bạn đã đánh giá cuộc trò chuyện này rồi. Cảm ơn bạn.", "Cảm ơn bạn đã đánh giá 4 sao."]
    assert len(talk.engine.taken) == before
    await talk.says("cán bộ nhiệt tình lắm")
    assert talk.engine.taken[-1][2] == "cán bộ nhiệt tình lắm", "a free text is an ordinary message"
    stranger = Talk(talk.context, talk.engine, talk.desk, talk.relay, uuid.uuid4())
    await stranger.says("xin chào")
    await talk.rows("UPDATE live_chats SET rating = NULL RETURNING 1")
    await stranger.says(payload=payloads[0])
    assert await talk.rows("SELECT rating FROM live_chats") == [(None,)], "of another's chat"


async def test_the_citizen_may_go_back_to_the_bot(talk: Talk) -> None:
    epoch = await taken(talk)
    await talk.says(payload="desk:leave")
    assert await talk.state() == ("closed", None, "left")
    with pytest.raises(LostError):
        await talk.desk.say(talk.number, epoch, LAN, "còn đó không")
    await talk.says("lệ phí")
    assert talk.engine.taken[-1][2] == "lệ phí"


async def test_on_telegram_what_an_officer_writes_is_queued_for_sending_and_stars_may_be_typed(talk: Talk) -> None:
    talk.channel = "telegram"
    epoch = await taken(talk)
    await talk.desk.say(talk.number, epoch, LAN, "chào bạn " + "dài " * 400)
    assert await talk.rows("SELECT DISTINCT state FROM outbox WHERE message_id IS NULL") == [("queued",)]
    await talk.desk.close(talk.number, epoch, LAN)
    await talk.says("5 sao")
    assert await talk.rows("SELECT rating FROM live_chats") == [(5,)]
    assert await talk.rows("SELECT count(*) FROM outbox WHERE message_id IS NOT NULL AND body ->> 'text' = ''") == [
        (0,)
    ]


async def test_typing_is_shown_now_and_then_and_keeps_the_chat(talk: Talk) -> None:
    epoch = await taken(talk)
    assert await talk.desk.typing(talk.number, epoch, LAN)
    assert not await talk.desk.typing(talk.number, epoch, LAN)
    with pytest.raises(LostError):
        await talk.desk.typing(talk.number, epoch + 1, LAN)


async def test_what_can_be_promised_is_what_the_last_month_shows(talk: Talk) -> None:
    assert not (await prospects(talk.context.engine)).staffed
    await talk.rows(
        "INSERT INTO staff (name, roles, password_hash)"
        " VALUES ('lan', '[\"officer\"]', 'x'), ('k', '[\"auditor\"]', 'x') RETURNING 1"
    )
    assert await prospects(talk.context.engine) == (found := await prospects(talk.context.engine))
    assert (found.staffed, found.usual) == (True, None)
    await talk.says("xin chào")
    await talk.rows(
        "INSERT INTO live_chats (conversation_id, state, opened_at, first_taken_at, closed_at)"
        " SELECT %s, 'closed', now() - interval '1 day', now() - interval '1 day' + make_interval(mins => n), now()"
        " FROM generate_series(2, 8) n RETURNING 1",
        talk.number,
    )
    assert (await prospects(talk.context.engine)).usual == 5


async def test_reports_that_few_may_read_and_pins_are_not_shown(talk: Talk) -> None:
    await talk.says("!live")
    for number, (body, status, reply, category) in enumerate(
        (
            ("cán bộ B vòi tiền", "form", "Bạn kể thêm về cán bộ B", "can_bo"),
            ("ngày 3/3 tại quầy 5", "form", "Bạn ở đâu?", None),
            ("PA-2026-000001 123456", "lookup", "Mã PIN: 654321", None),
        )
    ):
        result = {"replies": [{"text": reply}], "understanding": {"category": category}}
        await talk.rows(
            "INSERT INTO messages (conversation_id, message_id, kind, body, state, status, result, finished_at)"
            " VALUES (%s, %s, 'text', %s, 'done', %s, %s, now()) RETURNING 1",
            *(talk.number, f"m{number}", body, status, json.dumps(result)),
        )
    shown = " ".join(line.text for line in await talk.lines(("can_bo",)))
    assert "vòi tiền" not in shown
    assert "cán bộ B" not in shown
    assert "quầy 5" not in shown
    assert "123456" not in shown
    assert "654321" not in shown
    assert "PA-2026-000001" in shown
    assert "vòi tiền" in " ".join(line.text for line in await talk.lines())
