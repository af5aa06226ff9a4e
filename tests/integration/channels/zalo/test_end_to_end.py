"""Zalo end to end: the stand-in Official Account, the real web process and two workers, a fake engine."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.standins.control import Standin, zalo_standin
from tests.standins.zalo import App
from tests.support.chat_system import ChatSystem, running_chat
from tests.support.databases import Databases
from tests.support.pictures import picture
from tests.support.pushed import rows, until

APP = App()


def settings(platform: Standin, data: Path) -> dict[str, str]:
    """What connects a system with the stand-in."""
    return {
        "BOT_DATA_DIR": str(data),
        "BOT_ZALO_APP_ID": APP.app_id,
        "BOT_ZALO_APP_SECRET": APP.app_secret,
        "BOT_ZALO_OA_SECRET": APP.oa_secret,
        "BOT_ZALO_REFRESH_TOKEN": APP.first_refresh_token,
        "BOT_ZALO_API_BASE": platform.url,
        "BOT_ZALO_OAUTH_BASE": platform.url,
    }


@pytest.fixture(scope="module")
def running(databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[ChatSystem, Standin]]:
    with (
        databases.fresh() as url,
        zalo_standin(speed=600) as platform,
        running_chat(url, workers=2, **settings(platform, tmp_path_factory.mktemp("data"))) as system,
    ):
        platform.webhook(url=f"{system.url}/webhooks/zalo")
        yield system, platform


def texts(platform: Standin, citizen: str) -> list[str]:
    return [one["text"] for one in platform.sent(citizen=citizen)]


def states(system: ChatSystem, citizen: str) -> list[tuple[str, str | None]]:
    return rows(
        system,
        "SELECT o.state, o.error FROM outbox o JOIN conversations c ON c.id = o.conversation_id"
        " WHERE c.external_id = %(citizen)s ORDER BY o.id",
        citizen=citizen,
    )


def queue(system: ChatSystem, citizen: str, text: str) -> None:
    """A notice, as a ticket would make it."""
    query = (
        "INSERT INTO outbox (conversation_id, channel, body)"
        " SELECT id, 'zalo', jsonb_build_object('text', %(text)s::text) FROM conversations"
        " WHERE external_id = %(citizen)s"
    )
    rows(system, query, citizen=citizen, text=text)


def test_questions_are_answered_in_order_and_once(system: ChatSystem, platform: Standin) -> None:
    platform.configure(duplicates=1.0)
    for text in ("một", "hai", "ba"):
        platform.write(citizen="100", text=text)
        until(lambda text=text: f"Bạn viết: {text}" in texts(platform, "100"))
    platform.configure(duplicates=0.0)
    until(lambda: platform.state()["under_way"] == 0)
    time.sleep(0.5)
    assert texts(platform, "100") == ["Bạn viết: một", "Bạn viết: hai", "Bạn viết: ba"]
    assert states(system, "100") == [("sent", None)] * 3
    # Two workers, each with a sender and a keeper: one exchange. Every delivery, echoes too, was taken at once.
    assert (platform.state()["refreshed"], platform.state()["refused"]) == (1, 0)
    assert {one["status"] for one in platform.deliveries()} == {200}
    assert max(one["seconds"] for one in platform.deliveries()) < 2


def test_choices_are_numbered_and_a_number_chooses(system: ChatSystem, platform: Standin) -> None:
    platform.write(citizen="101", text="!buttons")
    (asked,) = platform.until(1, citizen="101")
    assert asked["buttons"] == []
    assert "1. Đăng ký khai sinh\n2. Đăng ký kết hôn" in asked["text"]
    platform.write(citizen="101", text="chọn 2")
    assert platform.until(2, citizen="101")[1]["text"] == "Bạn viết: pick:1.000894:documents"


def test_a_long_answer_comes_in_parts_that_zalo_takes(system: ChatSystem, platform: Standin) -> None:
    platform.write(citizen="102", text="!long")
    until(lambda: len(states(system, "102")) >= 5 and {state for state, _ in states(system, "102")} == {"sent"})
    lines = [line for text in texts(platform, "102") for line in text.split("\n\n") if line.startswith("Đoạn")]
    assert [int(line.split()[1].rstrip(":")) for line in lines] == list(range(20))


@pytest.mark.parametrize(("act", "first"), [("end_access", 110), ("forget_access", 120)])
def test_a_token_that_dies_is_renewed_once_and_nothing_is_lost(
    system: ChatSystem, platform: Standin, act: str, first: int
) -> None:
    before = platform.state()["refreshed"]
    getattr(platform, act)()
    citizens = [str(number) for number in range(first, first + 10)]
    platform.write_many(messages=[[citizen, "câu hỏi"] for citizen in citizens])
    until(lambda: all(texts(platform, citizen) for citizen in citizens))
    assert platform.state()["refreshed"] == before + 1
    assert platform.state()["refused"] == 0
    assert all(texts(platform, citizen) == ["Bạn viết: câu hỏi"] for citizen in citizens)


@pytest.mark.parametrize(
    ("fault", "citizen", "state", "error"),
    [
        ({"kind": "refuse", "error": {"error": -227}}, "130", "failed", "inactive"),
        ({"kind": "refuse", "error": {"error": -230}}, "131", "failed", "window_closed"),
        ({"kind": "after_status", "status": 502}, "132", "unknown", "http_502"),
        ({"kind": "after_drop"}, "133", "unknown", "broken_off"),
        ({"kind": "drop"}, "134", "unknown", "broken_off"),
    ],
)
def test_what_became_of_a_message_is_written_down_and_never_sent_twice(
    system: ChatSystem, platform: Standin, fault: dict[str, Any], citizen: str, state: str, error: str
) -> None:
    platform.fail(call="send", **fault)
    platform.write(citizen=citizen, text="một")
    until(lambda: states(system, citizen) == [(state, error)])
    platform.write(citizen=citizen, text="hai")
    until(lambda: states(system, citizen) == [(state, error), ("sent", None)])
    sent = texts(platform, citizen)
    assert sent[-1] == "Bạn viết: hai"
    assert sent.count("Bạn viết: một") == ("after" in fault["kind"])


def test_too_fast_waits(system: ChatSystem, platform: Standin) -> None:
    platform.fail(call="send", kind="refuse", error={"error": -200})
    platform.write(citizen="140", text="một")
    until(lambda: states(system, "140") == [("queued", "send_failed")])
    rows(system, "UPDATE outbox SET not_before = now() WHERE state = 'queued'")
    platform.until(1, citizen="140")


def test_whoever_unfollows_is_left_alone_until_they_write(system: ChatSystem, platform: Standin) -> None:
    platform.write(citizen="150", text="một")
    platform.until(1, citizen="150")
    platform.follow(citizen="150", follows=False)
    query = "SELECT opted_out_at IS NOT NULL FROM conversations WHERE external_id = '150'"
    until(lambda: rows(system, query) == [(True,)])
    platform.follow(citizen="150")
    until(lambda: rows(system, query) == [(False,)])
    # Zalo knows it before we do.
    platform.refuse(citizen="150", code=-213)
    platform.write(citizen="150", text="hai")
    until(lambda: states(system, "150")[-1][0] == "opted_out")
    platform.refuse(citizen="150", code=0)
    platform.write(citizen="150", text="ba")
    assert platform.until(2, citizen="150")[1]["text"] == "Bạn viết: ba"


def test_outside_of_the_window_nothing_is_sent_and_staff_see_why(system: ChatSystem, platform: Standin) -> None:
    """Notices about tickets, days after the citizen wrote."""
    before = platform.state()["paid"]
    for citizen, days, word in (("160", 3, "window_paid"), ("161", 8, "window_closed")):
        platform.write(citizen=citizen, text="một")
        platform.until(1, citizen=citizen)
        rows(
            system,
            "UPDATE conversations SET last_message_at = now() - make_interval(days => %(days)s)"
            " WHERE external_id = %(citizen)s",
            citizen=citizen,
            days=days,
        )
        queue(system, citizen, "Phản ánh của bạn đã xong")
        until(lambda citizen=citizen, word=word: states(system, citizen)[-1] == ("failed", word))
        assert texts(platform, citizen) == ["Bạn viết: một"]
    assert platform.state()["paid"] == before


def test_places_and_pictures_reach_the_report(system: ChatSystem, platform: Standin) -> None:
    platform.location(citizen="170", latitude="21.0285", longitude="105.8542")
    assert platform.until(1, citizen="170")[0]["text"] == "Bạn viết: location:21.028500,105.854200"
    platform.location(citizen="170", latitude=21.0285, longitude=105.8542)
    assert platform.until(2, citizen="170")[1]["text"] == "Bạn viết: location:21.028500,105.854200"
    platform.photo(citizen="170", body=picture())
    shown = platform.until(3, citizen="170")[2]["text"]
    assert shown.startswith("Bạn viết: photo:")
    key = shown.removeprefix("Bạn viết: photo:")
    assert rows(system, "SELECT width, height FROM ticket_photos WHERE key = %(key)s", key=key) == [(800, 600)]
    # Said to lie on this machine, or anywhere else: not fetched, and told.
    for url in (f"{system.url}/metrics", "https://evil.example/1.jpg", "http://169.254.169.254/latest"):
        platform.photo_at(citizen="171", url=url)
    answers = platform.until(3, citizen="171")
    assert not any("photo:" in one["text"] for one in answers)


def test_stickers_voice_and_files_get_an_answer(system: ChatSystem, platform: Standin) -> None:
    platform.sticker(citizen="180")
    platform.until(1, citizen="180")
    platform.audio(citizen="180")
    platform.until(2, citizen="180")
    platform.file(citizen="180", name="don.pdf")
    assert all(one["text"] for one in platform.until(3, citizen="180"))


def test_people_without_an_account_are_answered_in_their_conversation(system: ChatSystem, platform: Standin) -> None:
    platform.write_anonymously(citizen="1ffedc467f179649cf06", conversation="fa8f3f87", text="Cho hỏi")
    (answer,) = platform.until(1, citizen="1ffedc467f179649cf06")
    assert answer["text"] == "Bạn viết: Cho hỏi"


def test_whoever_withdraws_consent_is_erased(system: ChatSystem, platform: Standin) -> None:
    platform.write(citizen="190", text="số tôi là 0912 345 678")
    platform.until(1, citizen="190")
    platform.withdraw(citizen="190")
    until(lambda: rows(system, "SELECT 1 FROM conversations WHERE external_id = '190'") == [])


def test_metrics_show_the_webhook_and_the_tokens(system: ChatSystem, platform: Standin) -> None:
    httpx.post(f"{system.url}/webhooks/zalo", content=b"{}", timeout=5)
    platform.write(citizen="195", text="một")
    platform.until(1, citizen="195")
    time.sleep(1.1)
    text = httpx.get(f"{system.url}/metrics", timeout=10).text
    assert 'motcua_webhooks_total{channel="zalo",outcome="taken"}' in text
    assert 'motcua_webhooks_total{channel="zalo",outcome="own"}' in text
    assert 'motcua_webhooks_total{channel="zalo",outcome="bad_signature"}' in text
    left = next(line for line in text.splitlines() if line.startswith("motcua_zalo_refresh_token_seconds "))
    assert 89 * 86400 < float(left.split()[1]) <= 90 * 86400
    assert "motcua_zalo_token_trouble{" not in text


def test_a_web_process_that_was_away_loses_nothing(system: ChatSystem, platform: Standin) -> None:
    """Zalo comes again by its schedule, here 600 times faster."""
    system.stop_web()
    platform.write(citizen="200", text="một")
    until(lambda: any(one["status"] == 0 for one in platform.deliveries()))
    system.start_web()
    assert platform.until(1, citizen="200")[0]["text"] == "Bạn viết: một"
