"""Citizens who come back to a report, over HTTP: an officer's question answered in plain words, a report reopened."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from bot.locality import load
from bot.storage.database import connect_async
from bot.storage.embedded import EmbeddedPostgres
from bot.tickets import Actor, Status, TicketService
from tests.e2e.test_reports import Talk
from tests.support.pictures import picture
from tests.support.system import System

OFFICER = Actor.staff("lan", "officer")


class Office:
    """The officers of the running system."""

    def __init__(self, system: System) -> None:
        self._settings = system.settings()
        self._url = EmbeddedPostgres(self._settings).urls.owner

    def does(self, work: Callable[[TicketService], Awaitable[Any]]) -> None:
        async def doing() -> None:
            engine = connect_async(self._url, pool_size=1)
            try:
                await work(TicketService(engine, self._settings, load(self._settings.locality)))
            finally:
                await engine.dispose()

        with ThreadPoolExecutor(1) as thread:
            thread.submit(lambda: asyncio.run(doing())).result()

    def asks(self, code: str, question: str) -> None:
        self.does(lambda service: service.ask_citizen(code, OFFICER, question))

    def ends(self, code: str) -> None:
        self.does(lambda service: service.advance(code, Status.CLOSED, Actor.remote("test"), reason="xong"))


@pytest.fixture
def talk(system: System) -> Talk:
    return Talk(system)


@pytest.fixture
def office(system: System) -> Office:
    return Office(system)


def events(system: System, code: str) -> list[tuple[str, str | None]]:
    with system.database() as connection:
        rows = connection.execute(
            "select e.kind, e.text from ticket_events e join tickets t on t.id = e.ticket_id where t.code = %s"
            " order by e.seq",
            (code,),
        ).fetchall()
    return [(str(kind), text) for kind, text in rows]


@pytest.mark.parametrize(
    "reply",
    [
        "trụ số 12, ngay cổng trường mầm non",
        "hai bóng đều cháy, tối đen như mực",
        "dạ còn hư",
        "o doi dien quan ca phe",
    ],
)
def test_plain_words_after_an_officers_question_are_offered_as_the_answer(
    talk: Talk, office: Office, system: System, reply: str
) -> None:
    code = talk.says(f"đèn đường tắt trước số 4 đường Hoa Trà, {reply[:3]}").file()
    office.asks(code, "Trụ đèn số mấy, còn hư không?")
    talk.says(reply)
    assert f"“{reply}”" in talk.words
    assert talk.buttons == [f"ticket:{code}:reply_send", f"ticket:{code}:reply_drop"]
    assert "CitizenReplied" not in dict(events(system, code)), "nothing is sent without a yes"
    talk.says("đúng rồi")
    assert "Đã chuyển câu trả lời" in talk.words
    assert events(system, code)[-1] == ("CitizenReplied", reply)


def test_the_button_under_the_question_makes_the_next_words_the_answer(
    talk: Talk, office: Office, system: System
) -> None:
    code = talk.says("đèn đường tắt trước số 6 đường Hoa Trà").file()
    office.asks(code, "Trụ đèn số mấy?")
    talk.presses(f"ticket:{code}:reply")
    assert "Trụ đèn số mấy?" in talk.words
    talk.says("trụ 15 ạ")
    assert events(system, code)[-1] == ("CitizenReplied", "trụ 15 ạ")


def pictures(system: System, code: str) -> list[str]:
    with system.database() as connection:
        rows = connection.execute(
            "select p.key from ticket_photos p join tickets t on t.id = p.ticket_id where t.code = %s order by p.id",
            (code,),
        ).fetchall()
    return [str(row[0]) for row in rows]


def test_pictures_after_an_officers_question_join_the_report_and_begin_none(
    talk: Talk, office: Office, system: System
) -> None:
    code = talk.says("đèn đường tắt trước số 14 đường Hoa Trà").file()
    office.asks(code, "Bạn gửi ảnh trụ đèn giúp.")
    talk.says("lệ phí đăng ký kết hôn bao nhiêu vậy?")
    keys = [talk.sends_picture(picture(64, 48))]
    assert f"Đã chuyển ảnh của bạn về phản ánh {code}" in talk.words
    assert (talk.status, talk.buttons) == ("lookup", ["menu:report"])
    keys.append(talk.sends_picture(picture(80, 60)))  # the second of an album
    assert pictures(system, code) == keys
    assert [kind for kind, _ in events(system, code)][-2:] == ["CitizenReplied", "CitizenReplied"]
    talk.presses("menu:report").sends_picture(picture(90, 60))
    assert talk.status == "form"
    assert pictures(system, code) == keys, "of the new report"


def test_words_behind_a_picture_are_offered_as_part_of_the_answer(talk: Talk, office: Office, system: System) -> None:
    code = talk.says("đèn đường tắt trước số 22 đường Hoa Trà").file()
    office.asks(code, "Trụ sắt hay bê tông? Bạn gửi ảnh giúp.")
    talk.sends_picture(picture(64, 48))
    talk.says("cảm ơn")
    assert talk.status == "smalltalk"
    talk.says("trụ bê tông nha")
    assert talk.buttons == [f"ticket:{code}:reply_send", f"ticket:{code}:reply_drop"]
    talk.presses(f"ticket:{code}:reply_send")
    assert events(system, code)[-1] == ("CitizenReplied", "trụ bê tông nha")


def test_a_caption_and_its_picture_are_one_answer(talk: Talk, office: Office, system: System) -> None:
    code = talk.says("đèn đường tắt trước số 16 đường Hoa Trà").file()
    office.asks(code, "Trụ đèn số mấy? Bạn gửi ảnh giúp.")
    talk.says("trụ 21, sát quán cà phê")
    assert "CitizenReplied" not in dict(events(system, code))
    key = talk.sends_picture(picture(64, 48))
    assert events(system, code)[-1] == ("CitizenReplied", "trụ 21, sát quán cà phê")
    assert pictures(system, code) == [key]


def test_a_shared_place_answers_an_officers_question(talk: Talk, office: Office, system: System) -> None:
    code = talk.says("đèn đường tắt trước số 18 đường Hoa Trà").file()
    office.asks(code, "Bạn chia sẻ vị trí giúp.")
    talk.presses("location:10.762622,106.660172")
    assert talk.status == "lookup"
    assert events(system, code)[-1] == ("CitizenReplied", "vị trí đã chia sẻ (10.762622, 106.660172)")


def test_a_picture_without_a_question_begins_a_report(talk: Talk, office: Office, system: System) -> None:
    code = talk.says("đèn đường tắt trước số 20 đường Hoa Trà").file()
    talk.sends_picture(picture(64, 48))
    assert talk.status == "form"
    assert pictures(system, code) == []


@pytest.mark.parametrize(
    ("text", "status"),
    [
        ("cháy nhà rồi cứu với", "guided"),
        ("lệ phí đăng ký kết hôn bao nhiêu vậy?", "answered"),
        ("phản ánh của tôi tới đâu rồi", "lookup"),
        ("tôi muốn gửi phản ánh mới", "form"),
    ],
)
def test_what_is_plainly_something_else_is_answered_as_such(
    talk: Talk, office: Office, system: System, text: str, status: str
) -> None:
    code = talk.says("đèn đường tắt trước số 8 đường Hoa Trà").file()
    office.asks(code, "Trụ đèn số mấy?")
    talk.says(text)
    assert talk.status == status
    assert f"ticket:{code}:reply_send" not in talk.buttons
    assert "CitizenReplied" not in dict(events(system, code))


def test_a_no_goes_back_to_other_matters(talk: Talk, office: Office, system: System) -> None:
    code = talk.says("đèn đường tắt trước số 10 đường Hoa Trà").file()
    office.asks(code, "Trụ đèn số mấy?")
    talk.says("ổ gà to trước cổng chợ")
    assert f"ticket:{code}:reply_send" in talk.buttons
    talk.presses(f"ticket:{code}:reply_drop")
    assert "chưa gửi gì" in talk.words
    assert talk.says("ổ gà to trước cổng chợ").status == "form"
    assert "CitizenReplied" not in dict(events(system, code))


def test_a_closed_report_is_reopened_in_ones_own_words(talk: Talk, office: Office, system: System) -> None:
    code = talk.says("đèn đường tắt trước số 12 đường Hoa Trà").file()
    office.ends(code)
    talk.says("phản ánh của tôi")
    assert f"ticket:{code}:reopen" in talk.buttons
    talk.presses(f"ticket:{code}:reopen")
    assert f"ticket:{code}:reopen_other" in talk.buttons
    talk.says("đèn sáng một tối rồi lại tắt ngúm")
    assert "Đã mở lại" in talk.words
    assert events(system, code)[-1] == ("TicketReopened", "đèn sáng một tối rồi lại tắt ngúm")
