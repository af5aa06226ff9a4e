"""POST /api/chat as other people's programs know it (web and worker as real processes)."""

from __future__ import annotations

import json
import socket
import threading
import time
import uuid
from collections.abc import Iterator
from typing import Any

import httpx
import psycopg
import pytest

from tests.support.chat_system import ChatSystem, running_chat
from tests.support.databases import Databases


@pytest.fixture(scope="module")
def system(databases: Databases) -> Iterator[ChatSystem]:
    with databases.fresh() as url, running_chat(url, BOT_REPLY_WAIT="3") as running:
        yield running


def post(system: ChatSystem, body: Any, **more: Any) -> httpx.Response:
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    return httpx.post(f"{system.url}/api/chat", content=content, timeout=30, **more)


def error(response: httpx.Response) -> str:
    """`<status> <code>`, after the shape was checked."""
    body = response.json()
    assert set(body) == {"error"}
    assert set(body["error"]) == {"code", "message"}
    assert body["error"]["message"]
    return f"{response.status_code} {body['error']['code']}"


def test_answer_has_the_contracts_shape(system: ChatSystem) -> None:
    response = system.chat("!buttons")
    assert response.status_code == 200
    assert response.headers["content-type"] == "application/json"
    answer = response.json()
    assert set(answer) == {"conversation", "replies", "understanding"}
    [reply] = answer["replies"]
    assert set(reply) == {"text", "buttons", "image"}
    assert all(set(button) == {"title", "payload"} for button in reply["buttons"])
    assert answer["understanding"] == {
        "status": "clarify",
        "intent": "ask_fee",
        "confidence": 0.97,
        "aspects": ["fee"],
        "procedures": ["1.001193"],
        "category": None,
        "categories": [],
        "ticket": None,
    }


def test_conversation_goes_on_under_its_token(system: ChatSystem) -> None:
    first = system.say("xin chào")
    second = system.say("lệ phí", first["conversation"])
    third = system.chat(None, first["conversation"], payload="aspect:fee").json()
    assert first["conversation"] == second["conversation"] == third["conversation"]
    assert third["replies"][0]["text"] == "Bạn viết: aspect:fee"
    assert system.say("xin chào")["conversation"] != first["conversation"]
    taken = [conversation for conversation, _, said in system.engine.taken if said in ("lệ phí", "aspect:fee")]
    assert len(set(taken)) == 1


def test_same_message_id_gives_the_same_answer_and_no_second_turn(system: ChatSystem) -> None:
    body = {"conversation": None, "text": "câu hỏi lặp lại", "message_id": str(uuid.uuid4())}
    first = post(system, body).json()
    assert post(system, body).json() == first, "a first message, sent again without its answer"
    assert post(system, body | {"conversation": first["conversation"]}).json() == first
    assert post(system, body | {"conversation": first["conversation"], "text": "khác"}).json() == first
    assert len([1 for _, _, said in system.engine.taken if said == body["text"]]) == 1


