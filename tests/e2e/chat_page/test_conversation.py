"""A conversation on the chat page: questions, buttons, what is remembered, what outsiders write."""

from __future__ import annotations

from collections.abc import Callable

import psycopg
import pytest
from playwright.sync_api import expect
from psycopg.types.json import Jsonb

from bot.storage.database import libpq_url
from tests.support.browser import Visit
from tests.support.chat_system import ChatSystem

pytestmark = pytest.mark.timeout(180)


def test_question_is_answered(visit: Callable[..., Visit]) -> None:
    here = visit()
    expect(here.page).to_have_title("Trợ lý ảo Phường Mẫu")
    expect(here.page.get_by_text("Trợ lý tự động, không phải cán bộ", exact=True)).to_be_visible()
    here.say("làm khai sinh cần gì")
    expect(here.bot("Bạn viết: làm khai sinh cần gì")).to_be_visible()
    expect(here.page.locator("#typing")).to_be_hidden()
    here.check()


def test_buttons_are_pressed_and_stay_usable(visit: Callable[..., Visit]) -> None:
    here = visit()
    here.say("!buttons")
    choice = here.page.get_by_role("button", name="Đăng ký kết hôn", exact=True)
    choice.click()
    expect(here.page.locator(".me .words").last).to_contain_text("Đăng ký kết hôn")
    expect(here.bot("Bạn viết: pick:1.000894:documents")).to_have_count(1)
    choice.click()
    expect(here.bot("Bạn viết: pick:1.000894:documents")).to_have_count(2)
    here.check()


def test_suggestions_begin_a_conversation(visit: Callable[..., Visit]) -> None:
    here = visit()
    here.page.get_by_role("button", name="Gửi phản ánh").click()
    expect(here.bot("Bạn viết: menu:report")).to_be_visible()
    here.page.get_by_role("button", name="Đăng ký khai sinh cần giấy tờ gì?").click()
    expect(here.bot("Bạn viết: Đăng ký khai sinh cần giấy tờ gì?")).to_be_visible()


def test_what_comes_from_outside_is_text_and_only_web_addresses_are_links(visit: Callable[..., Visit]) -> None:
    here = visit()
    here.say("!link <script>alert(1)</script>")
    expect(here.bot("<img src=x onerror=alert(1)> <b>đậm</b>")).to_be_visible()
    links = here.page.locator(".bot a")
    expect(links).to_have_count(1)
    assert links.first.get_attribute("href") == "https://dichvucong.gov.vn/p/home?ma=1.001193"
    assert links.first.get_attribute("rel") == "noopener noreferrer nofollow"
    expect(here.page.locator(".log img, .log b, .log script")).to_have_count(0)
    here.check()


def test_what_happened_to_a_report_is_told_when_the_citizen_looks_again(
    visit: Callable[..., Visit], system: ChatSystem
) -> None:
    here = visit()
    here.say("lệ phí khai sinh")
    expect(here.bot("Bạn viết: lệ phí khai sinh")).to_be_visible()
    body = Jsonb({"text": "Phản ánh đã được xử lý xong.", "image": None,
                  "buttons": [{"title": "Đã xong", "payload": "ticket:PA-2026-000001:solved"}]})  # fmt: skip
    with psycopg.connect(libpq_url(system.database_url), autocommit=True) as connection:
        connection.execute(
            "INSERT INTO outbox (conversation_id, channel, body, state)"
            " SELECT max(id), 'web', %s, 'shown' FROM conversations",
            (body,),
        )
    for _ in range(2):  # told once, however often one looks
        here.page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
        expect(here.bot("Phản ánh đã được xử lý xong.")).to_have_count(1)
    here.page.reload()
    expect(here.bot("Phản ánh đã được xử lý xong.")).to_have_count(1)
    expect(here.page.get_by_role("button", name="Đã xong")).to_be_visible()
    expect(here.page.locator(".me")).to_have_count(1)
    here.check()


def test_conversation_is_there_after_reload_and_gone_after_a_new_one(visit: Callable[..., Visit]) -> None:
    here = visit()
    here.say("!buttons")
    here.page.get_by_role("button", name="Đăng ký kết hôn", exact=True).click()
    expect(here.bot("pick:1.000894:documents")).to_be_visible()
    here.page.reload()
    expect(here.bot("pick:1.000894:documents")).to_be_visible()
    assert here.page.locator(".me .words").all_text_contents() == ["Bạn: !buttons", "Bạn: Đăng ký kết hôn"]
    here.page.get_by_role("button", name="Gặp cán bộ").last.click()
    expect(here.bot("menu:handoff")).to_be_visible()
    here.page.get_by_role("button", name="Cuộc trò chuyện mới").click()
    here.page.get_by_role("button", name="Quay lại").click()
    expect(here.bot("menu:handoff")).to_be_visible()
    here.page.get_by_role("button", name="Cuộc trò chuyện mới").click()
    here.page.get_by_role("button", name="Bắt đầu mới").click()
    expect(here.page.locator(".said")).to_have_count(0)
    here.page.reload()
    expect(here.page.locator("#form")).to_be_visible()
    expect(here.page.locator(".said")).to_have_count(0)
    here.check()


def test_messages_sent_quickly_are_answered_in_order(visit: Callable[..., Visit], system: ChatSystem) -> None:
    system.engine.delay = 0.2
    here = visit()
    for number in range(4):
        here.say(f"nhanh {number}")
    expect(here.bot("nhanh 3")).to_be_visible()
    assert [said for _, _, said in system.engine.taken if said.startswith("nhanh")] == [f"nhanh {n}" for n in range(4)]


def test_forgotten_conversation_is_replaced_without_losing_the_message(visit: Callable[..., Visit]) -> None:
    here = visit()
    here.page.evaluate("localStorage.setItem('motcua.conversation', 'A'.repeat(43))")
    here.page.reload()
    # The page forgets it once it has asked for the history; before that it would forget the second one, too.
    here.page.wait_for_function("!localStorage.getItem('motcua.conversation')")
    here.page.evaluate("localStorage.setItem('motcua.conversation', 'A'.repeat(43))")
    here.say("tôi vẫn ở đây")
    expect(here.bot("Bạn viết: tôi vẫn ở đây")).to_be_visible()
    expect(here.page.get_by_text("Cuộc trò chuyện trước không còn nữa")).to_be_visible()


def test_too_long_a_text_is_said_before_it_is_sent(visit: Callable[..., Visit], system: ChatSystem) -> None:
    here = visit()
    box = here.page.get_by_label("Câu hỏi hoặc phản ánh của bạn")
    box.fill("a" * 1990)
    expect(here.page.locator("#count")).to_have_text("1.990/2.000 ký tự")
    box.fill("a" * 2001)
    here.page.get_by_role("button", name="Gửi", exact=True).click()
    expect(box).to_have_value("a" * 2001)
    expect(here.page.locator("#count-said")).to_contain_text("Dài quá 2000 ký tự")
    expect(here.page.locator(".me")).to_have_count(0)
