"""Reports as conversations."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.tickets.draft import (
    CANCEL,
    CATEGORY,
    CONFIRM,
    CONTACT,
    DESCRIPTION,
    EDIT,
    PLACE,
    QUESTIONS,
    YES,
    Draft,
    Step,
)
from bot.tickets.gate import DIGRESSIONS, OWN, Heard, heard
from bot.tickets.intake import Intake
from bot.tickets.texts import Texts
from tests.support.localities import plain, ward

LOCALITY = plain(ward())
INTAKE = Intake(LOCALITY, Texts(LOCALITY))
ANONYMOUS = {"anonymous": True}


@dataclass
class Talk:
    """A conversation; `says` takes a citizen's text, `presses` a button."""

    step: Step
    notes: list[str] = field(default_factory=list)

    @classmethod
    def begin(cls, text: str, intent: str = "report") -> Talk:
        return cls(INTAKE.begin(heard(text, intent, 0.9)))

    def says(self, text: str, intent: str = "inform", confidence: float = 0.9, named: str | None = None) -> Talk:
        return self._take(heard(text, intent, confidence, gated_from=named))

    def presses(self, payload: str) -> Talk:
        kind, _, value = payload.partition(":")
        return self._take(
            heard(payload, "form_choice", 1.0, value) if kind == "form" else heard(payload, f"report_{value}")
        )

    def _take(self, message: Heard) -> Talk:
        assert self.step.asked is not None, "the conversation is over"
        self.step = INTAKE.listen(self.draft, self.step.asked, message)
        self.notes = list(self.step.notes)
        return self

    @property
    def draft(self) -> Draft:
        return self.step.draft

    @property
    def asked(self) -> str | None:
        return self.step.asked

    @property
    def question(self) -> str:
        assert self.step.asked is not None
        return INTAKE.question(self.draft, self.step.asked).text

    @property
    def buttons(self) -> list[str]:
        assert self.step.asked is not None
        return [payload for _, payload in INTAKE.question(self.draft, self.step.asked).buttons]


def at_summary() -> Talk:
    return Talk.begin("Bóng đèn hẻm 17 Trần Phú cháy mấy hôm rồi", "report_chieu_sang").presses("form:anonymous")


def test_the_straight_path() -> None:
    talk = Talk.begin("tôi muốn phản ánh")
    assert talk.asked == CATEGORY
    assert talk.presses("report:rac_thai").asked == DESCRIPTION
    assert talk.says("bãi rác tự phát bốc mùi cả tuần").asked == PLACE
    assert talk.says("cuối hẻm 9 đường Hùng Vương").asked == CONTACT
    assert talk.says("Mai, [SĐT_1]").asked == CONFIRM
    assert "Rác thải" in talk.question
    assert "cuối hẻm 9 đường Hùng Vương" in talk.question
    assert "Mai, số điện thoại" in talk.question
    assert "[SĐT_1]" not in talk.question
    assert talk.buttons == ["form:confirm", "form:edit", "form:cancel"]
    assert talk.presses("form:confirm").asked is None
    assert talk.draft.confirm == YES
    assert talk.draft.contact == {"name": "Mai", "phone": "[SĐT_1]"}


def test_a_first_sentence_that_says_it_all_leaves_only_the_contact() -> None:
    talk = Talk.begin("Bóng đèn hẻm 17 Trần Phú cháy mấy hôm rồi", "report_chieu_sang")
    assert talk.asked == CONTACT
    assert talk.draft.category == "chieu_sang"
    assert talk.draft.description == "Bóng đèn hẻm 17 Trần Phú cháy mấy hôm rồi"
    assert talk.draft.place == "hẻm 17 Trần Phú"


@pytest.mark.parametrize(
    "text",
    ["tôi muốn phản ánh về rác thải", "cho em báo về vấn đề rác thải với ạ", "kiến nghị tình trạng vệ sinh môi trường"],
)
def test_a_sentence_that_only_names_the_field_is_no_description(text: str) -> None:
    talk = Talk.begin(text, "report_rac_thai")
    assert talk.asked == DESCRIPTION
    assert talk.draft.category == "rac_thai"


@pytest.mark.parametrize(
    "text", ["tôi muốn phản ánh về đèn đường bị hư", "đèn đường chớp tắt liên tục", "den duong khong sang"]
)
def test_a_short_story_is_a_description(text: str) -> None:
    assert Talk.begin(text, "report_chieu_sang").draft.description == text


