"""What a message means inside the report form, and outside it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pytest

from bot.engine.runtime import gate


@dataclass
class Event:
    """As much of an event as the gate looks at."""

    type_name: str
    key: str = ""
    value: Any = None


@dataclass
class Place:
    """As much of a tracker as the gate looks at."""

    active_loop_name: str | None = None
    slots: dict[str, Any] = field(default_factory=dict)
    events: list[Event] = field(default_factory=list)

    def get_slot(self, name: str) -> Any:
        """The value of a slot."""
        return self.slots.get(name)


FORM = Place("report_form")


def _meant(
    text: str, intent: str, confidence: float = 0.95, *entities: str, at: Place | None = FORM, question: bool = False
) -> str:
    parsed = {
        "text": text,
        "intent": {"name": intent, "confidence": confidence},
        "entities": [{"entity": name, "value": "x"} for name in entities],
    }
    return str(gate.apply(parsed, at, question=question)["intent"]["name"])


@pytest.mark.parametrize(
    ("text", "intent", "confidence", "entities"),
    [
        ("nước chảy tràn suốt đêm, đi lại rất khó", "report_cap_thoat_nuoc", 0.99, []),
        ("ngay chỗ ngã ba, đối diện quán phở", "ask_place", 0.9, []),
        ("tôi đóng tiền rồi mà họ không thu gom", "ask_fee", 0.8, []),
        ("lệ phí bao nhiêu", "ask_fee", 0.5, []),
        ("có người hay nhậu ồn ào lúc nửa đêm", "crime", 0.6, []),
        ("dạ chắc là hư lâu rồi mà chưa thấy ai xuống sửa hết á", "affirm", 0.9, []),
        ("xin chào, tôi là người ở đầu hẻm, tôi thấy rác đầy", "greet", 0.9, []),
        ("gần văn phòng khu phố", "contact", 0.95, []),
        ("asdf", "nlu_fallback", 0.2, []),
        ("quay lại", "cancel", 0.9, []),
        ("cho tôi lùi lại bước trước", "cancel", 0.9, []),
        ("thời tiết nóng làm rác bốc mùi", "out_of_scope", 0.9, []),
    ],
)
def test_what_answers_the_form_is_taken_down(text: str, intent: str, confidence: float, entities: list[str]) -> None:
    assert _meant(text, intent, confidence, *entities) == "inform"


@pytest.mark.parametrize(
    ("text", "intent", "confidence", "entities"),
    [
        ("cháy to lắm rồi", "emergency", 0.3, ["emergency_kind"]),
        ("có kẻ trộm đang trong nhà", "crime", 0.9, []),
        ("tôi tố cáo ông ấy nhận hối lộ", "denunciation", 0.8, []),
        ("thôi tôi không gửi nữa", "cancel", 0.5, []),
        ("đúng rồi", "affirm", 0.3, []),
        ("không", "deny", 0.3, []),
        ("cho tôi gặp người thật", "handoff", 0.8, []),
        ("PA-2026-000012 tới đâu rồi", "ticket_status", 0.4, ["ticket_code"]),
        ("mà làm giấy khai sinh mất bao nhiêu tiền", "ask_fee", 0.9, []),
        ("lam giay khai sinh can giay to gi?", "ask_documents", 0.9, ["aspect"]),
        ("mấy giờ thì nghỉ, thứ bảy có làm việc không ạ", "hours", 0.9, []),
        ("cảm ơn nhé", "thanks", 0.9, []),
        ("hồ bơi bao nhiêu tiền một vé", "own_ho_boi", 0.9, []),
    ],
)
def test_what_clearly_interrupts_stays_what_it_is(
    text: str, intent: str, confidence: float, entities: list[str]
) -> None:
    assert _meant(text, intent, confidence, *entities) == intent


def test_outside_the_form_and_outside_a_conversation_nothing_changes() -> None:
    for place in (Place(), Place("another_form"), None):
        assert _meant("ngay ngã ba", "ask_place", 0.4, at=place) == "ask_place"


def test_what_it_was_taken_for_is_kept_beside() -> None:
    parsed = {"text": "rác đầy đường", "intent": {"name": "report_rac_thai", "confidence": 0.9}, "entities": []}
    gated = gate.apply(parsed, FORM)
    assert gated["gated_from"] == "report_rac_thai"
    assert gated["intent"] == {"name": "inform", "confidence": 0.9}
    assert parsed["intent"]["name"] == "report_rac_thai"


@pytest.mark.parametrize("text", ["123456", "pin 123456", "PIN: 123456", "mã PIN 123456."])
def test_a_bare_pin_after_we_asked_for_one_is_about_the_ticket(text: str) -> None:
    assert _meant(text, "nlu_fallback", 0.2, at=Place(slots={"asked_ticket": "PA-2026-000001"})) == "ticket_status"


@pytest.mark.parametrize("text", ["123456", "1234567", "12345", "123456 đồng"])
def test_digits_mean_nothing_when_no_pin_was_asked_for(text: str) -> None:
    assert _meant(text, "nlu_fallback", 0.2, at=Place(slots={"asked_ticket": None})) == "nlu_fallback"


ASKED = Event("slot", gate.WORDS_SLOT, {"kind": "reply", "code": "PA-2026-000001", "text": None})
JUST_ASKED = Place(events=[Event("user"), ASKED, Event("action")])

ANSWERS = [
    ("số 12, đối diện quán cà phê", "ask_place", 0.8),
    ("rác nằm ngay trước cổng trường", "report_rac_thai", 0.97),
    ("hai trụ đều tắt", "report_chieu_sang", 0.9),
    ("asdf", "nlu_fallback", 0.2),
    ("dạ còn ạ", "affirm", 0.9),
    ("không còn nữa", "deny", 0.9),
    ("hôm qua trời mưa", "out_of_scope", 0.9),
]
OTHERS = [
    ("cháy nhà rồi", "emergency", 0.95, []),
    ("có trộm", "crime", 0.4, ["emergency_kind"]),
    ("tôi tố cáo ông ấy nhận hối lộ", "denunciation", 0.8, []),
    ("lệ phí khai sinh bao nhiêu", "ask_fee", 0.9, []),
    ("PA-2026-000012 tới đâu rồi", "ticket_status", 0.4, ["ticket_code"]),
    ("cho tôi gặp cán bộ", "handoff", 0.9, []),
    ("tôi muốn phản ánh ổ gà", "report_giao_thong", 0.9, []),
    ("chào bạn", "greet", 0.9, []),
    ("tạm biệt nhé", "goodbye", 0.9, []),
]


@pytest.mark.parametrize(("text", "intent", "confidence"), ANSWERS)
def test_words_that_we_or_an_officer_asked_for_are_the_answer(text: str, intent: str, confidence: float) -> None:
    assert _meant(text, intent, confidence, at=JUST_ASKED) == gate.TICKET
    assert _meant(text, intent, confidence, at=Place(), question=True) == gate.TICKET
    assert _meant(text, intent, confidence, at=Place()) == intent


@pytest.mark.parametrize(("text", "intent", "confidence", "entities"), OTHERS)
def test_what_is_plainly_something_else_is_no_answer(
    text: str, intent: str, confidence: float, entities: list[str]
) -> None:
    assert _meant(text, intent, confidence, *entities, at=JUST_ASKED) == intent
    assert _meant(text, intent, confidence, *entities, at=Place(), question=True) == intent


def test_never_mind_answers_us_but_no_officer() -> None:
    assert _meant("thôi", "cancel", at=JUST_ASKED) == gate.TICKET
    assert _meant("thôi", "cancel", at=Place(), question=True) == "cancel"


def test_our_question_is_open_for_one_turn_only() -> None:
    later = Place(events=[Event("user"), ASKED, Event("action"), Event("user"), Event("action")])
    answered = Place(events=[Event("user"), ASKED, Event("slot", gate.WORDS_SLOT, None)])
    for place in (later, answered):
        assert _meant("hai trụ đều tắt", "report_chieu_sang", at=place) == "report_chieu_sang"


def test_a_report_that_is_being_written_comes_before_an_officers_question() -> None:
    assert _meant("hai trụ đều tắt", "report_chieu_sang", question=True) == "inform"


def _asked(kind: str) -> Place:
    value = {"kind": kind, "code": "PA-2026-000001", "text": None}
    return Place(slots={"asked_words": value}, events=[Event("user"), Event("slot", "asked_words", value)])


@pytest.mark.parametrize(
    ("entity", "at", "question", "intent"),
    [
        ("photo", Place(), True, "ticket_status"),
        ("location", Place(), True, "ticket_status"),
        ("photo", _asked("reply"), False, "ticket_status"),
        ("photo", _asked("reopen"), False, "report"),
        ("photo", Place(), False, "report"),
        ("photo", FORM, True, "report"),
        ("choice", Place(), True, "report"),
    ],
)
def test_a_picture_or_a_place_answers_an_officers_question_outside_a_report(
    entity: str, at: Place, question: bool, intent: str
) -> None:
    parsed = {"text": "", "intent": {"name": "report"}, "entities": [{"entity": entity, "value": "x"}]}
    assert gate.shown(parsed, at, question=question)["intent"]["name"] == intent  # type: ignore[arg-type]  # a stand-in
