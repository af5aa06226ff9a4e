"""What staff decide about groups: labels, merging, splitting, answers; several at once."""

from __future__ import annotations

import asyncio
from datetime import datetime
from typing import Any

import pytest

from bot.review.answering import deliveries
from bot.review.errors import InvalidError, ReviewError, StaleError, UnknownGroupError
from bot.review.queue import QueueFilter, counted, group, listed, neighbours, similar
from tests.support.review import Desk

RUBBISH = ("Mấy giờ xe rác đến thu gom?", "may gio xe rac den thu gom vay", "giờ thu gom rác của phường")


def day(at: datetime) -> str:
    return f"{at:%d/%m/%Y}"


async def test_a_label_teaches_different_wordings_and_is_witnessed(desk: Desk) -> None:
    number = await desk.grouped(*RUBBISH, RUBBISH[1], f"{RUBBISH[0]} gọi tôi số [SĐT_1]")
    taught: list[str] = []

    async def teach(_session: Any, sentences: Any) -> dict[str, Any]:
        taught.extend(sentences)
        return {"taught": len(sentences)}

    label = {"kind": "intent", "intent": "ask_hours"}
    assert (await desk.work().label(number, 1, label, teach))["taught"] == len(taught)
    assert RUBBISH[0] in taught
    assert RUBBISH[2] in taught
    assert not any("[" in said for said in taught)
    state, kept, version = (await desk.rows("SELECT state, label, version FROM case_groups"))[0]
    assert (state, kept["by"], version) == ("labelled", "lan", 2)
    action, group_, before, after = desk.audit[0]
    assert (action, group_, before["state"], after["state"]) == ("review.label", number, "open", "labelled")


async def test_what_cannot_be_taught_is_not_decided(desk: Desk) -> None:
    number = await desk.grouped(*RUBBISH)

    async def teach(_session: Any, _sentences: Any) -> dict[str, Any]:
        raise OSError("disk full")

    with pytest.raises(OSError, match="disk full"):
        await desk.work().label(number, 1, {"kind": "intent", "intent": "ask_hours"}, teach)
    assert await desk.rows("SELECT state, label, version FROM case_groups") == [("open", None, 1)]


async def test_of_two_who_decide_at_once_one_is_told_who_was_quicker(desk: Desk) -> None:
    number = await desk.grouped(*RUBBISH)
    results = await asyncio.gather(
        *(
            desk.work(name).label(number, 1, {"kind": "intent", "intent": name})
            for name in ("lan", "minh", "hoa", "an")
        ),
        return_exceptions=True,
    )
    stale = [result for result in results if isinstance(result, StaleError)]
    assert len(stale) == 3
    winner = (await desk.rows("SELECT changed_by, label ->> 'intent', version FROM case_groups"))[0]
    assert winner == (winner[0], winner[0], 2)
    assert {error.account for error in stale} == {winner[0]}


async def test_new_citizens_do_not_disturb_who_decides(desk: Desk) -> None:
    number = await desk.grouped(*RUBBISH)
    await desk.case("xe rác mấy giờ thu gom")
    await desk.grouper.group_new()
    await desk.work().assign(number, 1, "minh")
    assert await desk.rows("SELECT assigned_to, cases FROM case_groups") == [("minh", 4)]


async def test_out_of_scope_takes_later_questions_along(desk: Desk) -> None:
    number = await desk.grouped(*RUBBISH)
    await desk.work().label(number, 1, {"kind": "scope"})
    await desk.case("xe rác mấy giờ thu gom")
    await desk.grouper.group_new()
    assert await desk.rows("SELECT state, cases, waiting FROM case_groups") == [("dismissed", 4, 0)]
    assert set(await desk.rows("SELECT state FROM unresolved_cases")) == {("closed",)}
    await desk.work().reopen(number, 2)
    assert await desk.rows("SELECT state, cases, waiting FROM case_groups") == [("open", 4, 4)]


