"""Random lives: whatever citizens, officers and time do, no ticket leaves the table, and its record stays whole."""

from __future__ import annotations

import itertools
import random
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bot.tickets import (
    KINDS,
    TRANSITIONS,
    Actor,
    Citizen,
    Status,
    TicketError,
)
from bot.tickets.clocks import WorkingTime
from bot.tickets.states import ENDED, OPEN, needs_reason
from tests.integration.tickets.place import ADMIN, LOCALITY, OFFICER, OTHER, READER, SUPERVISOR, Place

TIME = WorkingTime.of(LOCALITY)
STAFF = (OFFICER, OTHER, SUPERVISOR, READER, ADMIN, Actor.remote("tỉnh"))
AGENCIES = [agency.code for agency in LOCALITY.agencies]
STEPS = 60


class Life:
    """One ticket, and whoever meddles with it."""

    def __init__(self, place: Place, code: str, citizen: Citizen, chance: random.Random) -> None:
        self.place, self.code, self.citizen, self.chance = place, code, citizen, chance
        self.now = datetime.now(UTC)
        self.done = 0

    async def step(self) -> None:
        """Something happens, or is refused; a refusal must leave everything as it was."""
        before = await self.fingerprint()
        try:
            await self.chance.choice(self.deeds())()
            self.done += 1
        except TicketError:
            assert await self.fingerprint() == before, "a refused operation changed something"

    async def fingerprint(self) -> Any:
        ticket = await self.place.ticket(self.code)
        return ticket.status, ticket.due_at, ticket.agency, ticket.paused_at, await self.place.count("ticket_events")

    def deeds(self) -> list[Callable[[], Awaitable[Any]]]:
        chance, service, code = self.chance, self.place.service, self.code
        actor = chance.choice(STAFF)
        target = chance.choice(list(Status))
        reason = chance.choice([None, "vì thế"])
        agency = chance.choice([None, *AGENCIES])
        by = chance.choice([self.citizen, OFFICER, Citizen("x", "000000")])
        return [
            lambda: service.move(code, target, actor, reason=reason, agency=agency),
            lambda: service.move(code, target, actor, reason="vì thế", agency=agency, text="đã làm"),
            lambda: service.advance(code, target, actor, reason=reason),
            lambda: service.route(code),
            lambda: service.answer(code, actor, "đã trả lời"),
            lambda: service.assign(code, actor, "lan", agency, reason),
            lambda: service.ask_citizen(code, actor, "ở đâu?"),
            lambda: service.citizen_replied(code, by, "ở đây"),
            lambda: service.confirm(code, by, chance.random() < 0.5, chance.choice([None, 0, 3])),
            lambda: service.reopen(code, by, "chưa xong"),
            lambda: self.time_passes(),
        ]

    async def time_passes(self) -> None:
        await self.place.age(self.code, timedelta(hours=self.chance.choice([1, 30, 200])))
        await self.place.service.sweep()

    async def check(self) -> None:
        """What must hold of every ticket at every time."""
        ticket, events = await self.place.ticket(self.code), await self.place.events(self.code)
        assert [event.seq for event in events] == list(range(1, len(events) + 1))
        assert events[0].kind == "TicketFiled"
        assert events[-1].status == ticket.status
        assert {event.kind for event in events} <= set(KINDS)
        for earlier, later in itertools.pairwise(events):
            source, target = Status(earlier.status), Status(later.status)
            if source is not target:
                assert target in TRANSITIONS[source], f"{source} to {target}"
                if needs_reason(source, target):
                    assert later.text, f"{source} to {target} without a reason"
        status = Status(ticket.status)
        assert (ticket.closed_at is not None) == (status in ENDED)
        assert status in OPEN or ticket.paused_at is None
        assert (ticket.resolved_at is not None) == (status in (Status.DONE, Status.AWAITING_CITIZEN, Status.CLOSED))
        if status in (Status.FORWARDED, Status.IN_PROGRESS, Status.DONE):
            assert ticket.agency in AGENCIES
        keys = [event.key for event in events if event.key]
        assert len(keys) == len(set(keys))


@pytest.mark.parametrize("seed", range(8))
async def test_a_random_life_stays_within_the_table(place: Place, seed: int) -> None:
    chance = random.Random(seed)
    place = place.with_rules(review=seed % 3 == 0)
    mine = await place.conversation("telegram")
    filed = await place.file(mine, chance.choice(["chieu_sang", "khac", "can_bo"]))
    life = Life(place, filed.code, Citizen(mine), chance)
    for _ in range(STEPS):
        await life.step()
        await life.check()
    assert life.done >= 5, "most of it was refused: the test tests nothing"
