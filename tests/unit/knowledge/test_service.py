"""The dialogue around the answers: follow-ups, choices, corrections, several at once, nothing found."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from bot.knowledge import said
from bot.knowledge.dialogue import Question
from bot.knowledge.faqs import FaqAnswer, FaqIndex
from bot.knowledge.records import Aspect
from bot.knowledge.said import Answer
from bot.knowledge.service import AnswerService, CatalogueUnavailableError
from tests.support.catalogue import TODAY, TOWN, Catalogue

TOWN_CATALOGUE = Catalogue(TOWN)


class Citizen:
    """Someone who talks: keeps the slots between messages, as the engine does."""

    def __init__(self) -> None:
        self.service = AnswerService(TOWN_CATALOGUE, TOWN_CATALOGUE)
        self.slots: dict[str, Any] = {}

    async def says(self, text: str, *aspects: Aspect, intent: str | None = None, **picked: Any) -> Answer:
        answer = await self.service.answer(
            Question(
                text=text,
                intent=intent or (f"ask_{aspects[0]}" if aspects else "ask_overview"),
                today=TODAY,
                aspects=aspects,
                procedure=self.slots.get("procedure"),
                last_aspect=self.slots.get("aspect"),
                offered=tuple(self.slots.get("offered") or ()),
                recent=tuple(self.slots.get("recent") or ()),
                **picked,
            )
        )
        self.slots |= answer.slots
        return answer

    async def presses(self, payload: str) -> Answer:
        """Press a button, parsed as the engine's channel does."""
        kind, *rest = payload.split(":")
        code = rest[0] if kind in ("pick", "full") else None
        aspect = rest[-1] if kind != "pick" or len(rest) == 2 else None
        return await self.says("", intent="pick", code=code, aspect=aspect, full=kind == "full")


def told(answer: Answer) -> tuple[str, list[str], list[str]]:
    return answer.outcome["status"], answer.outcome["procedures"], answer.outcome["aspects"]


@pytest.fixture
def citizen() -> Citizen:
    return Citizen()


async def test_a_question_is_answered_about_its_aspect(citizen: Citizen) -> None:
    answer = await citizen.says("đăng ký khai sinh mất bao lâu", "duration")
    assert told(answer) == ("answered", ["1.001193"], ["duration"])
    assert answer.slots == {"procedure": "1.001193", "aspect": "duration", "offered": None, "recent": ["1.001193"]}


async def test_without_an_aspect_the_overview_is_given(citizen: Citizen) -> None:
    assert told(await citizen.says("khai tử")) == ("answered", ["1.000656"], ["overview"])


async def test_the_intent_is_the_aspect_where_no_cue_was_heard(citizen: Citizen) -> None:
    answer = await citizen.says("khai tử", intent="ask_fee")
    assert told(answer) == ("answered", ["1.000656"], ["fee"])


async def test_several_aspects_are_answered_together(citizen: Citizen) -> None:
    answer = await citizen.says("khai tử cần giấy gì, phí bao nhiêu", "documents", "fee")
    assert told(answer) == ("answered", ["1.000656"], ["documents", "fee"])


async def test_a_follow_up_keeps_the_procedure(citizen: Citizen) -> None:
    await citizen.says("đăng ký kết hôn cần gì", "documents")
    assert told(await citizen.says("vậy còn lệ phí?", "fee")) == ("answered", ["1.000894"], ["fee"])
    assert told(await citizen.says("nộp hồ sơ ở đâu", "place")) == ("answered", ["1.000894"], ["place"])


async def test_a_fact_in_a_follow_up_leads_to_the_sister_procedure(citizen: Citizen) -> None:
    await citizen.says("đổi căn cước cần gì", "documents")
    answer = await citizen.says("con tôi 10 tuổi thì sao", "documents")
    assert told(answer) == ("answered", ["1.014062"], ["documents"])


@pytest.mark.parametrize(
    ("text", "aspect"),
    [
        ("rồi bộ đó mang đi đâu nộp", "place"),
        ("nếu người ta không chịu ký thì sao", "eligibility"),
        ("vậy giờ tôi phải chạy đi đâu để xin cái giấy đó", "place"),
    ],
)
async def test_words_that_name_no_other_topic_stay_with_the_procedure(
    citizen: Citizen, text: str, aspect: Aspect
) -> None:
    await citizen.says("đăng ký tạm trú cần gì", "documents")
    assert told(await citizen.says(text, aspect)) == ("answered", ["1.004194"], [aspect])


async def test_another_procedure_switches_and_keeps_what_was_asked_when_carried_on(citizen: Citizen) -> None:
    await citizen.says("khai sinh phí bao nhiêu", "fee")
    assert told(await citizen.says("còn khai tử thì sao")) == ("answered", ["1.000656"], ["fee"])
    status, procedures, aspects = told(await citizen.says("khai sinh"))
    assert (status, procedures[0], aspects) == ("answered", "1.001193", ["overview"])


