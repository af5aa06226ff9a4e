"""From the classifier's chances and plain words to one intent."""

from bot.engine.nlu.decide import decide

CHANCES = {
    "ask_fee": 0.2,
    "ask_documents": 0.3,
    "ask_overview": 0.1,
    "report": 0.05,
    "report_dien": 0.1,
    "report_rac_thai": 0.1,
    "emergency": 0.05,
    "denunciation": 0.05,
    "ticket_status": 0.05,
}


def test_danger_comes_before_everything() -> None:
    decision = decide("cháy nhà rồi, phí bao nhiêu cũng được, cứu với", CHANCES)
    assert decision.intent == "emergency"
    assert [(e.name, e.value) for e in decision.entities] == [("emergency_kind", "fire")]


def test_business_about_a_fire_is_no_emergency() -> None:
    assert decide("phí thẩm duyệt phòng cháy bao nhiêu", CHANCES).intent == "ask_fee"


def test_the_cue_wins_over_a_doubtful_classifier() -> None:
    decision = decide("làm hộ chiếu hết bao nhiêu tiền", CHANCES)
    assert decision.intent == "ask_fee"
    assert [(e.name, e.value) for e in decision.entities] == [("aspect", "fee")]


def test_a_code_says_what_is_wanted() -> None:
    decision = decide("PA-2026-000001", CHANCES)
    assert decision.intent == "ticket_status"
    assert decision.entities[0].value == "PA-2026-000001"


def test_words_of_a_topic_choose_among_reports() -> None:
    chances = {**CHANCES, "report_dien": 0.3, "report_rac_thai": 0.3, "ask_documents": 0.0, "ask_fee": 0.0}
    assert decide("đống xà bần đổ trộm từ hôm qua", chances).intent == "report_rac_thai"


def test_only_trained_intents_are_ever_chosen() -> None:
    decision = decide("cháy nhà cứu với, tố cáo, PA-2026-000001", {"flight": 0.6, "airfare": 0.4})
    assert decision.intent == "flight"
    assert [e.name for e in decision.entities] == ["ticket_code"]


def test_chances_stay_chances() -> None:
    decision = decide("cháy nhà cứu với", CHANCES)
    assert abs(sum(chance for _, chance in decision.ranking) - 1) < 1e-6
    assert decision.ranking[0] == (decision.intent, decision.confidence)


def test_an_empty_message_is_survived() -> None:
    assert decide("", CHANCES).intent in CHANCES


def test_an_intent_of_staff_is_believed_and_danger_still_comes_first() -> None:
    chances = dict.fromkeys(CHANCES, 0.05) | {"own_pool": 0.55}
    assert decide("hồ bơi mở cửa lúc mấy giờ, bao nhiêu tiền", chances).intent == "own_pool"
    assert decide("hồ bơi mở cửa lúc mấy giờ, bao nhiêu tiền", chances | {"own_pool": 0.4}).intent == "ask_fee"
    assert decide("cháy nhà rồi, cứu với", chances).intent == "emergency"
