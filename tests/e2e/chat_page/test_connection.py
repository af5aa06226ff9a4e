"""The chat page when the connection, the server or the answer is slow or lost: nothing twice, nothing missing."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.support.browser import Visit
from tests.support.chat_system import ChatSystem

pytestmark = pytest.mark.timeout(180)


def test_reload_in_the_middle_of_a_turn_loses_and_doubles_nothing(
    visit: Callable[..., Visit], system: ChatSystem
) -> None:
    here = visit()
    here.say("!sleep 1.5")
    expect(here.page.locator("#typing")).to_be_visible()
    here.page.reload()
    expect(here.bot("Bạn viết: !sleep 1.5")).to_have_count(1)
    expect(here.page.locator(".me")).to_have_count(1)
    assert len([1 for _, _, said in system.engine.taken if said == "!sleep 1.5"]) == 1


def test_lost_connection_is_told_and_the_message_is_sent_again_with_its_id(visit: Callable[..., Visit]) -> None:
    here = visit()
    ids: list[str] = []

    def cut(route: Any) -> None:
        ids.append(route.request.post_data_json["message_id"])
        if len(ids) <= 2:
            route.abort()
        else:
            route.continue_()

    here.page.route("**/api/chat", cut)
    here.say("còn đó không")
    expect(here.page.locator("#trouble")).to_contain_text("Chưa kết nối được")
    here.page.get_by_role("button", name="Thử lại ngay").click()
    expect(here.bot("Bạn viết: còn đó không")).to_have_count(1)
    expect(here.page.locator("#trouble")).to_be_hidden()
    assert len(ids) >= 3
    assert len(set(ids)) == 1


def test_answer_whose_way_back_was_cut_is_not_asked_twice(visit: Callable[..., Visit], system: ChatSystem) -> None:
    here = visit()
    seen: list[int] = []

    def lose_first(route: Any) -> None:
        response = route.fetch()
        seen.append(response.status)
        if len(seen) == 1:
            route.abort()
        else:
            route.fulfill(response=response)

    here.page.route("**/api/chat", lose_first)
    here.say("câu trả lời bị mất")
    expect(here.bot("Bạn viết: câu trả lời bị mất")).to_have_count(1)
    assert len([1 for _, _, said in system.engine.taken if said == "câu trả lời bị mất"]) == 1


def test_web_process_that_starts_again_is_waited_for(visit: Callable[..., Visit], system: ChatSystem) -> None:
    here = visit()
    here.say("xin chào")
    expect(here.bot("Bạn viết: xin chào")).to_be_visible()
    system.stop_web()
    here.say("sau khi khởi động lại")
    expect(here.page.locator("#trouble")).to_be_visible()
    system.start_web()
    expect(here.bot("Bạn viết: sau khi khởi động lại")).to_have_count(1, timeout=30_000)
    expect(here.page.locator("#trouble")).to_be_hidden()


def test_slow_answer_is_announced_once(visit: Callable[..., Visit]) -> None:
    here = visit()
    here.say("!sleep 2.5")
    expect(here.page.locator("#typing")).to_contain_text("Trợ lý đang trả lời")
    expect(here.page.locator("#typing")).to_contain_text("Câu trả lời đang được chuẩn bị")
    expect(here.bot("Bạn viết: !sleep 2.5")).to_be_visible()


def test_turn_longer_than_the_servers_patience_is_asked_for_again(
    visit: Callable[..., Visit], system: ChatSystem
) -> None:
    here = visit()
    here.say("!sleep 4.5")
    expect(here.bot("Bạn viết: !sleep 4.5")).to_have_count(1)
    expect(here.page.locator("#trouble")).to_be_hidden()
    assert len([1 for _, _, said in system.engine.taken if said == "!sleep 4.5"]) == 1


def test_page_is_there_quickly(visit: Callable[..., Visit]) -> None:
    here = visit()
    started = time.monotonic()
    here.page.goto(here.url)
    expect(here.page.locator("#form")).to_be_visible()
    assert time.monotonic() - started < 5
    entries = here.page.evaluate("performance.getEntriesByType('resource').map(e => e.encodedBodySize)")
    assert sum(entries) < 40_000, "bytes on the wire"
