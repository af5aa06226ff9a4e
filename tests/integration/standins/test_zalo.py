"""The Zalo stand-in's API and OAuth, as an independent client (`zalo_sdk` of PyPI) and plain HTTP find it."""

from __future__ import annotations

import base64
import hashlib
import io
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
import requests
import zalo_sdk
from zalo_sdk.oa.ZaloMessage import ZaloAttachment, ZaloMessageBody, ZaloRecipient

from tests.standins.control import Standin, zalo_standin
from tests.standins.zalo import App
from tests.support.pictures import picture

CITIZEN = "246845883529197922"
APP = App()
DAY = 86400
PICTURE = picture(80, 60)


@pytest.fixture
def standin() -> Iterator[Standin]:
    with zalo_standin() as made:
        yield made


@pytest.fixture
def sdk(standin: Standin, monkeypatch: pytest.MonkeyPatch) -> Any:
    """The SDK knows one address for OAuth, so its requests are sent on to the stand-in."""

    def post(url: str, **what: Any) -> Any:
        return real_post(url.replace("https://oauth.zaloapp.com", standin.url), **what)

    real_post = requests.post
    monkeypatch.setattr(requests, "post", post)
    made = zalo_sdk.oa.Client(
        APP.app_id, APP.app_secret, refresh_token=APP.first_refresh_token, endpoint_prefix=standin.url
    )
    made.refresh_acccess_token()
    return made


def send(standin: Standin, token: str, message: dict[str, Any], to: str = CITIZEN) -> Any:
    answer = httpx.post(
        f"{standin.url}/v3.0/oa/message/cs",
        headers={"access_token": token},
        json={"recipient": {"user_id": to}, "message": message},
    )
    assert answer.status_code == 200, "errors come with HTTP 200"
    return answer.json()


def renew(standin: Standin, refresh_token: str, **more: str) -> Any:
    form = {"refresh_token": refresh_token, "app_id": APP.app_id, "grant_type": "refresh_token"} | more
    url = f"{standin.url}/v4/oa/access_token"
    answer = httpx.post(url, headers={"secret_key": APP.app_secret}, data=form)
    assert answer.status_code == 200
    return answer.json()


def test_independent_client_sends_text_picture_and_file(standin: Standin, sdk: Any) -> None:
    standin.write(citizen=CITIZEN, text="chào")
    to = ZaloRecipient(user_id=CITIZEN)
    answer = sdk.send_message(to, ZaloMessageBody(text="Xin chào"))
    assert answer["error"] == 0 and answer["data"]["user_id"] == CITIZEN
    picture = sdk.upload_file(PICTURE, file_type="image", file_name="a.jpg", mime_type="image/jpeg")["data"]
    media = {"template_type": "media", "elements": [{"media_type": "image", **picture}]}
    sdk.send_message(to, ZaloMessageBody(text="Sơ đồ", attachment=ZaloAttachment("template", media)))
    file = sdk.upload_file(b"%PDF-1.7", file_name="a.pdf", mime_type="application/pdf")["data"]
    sdk.send_message(to, ZaloMessageBody(attachment=ZaloAttachment("file", file)))
    text, image, document = standin.sent(citizen=CITIZEN)
    assert (text["text"], text["file"]) == ("Xin chào", None)
    assert text["message_id"] == answer["data"]["message_id"]
    assert image["text"] == "Sơ đồ"
    assert base64.b64decode(standin.upload(name=image["file"])["body"]) == PICTURE
    assert standin.upload(name=document["file"])["kind"] == "file"


def test_independent_client_asks_about_a_citizen(standin: Standin, sdk: Any) -> None:
    standin.write(citizen=CITIZEN, text="chào")
    detail = sdk.get_user_detail(CITIZEN)["data"]
    assert (detail["user_id"], detail["user_is_follower"]) == (CITIZEN, True)
    assert int(sdk.get_zalo_user_quotas(CITIZEN)["data"]["last_interaction"]) > 0
    with pytest.raises(zalo_sdk.ZaloOAException):
        sdk.get_user_detail("1")


