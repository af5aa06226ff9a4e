"""Cases in groups: new ones as they come, all anew, with deleted and moved ones in between."""

from __future__ import annotations

import random
from datetime import UTC, datetime
from pathlib import Path

import yaml
from sqlalchemy import text

from bot.review.grouping import TERMS
from bot.review.placing import rank_of
from bot.review.upkeep import tidy
from tests.integration.review.conftest import pairs
from tests.support.review import Desk

SAID = yaml.safe_load((Path(__file__).parents[2] / "unit/review/paraphrases.yml").read_text(encoding="utf-8"))
TEXTS = [said for part in SAID.values() for texts in part.values() for said in texts]


async def test_paraphrases_come_together_with_and_without_diacritics(desk: Desk) -> None:
    group = await desk.grouped(
        "Khi nào phường tiêm phòng dại cho chó mèo?",
        "bao gio phuong tiem phong dai cho cho meo",
        "lịch tiêm dại cho chó mèo của phường là hôm nào vậy",
    )
    await desk.case("Khoan giếng trong nhà có phải xin phép không?")
    await desk.grouper.group_new()
    assert sorted(len(texts) for texts in (await desk.together()).values()) == [1, 3]
    rows = await desk.rows("SELECT cases, citizens, waiting, state FROM case_groups WHERE id = :id", id=group)
    assert rows == [(3, 3, 3, "open")]


async def test_it_is_said_why_a_case_stands_where_it_does(desk: Desk) -> None:
    first = await desk.case("Khi nào phường tiêm phòng dại cho chó mèo?")
    await desk.case("bao gio phuong tiem phong dai cho cho meo")
    await desk.grouper.group_new()
    rows = await desk.rows("SELECT likeness, why FROM unresolved_cases ORDER BY id")
    assert rows[0] == (None, None)
    assert rows[1][0] > 0.9
    assert rows[1][1]["case"] == first
    assert {"tiem", "phong", "dai"} <= set(rows[1][1]["words"])


async def test_one_citizen_who_asks_thrice_counts_once(desk: Desk) -> None:
    citizen = await desk.citizen()
    for said in ("wifi uỷ ban có không", "wifi uy ban co khong", "uỷ ban có wifi không"):
        await desk.case(said, citizen)
    await desk.grouper.group_new()
    assert await desk.rows("SELECT cases, citizens, waiting FROM case_groups") == [(3, 1, 1)]


async def test_making_all_anew_gives_the_same_groups_as_one_after_the_other(desk: Desk) -> None:
    order = list(TEXTS)
    random.Random(5).shuffle(order)
    for said in order:
        await desk.case(said)
    await desk.grouper.group_new()
    before = await desk.rows("SELECT id, leader, cases, citizens, waiting, rank FROM case_groups ORDER BY id")
    together = await desk.together()
    likeness = await desk.rows("SELECT id, likeness, why FROM unresolved_cases ORDER BY id")
    await desk.grouper.rebuild()
    assert await desk.together() == together
    assert await desk.rows("SELECT id, likeness, why FROM unresolved_cases ORDER BY id") == likeness
    after = await desk.rows("SELECT id, leader, cases, citizens, waiting, rank FROM case_groups ORDER BY id")
    assert [row[:5] for row in after] == [row[:5] for row in before]
    assert all(abs(new[5] - old[5]) < 1e-4 for new, old in zip(after, before, strict=True))


async def test_another_process_goes_on_where_the_first_stopped(desk: Desk) -> None:
    await desk.grouped("Mấy giờ xe rác đến thu gom?")
    other = Desk(desk.url)
    try:
        await other.case("may gio xe rac den thu gom vay")
        await other.grouper.group_new()
        await desk.case("xe rác mấy giờ tới thu gom")
        await desk.grouper.group_new()
    finally:
        await other.close()
    assert len(await desk.together()) == 1


async def test_other_weights_of_words_make_all_groups_anew(desk: Desk) -> None:
    await desk.grouped("Mấy giờ xe rác đến thu gom?", "may gio xe rac den thu gom vay")
    await desk.one("UPDATE review_marks SET value = 'old' WHERE name = :name RETURNING 1", name=TERMS)
    await desk.one("UPDATE case_exemplars SET terms = '{}' RETURNING 1")
    await desk.case("giờ xe rác thu gom")
    await desk.grouper.group_new()
    assert len(await desk.together()) == 1


async def test_what_a_person_put_together_stays_when_all_are_made_anew(desk: Desk) -> None:
    one = await desk.grouped("Mấy giờ xe rác đến thu gom?")
    other = await desk.grouped("khi nào công ty môi trường đi lấy đồ bỏ")
    assert one != other
    await desk.work().merge(one, await desk.version(one), [other])
    await desk.grouper.rebuild()
    assert pairs(await desk.together()) == {
        frozenset({"Mấy giờ xe rác đến thu gom?", "khi nào công ty môi trường đi lấy đồ bỏ"})
    }
    await desk.case("công ty môi trường khi nào đi lấy đồ bỏ")
    await desk.grouper.group_new()
    assert await desk.rows("SELECT cases FROM case_groups WHERE id = :id", id=one) == [(3,)]


async def test_deleted_words_are_not_found_any_more_and_figures_follow(desk: Desk) -> None:
    group = await desk.grouped("wifi uỷ ban có không")
    citizen = await desk.citizen()
    await desk.case("uỷ ban có wifi không", citizen)
    await desk.grouper.group_new()
    first = await desk.one("SELECT min(conversation_id) FROM unresolved_cases")
    await desk.one("DELETE FROM conversations WHERE id = :id RETURNING 1", id=first)
    await tidy(desk.sessions)
    assert await desk.rows("SELECT id, cases, citizens FROM case_groups") == [(group, 1, 1)]
    await desk.case("wifi uy ban co khong")
    await desk.grouper.group_new()
    assert await desk.rows("SELECT id, cases FROM case_groups") == [(group, 2)]
    async with desk.sessions.begin() as session:
        await session.execute(text("DELETE FROM conversations"))
    assert await tidy(desk.sessions) == 1
    assert await desk.rows("SELECT count(*) FROM case_groups") == [(0,)]


async def test_the_rank_in_sql_is_the_rank_in_python(desk: Desk) -> None:
    group = await desk.grouped("wifi uỷ ban có không", "uỷ ban có wifi không", "wifi uy ban co khong")
    rows = await desk.rows("SELECT citizens, last_at, rank FROM case_groups WHERE id = :id", id=group)
    await desk.grouper.rebuild()
    anew = await desk.rows("SELECT rank FROM case_groups")
    assert abs(anew[0][0] - rank_of(rows[0][0], rows[0][1])) < 1e-4
    assert abs(rows[0][2] - rank_of(rows[0][0], rows[0][1])) < 1e-4


async def test_more_citizens_and_later_questions_rank_higher(desk: Desk) -> None:
    now = datetime.now(UTC)
    assert rank_of(10, now) > rank_of(1, now)
    await desk.case("Khoan giếng trong nhà có phải xin phép không?", days=30)
    for _ in range(2):
        await desk.case("Mấy giờ xe rác đến thu gom?", days=30)
    await desk.case("Ở uỷ ban có wifi không?", days=1)
    await desk.grouper.group_new()
    order = [row[0] for row in await desk.rows(
        "SELECT u.text FROM case_groups g JOIN unresolved_cases u ON u.id = g.leader ORDER BY g.rank DESC"
    )]  # fmt: skip
    assert order == [
        "Ở uỷ ban có wifi không?", "Mấy giờ xe rác đến thu gom?", "Khoan giếng trong nhà có phải xin phép không?"
    ]  # fmt: skip