async def test_merging_and_splitting_move_cases_figures_and_future_questions(desk: Desk) -> None:
    one = await desk.grouped(*RUBBISH)
    other = await desk.grouped("Ở uỷ ban có wifi không?", "uy ban co wifi khong")
    await desk.work("hoa").comment(other, "giống nhau?")
    await desk.work().merge(one, 1, [other, one])
    with pytest.raises(UnknownGroupError) as gone:
        await desk.work().assign(other, await desk.version(other), "lan")
    assert gone.value.into == one
    assert await desk.rows("SELECT cases, citizens, waiting FROM case_groups WHERE id = :id", id=one) == [(5, 5, 5)]
    wifi = [row[0] for row in await desk.rows("SELECT id FROM unresolved_cases WHERE text LIKE '%wifi%'")]
    new = await desk.work().split(one, await desk.version(one), wifi)
    assert await desk.rows("SELECT cases, citizens FROM case_groups WHERE id = :id", id=new) == [(2, 2)]
    await desk.case("uỷ ban có wifi ko")
    await desk.grouper.group_new()
    assert await desk.rows("SELECT cases FROM case_groups WHERE id = :id", id=new) == [(3,)]
    every = [row[0] for row in await desk.rows("SELECT id FROM unresolved_cases WHERE group_id = :id", id=new)]
    with pytest.raises(InvalidError, match="split"):
        await desk.work().split(new, await desk.version(new), every)


async def test_a_split_that_takes_the_first_case_leaves_the_rest_findable(desk: Desk) -> None:
    one = await desk.grouped(*RUBBISH)
    first = await desk.one("SELECT leader FROM case_groups WHERE id = :id", id=one)
    await desk.work().split(one, 1, [first])
    assert await desk.one("SELECT leader FROM case_groups WHERE id = :id", id=one) != first
    assert await desk.one("SELECT count(*) FROM case_exemplars WHERE group_id = :id", id=one) >= 1


async def test_an_answer_goes_once_to_everyone_who_waits_on_their_channel(desk: Desk) -> None:
    citizens = [await desk.citizen(channel) for channel in ("web", "telegram", "zalo", "zalo")]
    for citizen in (*citizens, citizens[0]):
        await desk.case("Mấy giờ xe rác đến thu gom?", citizen)
    await desk.grouper.group_new()
    await desk.one("UPDATE conversations SET opted_out_at = now() WHERE id = :id RETURNING 1", id=citizens[3])
    number = await desk.one("SELECT id FROM case_groups")
    results = await asyncio.gather(
        *(desk.work(name).answer(number, 1, "Bạn hỏi {cau_hoi}: xe đến lúc 18 giờ.", day) for name in "abcd"),
        return_exceptions=True,
    )
    sent = [result for result in results if not isinstance(result, BaseException)]
    assert [(one.told, one.opted_out) for one in sent] == [(3, 1)]
    assert all(isinstance(result, StaleError) for result in results if isinstance(result, BaseException))
    rows = await desk.rows("SELECT conversation_id, channel, state, body ->> 'text' FROM outbox ORDER BY id")
    assert {(row[0], row[1], row[2]) for row in rows} == {
        (citizens[0], "web", "shown"), (citizens[1], "telegram", "queued"), (citizens[2], "zalo", "queued")
    }  # fmt: skip
    assert all("“Mấy giờ xe rác đến thu gom?”: xe đến lúc 18 giờ." in row[3] for row in rows)
    assert await desk.rows("SELECT state, waiting FROM case_groups") == [("answered", 1)]
    with pytest.raises(InvalidError, match="nobody"):
        await desk.work().answer(number, 2, "Lần nữa.", day)


async def test_who_asks_after_the_answer_is_told_next_time_and_nobody_twice(desk: Desk) -> None:
    number = await desk.grouped(*RUBBISH)
    await desk.work().answer(number, 1, "Xe đến lúc 18 giờ.", day)
    await desk.case("xe rác mấy giờ thu gom")
    await desk.grouper.group_new()
    assert await desk.rows("SELECT state, waiting FROM case_groups") == [("open", 1)]
    sent = await desk.work().answer(number, 2, "Xe đến lúc 19 giờ.", day)
    assert sent.told == 1
    assert await desk.one("SELECT count(*) FROM outbox") == 4
    assert await desk.one("SELECT max(many) FROM (SELECT count(*) AS many FROM outbox GROUP BY conversation_id) x") == 1


