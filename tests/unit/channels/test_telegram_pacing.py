"""The pace of Telegram, on a clock that stands still until somebody sleeps."""

from __future__ import annotations

from bot.channels.telegram.pacing import BURST, Pacer


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        self.now += seconds


def pacer(clock: Clock, share: float = 1.0) -> Pacer:
    return Pacer(share, clock=clock, sleep=clock.sleep)


async def test_an_answer_in_a_few_messages_goes_at_once_and_then_one_a_second() -> None:
    clock = Clock()
    paced = pacer(clock)
    at = []
    for _ in range(BURST + 3):
        await paced.wait("42")
        at.append(clock.now - 100)
    assert at[BURST - 1] < 0.2
    assert [round(one) for one in at[BURST:]] == [1, 2, 3]


async def test_many_chats_share_thirty_a_second() -> None:
    clock = Clock()
    paced = pacer(clock)
    for chat in range(300):
        await paced.wait(str(chat))
    assert 9.9 < clock.now - 100 < 10.1


async def test_several_workers_share_the_limit() -> None:
    clock = Clock()
    paced = pacer(clock, share=0.5)
    for chat in range(30):
        await paced.wait(str(chat))
    assert 1.9 < clock.now - 100 < 2.1


async def test_one_flooded_chat_does_not_hold_the_others_two_do() -> None:
    clock = Clock()
    paced = pacer(clock)
    paced.flooded("1", 5)
    await paced.wait("2")
    assert clock.now == 100
    paced.flooded("2", 5)
    await paced.wait("3")
    assert clock.now >= 105
