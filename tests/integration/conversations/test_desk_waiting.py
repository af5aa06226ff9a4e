"""What happens by itself in live chats: silence, waiting, lunch, closing time, holidays."""

from __future__ import annotations

import pytest

from bot.conversations.desk.errors import HeldError, ReservedError
from bot.tickets.people import Actor
from tests.support.desk_talk import LAN, LUNCH, MINH, NIGHT, OPEN, TET, Talk, taken


async def test_a_silent_holder_loses_it_and_the_bot_answers_again(talk: Talk) -> None:
    await taken(talk)
    await talk.says("có ai không")
    assert await talk.sweep(OPEN) == {}
    with pytest.raises(HeldError):
        await talk.desk.take(talk.number, MINH)
    await talk.ago(11)
    assert await talk.sweep(OPEN) == {"returned": 1}
    assert await talk.state() == ("waiting", None, None)
    assert "đưa lại vào hàng chờ" in (await talk.told())[-1]
    await talk.says("lệ phí")
    assert talk.engine.taken[-1][2] == "lệ phí"
    await talk.desk.take(talk.number, MINH)


async def test_who_has_answered_is_not_silent_and_who_is_may_be_followed_at_once(talk: Talk) -> None:
    epoch = await taken(talk)
    await talk.says("có ai không")
    await talk.desk.say(talk.number, epoch, LAN, "có tôi")
    await talk.ago(30)
    assert await talk.sweep(OPEN) == {}
    await talk.says("vậy thì sao")
    with pytest.raises(HeldError):
        await talk.desk.take(talk.number, MINH)
    await talk.ago(11)
    assert (await talk.desk.take(talk.number, MINH)).epoch == epoch + 1


async def test_nobody_writes_for_long_and_it_is_closed(talk: Talk) -> None:
    epoch = await taken(talk)
    await talk.desk.say(talk.number, epoch, LAN, "xong rồi nhé")
    await talk.ago(61)
    assert await talk.sweep(OPEN) == {"idle": 1}
    assert await talk.state() == ("closed", None, "idle")


async def test_who_waits_is_told_once_at_lunch_and_at_closing_time(talk: Talk) -> None:
    await talk.says("!live")
    assert await talk.sweep(OPEN) == {}
    assert await talk.sweep(LUNCH) == {"delayed": 1}
    assert "13h30" in (await talk.told())[-1]
    assert await talk.sweep(LUNCH) == {}
    await talk.ago(11)
    assert await talk.sweep(OPEN) == {}, "told already"
    assert await talk.sweep(NIGHT) == {"out_of_hours": 1}
    assert await talk.state() == ("closed", None, "out_of_hours")
    assert "ngày mai" in (await talk.told())[-1]


async def test_who_waits_long_is_told_once_that_it_takes_longer(talk: Talk) -> None:
    await talk.says("!live")
    await talk.ago(11)
    assert await talk.sweep(OPEN) == {"delayed": 1}
    assert "Chưa có cán bộ nào vào được" in (await talk.told())[-1]
    assert "0200 3999 002" in (await talk.told())[-1]
    assert await talk.sweep(OPEN) == {}
    assert await talk.state() == ("waiting", None, None)
    assert (await talk.desk.take(talk.number, LAN)).epoch == 1, "it is still there to be taken"


async def test_forwarded_to_a_colleague_who_does_not_come_anybody_may_take_it(talk: Talk) -> None:
    epoch = await taken(talk)
    await talk.desk.forward(talk.number, epoch, LAN, "việc của Minh", colleague="minh")
    assert "chuyển đến một cán bộ khác" in (await talk.told())[-1]
    third = Actor.staff("hoa")
    with pytest.raises(ReservedError):
        await talk.desk.take(talk.number, third)
    await talk.ago(11)
    assert (await talk.desk.take(talk.number, third)).epoch > epoch


async def test_a_holder_who_is_silent_when_the_office_closes_leaves_nobody_waiting(talk: Talk) -> None:
    await taken(talk)
    await talk.says("có ai không")
    await talk.ago(11)
    assert await talk.sweep(NIGHT) == {"out_of_hours": 1}
    assert await talk.state() == ("closed", None, "out_of_hours")
    assert "Hôm nay cán bộ chưa trả lời được bạn" in (await talk.told())[-1]
    await talk.says("lệ phí")
    assert talk.engine.taken[-1][2] == "lệ phí"


async def test_on_a_holiday_who_waits_is_told_why_and_when(talk: Talk) -> None:
    await talk.says("!live")
    assert await talk.sweep(TET) == {"out_of_hours": 1}
    last = (await talk.told())[-1]
    assert "tết" in last.casefold()
    assert "gặp cán bộ" in last
