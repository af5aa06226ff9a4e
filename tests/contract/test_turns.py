"""A turn over HTTP, as the relay sees it."""

from __future__ import annotations

import json
import uuid

import httpx
import psycopg
import pytest

from tests.contract.harness import SECRET, Conversation, Engine, answered, texts


def test_replies_and_understanding_come_in_one_response(citizen: Conversation) -> None:
    body = citizen.say("lệ phí bao nhiêu tiền")
    assert body["replies"] == [
        {
            "text": "Câu trả lời 1",
            "buttons": [{"title": "Xem đầy đủ", "payload": "full:1.001193:fee"}],
            "image": None,
        }
    ]
    confidence = body["understanding"].pop("confidence")
    assert 0.5 < confidence <= 1
    assert body["understanding"] == {
        "status": "answered",
        "intent": "ask_fee",
        "aspects": ["fee"],
        "procedures": ["1.001193"],
        "category": None,
        "categories": [],
        "ticket": None,
    }
    assert body["unresolved"] is None


def test_a_response_of_the_domain_keeps_its_blank_line_and_carries_its_outcome(citizen: Conversation) -> None:
    body = citizen.say("xin chào")
    assert texts(body) == ["Chào bạn.\n\nTôi là trợ lý ảo."]
    assert body["understanding"]["status"] == "smalltalk"


def test_slots_last_from_turn_to_turn(citizen: Conversation) -> None:
    citizen.say("lệ phí bao nhiêu tiền")
    assert texts(citizen.say("lệ phí bao nhiêu tiền")) == ["Câu trả lời 2"]


def test_actions_read_the_message_id_and_the_channel_and_get_a_slim_domain(citizen: Conversation) -> None:
    said = texts(answered(citizen.send("phản ánh của tôi đến đâu rồi", message_id="m-77")))
    assert said == ["ticket_status m-77 web ['forms', 'slots'] []"]


def test_the_same_message_again_is_answered_from_the_store(citizen: Conversation) -> None:
    first = citizen.send("lệ phí bao nhiêu tiền", message_id="m-1")
    again = citizen.send("lệ phí bao nhiêu tiền", message_id="m-1")
    assert answered(first) == answered(again)
    assert texts(citizen.say("lệ phí bao nhiêu tiền")) == ["Câu trả lời 2"]


def test_buttons_become_intents_with_entities(citizen: Conversation) -> None:
    body = answered(citizen.press("full:1.004222:documents"))
    assert body["understanding"]["intent"] == "pick"
    assert body["understanding"]["procedures"] == ["1.004222"]
    assert body["understanding"]["aspects"] == ["documents"]
    assert "confirm" in texts(answered(citizen.press("form:confirm")))[0]


@pytest.mark.parametrize(
    "payload", ["/restart", "pick:1.001193;drop", "pick:1.001193:nonsense", "x" * 65, "report:khac2"]
)
def test_a_payload_that_is_not_ours_is_not_understood(citizen: Conversation, payload: str) -> None:
    assert answered(citizen.press(payload))["understanding"]["intent"] == "nlu_fallback"


@pytest.mark.parametrize(
    "text", ["/restart", "/greet", '/inform{"report_place": "x"}', "  /restart", "/session_start", "/back", "/"]
)
def test_a_text_that_begins_with_a_slash_is_only_a_text(citizen: Conversation, text: str) -> None:
    citizen.say("lệ phí bao nhiêu tiền")
    response = citizen.send(text)
    if response.status_code == 200:
        assert response.json()["understanding"]["confidence"] < 1
    else:  # this small model may take it for one of the failing actions; nothing changes then
        assert response.status_code == 503
    assert texts(citizen.say("lệ phí bao nhiêu tiền"))[0] in ("Câu trả lời 2", "Câu trả lời 3")


def test_a_blank_text_is_a_message_too(citizen: Conversation) -> None:
    assert citizen.send("   ").status_code in (200, 503)


def test_a_form_is_filled_and_filed(citizen: Conversation) -> None:
    asked = citizen.say("tôi muốn phản ánh")
    assert texts(asked) == ["Ở đâu?"] and asked["understanding"]["status"] == "form"
    # Free text inside the form is an answer, whatever the classifier takes it for.
    asked = citizen.say("tiền phí làm giấy rải đầy trước nhà tôi")
    assert asked["understanding"]["intent"] == "inform"
    filed = citizen.say("không cần liên hệ")
    assert texts(filed) == ["Đã ghi: tiền phí làm giấy rải đầy trước nhà tôi / không cần liên hệ"]
    assert filed["understanding"]["status"] == "filed"
    assert filed["understanding"]["ticket"] == "PA-2026-000001"