def test_a_place_alone_is_no_description_but_is_kept() -> None:
    talk = Talk.begin("báo đèn đường hẻm 17 Trần Phú", "report_chieu_sang")
    assert talk.asked == DESCRIPTION
    assert talk.draft.place == "hẻm 17 Trần Phú"
    talk = Talk.begin("tôi muốn phản ánh").presses("report:chieu_sang").says("hẻm 17 Trần Phú")
    assert talk.asked == DESCRIPTION
    assert talk.draft.place == "hẻm 17 Trần Phú"


def test_a_number_given_with_the_place_is_no_part_of_the_place() -> None:
    talk = Talk.begin("tôi muốn phản ánh").presses("report:dien").says("mất điện cả xóm")
    talk.says("số 12 Trần Phú, sđt của tôi [SĐT_1]")
    assert talk.draft.place == "số 12 Trần Phú"
    assert talk.draft.contact == {"phone": "[SĐT_1]"}


def test_several_facts_in_one_message_fill_several_slots() -> None:
    talk = Talk.begin("tôi muốn phản ánh").presses("report:dien")
    talk.says("dây điện võng sát đầu người, hẻm 12 Trần Phú, tôi tên Hoa sđt [SĐT_1]")
    assert talk.asked == CONFIRM
    assert talk.draft.place == "hẻm 12 Trần Phú"
    assert talk.draft.contact == {"name": "Hoa", "phone": "[SĐT_1]"}


def test_a_number_that_is_not_said_to_be_ones_own_is_no_contact() -> None:
    talk = Talk.begin("số [SĐT_1] dán quảng cáo đầy cột điện đường Hùng Vương", "report_trat_tu_do_thi")
    assert talk.draft.contact is None
    assert talk.asked == CONTACT


def test_the_field_is_taken_from_what_the_engine_sees_in_the_story() -> None:
    talk = Talk.begin("tôi muốn phản ánh").says("cống nghẹt tràn ra đường", named="report_cap_thoat_nuoc")
    assert talk.draft.category == "cap_thoat_nuoc"
    assert talk.asked == PLACE


@pytest.mark.parametrize("text", ["Cây xanh", "cây xanh, công viên", "cay xanh"])
def test_the_field_can_be_named(text: str) -> None:
    talk = Talk.begin("tôi muốn phản ánh").says(text)
    assert talk.draft.category == "cay_xanh"
    assert talk.asked == DESCRIPTION


def test_a_story_that_fits_nowhere_is_filed_under_other() -> None:
    talk = Talk.begin("tôi muốn phản ánh").says("gà nhà bên gáy từ nửa đêm tới sáng")
    assert talk.draft.category == "khac"
    assert talk.asked == PLACE


def test_the_category_question_offers_the_usual_fields() -> None:
    talk = Talk.begin("tôi muốn phản ánh")
    assert 3 <= len(talk.buttons) <= 4
    assert all(payload.startswith("report:") for payload in talk.buttons)


@pytest.mark.parametrize("text", ["ok gửi đi", "đúng rồi", "dạ gửi giúp em", "chuẩn rồi"])
def test_sending_can_be_typed(text: str) -> None:
    assert at_summary().says(text).draft.confirm == YES


@pytest.mark.parametrize("text", ["dung gui", "không, gửi đi", "hmm"])
def test_what_is_unclear_never_sends(text: str) -> None:
    talk = at_summary().says(text)
    assert talk.asked == CONFIRM
    assert talk.draft.confirm is None
    assert talk.notes == ["confirm_again"]


def test_a_sure_classifier_does_not_decide_what_is_ambiguous() -> None:
    assert at_summary().says("dung gui", "cancel", 1.0).asked == CONFIRM


def test_no_leads_to_what_to_correct_and_back() -> None:
    talk = at_summary().says("chưa đúng")
    assert talk.draft.confirm == EDIT
    assert "form:place" in talk.buttons
    assert talk.presses("form:place").asked == PLACE
    assert talk.says("hẻm 19 Trần Phú").asked == CONFIRM
    assert talk.draft.place == "hẻm 19 Trần Phú"
    assert talk.draft.description == "Bóng đèn hẻm 17 Trần Phú cháy mấy hôm rồi"


def test_a_correction_with_its_value_needs_one_message() -> None:
    talk = at_summary().says("sửa địa điểm thành hẻm 19 Trần Phú")
    assert talk.asked == CONFIRM
    assert talk.draft.place == "hẻm 19 Trần Phú"
    assert talk.notes == ["corrected"]


@pytest.mark.parametrize("before", ["chưa đúng", "hmm"])
def test_a_bare_place_or_number_at_the_summary_corrects_it(before: str) -> None:
    talk = at_summary().says(before).says("hẻm 19 Trần Phú")
    assert (talk.asked, talk.draft.place, talk.notes) == (CONFIRM, "hẻm 19 Trần Phú", ["corrected"])
    talk.says("chị Hoa, [EMAIL_1]")
    assert talk.draft.contact == {"name": "chị Hoa", "email": "[EMAIL_1]"}
    assert talk.draft.confirm is None


