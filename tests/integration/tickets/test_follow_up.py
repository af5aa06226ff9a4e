"""What those who come back read and press, in the conversation."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from bot.tickets import Desk, FollowUp, Status
from bot.tickets.follow_up import code_and_pin
from bot.tickets.told import Told, Wanted, wanted
from tests.integration.tickets.place import LOCALITY, OFFICER, Place


class Counter:
    """One conversation at the counter."""

    def __init__(self, place: Place, conversation: str) -> None:
        self.place, self.key = place, conversation
        self._follow_up = FollowUp(place.service, Desk(place.settings, LOCALITY))
        self.wanted: Wanted | None = None

    async def says(self, text: str, asked: str | None = None, *, question: str | None = None) -> Told:
        code, pin = code_and_pin(text, None, asked)
        return await self._heard(code=code, pin=pin, choice=None, text=text, question=question)

    async def presses(self, payload: str) -> Told:
        _, code, choice = payload.split(":")
        return await self._heard(code=code, pin=None, choice=choice, text="")

    async def _heard(self, **heard: Any) -> Told:
        """A turn, with what the slot keeps from the last one."""
        told = await self._follow_up.heard(self.key, wanted=self.wanted, **heard)
        self.wanted = wanted(told.wanted)
        return told


async def counter(place: Place) -> Counter:
    return Counter(place, await place.conversation())


def payloads(told: Told) -> list[str]:
    return [payload.split(":", 2)[2] for _, payload in told.buttons]


async def test_my_reports_say_status_deadline_and_last_event(place: Place) -> None:
    mine = await counter(place)
    assert "PA-" in (await mine.says("phản ánh của tôi")).text
    first = await place.at(Status.IN_PROGRESS, mine.key)
    second = await place.at(Status.RECEIVED, mine.key, "khac")
    await place.service.answer(first.code, OFFICER, "Tổ điện đến chiều nay.")
    told = await mine.says("phản ánh của tôi")
    title, newest, oldest = told.text.split("\n")
    assert title == "Phản ánh của bạn:"
    assert second.code in newest
    assert "Thời hạn" not in newest
    assert first.due_at
    due = f"{LOCALITY.now(first.due_at):%Hh%M ngày %d/%m/%Y}"
    assert f"đang xử lý, nơi xử lý: Tổ Hạ tầng, phòng Kinh tế, Hạ tầng và Đô thị. Thời hạn: {due}." in oldest
    assert "Gần nhất: trả lời chính thức lúc" in oldest
    assert oldest.endswith(": Tổ điện đến chiều nay.")
    await place.service.answer(first.code, OFFICER, "Rất dài. " * 100)
    assert (await mine.says("phản ánh của tôi")).text.count("Rất dài") < 25, "a list has only the start of it"
    assert told.buttons == ()


async def test_confirming_thanks_asks_for_stars_and_takes_them(place: Place) -> None:
    mine = await counter(place)
    filed = await place.at(Status.AWAITING_CITIZEN, mine.key)
    told = await mine.says("phản ánh của tôi")
    assert payloads(told) == ["solved", "unsolved"]
    told = await mine.presses(told.buttons[0][1])
    assert "mở lại được đến hết ngày" in told.text
    assert payloads(told) == ["rate_5", "rate_4", "rate_3", "rate_2", "rate_1"]
    told = await mine.presses(told.buttons[1][1])
    assert "4/5" in told.text
    assert (await place.ticket(filed.code)).rating == 4


async def test_not_solved_says_who_goes_on(place: Place) -> None:
    mine = await counter(place)
    filed = await place.at(Status.AWAITING_CITIZEN, mine.key)
    told = await mine.presses(f"ticket:{filed.code}:unsolved")
    assert "trả lại cho Tổ Hạ tầng" in told.text
    assert "Thời hạn xử lý" in told.text
    assert (await place.ticket(filed.code)).status == Status.IN_PROGRESS
    again = await mine.presses(f"ticket:{filed.code}:unsolved")
    assert "không chuyển được" in again.text, "an old button is answered, not obeyed"


async def test_reopening_asks_why_first(place: Place) -> None:
    mine = await counter(place)
    filed = await place.at(Status.AWAITING_CITIZEN, mine.key)
    await mine.presses(f"ticket:{filed.code}:solved")
    told = await mine.says(filed.code)
    assert payloads(told)[0] == "reopen"
    told = await mine.presses(f"ticket:{filed.code}:reopen")
    assert payloads(told) == ["reopen_undone", "reopen_partly", "reopen_again", "reopen_other"]
    assert (await place.ticket(filed.code)).status == Status.CLOSED
    told = await mine.presses(f"ticket:{filed.code}:reopen_again")
    assert "Đã mở lại" in told.text
    event = (await place.events(filed.code))[-1]
    assert (event.kind, event.text) == ("TicketReopened", "Tình trạng tái diễn")


async def test_after_the_period_reopening_is_declined_kindly(place: Place) -> None:
    mine = await counter(place)
    filed = await place.at(Status.AWAITING_CITIZEN, mine.key)
    await mine.presses(f"ticket:{filed.code}:solved")
    await place.age(filed.code, timedelta(days=20))
    for choice in ("reopen", "reopen_again"):
        assert "gửi phản ánh mới" in (await mine.presses(f"ticket:{filed.code}:{choice}")).text
    assert payloads(await mine.says(filed.code)) == []


@pytest.mark.parametrize("choice", ["solved", "unsolved", "rate_5", "reopen", "reopen_again", "reopen_x", "show"])
async def test_a_strangers_button_asks_for_the_pin(place: Place, choice: str) -> None:
    owner, stranger = await counter(place), await counter(place)
    filed = await place.at(Status.AWAITING_CITIZEN, owner.key)
    told = await stranger.presses(f"ticket:{filed.code}:{choice}")
    assert told.asked == filed.code
    assert "PIN" in told.text
    unknown = await stranger.presses(f"ticket:PA-2020-000009:{choice}")
    assert unknown.text == told.text.replace(filed.code, "PA-2020-000009")
    assert (await place.ticket(filed.code)).status == Status.AWAITING_CITIZEN


async def test_code_and_pin_on_another_channel_show_and_link(place: Place) -> None:
    owner, web = await counter(place), await counter(place)
    filed = await place.at(Status.IN_PROGRESS, owner.key)
    assert (await web.says(f"{filed.code}")).asked == filed.code
    told = await web.says(f"pin {filed.pin}", asked=filed.code)
    assert told.ticket == filed.code
    assert "cũng được báo tại đây" in told.text
    again = await web.says(f"{filed.code} {filed.pin}")
    assert "cũng được báo tại đây" not in again.text, "said once"
    assert filed.code in (await web.says("phản ánh của tôi")).text


async def test_a_message_with_the_code_answers_the_officers_question(place: Place) -> None:
    mine = await counter(place)
    filed = await place.at(Status.IN_PROGRESS, mine.key)
    shown = await mine.says(f"{filed.code} nhà số 5")
    assert "đang xử lý" in shown.text, "nobody asked anything"
    await place.service.ask_citizen(filed.code, OFFICER, "Trụ số mấy?")
    assert "đang chờ bạn trả lời" in (await mine.says(f"{filed.code} tới đâu rồi?")).text
    assert "đang chờ bạn trả lời" in (await mine.says(filed.code)).text
    told = await mine.says(f"{filed.code}: trụ số 12, gần trường học")
    assert "Đã chuyển câu trả lời" in told.text
    event = (await place.events(filed.code))[-1]
    assert (event.kind, event.text) == ("CitizenReplied", "trụ số 12, gần trường học")


async def test_a_pressed_button_makes_the_next_words_the_answer(place: Place) -> None:
    mine = await counter(place)
    filed = await place.at(Status.IN_PROGRESS, mine.key)
    await place.service.ask_citizen(filed.code, OFFICER, "Trụ số mấy?")
    [notice] = [sent for sent in await place.sent(mine.key) if "Trụ số mấy?" in sent.body["text"]]
    assert [button["payload"] for button in notice.body["buttons"]] == [f"ticket:{filed.code}:reply"]
    assert payloads(await mine.says("phản ánh của tôi")) == ["reply"]
    told = await mine.presses(f"ticket:{filed.code}:reply")
    assert "Trụ số mấy?" in told.text
    assert "bằng chữ" in (await mine.says("?!")).text
    told = await mine.says("trụ số 12, gọi 0912 345 678")
    assert "Đã chuyển câu trả lời" in told.text
    event = (await place.events(filed.code))[-1]
    assert (event.kind, event.text) == ("CitizenReplied", "trụ số 12, gọi (số điện thoại)")
    assert (await place.ticket(filed.code)).paused_at is None
    assert payloads(await mine.presses(f"ticket:{filed.code}:reply")) == [], "nobody waits any more"


async def test_words_that_may_be_the_answer_are_sent_only_after_a_yes(place: Place) -> None:
    mine = await counter(place)
    filed = await place.at(Status.IN_PROGRESS, mine.key)
    await place.service.ask_citizen(filed.code, OFFICER, "Trụ số mấy?")
    told = await mine.says("trụ 12", question=filed.code)
    assert "“trụ 12”" in told.text
    assert payloads(told) == ["reply_send", "reply_drop"]
    told = await mine.says("đối diện chợ")
    assert "“trụ 12\nđối diện chợ”" in told.text
    assert (await place.events(filed.code))[-1].kind == "QuestionAsked", "nothing is sent yet"
    told = await mine.says("đúng rồi")
    assert "Đã chuyển câu trả lời" in told.text
    assert (await place.events(filed.code))[-1].text == "trụ 12\nđối diện chợ"
    again = await mine.presses(f"ticket:{filed.code}:reply_send")
    assert "không còn giữ" in again.text, "an old button sends nothing"


@pytest.mark.parametrize("no", ["không phải", "thôi", "reply_drop"])
async def test_a_no_sends_nothing(place: Place, no: str) -> None:
    mine = await counter(place)
    filed = await place.at(Status.IN_PROGRESS, mine.key)
    await place.service.ask_citizen(filed.code, OFFICER, "Trụ số mấy?")
    await mine.says("trụ 12", question=filed.code)
    told = await (mine.presses(f"ticket:{filed.code}:{no}") if "_" in no else mine.says(no))
    assert "chưa gửi gì" in told.text
    assert (await place.ticket(filed.code)).paused_at is not None
    assert mine.wanted is None


async def test_who_only_joined_or_is_a_stranger_answers_nothing(place: Place) -> None:
    owner, joined, stranger = await counter(place), await counter(place), await counter(place)
    filed = await place.at(Status.IN_PROGRESS, owner.key)
    await place.service.join(filed.code, joined.key)
    await place.service.ask_citizen(filed.code, OFFICER, "Trụ số mấy?")
    assert "PIN" in (await stranger.presses(f"ticket:{filed.code}:reply")).text
    for other in (joined, stranger):
        other.wanted = Wanted(kind="reply", code=filed.code, text="trụ 99")
        await other.presses(f"ticket:{filed.code}:reply_send")
        other.wanted = Wanted(kind="reply", code=filed.code, text=None)
        await other.says("trụ 99")
    assert "CitizenReplied" not in await place.kinds(filed.code)


@pytest.mark.parametrize("way", ["at once", "by the button"])
async def test_reopening_takes_the_citizens_own_words(place: Place, way: str) -> None:
    mine = await counter(place)
    filed = await place.at(Status.AWAITING_CITIZEN, mine.key)
    await mine.presses(f"ticket:{filed.code}:solved")
    await mine.presses(f"ticket:{filed.code}:reopen")
    if way == "by the button":
        assert "viết giúp" in (await mine.presses(f"ticket:{filed.code}:reopen_other")).text
    told = await mine.says("đèn sáng được một tối rồi lại tắt")
    assert "Đã mở lại" in told.text
    event = (await place.events(filed.code))[-1]
    assert (event.kind, event.text) == ("TicketReopened", "đèn sáng được một tối rồi lại tắt")


async def test_who_changes_their_mind_reopens_nothing(place: Place) -> None:
    mine = await counter(place)
    filed = await place.at(Status.AWAITING_CITIZEN, mine.key)
    await mine.presses(f"ticket:{filed.code}:solved")
    await mine.presses(f"ticket:{filed.code}:reopen")
    assert "chưa gửi gì" in (await mine.says("thôi")).text
    assert (await place.ticket(filed.code)).status == Status.CLOSED


async def test_several_reports_that_want_something_are_offered_one_by_one(place: Place) -> None:
    mine = await counter(place)
    filed = [await place.at(Status.AWAITING_CITIZEN, mine.key) for _ in range(2)]
    told = await mine.says("phản ánh của tôi")
    assert [title for title, _ in told.buttons] == [filed[1].code, filed[0].code]
    told = await mine.presses(told.buttons[0][1])
    assert told.ticket == filed[1].code
    assert payloads(told) == ["solved", "unsolved"]


async def test_an_overdue_report_says_so(place: Place) -> None:
    mine = await counter(place)
    filed = await place.at(Status.IN_PROGRESS, mine.key)
    await place.age(filed.code, timedelta(days=60))
    assert "Đã quá thời hạn" in (await mine.says(filed.code)).text


def test_titles_and_payloads_fit_every_platform() -> None:
    longest = f"ticket:PA-2026-{10**8}:reopen_partly"
    assert len(longest.encode()) <= 64


def test_code_and_pin_are_found_in_what_people_type() -> None:
    assert code_and_pin("mã pa-2026-000012 pin 123456", None, None) == ("PA-2026-000012", "123456")
    assert code_and_pin("123456", None, "PA-2026-000012") == ("PA-2026-000012", "123456")
    assert code_and_pin("123456", None, None) == (None, "123456")
    assert code_and_pin("sao lâu thế", None, "PA-2026-000012") == (None, None)