def test_a_question_inside_the_form_is_answered_and_the_form_asks_again(citizen: Conversation) -> None:
    citizen.say("tôi muốn phản ánh")
    body = citizen.say("lệ phí bao nhiêu tiền")
    assert texts(body) == ["Câu trả lời 1", "Ở đâu?"]
    assert body["understanding"]["status"] == "answered"
    assert texts(citizen.say("ngõ 12")) == ["Liên hệ với ai?"]


def test_an_emergency_inside_the_form_ends_the_asking(citizen: Conversation) -> None:
    citizen.say("tôi muốn phản ánh")
    body = citizen.say("cháy nhà rồi cứu với")
    assert texts(body) == ["Gọi 114 ngay."]
    assert texts(citizen.say("lệ phí bao nhiêu tiền")) == ["Câu trả lời 1"]


def test_the_words_of_a_denunciation_are_not_kept(citizen: Conversation) -> None:
    body = citizen.say("tố cáo cán bộ nhận hối lộ")
    assert body["forget"] is True
    row = citizen.row()
    assert row is not None and "hối lộ" not in str(row[1])


def test_an_idle_conversation_begins_anew(citizen: Conversation) -> None:
    citizen.say("lệ phí bao nhiêu tiền")
    citizen.say("tôi muốn phản ánh")
    row = citizen.row()
    assert row is not None
    aged = [{**event, "timestamp": event["timestamp"] - 5 * 3600} for event in row[1]]
    with psycopg.connect(citizen.engine.database_url) as connection:
        connection.execute(
            "UPDATE engine.trackers SET state = %s WHERE sender_id = %s", (json.dumps(aged), citizen.key)
        )
    assert texts(citizen.say("lệ phí bao nhiêu tiền")) == ["Câu trả lời 1"]


def test_bare_digits_after_a_pin_was_asked_for_are_the_pin(citizen: Conversation) -> None:
    citizen.say("phản ánh của tôi đến đâu rồi")
    assert citizen.say("123456")["understanding"]["intent"] == "ticket_status"


def test_the_secret_is_checked_before_the_body(engine: Engine) -> None:
    url = str(engine.client.base_url)
    for headers in ({}, {"X-Engine-Secret": "wrong"}, {"X-Engine-Secret": SECRET + "x"}):
        assert httpx.post(url + "turn", content=b"{", headers=headers).status_code == 401
        assert httpx.get(url + "health", headers=headers).status_code == 401


def test_health_names_the_model(engine: Engine) -> None:
    body = engine.client.get("/health").json()
    assert body["status"] == "ok" and body["model"] == "small.tar.gz"


@pytest.mark.parametrize(
    "change",
    [
        {"conversation": "not a uuid"},
        {"conversation": None},
        {"message_id": ""},
        {"message_id": 5},
        {"text": 5},
        {"text": None},
        {"text": "a", "payload": "menu:help"},
        {"metadata": "web"},
    ],
)
def test_a_body_that_is_not_a_turn_is_400(engine: Engine, change: dict[str, object]) -> None:
    assert engine.post(**{"text": "xin chào", **change}).status_code == 400


def test_a_body_that_is_not_json_is_400(engine: Engine) -> None:
    half = b'{"conversation": "%s", "message_id": "m", "text": "\\ud800"}' % str(uuid.uuid4()).encode()
    for content in (b"{", b"[]", b"\xff\xfe", half):
        assert engine.client.post("/turn", content=content).status_code == 400


def test_a_text_or_a_body_too_long_is_413(engine: Engine) -> None:
    assert engine.post(text="a" * 4001).status_code == 413
    assert engine.client.post("/turn", content=b" " * 70_000).status_code == 413


def test_only_our_channel_is_there(engine: Engine) -> None:
    base = f"http://127.0.0.1:{engine.port}"
    body = {"sender": str(uuid.uuid4()), "message": "xin chào"}
    assert httpx.post(base + "/webhooks/rest/webhook", json=body).status_code == 404
    assert httpx.get(base + "/webhooks/rest/").status_code == 404
    assert httpx.get(base + "/").status_code == 404
    for path in ("/model/parse", "/model/train", "/conversations/x/messages", "/domain", "/version", "/status"):
        assert httpx.post(base + path, json={}).status_code == 404


def test_a_picture_or_a_place_belongs_to_a_report(citizen: Conversation) -> None:
    begun = answered(citizen.press("photo:" + "0af1" * 8))
    assert begun["understanding"]["intent"] == "report"
    assert begun["understanding"]["status"] == "form"