def test_independent_client_gets_consent_and_renews(standin: Standin, sdk: Any) -> None:
    verifier = "v" * 43
    challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
    address = sdk.request_authoriation_code_url("https://x.gov.vn/back", challenge, "s1")
    page = httpx.get(address.replace("https://oauth.zaloapp.com", standin.url))
    assert "Cho phép" in page.text
    agreed = httpx.post(f"{standin.url}/v4/oa/permission", data=dict(httpx.URL(address).params))
    back = {name: value[0] for name, value in parse_qs(urlsplit(agreed.headers["location"]).query).items()}
    assert back["state"] == "s1" and back["oa_id"] == APP.oa_id
    access, refresh, _ = sdk.get_access_token_from_authorization_code(back["code"], verifier)
    with pytest.raises(zalo_sdk.ZaloOAException):
        sdk.get_access_token_from_authorization_code(back["code"], verifier)  # a code works once
    second, _, _ = sdk.refresh_acccess_token()
    assert second != access
    sdk.refresh_token = refresh
    with pytest.raises(zalo_sdk.ZaloOAException):
        sdk.refresh_acccess_token()  # a refresh token works once


def test_code_needs_its_verifier(standin: Standin) -> None:
    back = standin.consent(app_id=APP.app_id, redirect_uri="https://x.gov.vn/back", code_challenge="nothing fits this")
    code = parse_qs(urlsplit(back).query)["code"][0]
    form = {"code": code, "code_verifier": "v" * 43, "grant_type": "authorization_code"}
    assert renew(standin, "", **form)["error_name"] == "Invalid code verifier."


def test_refresh_token_rotates_and_works_once(standin: Standin) -> None:
    first = renew(standin, APP.first_refresh_token)
    assert first.keys() == {"access_token", "refresh_token", "expires_in"}
    assert first["expires_in"] == "90000", "a string"
    again = renew(standin, APP.first_refresh_token)
    assert again.keys() == {"error", "error_name", "error_reason", "error_description", "ref_doc"}
    assert again["error_name"] == "Invalid refresh token."
    assert "access_token" in renew(standin, first["refresh_token"])
    assert "error" in renew(standin, "anything", app_id="1")
    state = standin.state()
    assert (state["refreshed"], state["refused"]) == (2, 2)


def test_refresh_token_ends_after_three_months(standin: Standin) -> None:
    standin.later(seconds=91 * DAY)
    assert "error" in renew(standin, APP.first_refresh_token)


def test_access_token_that_is_wrong_or_over(standin: Standin) -> None:
    standin.write(citizen=CITIZEN, text="a")
    token = renew(standin, APP.first_refresh_token)["access_token"]
    assert send(standin, "wrong", {"text": "a"}) == {"error": -216, "message": "Access token is invalid"}
    assert send(standin, token, {"text": "a"})["error"] == 0
    standin.later(seconds=90001)
    assert send(standin, token, {"text": "a"}) == {
        "error": -220,
        "message": "access_token is expired or removed",
    }
    assert len(standin.sent()) == 1


@pytest.fixture
def token(standin: Standin) -> str:
    return str(renew(standin, APP.first_refresh_token)["access_token"])


def test_windows(standin: Standin, token: str) -> None:
    standin.follow(citizen="7")
    assert send(standin, token, {"text": "a"}, to="1")["error"] == -201, "never heard of"
    standin.write(citizen=CITIZEN, text="a")
    standin.later(seconds=3600)
    assert send(standin, token, {"text": "a"})["error"] == 0
    assert standin.state()["paid"] == 0
    standin.configure(access_life=30 * DAY)
    token = httpx.post(
        f"{standin.url}/v4/oa/access_token",
        headers={"secret_key": APP.app_secret},
        data={
            "app_id": APP.app_id,
            "grant_type": "authorization_code",
            "code": parse_qs(urlsplit(standin.consent(app_id=APP.app_id, redirect_uri="x")).query)["code"][0],
        },
    ).json()["access_token"]
    standin.later(seconds=2 * DAY)
    assert send(standin, token, {"text": "a"})["error"] == 0
    assert standin.state()["paid"] == 1, "between 48 hours and 7 days the OA pays"
    standin.later(seconds=5 * DAY)
    assert send(standin, token, {"text": "a"})["error"] == -230
    standin.write(citizen=CITIZEN, text="tôi đây")
    assert send(standin, token, {"text": "a"})["error"] == 0
    standin.follow(citizen=CITIZEN, follows=False)
    assert send(standin, token, {"text": "a"})["error"] == -213
    standin.follow(citizen=CITIZEN)
    standin.refuse(citizen=CITIZEN, code=-227)
    assert send(standin, token, {"text": "a"})["error"] == -227