def test_a_correction_works_before_the_summary_too() -> None:
    talk = Talk.begin("Bóng đèn hẻm 17 Trần Phú cháy", "report_chieu_sang").says("sửa địa điểm")
    assert talk.asked == PLACE
    assert talk.says("hẻm 71 Trần Phú").asked == CONTACT


def test_going_back_asks_the_question_before() -> None:
    talk = Talk.begin("tôi muốn phản ánh").presses("report:dien").says("mất điện cả xóm").says("quay lại")
    assert talk.asked == DESCRIPTION
    assert talk.draft.description is None


def test_what_is_added_at_the_summary_joins_the_description() -> None:
    talk = at_summary().says("bên cạnh còn một trụ nữa sắp đổ")
    assert talk.draft.description == "Bóng đèn hẻm 17 Trần Phú cháy mấy hôm rồi\nbên cạnh còn một trụ nữa sắp đổ"
    assert talk.notes == ["added"]


@pytest.mark.parametrize("asked", QUESTIONS)
def test_cancelling_works_everywhere(asked: str) -> None:
    for message in (heard("hủy", "inform"), heard("form:cancel", "form_choice", 1.0, "cancel")):
        step = INTAKE.listen(Draft(category="dien", description="mất điện"), asked, message)
        assert step.asked is None
        assert step.draft.confirm == CANCEL


def test_thoi_cancels_a_report_but_only_declines_a_contact() -> None:
    assert Talk.begin("tôi muốn phản ánh").says("thôi").draft.confirm == CANCEL
    talk = Talk.begin("Bóng đèn hẻm 17 Trần Phú cháy", "report_chieu_sang").says("thôi không cần đâu")
    assert talk.asked == CONFIRM
    assert talk.draft.contact == ANONYMOUS


@pytest.mark.parametrize(
    "text", ["ẩn danh", "tôi muốn ẩn danh", "xin giấu tên", "không", "khỏi cần", "không muốn để lộ tên", "bỏ qua"]
)
def test_the_contact_can_be_declined(text: str) -> None:
    intent = "deny" if text == "khỏi cần" else "inform"
    talk = Talk.begin("Bóng đèn hẻm 17 Trần Phú cháy", "report_chieu_sang").says(text, intent)
    assert talk.draft.contact == ANONYMOUS


def test_anonymity_asked_for_at_the_start_is_kept() -> None:
    talk = Talk.begin("tôi muốn báo nhưng không muốn lộ tên")
    assert talk.asked == CATEGORY
    assert talk.draft.description is None
    assert talk.draft.contact == ANONYMOUS


def test_a_name_alone_is_a_contact_even_when_it_looks_like_cancel() -> None:
    talk = Talk.begin("Bóng đèn hẻm 17 Trần Phú cháy", "report_chieu_sang").says("Huy")
    assert talk.draft.contact == {"name": "Huy"}


@pytest.mark.parametrize("text", ["hủy", "thôi hủy đi", "thoi huy di"])
def test_cancel_is_cancel_at_the_contact_too(text: str) -> None:
    assert Talk.begin("Bóng đèn hẻm 17 Trần Phú cháy", "report_chieu_sang").says(text).draft.confirm == CANCEL


def test_an_identity_number_is_not_wanted() -> None:
    talk = Talk.begin("Bóng đèn hẻm 17 Trần Phú cháy", "report_chieu_sang").says("[CCCD_1]")
    assert talk.asked == CONTACT
    assert talk.notes == ["contact_not_needed"]


@pytest.mark.parametrize("text", ["không biết", "hok rõ"])
def test_the_place_may_stay_unknown(text: str) -> None:
    talk = Talk.begin("tôi muốn phản ánh").presses("report:dien").says("mất điện cả xóm").says(text)
    assert talk.asked == CONTACT
    assert talk.presses("form:anonymous").asked == CONFIRM
    assert "chưa rõ" in talk.question


def test_a_place_that_only_the_citizen_knows_is_asked_again() -> None:
    talk = Talk.begin("tôi muốn phản ánh").presses("report:dien").says("mất điện cả xóm").says("trước nhà tôi")
    assert talk.asked == PLACE
    assert talk.notes == ["place_vague"]


def test_conduct_of_officials_says_who_reads_it() -> None:
    talk = Talk.begin("cán bộ hộ tịch quát mắng bà cụ", "report_can_bo")
    assert any("được giao nhiệm vụ" in line for line in INTAKE.opening(talk.draft))
    talk.says("quầy số 2").presses("form:anonymous")
    assert "được giao nhiệm vụ" in talk.question


