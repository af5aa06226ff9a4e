"""What comes later reaches an open page, once, also when it is loaded again, hidden, or its stream is cut."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

import psycopg
import pytest
from playwright.sync_api import Page, expect

from tests.support.browser import Visit
from tests.support.chat_system import ChatSystem

pytestmark = pytest.mark.timeout(180)


def tell(system: ChatSystem, text: str, button: str = "") -> None:
    """A notice to the conversation that wrote last, as the life of a ticket makes one."""
    buttons = [{"title": button, "payload": "ticket:PA-2026-000001:solved"}] if button else []
    with psycopg.connect(system.database_url.replace("+psycopg", "")) as connection:
        connection.execute(
            "WITH c AS (SELECT id FROM conversations ORDER BY last_message_at DESC LIMIT 1), o AS ("
            " INSERT INTO outbox (conversation_id, channel, body, state) SELECT id, 'web', %s, 'shown' FROM c"
            " RETURNING conversation_id) SELECT pg_notify('shown', conversation_id::text) FROM o",
            (json.dumps({"text": text, "buttons": buttons, "image": None}),),
        )


def greeted(visit: Callable[..., Visit], words: str) -> Visit:
    here = visit()
    with here.page.expect_request("**/api/chat/events"):
        here.say(words)
    expect(here.bot(f"Bạn viết: {words}")).to_have_count(1)
    return here


def test_a_notice_is_shown_at_once_and_once_also_after_loading_again(
    visit: Callable[..., Visit], system: ChatSystem
) -> None:
    here = greeted(visit, "một lời chào")
    tell(system, "Phản ánh PA-2026-000001 đã xử lý xong.", "Đã ổn")
    expect(here.bot("đã xử lý xong")).to_have_count(1, timeout=3000)
    for _ in range(2):
        here.page.reload()
        expect(here.bot("đã xử lý xong")).to_have_count(1)
        expect(here.bot("Bạn viết: một lời chào")).to_have_count(1)
    tell(system, "Một tin nữa")
    expect(here.bot("Một tin nữa")).to_have_count(1, timeout=3000)
    expect(here.bot("đã xử lý xong")).to_have_count(1)
    here.page.get_by_role("button", name="Đã ổn").click()
    expect(here.page.locator(".me .words", has_text="Đã ổn")).to_be_visible()
    here.check()


def test_the_key_of_the_conversation_is_in_no_address(visit: Callable[..., Visit]) -> None:
    here = visit()
    with here.page.expect_request("**/api/chat/events") as asked:
        here.say("khóa ở đâu")
    token = here.page.evaluate("localStorage.getItem('motcua.conversation')")
    assert asked.value.headers["authorization"] == f"Bearer {token}"
    assert asked.value.url == f"{here.url}/api/chat/events"


def test_two_tabs_of_one_conversation_stay_in_step(visit: Callable[..., Visit]) -> None:
    first = greeted(visit, "tab thứ nhất")
    second = first.open()
    expect(second.locator(".bot .words", has_text="Bạn viết: tab thứ nhất")).to_have_count(1)
    second.get_by_label("Câu hỏi hoặc phản ánh của bạn").fill("từ tab hai")
    second.get_by_role("button", name="Gửi", exact=True).click()
    for page in (second, first.page):
        expect(page.locator(".me .words", has_text="từ tab hai")).to_have_count(1)
        expect(page.locator(".bot .words", has_text="Bạn viết: từ tab hai")).to_have_count(1)
    said = first.page.locator("#log .said .words").all_inner_texts()
    assert [re.sub(r"^.*:\s", "", text, flags=re.DOTALL) for text in said] == [
        "tab thứ nhất",
        "tab thứ nhất",
        "từ tab hai",
        "từ tab hai",
    ]


def test_a_stream_that_was_cut_is_opened_again_where_it_ended(visit: Callable[..., Visit], system: ChatSystem) -> None:
    here = greeted(visit, "trước khi đứt")
    tell(system, "Tin thứ nhất")
    expect(here.bot("Tin thứ nhất")).to_have_count(1)
    here.context.set_offline(True)
    system.stop_web()
    tell(system, "Tin khi vắng")
    system.start_web()
    with here.page.expect_request("**/api/chat/events") as asked:
        here.context.set_offline(False)
    assert asked.value.headers["last-event-id"].isdecimal()
    expect(here.bot("Tin khi vắng")).to_have_count(1)
    expect(here.bot("Tin thứ nhất")).to_have_count(1)


def hide(page: Page, hidden: bool) -> None:
    page.evaluate(
        "hidden => { Object.defineProperty(document, 'hidden', { value: hidden, configurable: true });"
        " document.dispatchEvent(new Event('visibilitychange')); }",
        hidden,
    )


def test_a_hidden_page_holds_no_stream_and_catches_up_when_it_is_looked_at(
    visit: Callable[..., Visit], system: ChatSystem
) -> None:
    here = greeted(visit, "sắp ẩn")
    with here.page.expect_event("requestfailed", lambda request: request.url.endswith("/events")):
        hide(here.page, True)
    tell(system, "Tin lúc ẩn")
    here.page.wait_for_timeout(500)
    expect(here.bot("Tin lúc ẩn")).to_have_count(0)
    hide(here.page, False)
    expect(here.bot("Tin lúc ẩn")).to_have_count(1)


def test_a_proxy_that_refuses_streams_leaves_the_page_as_it_was(visit: Callable[..., Visit]) -> None:
    here = visit()
    asked: list[str] = []

    def refuse(route: Any) -> None:
        asked.append(route.request.url)
        route.fulfill(status=503, headers={"Retry-After": "1"}, body="{}")

    here.page.route("**/api/chat/events", refuse)
    here.say("vẫn nói chuyện được")
    expect(here.bot("Bạn viết: vẫn nói chuyện được")).to_have_count(1)
    here.page.wait_for_timeout(3500)
    assert 2 <= len(asked) <= 5
    expect(here.page.locator("#trouble")).to_be_hidden()
    here.check()


def test_a_new_conversation_hears_nothing_of_the_old_one(visit: Callable[..., Visit], system: ChatSystem) -> None:
    here = greeted(visit, "cuộc cũ")
    here.page.get_by_role("button", name="Cuộc trò chuyện mới").click()
    here.page.get_by_role("button", name="Bắt đầu mới").click()
    tell(system, "Tin của cuộc cũ")
    here.say("cuộc mới")
    expect(here.bot("Bạn viết: cuộc mới")).to_have_count(1)
    tell(system, "Tin của cuộc mới")
    expect(here.bot("Tin của cuộc mới")).to_have_count(1)
    expect(here.bot("Tin của cuộc cũ")).to_have_count(0)