async def test_a_correction_keeps_what_was_asked(citizen: Citizen) -> None:
    await citizen.says("đăng ký tạm trú cần gì", "documents")
    answer = await citizen.says("không phải, ý mình là thường trú")
    assert told(answer) == ("answered", ["1.004222"], ["documents"])


async def test_ambiguity_gives_at_most_three_buttons_that_keep_the_aspect(citizen: Citizen) -> None:
    answer = await citizen.says("làm căn cước phí bao nhiêu", "fee")
    assert told(answer) == ("clarify", ["1.014061", "1.014062", "1.014063"], ["fee"])
    assert [button.payload for button in answer.replies[0].buttons] == [
        "pick:1.014061:fee",
        "pick:1.014062:fee",
        "pick:1.014063:fee",
    ]


@pytest.mark.parametrize("words", ["2", "cái thứ hai", "số 2 nhé", "cho trẻ dưới 14 tuổi"])
async def test_a_choice_is_made_by_number_place_or_words(citizen: Citizen, words: str) -> None:
    await citizen.says("làm căn cước phí bao nhiêu", "fee")
    assert told(await citizen.says(words, intent="nlu_fallback")) == ("answered", ["1.014062"], ["fee"])


async def test_a_choice_by_button(citizen: Citizen) -> None:
    answer = await citizen.says("làm căn cước phí bao nhiêu", "fee")
    chosen = await citizen.presses(answer.replies[0].buttons[1].payload)
    assert told(chosen) == ("answered", ["1.014062"], ["fee"])


async def test_something_else_after_an_offer_is_not_a_choice(citizen: Citizen) -> None:
    await citizen.says("làm căn cước phí bao nhiêu", "fee")
    assert told(await citizen.says("đăng ký kết hôn ở đâu", "place"))[1] == ["1.000894"]


async def test_a_few_words_that_may_mean_several_are_asked_back_and_looked_at_by_staff(citizen: Citizen) -> None:
    answer = await citizen.says("bên nước ngoài")
    assert answer.outcome["status"] == "clarify"
    assert len(answer.outcome["procedures"]) > 1
    assert answer.outcome["doubt"]["confidence"] < 0.5
    assert [item["code"] for item in answer.slots["offered"]] == answer.outcome["procedures"]
    asked = await Citizen().says("bên nước ngoài gửi mấy ngày thì tới", "duration")
    assert asked.outcome["status"] != "clarify"


async def test_in_a_conversation_the_bare_topic_is_the_procedure_in_hand(citizen: Citizen) -> None:
    await citizen.says("đổi căn cước cần gì", "documents")
    assert told(await citizen.says("căn cước mất bao lâu", "duration")) == ("answered", ["1.014063"], ["duration"])


async def test_an_aspect_button_is_about_the_procedure_in_hand(citizen: Citizen) -> None:
    await citizen.says("khai tử")
    assert told(await citizen.presses("aspect:fee")) == ("answered", ["1.000656"], ["fee"])
    assert told(await citizen.presses("full:1.000656:steps")) == ("answered", ["1.000656"], ["steps"])


async def test_an_aspect_button_without_a_procedure_asks_for_one(citizen: Citizen) -> None:
    assert told(await citizen.presses("aspect:fee"))[0] == "clarify"


async def test_a_button_with_an_unknown_code_finds_nothing(citizen: Citizen) -> None:
    answer = await citizen.presses("pick:9.999999")
    assert answer.outcome["unresolved"]["reason"] == "no_such_code"


@pytest.mark.parametrize("text", ["khai sinh rồi nhập hộ khẩu luôn", "vừa khai sinh vừa đăng ký thường trú"])
async def test_two_procedures_in_one_message_are_both_answered_in_order(citizen: Citizen, text: str) -> None:
    answer = await citizen.says(text, "documents")
    assert told(answer) == ("answered", ["1.001193", "1.004222"], ["documents"])
    assert len(answer.replies) == 2


async def test_an_aspect_after_a_question_back_asks_which_again(citizen: Citizen) -> None:
    await citizen.says("làm căn cước cần gì", "documents")
    again = await citizen.says("vậy còn lệ phí?", "fee")
    assert told(again) == ("clarify", ["1.014061", "1.014062", "1.014063"], ["fee"])
    assert told(await citizen.says("cái đầu tiên")) == ("answered", ["1.014061"], ["fee"])


@pytest.mark.parametrize(
    ("fact", "code"),
    [("con tôi 16 tuổi thì sao", "1.014061"), ("cháu mới 9 tuổi", "1.014062"), ("bị mất thì làm lại", "1.014064")],
)
async def test_a_fact_answers_a_question_back(citizen: Citizen, fact: str, code: str) -> None:
    await citizen.says("làm căn cước cần gì", "documents")
    assert told(await citizen.says(fact))[:2] == ("answered", [code])