@pytest.mark.parametrize("intent", ["denunciation", "complaint_decision"])
@pytest.mark.parametrize("asked", QUESTIONS)
def test_a_denunciation_or_complaint_ends_the_report(intent: str, asked: str) -> None:
    step = INTAKE.listen(Draft(category="can_bo"), asked, heard("ông ấy ăn chặn tiền", intent, 0.9))
    assert step.asked is None
    assert step.draft.confirm == intent
    assert "chặn" not in str(step.draft)


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("làm khai sinh hết bao nhiêu tiền vậy", "ask_fee"),
        ("cháy nhà rồi", "emergency"),
        ("cho gặp người thật", "handoff"),
        ("số điện thoại của tôi có bị lộ không", "privacy"),
        ("mấy giờ mở cửa", "hours"),
        ("hồ bơi bao nhiêu tiền một vé", "own_ho_boi"),
    ],
)
@pytest.mark.parametrize("asked", [DESCRIPTION, PLACE, CONTACT, CONFIRM])
def test_a_digression_leaves_the_report_as_it_was(text: str, intent: str, asked: str) -> None:
    draft = Draft(category="dien", description="mất điện")
    step = INTAKE.listen(draft, asked, heard(text, intent, 0.9))
    assert step.interrupted
    assert intent in DIGRESSIONS or intent.startswith(OWN)
    assert step.draft == draft
    assert step.asked == asked


@pytest.mark.parametrize(
    ("text", "intent", "confidence", "asked"),
    [
        ("hàng xóm xây lấn ra đường", "ask_eligibility", 0.6, DESCRIPTION),
        ("gần bệnh viện đường Hùng Vương", "contact", 0.9, PLACE),
        ("liên hệ [SĐT_1]", "contact", 0.9, CONTACT),
        ("mấy anh cán bộ làm ăn chán quá rác ba ngày rồi không ai xuống hốt cho dân", "abuse", 0.9, DESCRIPTION),
        ("nhà số 5 đang cháy rác", "emergency", 0.3, DESCRIPTION),
    ],
)
def test_an_answer_is_not_taken_for_a_digression(text: str, intent: str, confidence: float, asked: str) -> None:
    step = INTAKE.listen(Draft(category="khac", description=None), asked, heard(text, intent, confidence))
    assert not step.interrupted


def test_a_late_button_changes_nothing() -> None:
    talk = Talk.begin("tôi muốn phản ánh").presses("form:confirm")
    assert talk.asked == CATEGORY
    assert talk.draft == Draft()


def test_starting_again_goes_on_with_the_draft() -> None:
    talk = Talk.begin("tôi muốn phản ánh").presses("report:dien")
    talk._take(heard("menu:report", "report"))
    assert talk.asked == DESCRIPTION
    assert talk.notes == ["draft_continues"]


LINES = [
    "hủy hoại cây xanh", "ok", "không", "thôi", "sửa địa điểm", "rác thải", "hẻm 5 Trần Phú", "[SĐT_1]", "Lan",
    "quay lại", "đường ngập nặng", "ẩn danh", "", "?", "dung gui", "sửa", "trước nhà tôi", "12", "tôi muốn phản ánh",
]  # fmt: skip
CHOICES = ["confirm", "edit", "skip", "cancel", "anonymous", "category", "description", "place", "contact", "xyz"]
INTENTS = ["inform", "affirm", "deny", "cancel", "report", "report_dien", "report_khong_co", "ask_fee", "denunciation"]
messages = st.one_of(
    st.builds(heard, st.sampled_from(LINES), st.sampled_from(INTENTS), st.floats(0, 1)),
    st.builds(lambda choice: heard(f"form:{choice}", "form_choice", 1.0, choice), st.sampled_from(CHOICES)),
    st.builds(lambda code: heard(f"report:{code}", f"report_{code}"), st.sampled_from(["dien", "can_bo", "lạ"])),
)


@settings(max_examples=300)
@given(messages, st.lists(messages, max_size=15))
def test_any_conversation_stays_in_the_form_or_ends_it_properly(first: Heard, rest: list[Heard]) -> None:
    step = INTAKE.begin(first)
    for message in rest:
        if step.asked is None:
            break
        assert step.asked in QUESTIONS
        assert INTAKE.question(step.draft, step.asked).text
        step = INTAKE.listen(step.draft, step.asked, message)
    if step.asked is None:
        assert step.draft.confirm in (YES, CANCEL, "denunciation")
    if step.draft.confirm == YES:
        assert INTAKE.missing(step.draft) == CONFIRM
        assert LOCALITY.category(step.draft.category) is not None
