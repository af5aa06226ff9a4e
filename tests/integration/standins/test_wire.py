"""Both stand-ins beside the captured wire traffic and the payloads of the platforms, where they are at hand."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.standins.control import telegram_standin, zalo_standin
from tests.standins.telegram import TOKEN
from tests.standins.zalo import App
from tests.standins.zalo.api import MESSAGES
from tests.standins.zalo.deliveries import signature
from tests.support.hook import hook

SHARED = Path(__file__).resolve().parents[4] / "shared" / "data" / "channel-payloads"
pytestmark = pytest.mark.skipif(not SHARED.exists(), reason="the captured traffic is not at hand")
CITIZEN = "246845883529197922"


def read(name: str) -> Any:
    return json.loads((SHARED / name).read_text(encoding="utf-8"))


def shape(value: Any) -> Any:
    """Keys in order and kinds of values."""
    if isinstance(value, dict):
        return [(key, shape(inner)) for key, inner in value.items()]
    if isinstance(value, list):
        return [shape(inner) for inner in value]
    return type(value).__name__


def keys(value: Any) -> Any:
    """Keys and kinds of values, in any order: JSON of the Bot API is read by name."""
    if isinstance(value, dict):
        return {key: keys(inner) for key, inner in value.items()}
    return [keys(inner) for inner in value] if isinstance(value, list) else type(value).__name__


def test_captured_calls_of_python_telegram_bot_are_understood() -> None:
    with telegram_standin() as standin:
        standin.write(chat=42, text="a")
        standin.write(chat=42, text="/start")
        results: dict[str, Any] = {}
        for call in read("telegram_ptb22_8_wire.json"):
            if call["path"].startswith("GET "):
                continue
            # The boundary of the capture was cut in its header.
            kind = call["content_type"].replace("dcdb7b347f24891085998e02b81551", "dcdb7b347f24891085998e02b8155195")
            method = call["path"].rsplit("/", 1)[1]
            if method == "setWebhook":
                standin.press(chat=42, data="/khai_sinh")
            response = httpx.post(
                standin.url + call["path"], content=call["body"].encode("latin-1"), headers={"Content-Type": kind}
            )
            results.setdefault(method, response.json())
        refused = {method: answer["description"] for method, answer in results.items() if not answer["ok"]}
        # The capture names a press and a file that this stand-in never saw.
        assert refused == {
            "answerCallbackQuery": "Bad Request: query is too old and response timeout expired or query ID is invalid",
            "getFile": "Bad Request: wrong file_id or the file is temporarily unavailable",
        }
        first, second, photo, *_ = standin.sent()
        assert first["text"] == "Chọn thủ tục"
        assert first["buttons"] == [{"title": "Khai sinh", "payload": "/khai_sinh", "url": None}]
        assert second["keyboard"] == [
            {"request_location": True, "text": "Vị trí"},
            {"request_contact": True, "text": "SĐT"},
        ]
        assert photo["text"] == "ảnh" and photo["file"]
        webhook = standin.state()["webhook"]
        assert webhook["max_connections"] == 20
        assert webhook["allowed_updates"] == ["callback_query", "message"]


def test_updates_have_the_shape_of_telegrams() -> None:
    examples = read("telegram_examples.json")
    with telegram_standin() as standin:
        standin.write(chat=42, text="a")
        markup = {"inline_keyboard": [[{"text": "Khai sinh", "callback_data": "/khai_sinh"}]]}
        values = {"chat_id": "42", "text": "Chọn thủ tục", "reply_markup": json.dumps(markup)}
        httpx.post(f"{standin.url}/bot{TOKEN}/sendMessage", data=values)
        made = {
            "text": standin.write(chat=42, text="a"),
            "location": standin.location(chat=42, latitude=21.0285, longitude=105.8542),
            "contact_own": standin.contact(chat=42, phone="+84912345678"),
            "contact_forwarded_other_person": standin.contact(chat=42, phone="+84900000000", owner=777),
            "photo": standin.photo(chat=42, body=b"\xff\xd8\xff", caption="giấy khai sinh"),
            "callback_query": standin.press(chat=42, data="/khai_sinh"),
            "callback_query_inaccessible_message": standin.press(chat=42, data="/khai_sinh", stale=True),
            "edited_message": standin.edit(chat=42, message_id=10, text="Sửa lại"),
        }
    for name, update in made.items():
        found = keys(update)
        if name == "callback_query":
            # More than in the capture, as Telegram itself gives it: the keyboard, and the bot's username.
            del found["callback_query"]["message"]["reply_markup"]
            del found["callback_query"]["message"]["from"]["username"]
        assert found == keys(examples[name]), name
    assert made.keys() == examples.keys() - {"webhook_headers", "errors"}


def test_errors_are_telegrams() -> None:
    known = {(one["error_code"], one["description"]) for one in read("telegram_examples.json")["errors"]}
    from tests.standins.telegram import errors

    ours = {(error.code, error.description) for error in vars(errors).values() if isinstance(error, errors.ApiError)}
    ours |= {(error.code, error.description) for error in (errors.flood(2), errors.bad("message is too long"))}
    assert ours == known


@pytest.mark.parametrize("vector", read("zalo_oa_signature_vectors.json")["positive"] if SHARED.exists() else [])
def test_signatures_are_zalos(vector: dict[str, Any]) -> None:
    vectors = read("zalo_oa_signature_vectors.json")
    app = App(app_id=vectors["app_id"], oa_secret=vectors["oa_secret_key"])
    body = (SHARED / "zalo_oa_webhook" / vector["file"]).read_bytes()
    assert signature(app, body, json.loads(body)["timestamp"]) == vector["headers"]["X-ZEvent-Signature"]


def test_events_have_the_shape_of_zalos() -> None:
    with hook() as receiving, zalo_standin(webhook=receiving.url) as standin:
        quoted = standin.write(citizen=CITIZEN, text="a")
        standin.write(citizen=CITIZEN, text="a", quote=quoted)
        standin.photo(citizen=CITIZEN, body=b"\xff\xd8\xff")
        standin.location(citizen=CITIZEN, latitude="21.0285", longitude="105.8542")
        standin.sticker(citizen=CITIZEN)
        standin.audio(citizen=CITIZEN)
        standin.file(citizen=CITIZEN, name="don.pdf")
        standin.follow(citizen=CITIZEN)
        standin.follow(citizen=CITIZEN, follows=False)
        standin.write_anonymously(citizen="1ffe", conversation="fa8f", text="Cho hỏi")
        receiving.until(10)
        for got in receiving.got:
            event = got.json()
            quote = "_quote" if "quote_msg_id" in event.get("message", {}) else ""
            captured = read(f"zalo_oa_webhook/{event['event_name']}{quote}.json")
            assert shape(event) == shape(captured), event["event_name"]
            assert event["app_id"] == captured["app_id"]


def test_answers_have_the_shape_of_zalos() -> None:
    examples = read("zalo_oa_api_examples.json")
    app = App()
    with zalo_standin(app) as standin:
        standin.write(citizen=CITIZEN, text="a")
        refresh = examples["oauth_refresh"]["request"]["form"] | {"refresh_token": app.first_refresh_token}
        url = f"{standin.url}/v4/oa/access_token"
        pair = httpx.post(url, headers={"secret_key": app.app_secret}, data=refresh).json()
        assert keys(pair) == keys(examples["oauth_refresh"]["response"])
        again = httpx.post(url, headers={"secret_key": app.app_secret}, data=refresh).json()
        assert keys(again) == keys(examples["oauth_error_shape_code_UNVERIFIED"])
        headers = {"access_token": pair["access_token"]}

        def call(path: str, **what: Any) -> httpx.Response:
            return httpx.post(standin.url + path, headers=headers, **what)

        answer = call("/v3.0/oa/message/cs", json=examples["cs_text_request"]["body"])
        assert keys(answer.json()) == keys(examples["cs_success_after_2026_03_01_no_quota_fields"])
        assert examples["response_headers"].keys() <= {
            name for name in examples["response_headers"] if name in answer.headers
        }
        standin.configure(quota=True)
        answer = call("/v3.0/oa/message/cs", json=examples["cs_text_request"]["body"])
        assert keys(answer.json()) == keys(examples["cs_success"])
        upload = call("/v2.0/oa/upload/image", files={"file": ("a.jpg", b"\xff\xd8\xff", "image/jpeg")}).json()
        assert keys(upload) == keys(examples["upload_image_response"])
        image = examples["cs_image_request"]
        image["message"]["attachment"]["payload"]["elements"][0] |= upload["data"]
        assert call("/v3.0/oa/message/cs", json=image).json()["error"] == 0
        upload = call("/v2.0/oa/upload/file", files={"file": ("a.pdf", b"%PDF-", "application/pdf")}).json()
        assert keys(upload) == keys(examples["upload_file_response"])
        file = examples["cs_file_request"]
        file["message"]["attachment"]["payload"] = upload["data"]
        assert call("/v3.0/oa/message/cs", json=file).json()["error"] == 0
        asking = examples["cs_request_user_info_request"]
        assert call("/v3.0/oa/message/cs", json=asking).json()["error"] == 0
        assert standin.sent()[-1]["asks"] == "user_info"
        quota = examples["quota_per_user"]
        assert keys(call("/v3.0/oa/quota/message", json=quota["request"]["body"]).json()) == keys(quota["response"])
        buttons = examples["cs_text_buttons_request_UNVERIFIED_on_v3"]
        assert call("/v3.0/oa/message/cs", json=buttons).json()["error"] == -233
        standin.configure(buttons=True)
        assert call("/v3.0/oa/message/cs", json=buttons).json()["error"] == 0
        listing = examples["list_request_v2_only"]["body"]
        assert call("/v2.0/oa/message", json=listing).json()["error"] == -240


def test_every_documented_error_is_known_with_zalos_words() -> None:
    for one in read("zalo_oa_api_examples.json")["errors_http_200"]:
        assert one["error"] in MESSAGES
        if one["message"] not in ("user_id is invalid!", "Your OA reached limit call api"):
            assert MESSAGES[one["error"]] == one["message"]
