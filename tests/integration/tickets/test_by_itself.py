"""What happens by itself: reminders, the deadline, escalation, silence, each once."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text

from bot.locality import Clock
from bot.storage import jobs
from bot.tickets import Citizen, Status
from bot.tickets.clocks import WorkingTime
from tests.integration.tickets.place import LOCALITY, OFFICER, Place

TIME = WorkingTime.of(LOCALITY)
SECOND = timedelta(seconds=1)


@pytest.fixture
def strict(place: Place) -> Place:
    return place.with_rules(
        remind_before=(Clock(working_hours=4),),
        remind_after=(Clock(working_hours=2),),
        escalate_after=Clock(working_days=1),
    )


async def test_reminders_come_before_and_after_the_deadline_each_once(strict: Place) -> None:
    filed = await strict.at(Status.IN_PROGRESS)
    await strict.service.assign(filed.code, OFFICER, "lan")
    due = filed.due_at
    assert due
    before = TIME.take_off(due, timedelta(hours=4))
    after, escalated = TIME.add(due, timedelta(hours=2)), TIME.shift(due, Clock(working_days=1))
    assert await strict.service.sweep(before - SECOND) == 0
    for moment, kind in (
        (before, "DueSoon"),
        (due, "DeadlinePassed"),
        (after, "DeadlinePassed"),
        (escalated, "EscalationRaised"),
    ):
        # While nothing else is looked at, time passes for the sweep alone.
        assert await strict.service.sweep(moment) == 1, kind
        assert await strict.service.sweep(moment) == 0, "once"
        assert (await strict.kinds(filed.code))[-1] == kind
    assert await strict.service.sweep(escalated + timedelta(days=300)) == 0
    told = [notice for notice in await strict.staff_notices() if notice[0] != "assigned"]
    assert told == [
        ("due_soon", "ha_tang", "lan", "officer"),
        ("overdue", "ha_tang", "lan", "officer"),
        ("overdue", "ha_tang", "lan", "officer"),
        ("escalation", "ha_tang", None, "supervisor"),
    ]


async def test_after_a_long_stop_what_was_missed_comes_at_once_but_no_reminder_of_the_past(strict: Place) -> None:
    filed = await strict.at(Status.IN_PROGRESS)
    await strict.age(filed.code, timedelta(days=60))
    assert await strict.service.sweep() == 3
    assert (await strict.kinds(filed.code))[-3:] == ["DeadlinePassed", "DeadlinePassed", "EscalationRaised"]


async def test_many_sweeps_at_once_do_everything_once(strict: Place) -> None:
    filed = [await strict.at(Status.FORWARDED) for _ in range(10)]
    for ticket in filed:
        await strict.age(ticket.code, timedelta(days=60))
    done = await asyncio.gather(*(strict.service.sweep() for _ in range(4)))
    assert sum(done) == 30
    async with strict.engine.connect() as connection:
        twice = text(
            "SELECT count(*) FROM ticket_events WHERE key IS NOT NULL GROUP BY ticket_id, key HAVING count(*) > 1"
        )
        assert (await connection.execute(twice)).first() is None
    assert await strict.count("staff_notices WHERE kind IN ('overdue', 'escalation')") == 30


async def test_nothing_is_due_for_what_is_done_paused_or_without_a_clock(strict: Place) -> None:
    done = await strict.at(Status.ESCALATED)
    free = await strict.at(Status.IN_PROGRESS, category="khac")
    paused = await strict.at(Status.IN_PROGRESS)
    await strict.service.ask_citizen(paused.code, OFFICER, "Trụ số mấy?")
    later = datetime.now(UTC) + timedelta(days=LOCALITY.tickets.reply_days, seconds=-60)
    assert await strict.service.sweep(later) == 0
    assert (await strict.ticket(done.code)).check_at is (await strict.ticket(free.code)).check_at is None


async def test_the_clock_goes_on_when_the_citizen_does_not_answer(strict: Place) -> None:
    filed = await strict.at(Status.IN_PROGRESS)
    await strict.service.ask_citizen(filed.code, OFFICER, "Trụ số mấy?")
    later = datetime.now(UTC) + timedelta(days=LOCALITY.tickets.reply_days, minutes=1)
    await strict.service.sweep(later)
    assert (await strict.kinds(filed.code)).count("CitizenSilent") == 1
    ticket = await strict.ticket(filed.code)
    assert ticket.paused_at is None
    assert filed.due_at
    assert ticket.due_at
    assert ticket.due_at > filed.due_at, "the office does not pay for the waiting"
    assert ("silent", "ha_tang", None, "officer") in await strict.staff_notices()


async def test_silence_closes_what_is_done_and_says_how_to_reopen(place: Place) -> None:
    mine = await place.conversation()
    filed = await place.at(Status.AWAITING_CITIZEN, mine)
    end = datetime.now(UTC) + timedelta(days=LOCALITY.tickets.silence_days)
    assert await place.service.sweep(end - timedelta(minutes=1)) == 0
    assert await place.service.sweep(end + SECOND) == 1
    ticket = await place.ticket(filed.code)
    assert (ticket.status, ticket.rating) == (Status.CLOSED, None)
    told = (await place.sent(mine))[-1].body
    assert "hết thời gian chờ" in told["text"]
    assert [button["payload"] for button in told["buttons"]] == [f"ticket:{filed.code}:reopen"]
    view = await place.service.reopen(filed.code, Citizen(mine), "chưa xong")
    assert view.status is Status.IN_PROGRESS


async def test_a_reopened_ticket_is_reminded_of_and_closed_anew(strict: Place) -> None:
    mine = await strict.conversation()
    filed = await strict.at(Status.AWAITING_CITIZEN, mine)
    await strict.service.sweep(datetime.now(UTC) + timedelta(days=8))
    await strict.service.reopen(filed.code, Citizen(mine), "chưa xong")
    await strict.age(filed.code, timedelta(days=60))
    assert await strict.service.sweep() == 3
    await strict.service.move(filed.code, Status.DONE, OFFICER)
    assert await strict.service.sweep(datetime.now(UTC) + timedelta(days=8)) == 1
    assert (await strict.kinds(filed.code)).count("TicketClosed") == 2


async def test_the_worker_sweeps(place: Place) -> None:
    filed = await place.at(Status.AWAITING_CITIZEN)
    await place.age(filed.code, timedelta(days=8))
    async with place.engine.begin() as connection:
        await jobs.defer_in(connection, "tickets.sweep", {"timestamp": 0})
    await jobs.run(place.settings, modules=("bot.tickets.tasks",), wait=False)
    assert (await place.ticket(filed.code)).status == Status.CLOSED