def test_message_sent_many_times_at_once_is_one_turn(system: ChatSystem) -> None:
    body = {"conversation": None, "text": "!sleep 0.3", "message_id": str(uuid.uuid4())}
    answers: list[Any] = []
    threads = [threading.Thread(target=lambda: answers.append(post(system, body).json())) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert len(answers) == 8
    assert all(answer == answers[0] for answer in answers)
    assert len([1 for _, message, _ in system.engine.taken if message == body["message_id"]]) == 1


def test_id_that_others_may_use_too_joins_nobody(system: ChatSystem) -> None:
    body = {"conversation": None, "text": "xin chào", "message_id": "1"}
    assert post(system, body).json()["conversation"] != post(system, body).json()["conversation"]


def test_forged_capability_is_refused_before_anything_else(system: ChatSystem) -> None:
    token = system.say("xin chào")["conversation"]
    forged = token[:-1] + ("A" if token[-1] != "A" else "B")
    swapped = token[::-1]
    for bad in (forged, swapped, "", "null", "x" * 43, token + "=", str(uuid.uuid4())):
        assert error(system.chat("xin chào", bad)) == "401 unknown_conversation"
        history = httpx.get(f"{system.url}/api/chat/history", headers={"Authorization": f"Bearer {bad or '-'}"})
        assert error(history) == "401 unknown_conversation"


def test_capability_of_an_erased_conversation_is_refused(system: ChatSystem) -> None:
    token = system.say("!status privacy")["conversation"]
    with psycopg.connect(system.database_url, autocommit=True) as connection:
        connection.execute(
            "DELETE FROM conversations WHERE id IN (SELECT conversation_id FROM messages WHERE status = 'privacy')"
        )
    assert error(system.chat("xin chào", token)) == "401 unknown_conversation"


GOOD: dict[str, Any] = {"conversation": None, "text": "xin chào", "message_id": "m"}


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (b"not json", "400 bad_json"),
        ({"text": "a"}, "400 missing_field"),
        ({"message_id": "m"}, "400 empty_message"),
        (GOOD | {"text": {"a": 1}}, "422 wrong_type"),
        (GOOD | {"conversation": 7}, "422 wrong_type"),
        (GOOD | {"text": "a" * 2001}, "413 message_too_long"),
        (GOOD | {"text": "a" * 20_000}, "413 request_too_large"),
    ],
)
def test_bad_requests(system: ChatSystem, body: Any, expected: str) -> None:
    assert error(post(system, body)) == expected


def test_longest_message_is_taken(system: ChatSystem) -> None:
    assert system.chat("ộ" * 2000).status_code == 200


def test_what_a_database_cannot_hold_is_no_fault(system: ChatSystem) -> None:
    assert post(system, GOOD | {"text": "a\u0000b \ud83d c"}).status_code == 200
    assert post(system, b'{"conversation": null, "text": "\\ud800x", "message_id": "m"}').status_code == 200


def test_body_without_end_is_cut_off(system: ChatSystem) -> None:
    def endless() -> Iterator[bytes]:
        for _ in range(1000):
            yield b"a" * 1024

    assert error(httpx.post(f"{system.url}/api/chat", content=endless(), timeout=30)) == "413 request_too_large"


def test_announced_length_is_refused_before_the_body_is_read(system: ChatSystem) -> None:
    with socket.create_connection(("127.0.0.1", system.port), 10) as connection:
        connection.sendall(b"POST /api/chat HTTP/1.1\r\nHost: x\r\nContent-Length: 999999999\r\n\r\n")
        assert b" 413 " in connection.recv(65536).split(b"\r\n")[0]


def test_wrong_address_and_wrong_method(system: ChatSystem) -> None:
    assert error(httpx.get(f"{system.url}/api/nothing")) == "404 not_found"
    assert error(httpx.get(f"{system.url}/static/../app.py")) == "404 not_found"
    response = httpx.get(f"{system.url}/api/chat")
    assert error(response) == "405 method_not_allowed"
    assert response.headers["allow"] == "POST"


def test_answer_that_takes_too_long_can_be_asked_for_again(system: ChatSystem) -> None:
    token = system.say("xin chào")["conversation"]
    body = {"conversation": token, "text": "!sleep 4", "message_id": str(uuid.uuid4())}
    response = post(system, body)
    assert error(response) == "503 not_answered_yet"
    assert int(response.headers["retry-after"]) >= 1
    answer = post(system, body)
    assert answer.status_code == 200
    assert len([1 for _, _, said in system.engine.taken if said == "!sleep 4"]) == 1


def test_engine_that_is_down_keeps_the_message(system: ChatSystem) -> None:
    token = system.say("xin chào")["conversation"]
    body = {"conversation": token, "text": "khi bộ máy nghỉ", "message_id": str(uuid.uuid4())}
    system.engine.mode = "busy"
    try:
        assert error(post(system, body)) == "503 not_answered_yet"
    finally:
        system.engine.mode = "ok"
    end = time.monotonic() + 30
    while (response := post(system, body)).status_code != 200:
        assert time.monotonic() < end
    assert response.json()["replies"][0]["text"] == "Bạn viết: khi bộ máy nghỉ"


