"""Open reports that may be the same: which are offered, joining one, going on."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import update

from actions import reports, services
from bot.storage.models import Ticket
from bot.tickets import Actor, Status
from bot.tickets.draft import CONTACT, PLACE, SIMILAR
from tests.integration.tickets.counter import LAMP, arrive, begun, row, sent


async def filed(here: services.Services, text: str = LAMP, intent: str = "report_chieu_sang") -> str:
    citizen = await arrive(here)
    await citizen.says(text, intent)
    return await sent(citizen)


async def test_the_same_nearby_is_offered_and_joined(here: services.Services) -> None:
    code = await filed(here, "Đèn đường hẻm 17 Trần Phú nhà bà Lan cháy, tôi bực lắm")
    citizen = await arrive(here)
    await citizen.says(LAMP, "report_chieu_sang")
    assert citizen.asked == SIMILAR
    assert "Chiếu sáng công cộng, hẻm 17 Trần Phú, gửi ngày" in citizen.said
    assert "bà Lan" not in citizen.said
    assert code not in citizen.said
    await citizen.presses("join:1")
    assert citizen.outcomes[-1] == {"status": "lookup", "category": "chieu_sang", "ticket": code}
    assert code in citizen.said
    assert not citizen.active
    assert [ticket.code for ticket in await here.tickets.mine(citizen.key)] == [code]
    assert (await here.tickets.detail(code, Actor.staff("lan", "admin"))).followers == 1
    assert all(citizen.slots[name] is None for name in reports.SLOTS)


@pytest.mark.parametrize("answer", ["việc khác", "không phải"])
async def test_another_matter_goes_its_own_way(here: services.Services, answer: str) -> None:
    first = await filed(here)
    citizen = await arrive(here)
    await citizen.says(LAMP, "report_chieu_sang")
    await citizen.says(answer)
    assert citizen.asked == CONTACT
    assert await sent(citizen) != first


async def test_near_is_within_150_metres_where_both_are_known(here: services.Services) -> None:
    citizen = await begun(here)
    await citizen.sends(location="10.762622,106.660172")
    await sent(citizen)
    near = await begun(here, "đèn hư hai bóng liền")
    await near.sends(location="10.763422,106.660172")
    assert near.asked == SIMILAR
    assert "cách chỗ bạn khoảng 90 m" in near.said
    far = await begun(here, "đèn hư hai bóng liền")
    await far.sends(location="10.764622,106.660172")
    assert far.asked == CONTACT


@pytest.mark.parametrize("change", ["closed", "old", "restricted", "private", "category"])
async def test_only_open_public_and_recent_reports_of_the_category_are_offered(
    here: services.Services, change: str
) -> None:
    code = await filed(here)
    values: dict[str, Any] = {
        "closed": {"status": Status.CLOSED},
        "old": {"created_at": datetime.now(UTC) - timedelta(days=31)},
        "restricted": {"restricted": True},
        "private": {"private": True},
        "category": {"category": "dien"},
    }[change]
    async with here.database.begin() as connection:
        await connection.execute(update(Ticket).where(Ticket.code == code).values(values))
    citizen = await arrive(here)
    await citizen.says(LAMP, "report_chieu_sang")
    assert citizen.asked == CONTACT


async def test_conduct_of_officials_is_never_offered(here: services.Services) -> None:
    story = "cán bộ quầy số 2 đường Trần Phú quát mắng dân"
    for _ in range(2):
        citizen = await arrive(here)
        await citizen.says(story, "report_can_bo")
        assert citizen.asked in (CONTACT, PLACE)
        if citizen.asked == PLACE:
            await citizen.says("quầy số 2 đường Trần Phú")
        assert citizen.asked == CONTACT
        assert (await row(here, await sent(citizen))).restricted


async def test_a_report_that_ended_meanwhile_cannot_be_joined(here: services.Services) -> None:
    code = await filed(here)
    citizen = await arrive(here)
    await citizen.says(LAMP, "report_chieu_sang")
    async with here.database.begin() as connection:
        await connection.execute(update(Ticket).where(Ticket.code == code).values(status=Status.REFUSED))
    await citizen.presses("join:1")
    assert "vừa kết thúc" in citizen.said
    assert citizen.asked == CONTACT