async def test_what_could_not_be_delivered_is_shown(desk: Desk) -> None:
    for channel in ("zalo", "zalo", "telegram"):
        await desk.case("Mấy giờ xe rác đến thu gom?", channel=channel)
    await desk.grouper.group_new()
    number = await desk.one("SELECT id FROM case_groups")
    await desk.work().answer(number, 1, "Xe đến lúc 18 giờ.", day)
    await desk.one("UPDATE outbox SET state = 'failed', error = 'window_closed' WHERE channel = 'zalo'"
                   " AND id = (SELECT min(id) FROM outbox) RETURNING 1")  # fmt: skip
    async with desk.sessions() as session:
        one = (await deliveries(session, number))[0]
    assert one.counts == {"failed": 1, "queued": 2}
    assert one.troubles == {("failed", "window_closed"): 1}


@pytest.mark.parametrize(("said", "code"), [("", "answer"), ("x" * 1801, "answer"), ("Chào {ten}", "placeholder")])
async def test_an_answer_that_would_embarrass_is_refused(desk: Desk, said: str, code: str) -> None:
    number = await desk.grouped(*RUBBISH)
    with pytest.raises(InvalidError, match=code):
        await desk.work().answer(number, 1, said, day)
    assert await desk.one("SELECT count(*) FROM outbox") == 0


async def test_the_queue_pages_and_filters(desk: Desk) -> None:
    await desk.case("Mấy giờ xe rác đến thu gom?", channel="zalo", signals=["thumbs_down"])
    for said in ("Ở uỷ ban có wifi không?", "Khoan giếng trong nhà có phải xin phép không?"):
        await desk.case(said)
    await desk.grouper.group_new()
    async with desk.sessions() as session:
        first = await listed(session, QueueFilter(), limit=2)
        assert first.after is not None
        second = await listed(session, QueueFilter(), first.after, limit=2)
        assert len({row.id for row in first.rows + second.rows}) == 3
        assert second.after is None
        middle = first.rows[1]
        assert await neighbours(session, QueueFilter(), middle.place) == (first.rows[0].id, second.rows[0].id)
        for wanted, many in (
            (QueueFilter(channel="zalo"), 1),
            (QueueFilter(signal="thumbs_down"), 1),
            (QueueFilter(signal="thumbs_down", channel="web"), 0),
            (QueueFilter(confidence="low"), 3),
            (QueueFilter(confidence="high"), 0),
            (QueueFilter(state="labelled"), 0),
            (QueueFilter(state=None), 3),
            (QueueFilter(assigned=""), 3),
            (QueueFilter(assigned="lan"), 0),
            (QueueFilter(answerable=True), 0),
            (QueueFilter(words="khoan gieng"), 1),
            (QueueFilter(words="wifi giếng"), 0),
        ):
            assert len((await listed(session, wanted)).rows) == many, wanted
            assert await counted(session, wanted, 100) == many
        for place in ("", "x", "nan:1", "1:x", "1:-4", "inf:3"):
            with pytest.raises(ReviewError):
                await listed(session, QueueFilter(), place)


async def test_a_group_shows_its_cases_and_what_is_like_it(desk: Desk) -> None:
    number = await desk.grouped(*RUBBISH)
    await desk.grouped("phường thu gom rác cồng kềnh cũ như tủ giường ở đâu")
    async with desk.sessions() as session:
        view = await group(session, number)
        assert [case.text for case in view.cases] == list(reversed(RUBBISH))
        assert view.channels == {"web": 3}
        assert view.cases[0].like
        found = await similar(session, view)
        assert len(found) == 1
        assert "thu" in found[0][2] or "gom" in found[0][2] or "rac" in found[0][2]
        with pytest.raises(UnknownGroupError):
            await group(session, 999_999)
