"""Messages that were not delivered: who sees them, why they failed, and sending one again, once."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from html import unescape
from typing import Any

import pytest

from bot.console.reasons import REASONS
from tests.integration.console.conftest import Town


def message(town: Town, text: str, state: str, **more: Any) -> int:
    """A message of the outbox of a citizen on Zalo."""
    values = {"channel": "zalo", "error": "", "tries": 1, "age": "1 minute", "gone": "NULL"} | more
    body = json.dumps({"text": text, "buttons": [], "image": None}, ensure_ascii=False).replace("'", "''")
    town.office.execute(
        "WITH c AS (INSERT INTO conversations (key, channel, external_id, opted_out_at) VALUES (gen_random_uuid(),"
        f" '{values['channel']}', gen_random_uuid()::text, {values['gone']}) RETURNING id)"
        " INSERT INTO outbox (conversation_id, channel, body, state, tries, error, created_at)"
        f" SELECT id, '{values['channel']}', '{body}'::jsonb, '{state}', {values['tries']},"
        f" NULLIF('{values['error']}', ''), now() - interval '{values['age']}' FROM c"
    )
    return int(town.office.rows("SELECT max(id) FROM outbox")[0][0])


def state(town: Town, number: int) -> tuple[str, int]:
    return tuple(town.office.rows("SELECT state, tries FROM outbox WHERE id = :id", id=number)[0])  # type: ignore[return-value]


def resends(town: Town, number: int) -> list[Any]:
    return town.office.rows(
        "SELECT account, before, outcome FROM audit_log WHERE action = 'delivery.resend' AND object = :id",
        id=str(number),
    )


def again(town: Town, number: int, seen: str, *, role: str = "supervisor", **more: str) -> str:
    """Press the button; what is then said."""
    browser = town.people[role]
    sent = browser.post(f"/deliveries/{number}/again", {"state": seen, "tries": "1"} | more)
    assert sent.status_code == 303, sent.text
    return unescape(browser.client.get(sent.headers["location"]).text)


def test_each_reason_is_told_in_words_with_what_can_be_done(town: Town) -> None:
    message(town, "quá hạn", "failed", error="window_closed")
    message(town, "chặn", "opted_out", channel="telegram", error="blocked", gone="now()")
    message(town, "lạ", "failed", error="zalo_-999")
    message(town, "không rõ", "unknown", error="sender_died")
    message(town, "đang chờ", "queued", age="20 minutes")
    message(town, "vừa xếp hàng", "queued")
    message(town, "đã gửi", "sent")
    page = unescape(town.people["supervisor"].get("/deliveries").text)
    for said in ("Quá 7 ngày", "Gọi điện", "đã chặn trợ lý", "Mã lỗi: zalo_-999", "dừng giữa chừng", "Đang chờ gửi"):
        assert said in page
    assert "đang chờ" in page
    assert "vừa xếp hàng" not in page
    assert "đã gửi" not in page


def test_filters_by_channel_state_and_day(town: Town) -> None:
    message(town, "của Telegram", "failed", channel="telegram")
    message(town, "của Zalo", "unknown")
    message(town, "từ tháng trước", "failed", age="40 days")
    get = town.people["supervisor"].get
    telegram = get("/deliveries?channel=telegram&state=failed").text
    assert "của Telegram" in telegram
    assert "của Zalo" not in telegram
    assert "của Zalo" in get("/deliveries?state=unknown").text
    today = f"{town.office.locality.now():%Y-%m-%d}"
    assert "từ tháng trước" not in get(f"/deliveries?from={today}").text
    assert "từ tháng trước" in get("/deliveries?to=" + today).text
    assert get("/deliveries?channel=x&state=y&from=z&before=-1&to=9999-99-99").status_code == 200


def test_a_failed_message_is_sent_again_once_however_often_the_button_is_pressed(town: Town) -> None:
    number = message(town, "gửi lại nhé", "failed", error="quota")
    with ThreadPoolExecutor(6) as threads:
        browsers = [town.office.browser("minh") for _ in range(6)]
        said = list(
            threads.map(
                lambda one: one.post(f"/deliveries/{number}/again", {"state": "failed", "tries": "1"}), browsers
            )
        )
    assert {response.status_code for response in said} == {303}
    assert state(town, number) == ("queued", 1)
    assert resends(town, number) == [("minh", {"state": "failed", "tries": "1"}, "done")]


def test_a_page_that_was_seen_before_the_last_try_sends_nothing(town: Town) -> None:
    number = message(town, "thử hai lần", "failed")
    assert "Đã đưa tin vào hàng gửi lại" in again(town, number, "failed")
    town.office.execute(f"UPDATE outbox SET state = 'failed', tries = 2 WHERE id = {number}")  # the worker's second try
    assert "vừa đổi tình trạng" in again(town, number, "failed")
    assert state(town, number) == ("failed", 2)
    assert len(resends(town, number)) == 1


def test_what_may_have_arrived_is_sent_again_only_by_who_knows_that(town: Town) -> None:
    number = message(town, "đã đến chưa", "unknown", error="sender_died")
    assert "có thể đến hai lần" in again(town, number, "unknown")
    assert state(town, number) == ("unknown", 1)
    assert "vừa đổi tình trạng" in again(town, number, "failed")  # not past the warning by another name
    assert state(town, number) == ("unknown", 1)
    assert "Đã đưa tin vào hàng gửi lại" in again(town, number, "unknown", sure="1")
    assert state(town, number) == ("queued", 1)


@pytest.mark.parametrize("seen", ["queued", "sending", "sent", "shown", "waiting", "", "' OR true --"])
def test_nothing_else_is_put_back(town: Town, seen: str) -> None:
    number = message(town, "đã gửi xong", seen if seen in ("queued", "sending", "sent", "shown") else "sent")
    before = state(town, number)
    again(town, number, seen, sure="1")
    assert state(town, number) == before
    assert resends(town, number) == []


def test_who_does_not_want_messages_gets_none(town: Town) -> None:
    number = message(town, "không muốn nữa", "opted_out", gone="now()")
    assert "không gửi lại được" in again(town, number, "opted_out")
    assert state(town, number) == ("opted_out", 1)
    town.office.execute(
        "UPDATE conversations SET opted_out_at = NULL"
        f" WHERE id = (SELECT conversation_id FROM outbox WHERE id = {number})"
    )
    assert "Đã đưa tin vào hàng gửi lại" in again(town, number, "opted_out")  # they have written again


@pytest.mark.parametrize("role", ["officer", "restricted_reader", "curator", "reviewer", "auditor"])
def test_others_see_nothing_and_send_nothing(town: Town, role: str) -> None:
    number = message(town, "không phải việc của họ", "failed")
    assert town.people[role].get("/deliveries").status_code == 403
    sent = town.people[role].post(f"/deliveries/{number}/again", {"state": "failed", "tries": "1"})
    assert sent.status_code == 403
    assert state(town, number) == ("failed", 1)


def test_what_is_said_about_a_restricted_ticket_is_there_for_its_readers_only(town: Town) -> None:
    number = message(town, f"Phản ánh {town.restricted} về cán bộ đã có kết quả", "failed")
    other = message(town, f"Phản ánh {town.other} đã xong", "failed")
    seen = town.people["supervisor"].get("/deliveries").text
    assert town.restricted not in seen
    assert f'href="/console/tickets/{town.other}"' in seen
    assert town.restricted in town.people["admin"].get("/deliveries").text
    sent = town.people["supervisor"].post(f"/deliveries/{number}/again", {"state": "failed", "tries": "1"})
    assert sent.status_code == 404
    assert state(town, number) == ("failed", 1)
    again(town, number, "failed", role="admin")
    assert state(town, number) == ("queued", 1)
    assert state(town, other) == ("failed", 1)


def test_a_message_is_shown_as_text(town: Town) -> None:
    message(town, "<script>alert(1)</script> & <b>x</b>", "failed", error="<i>lạ</i>")
    page = town.people["admin"].get("/deliveries").text
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)" in page
    assert "<i>lạ</i>" not in page


def test_pages_follow_each_other(town: Town) -> None:
    for number in range(60):
        message(town, f"trang-{number:03d}", "failed", channel="telegram", error="flood")
    browser = town.people["admin"]
    first = browser.get("/deliveries?channel=telegram&state=failed").text
    assert "trang-059" in first
    assert "trang-000" not in first
    link = unescape(first.split('rel="next" href="/console', 1)[1].split('"')[0])
    assert "trang-000" in browser.get(link).text


def test_every_reason_is_a_sentence_of_its_own() -> None:
    for word, said in REASONS.items():
        assert said.endswith((".", ")")), word
        assert "BOT_SECRET" not in said or word == "token_unreadable"