def test_history_is_what_was_said(system: ChatSystem) -> None:
    token = system.say("gọi tôi 0912345678")["conversation"]
    system.say("!buttons", token)
    system.chat(None, token, payload="menu:handoff")
    response = httpx.get(f"{system.url}/api/chat/history", headers={"Authorization": f"Bearer {token}"})
    messages = response.json()["messages"]
    assert [one["text"] for one in messages] == ["gọi tôi (số điện thoại)", "!buttons", "Gặp cán bộ"]
    assert all(one["replies"] and not one["pending"] for one in messages)
    assert "0912345678" not in response.text
    assert error(httpx.get(f"{system.url}/api/chat/history")) == "401 unknown_conversation"


def test_security_headers_are_on_every_response(system: ChatSystem) -> None:
    for path in ("/", "/static/chat.js", "/api/chat", "/nothing", "/health/live", "/metrics"):
        headers = httpx.get(f"{system.url}{path}").headers
        assert "default-src 'none'" in headers["content-security-policy"], path
        assert "unsafe" not in headers["content-security-policy"]
        assert "frame-ancestors 'none'" in headers["content-security-policy"]
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "no-referrer"
        assert "camera=()" in headers["permissions-policy"]
        assert "server" not in headers
        assert "access-control-allow-origin" not in headers
    assert httpx.get(f"{system.url}/api/chat/history").headers["cache-control"] == "no-store"


def test_page_and_files_are_small_and_kept_by_browsers(system: ChatSystem) -> None:
    page = httpx.get(system.url)
    assert page.headers["content-encoding"] == "gzip"
    names = {part.split('"')[0] for part in page.text.split('"/static/')[1:]}
    assert len(names) == 3
    for name in names:
        file = httpx.get(f"{system.url}/static/{name}")
        assert "immutable" in file.headers["cache-control"]
        again = httpx.get(f"{system.url}/static/{name}", headers={"If-None-Match": file.headers["etag"]})
        assert again.status_code == 304
    assert "immutable" not in httpx.get(f"{system.url}/static/chat.js?v=old").headers["cache-control"]


def test_probes(system: ChatSystem) -> None:
    assert httpx.get(f"{system.url}/health/live").json() == {"status": "ok"}
    assert httpx.get(f"{system.url}/health/ready").json() == {"status": "ok", "database": "ok", "engine": "ok"}
    system.engine.mode = "busy"
    try:
        time.sleep(1.1)
        response = httpx.get(f"{system.url}/health/ready")
        assert (response.status_code, response.json()["engine"]) == (503, "down")
    finally:
        system.engine.mode = "ok"


def test_metrics_count_and_name_nobody(system: ChatSystem) -> None:
    system.say("tên tôi là Nguyễn Văn Bưởi 0912345678")
    for number in range(5):
        httpx.get(f"{system.url}/made-up-{number}")
    time.sleep(1.1)
    text = httpx.get(f"{system.url}/metrics").text
    assert 'motcua_chat_answers_total{status="answered"}' in text
    assert 'motcua_http_requests_total{code="404",route="other"}' in text
    assert 'motcua_turns_day{channel="web",status="answered"}' in text
    assert "motcua_inbox_messages 0.0" in text
    assert "Bưởi" not in text
    assert "made-up" not in text


def test_floods_are_refused_with_a_time_to_come_back(database_url: str) -> None:
    with running_chat(database_url, BOT_RATE_LIMIT="on") as system:
        token = system.say("xin chào")["conversation"]
        body = {"conversation": token, "text": "xin chào", "message_id": "same"}
        with httpx.Client() as client:
            codes = []
            for _ in range(40):
                response = client.post(f"{system.url}/api/chat", json=body, timeout=30)
                codes.append(response.status_code)
            assert codes[:29] == [200] * 29, "with the first message, thirty at once"
            assert error(response) == "429 too_many_requests"
            assert int(response.headers["retry-after"]) >= 1
            assert system.chat("xin chào").status_code == 200, "another conversation goes on"
            for _ in range(320):
                response = client.post(f"{system.url}/api/chat", content=b"", timeout=30)
            assert error(response) == "429 too_many_requests", "an address has its limit too"
