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


async def test_after_too_much_nobody_asks_for_a_while_that_grows_until_one_went_through(clock: Clock) -> None:
    pace = Pace(clock=clock, sleep=clock.sleep)
    for held in (1, 2, 4, 8, 16, 20, 20):
        assert pace.limited({}) == held
        # Others that were under way are refused with it: that is one refusal.
        assert pace.limited({}) == held
        at = clock.now
        await pace.turn()
        assert clock.now == pytest.approx(at + held)
    pace.went()
    assert pace.limited({}) == 1


async def test_a_gateway_that_says_how_long_is_kept_to(clock: Clock) -> None:
    pace = Pace(clock=clock, sleep=clock.sleep)
    assert pace.limited({"retry-after": "3"}) == 3
    clock.now += 3
    assert pace.limited({"retry-after": "86400"}) == 60
    with pytest.raises(PaceError) as caught:
        await pace.turn()
    assert 59 < caught.value.pause <= 60
    clock.now += 60
    assert pace.limited({"retry-after": "Wed, 25 Nov 2026 09:00:00 GMT"}) == 4