@pytest.mark.parametrize(
    ("message", "error"),
    [
        ({"text": "đ" * 2000}, 0),
        ({"text": "đ" * 2001}, -210),
        ({"text": "  "}, -201),
        ({}, -201),
        ({"text": 5}, -201),
        ({"text": "a", "attachment": {"type": "template", "payload": {"template_type": "list"}}}, -233),
        ({"attachment": {"type": "file", "payload": {"token": "none"}}}, -201),
        ({"text": "a", "attachment": {"type": "template", "payload": {"buttons": [{"title": "x"}]}}}, -233),
    ],
)
def test_messages_that_zalo_takes_and_refuses(
    standin: Standin, token: str, message: dict[str, Any], error: int
) -> None:
    standin.write(citizen=CITIZEN, text="a")
    assert send(standin, token, message)["error"] == error
    assert len(standin.sent()) == (error == 0)


def test_buttons_where_they_are_taken(standin: Standin, token: str) -> None:
    standin.configure(buttons=True)
    standin.write(citizen=CITIZEN, text="a")
    buttons = [{"title": "Khai sinh", "type": "oa.query.show", "payload": "#khai_sinh"}]
    message = {"text": "Chọn", "attachment": {"type": "template", "payload": {"buttons": buttons}}}
    assert send(standin, token, message)["error"] == 0
    standin.press(citizen=CITIZEN, title="Khai sinh")
    assert standin.transcript(citizen=CITIZEN)[-1]["text"] == "#khai_sinh"


def test_uploads_have_limits(standin: Standin, token: str) -> None:
    def upload(kind: str, body: bytes) -> int:
        files = {"file": ("a.jpg", io.BytesIO(body), "image/jpeg")}
        url = f"{standin.url}/v2.0/oa/upload/{kind}"
        return int(httpx.post(url, headers={"access_token": token}, files=files).json()["error"])

    assert upload("image", PICTURE) == 0
    assert upload("image", PICTURE + b"x" * 2**20) == -210
    assert upload("image", b"GIF89a") == -201
    assert upload("file", b"%PDF" + b"x" * (5 * 2**20 - 4)) == 0
    assert upload("file", b"%PDF" + b"x" * 5 * 2**20) == -210
    assert upload("file", b"MZ") == -201


def test_rate_limit_of_a_minute_is_told_in_headers() -> None:
    with zalo_standin(limit=5) as standin:
        standin.write(citizen=CITIZEN, text="a")
        token = renew(standin, APP.first_refresh_token)["access_token"]
        errors, left = [], []
        for _ in range(12):
            answer = httpx.post(
                f"{standin.url}/v3.0/oa/message/cs",
                headers={"access_token": token},
                json={"recipient": {"user_id": CITIZEN}, "message": {"text": "a"}},
            )
            errors.append(answer.json()["error"])
            left.append(answer.headers["x-ratelimit-remain"])
            assert answer.headers["x-ratelimit-limit"] == "5"
        assert errors.count(-32) >= 2, "a new minute may have begun once"
        assert left[:2] == ["4", "3"]


def test_v2_is_shut_down_but_for_those_without_an_account(standin: Standin, token: str) -> None:
    standin.write_anonymously(citizen="1ffe", conversation="fa8f", text="Cho hỏi")

    def post(recipient: dict[str, str]) -> int:
        url, body = f"{standin.url}/v2.0/oa/message", {"recipient": recipient, "message": {"text": "a"}}
        return int(httpx.post(url, headers={"access_token": token}, json=body).json()["error"])

    assert post({"user_id": CITIZEN}) == -240
    assert post({"anonymous_id": "1ffe", "conversation_id": "fa8f"}) == 0


def test_media_of_citizens_can_be_fetched(standin: Standin) -> None:
    standin.photo(citizen=CITIZEN, body=PICTURE)
    url = standin.transcript(citizen=CITIZEN)[-1]["text"].split()[-1]
    assert url.startswith(standin.url)
    assert httpx.get(url).content == PICTURE
    assert httpx.get(url + "x").status_code == 404
