"""The pace at which Zalo is asked."""

from __future__ import annotations

import pytest

from bot.channels.zalo.pace import Pace, PaceError


class Clock:
    """A clock that moves when somebody sleeps."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        self.now += seconds


@pytest.fixture
def clock() -> Clock:
    return Clock()


async def asked_in(pace: Pace, clock: Clock, seconds: float) -> int:
    """How many requests go out in that time, if as many as possible do."""
    end, count = clock.now + seconds, 0
    while True:
        await pace.turn()
        if clock.now >= end:
            return count
        count += 1


async def test_not_more_than_4000_a_minute(clock: Clock) -> None:
    count = await asked_in(Pace(clock=clock, sleep=clock.sleep), clock, 60)
    assert 3900 < count <= 4025


async def test_the_limit_is_what_the_answers_say(clock: Clock) -> None:
    pace = Pace(clock=clock, sleep=clock.sleep)
    pace.seen({"x-ratelimit-limit": "600", "x-ratelimit-remain": "599"})
    assert 590 < await asked_in(pace, clock, 60) <= 625
    # Others have used most of it: what is left has to do for the minute.
    pace.seen({"x-ratelimit-limit": "4000", "x-ratelimit-remain": "120"})
    assert await asked_in(pace, clock, 60) <= 145
    pace.seen({"x-ratelimit-limit": "4000", "x-ratelimit-remain": "3999"})
    assert await asked_in(pace, clock, 60) > 3900
    for odd in ({}, {"x-ratelimit-limit": "x"}, {"x-ratelimit-limit": "0"}, {"x-ratelimit-remain": "-5"}):
        pace.seen(odd)
    assert await asked_in(pace, clock, 60) > 3900


async def test_after_too_much_nobody_asks_for_a_while(clock: Clock) -> None:
    pace = Pace(clock=clock, sleep=clock.sleep)
    pace.limited(15)
    at = clock.now
    await pace.turn()
    assert clock.now == at + 15
    pace.limited(40)
    with pytest.raises(PaceError) as caught:
        await pace.turn()
    assert 39 < caught.value.pause <= 40
