"""Live chats in the console, as officers and citizens see them through the real web process and worker."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from typing import Any

import pytest

from tests.support.console import Browser, Office, hidden, running_office
from tests.support.databases import Databases


@pytest.fixture(scope="module")
def office(databases: Databases) -> Iterator[Office]:
    with databases.fresh() as url, running_office(url, workers=1, BOT_REPLY_WAIT="20") as made:
        for name, role in (("lan", "officer"), ("minh", "supervisor"), ("duyet", "reviewer")):
            made.staff(name, role)
        yield made


@pytest.fixture(scope="module")
def lan(office: Office) -> Browser:
    return office.browser("lan")


@pytest.fixture(scope="module")
def minh(office: Office) -> Browser:
    return office.browser("minh")


def asks(office: Office, *said: str) -> tuple[str, int]:
    """A citizen who asks for a person: token and number of the conversation."""
    token = office.system.say("!live")["conversation"]
    for text in said:
        office.system.say(text, token)
    [(number,)] = office.rows("SELECT max(id) FROM conversations")
    return token, number


def takes(browser: Browser, number: int) -> dict[str, str]:
    """Take a chat; what its forms carry."""
    assert browser.post(f"/chats/{number}/take").status_code == 303
    return {"epoch": hidden(browser.get(f"/chats/{number}").text, "epoch")}


def test_two_press_take_over_and_one_is_told_who_was_quicker(office: Office, lan: Browser, minh: Browser) -> None:
    _, number = asks(office)
    assert "người đang chờ" in minh.get("/password").text, "every page's menu counts who waits"
    takes(lan, number)
    assert "người đang chờ" not in minh.get("/password").text
    refused = minh.post(f"/chats/{number}/take")
    assert refused.status_code == 422
    assert "lan vừa nhận cuộc trò chuyện này trước bạn" in refused.text
    assert "lan đang giữ" in refused.text
    assert minh.post(f"/chats/{number}/say", {"epoch": "1", "text": "x"}).status_code == 422
    done = office.rows("SELECT account, action, outcome FROM audit_log WHERE object = :n ORDER BY id", n=str(number))
    assert ("lan", "chat.take", "done") in done
    assert ("minh", "chat.take", "failed") in done
    assert ("lan", "chat.read", "done") in done


def test_words_of_citizens_and_officers_are_inert_and_masked(office: Office, lan: Browser) -> None:
    attack = "<script>alert(1)</script> 0912345678"
    token, number = asks(office, attack)
    forms = takes(lan, number)
    office.system.say(f"còn đây {attack}", token)
    said = lan.post(
        f"/chats/{number}/say", forms | {"text": "<b>chào</b>\r\nbạn"}, headers={"Accept": "application/json"}
    )
    assert said.json() == {"done": True}
    lan.post(f"/chats/{number}/forward", forms | {"to": "account:minh", "reason": "<script>vì</script>"})
    for path in ("/chats", "/chats/part", f"/chats/{number}", f"/chats/{number}/part"):
        page = lan.get(path).text
        assert "<script>alert" not in page
        assert "<script>vì" not in page
        assert "<b>chào" not in page
        assert "0912345678" not in page
    assert "(số điện thoại)" in lan.get(f"/chats/{number}").text
    notices = [one["replies"][0] for one in office.history(token) if one["kind"] == "notice"]
    assert {"by": "staff", "text": "<b>chào</b>\nbạn"}.items() <= notices[1].items()
    assert "lan" not in str(notices), "citizens are told the office's name"
    [(after,)] = office.rows("SELECT after FROM audit_log WHERE action = 'chat.say' ORDER BY id DESC LIMIT 1")
    assert after == {"characters": 16}, "the log keeps that something was said, not what"


def test_the_changing_part_costs_nothing_when_nothing_changed(office: Office, lan: Browser) -> None:
    token, number = asks(office)
    for path in (f"/chats/{number}/part", "/chats/part"):
        for _ in range(2):  # the list is another one each minute
            first = lan.get(path)
            again = lan.client.get(f"/console{path}", headers={"If-None-Match": first.headers["etag"]})
            if again.status_code == 304:
                break
        assert again.status_code == 304
        office.system.say("có ai không", token)
        changed = lan.client.get(f"/console{path}", headers={"If-None-Match": first.headers["etag"]})
        assert changed.status_code == 200
        assert "có ai không" in changed.text


def test_killed_while_a_chat_is_taken_the_worker_loses_nothing(office: Office, lan: Browser) -> None:
    token, number = asks(office)
    takes(lan, number)
    office.system.kill_worker()
    office.execute(
        "WITH m AS (INSERT INTO messages (conversation_id, message_id, kind, body)"
        f" SELECT {number}, 'while-down-' || n, 'text', 'tin ' || n FROM generate_series(1, 3) n RETURNING 1)"
        f" UPDATE conversations SET waiting = waiting + 3, not_before = now() WHERE id = {number}"
    )
    assert "tin 3" in lan.get(f"/chats/{number}").text, "staff see it before a worker has"
    before = len(office.system.engine.taken)
    office.system.start_worker()
    until(office, f"SELECT 1 FROM conversations WHERE id = {number} AND waiting = 0")
    states = office.rows(f"SELECT state, status FROM messages WHERE body LIKE 'tin _' AND conversation_id = {number}")
    assert states == [("done", "handoff")] * 3
    assert len(office.system.engine.taken) == before
    forms = {"epoch": hidden(lan.get(f"/chats/{number}").text, "epoch")}
    assert lan.post(f"/chats/{number}/back", forms).status_code == 303
    assert office.system.say("lệ phí", token)["replies"][0]["text"] == "Bạn viết: lệ phí"


def test_on_zalo_the_window_is_told_before_anything_is_written(office: Office, lan: Browser) -> None:
    for hours, told in ((1, ""), (50, "Zalo tính phí"), (200, "quá 7 ngày")):
        office.execute(
            "INSERT INTO conversations (channel, external_id, key, last_message_at) VALUES"
            f" ('zalo', 'z{hours}', gen_random_uuid(), now() - interval '{hours} hours')"
        )
        [(number,)] = office.rows("SELECT id FROM conversations WHERE external_id = :z", z=f"z{hours}")
        answer = lan.post(f"/chats/{number}/take")
        assert answer.status_code == (422 if told else 303)
        assert told in answer.text
        if not told:
            page = lan.get(f"/chats/{number}").text
            assert "Zalo không cho báo" in page
            assert office.rows("SELECT state FROM outbox WHERE channel = 'zalo'") == [("queued",)]


def test_canned_replies_for_chats_are_offered_to_who_holds_one(office: Office, lan: Browser) -> None:
    office.execute(
        "INSERT INTO canned_replies (title, body, statuses) VALUES"
        " ('Riêng cho trò chuyện', 'Chào bạn từ {agency}', '[\"chat\"]'), ('Riêng cho phiếu', 'x', '[\"received\"]'),"
        " ('Có mã', 'Phiếu {code}', '[]')"
    )
    _, number = asks(office)
    assert "Riêng cho trò chuyện" not in lan.get(f"/chats/{number}").text
    takes(lan, number)
    page = lan.get(f"/chats/{number}").text
    assert "Riêng cho trò chuyện" in page
    assert "Riêng cho phiếu" not in page
    assert ">Có mã<" not in page
    assert f"Chào bạn từ {office.locality.office.name}" in page


def test_figures_of_live_chats_are_in_the_metrics(office: Office) -> None:
    asks(office)
    until_metric(office, r'motcua_live_chats\{state="waiting"\} [1-9]')


def until(office: Office, query: str) -> None:
    end = time.monotonic() + 20
    while not office.rows(query):
        assert time.monotonic() < end, query
        time.sleep(0.05)


def until_metric(office: Office, pattern: str) -> None:
    browser: Any = office.browser()
    end = time.monotonic() + 10
    while not re.search(pattern, browser.client.get("/metrics").text):
        assert time.monotonic() < end, pattern
        time.sleep(0.2)


def calls(browser: Browser, number: int) -> list[dict[str, str]]:
    """What the bell of an open page says of one conversation."""
    found: list[dict[str, str]] = browser.get("/notices/bell").json()["waiting"]
    return [item for item in found if item["address"] == f"/console/chats/{number}"]


def test_who_may_take_chats_is_told_of_each_that_waits_until_somebody_takes_it(
    office: Office, lan: Browser, minh: Browser
) -> None:
    duyet = office.browser("duyet")
    _, number = asks(office)
    (told,) = calls(lan, number)
    assert told["text"] == "Có người dân đang chờ cán bộ (trang trò chuyện)"
    assert calls(lan, number) == [told] == calls(minh, number), "the same key each time: a page tells it once"
    assert f'href="/console/chats/{number}"' in lan.get("/notices").text
    assert 'id="bell"' in lan.get("/password").text
    assert duyet.get("/notices/bell").status_code == 403
    assert 'id="bell"' not in duyet.get("/password").text

    forms = takes(lan, number)
    assert calls(lan, number) == calls(minh, number) == []
    assert f'href="/console/chats/{number}"' not in minh.get("/notices").text

    lan.post(f"/chats/{number}/forward", forms | {"to": "account:minh", "reason": "đúng việc của Minh"})
    assert calls(lan, number) == [], "it is meant for a colleague"
    (again,) = calls(minh, number)
    assert again["key"] != told["key"], "back in the queue: told anew"
    office.execute(f"UPDATE live_chats SET waiting_since = now() - interval '1 hour' WHERE conversation_id = {number}")
    assert calls(lan, number) == [again], "after a while anybody may take it"
