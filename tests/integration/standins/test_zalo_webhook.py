"""The Zalo stand-in's webhook deliveries: signature, schedule, order, duplicates, echoes."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Iterator

import httpx
import pytest

from tests.standins.control import Standin, zalo_standin
from tests.standins.zalo import App
from tests.standins.zalo.deliveries import SCHEDULE
from tests.support.hook import Got, Hook, hook

CITIZEN = "246845883529197922"
APP = App()
SPEED = 600.0


@pytest.fixture
def receiving() -> Iterator[Hook]:
    with hook() as made:
        yield made


@pytest.fixture
def standin(receiving: Hook) -> Iterator[Standin]:
    with zalo_standin(webhook=receiving.url, speed=SPEED) as made:
        yield made


def holds(got: Got) -> bool:
    """The formula, written out independently of the stand-in."""
    whole = APP.app_id.encode() + got.body + got.json()["timestamp"].encode() + APP.oa_secret.encode()
    return got.headers["x-zevent-signature"] == "mac=" + hashlib.sha256(whole).hexdigest()


def test_event_is_signed_over_its_bytes_and_says_no_retry(standin: Standin, receiving: Hook) -> None:
    number = standin.write(citizen=CITIZEN, text="Tôi muốn đăng ký khai sinh")
    receiving.until(1)
    (got,) = receiving.got
    assert holds(got)
    assert "num_retry" not in got.headers
    assert got.json()["message"] == {"text": "Tôi muốn đăng ký khai sinh", "msg_id": number}
    assert "Tôi".encode() in got.body, "text is UTF-8, not escaped"


def test_event_that_is_not_taken_comes_again_by_the_schedule(standin: Standin, receiving: Hook) -> None:
    receiving.answers += [503, 0, 500, 404]
    standin.write(citizen=CITIZEN, text="a")
    receiving.until(5, within=30)
    assert [got.headers.get("num_retry") for got in receiving.got] == [None, "1", "2", "3", "4"]
    assert len({got.body for got in receiving.got}) == 1 and all(map(holds, receiving.got))
    at = [got.at for got in receiving.got]
    for pause, earlier, later in zip(SCHEDULE[:4], at[:4], at[1:], strict=True):
        assert pause / SPEED <= later - earlier < pause / SPEED + 1


def test_webhook_that_never_answers_is_taken_away(receiving: Hook) -> None:
    with zalo_standin(webhook="http://127.0.0.1:1/nobody", speed=20000) as standin:
        standin.write(citizen=CITIZEN, text="a")
        end = time.monotonic() + 20
        while not standin.state()["given_up"]:
            assert time.monotonic() < end
            time.sleep(0.02)
        assert [one["retry"] for one in standin.deliveries()] == [0, 1, 2, 3, 4, 5]
        assert standin.state()["webhook"] == ""
        standin.webhook(url=receiving.url)
        standin.write(citizen=CITIZEN, text="b")
        receiving.until(1)


def test_slow_answer_is_no_answer(standin: Standin, receiving: Hook) -> None:
    standin.configure(timeout=0.2)
    receiving.delay = 0.5
    standin.write(citizen=CITIZEN, text="a")
    receiving.until(2)
    assert receiving.got[1].headers["num_retry"] == "1"
    receiving.delay = 0


def test_events_come_out_of_order_and_twice_where_told(standin: Standin, receiving: Hook) -> None:
    standin.configure(shuffle=0.5, duplicates=0.3)
    numbers = standin.write_many(messages=[[CITIZEN, str(n)] for n in range(60)])
    end = time.monotonic() + 20
    while standin.state()["under_way"]:
        assert time.monotonic() < end
        time.sleep(0.02)
    came = [got.json()["message"]["msg_id"] for got in receiving.got]
    assert set(came) == set(numbers)
    assert 65 < len(came) < 95
    first = list(dict.fromkeys(came))
    assert first != numbers


def test_own_messages_come_back_as_echo_and_receipts(standin: Standin, receiving: Hook) -> None:
    standin.write(citizen=CITIZEN, text="a")
    receiving.until(1)
    form = {"refresh_token": APP.first_refresh_token, "app_id": APP.app_id, "grant_type": "refresh_token"}
    url = f"{standin.url}/v4/oa/access_token"
    token = httpx.post(url, headers={"secret_key": APP.app_secret}, data=form).json()["access_token"]
    body = {"recipient": {"user_id": CITIZEN}, "message": {"text": "Xin chào"}}
    httpx.post(f"{standin.url}/v3.0/oa/message/cs", headers={"access_token": token}, json=body)
    receiving.until(4)
    events = {got.json()["event_name"]: got.json() for got in receiving.got[1:]}
    assert events.keys() == {"oa_send_text", "user_received_message", "user_seen_message"}
    assert {event["sender"]["id"] for event in events.values()} == {APP.oa_id}
    assert events["oa_send_text"]["message"]["text"] == "Xin chào"