async def test_going_back_finds_what_was_talked_about_before(citizen: Citizen) -> None:
    await citizen.says("đăng ký tạm trú cần gì", "documents")
    await citizen.says("không phải tạm trú, ý mình là thường trú")
    await citizen.says("mất bao lâu", "duration")
    assert told(await citizen.says("à quay lại cái tạm trú, nộp ở đâu", "place"))[:2] == ("answered", ["1.004194"])
    assert told(await citizen.says("quay lại cái hồi nãy, phí bao nhiêu", "fee"))[:2] == ("answered", ["1.004222"])


async def test_an_aspect_without_a_procedure_asks_which(citizen: Citizen) -> None:
    answer = await citizen.says("lệ phí bao nhiêu", "fee")
    assert told(answer) == ("clarify", [], ["fee"])
    assert "phí, lệ phí của thủ tục nào" in answer.replies[0].text


async def test_talk_after_an_answer_asks_what_is_wanted(citizen: Citizen) -> None:
    await citizen.says("khai tử")
    answer = await citizen.says("vậy à", intent="nlu_fallback")
    assert told(answer) == ("clarify", ["1.000656"], [])


async def test_nothing_found_is_said_recorded_and_a_human_offered(citizen: Citizen) -> None:
    answer = await citizen.says("xyzzy quux")
    assert told(answer)[0] == "unresolved"
    assert answer.outcome["unresolved"] == {"reason": "no_match", "candidates": []}
    assert [button.payload for button in answer.replies[0].buttons] == ["menu:handoff"]


async def test_a_known_gap_is_named_with_whom_to_ask(citizen: Citizen) -> None:
    answer = await citizen.says("xin trợ cấp xã hội cần gì", "documents")
    assert answer.outcome["unresolved"]["reason"] == "gap:social_allowance"
    assert "bộ phận văn hóa" in answer.replies[0].text


async def test_a_gap_beside_a_procedure_is_told_with_its_answer(citizen: Citizen) -> None:
    answer = await citizen.says("đăng ký hộ kinh doanh với mở karaoke cần gì", "documents")
    assert told(answer) == ("answered", ["1.001612"], ["documents"])
    assert "karaoke" in answer.replies[0].text


async def test_what_the_engine_did_not_understand_is_answered_only_on_a_strong_match(citizen: Citizen) -> None:
    assert told(await citizen.says("đăng ký khai tử", intent="nlu_fallback"))[0] == "answered"
    weak = await citizen.says("hôm nay trời đẹp nuôi cây gì", intent="nlu_fallback")
    assert told(weak)[0] == "unresolved"


async def test_a_replaced_procedure_is_answered_by_its_successor_and_said_so(citizen: Citizen) -> None:
    answer = await citizen.says("1.011606 cần gì", "documents")
    assert told(answer)[1] == ["1.116214"]
    assert "Thủ tục mã 1.011606 đã được thay bằng mã 1.116214" in answer.replies[0].text


async def test_a_dated_term_gets_todays_name(citizen: Citizen) -> None:
    answer = await citizen.says("đổi cmnd cần gì", "documents")
    assert "nay là căn cước" in answer.replies[0].text


async def test_before_the_catalogue_was_read_the_turn_is_to_be_tried_again() -> None:
    class Unread(Catalogue):
        revision = -1

    empty = Unread([])
    with pytest.raises(CatalogueUnavailableError):
        await AnswerService(empty, empty).answer(Question("khai sinh", "ask_fee", TODAY))


def test_out_of_scope_is_said_and_recorded() -> None:
    assert said.out_of_scope().outcome["unresolved"]["reason"] == "out_of_scope"


class _Faqs:
    current = FaqIndex([(FaqAnswer(1, "Mở 6 giờ.", "UBND", TODAY, TODAY, "own_ho_boi"), ["hồ bơi mở cửa lúc nào"])])


async def test_an_intent_of_staff_is_answered_by_its_faq_until_that_ends() -> None:
    service = AnswerService(TOWN_CATALOGUE, TOWN_CATALOGUE, _Faqs())
    asked = Question(text="chỗ bơi công cộng sáng sớm vô được chưa", intent="own_ho_boi", today=TODAY)
    answer = await service.answer(asked)
    assert (answer.outcome["status"], answer.outcome["procedures"]) == ("answered", [])
    assert answer.replies[0].text.startswith("Mở 6 giờ.")
    for other in (replace(asked, today=TODAY + timedelta(days=1)), replace(asked, intent="own_cho_phien")):
        assert (await service.answer(other)).outcome["status"] == "unresolved"
    found = await service.answer(Question(text="đăng ký khai tử", intent="own_cho_phien", today=TODAY))
    assert told(found) == ("answered", ["1.000656"], ["overview"])
