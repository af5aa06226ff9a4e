"""Which FAQ a question is: as people type it, and not where it only looks alike."""

from __future__ import annotations

from datetime import date

import pytest

from bot.knowledge.dialogue import Question
from bot.knowledge.faqs import FaqAnswer, FaqIndex
from bot.knowledge.service import AnswerService
from tests.support.catalogue import TODAY, TOWN, Catalogue

WIFI, DOGS, LOUD, OLD = (
    FaqAnswer(number, answer, "UBND phường", date(2026, 11, 1), until)
    for number, answer, until in (
        (1, "Có Wi-Fi miễn phí ở sảnh.", None),
        (2, "Chó phải tiêm phòng dại.", None),
        (3, "Loa phát 5 giờ 30.", None),
        (4, "Hội chợ mở đến hết tháng 10.", date(2026, 10, 31)),
    )
)
INDEX = FaqIndex(
    [
        (WIFI, ["trụ sở phường có wifi miễn phí không", "mật khẩu wifi của phường là gì"]),
        (DOGS, ["nuôi chó trong chung cư có được không", "nuôi chó phải đăng ký không"]),
        (LOUD, ["loa phường phát lúc mấy giờ"]),
        (OLD, ["hội chợ xuân mở đến bao giờ"]),
    ]
)


@pytest.mark.parametrize(
    ("text", "faq"),
    [
        ("Trụ sở phường có wifi miễn phí không?", WIFI),
        ("tru so phuong co wifi mien phi ko", WIFI),
        ("cho em hỏi mật khẩu wifi phường với ạ", WIFI),
        ("nuoi cho trong chung cu dc k", DOGS),
        ("loa phường mấy giờ phát vậy", LOUD),
    ],
)
def test_what_means_the_same_is_found(text: str, faq: FaqAnswer) -> None:
    found = INDEX.match(text, TODAY)
    assert found is not None
    assert found.faq == faq
    assert found.sure


@pytest.mark.parametrize(
    "text",
    [
        "đăng ký khai sinh cần gì",
        "chó cắn thì làm sao",
        "phường làm việc mấy giờ",
        "lệ phí chứng thực",
        "",
        "?!",
        "a ạ",
    ],
)
def test_what_only_shares_a_word_is_not_taken_for_sure(text: str) -> None:
    found = INDEX.match(text, TODAY)
    assert found is None or not found.sure


def test_after_its_last_day_it_is_not_given() -> None:
    assert INDEX.match("hội chợ xuân mở đến bao giờ", date(2026, 10, 31)) is not None
    assert INDEX.match("hội chợ xuân mở đến bao giờ", date(2026, 11, 1)) is None


class Source:
    current = INDEX


def service() -> AnswerService:
    catalogue = Catalogue(TOWN)
    return AnswerService(catalogue, catalogue, Source())


def asked(text: str, intent: str = "ask_overview") -> Question:
    return Question(text=text, intent=intent, today=TODAY)


async def test_a_sure_one_answers_first_with_its_source_and_date() -> None:
    answer = await service().answer(asked("nuôi chó trong chung cư có được không"))
    assert answer.outcome["status"] == "answered"
    assert answer.replies[0].text == "Chó phải tiêm phòng dại.\n\nNguồn: UBND phường (cập nhật 01/11/2026)."


async def test_procedures_are_answered_as_before() -> None:
    answer = await service().answer(asked("đăng ký khai sinh cần gì"))
    assert answer.outcome["procedures"] == ["1.001193"]


async def test_what_is_out_of_scope_is_answered_where_staff_have_done_so() -> None:
    asking = service()
    assert asking.out_of_scope(asked("phường mình có wifi miễn phí ko", "out_of_scope")).outcome["status"] == "answered"
    assert asking.out_of_scope(asked("tỷ số trận đấu tối qua", "out_of_scope")).outcome["status"] == "unresolved"
