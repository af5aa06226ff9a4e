"""The chat page in headless Chromium, served by the real web process; the engine behind it is a fake."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright
from psycopg.types.json import Jsonb

from bot.storage.database import libpq_url
from tests.support.chat_system import ChatSystem, running_chat
from tests.support.databases import Databases

CHROMIUM = next((path for path in ("/usr/bin/chromium", "/usr/bin/chromium-browser") if Path(path).exists()), None)
ARGUMENTS = [
    *("--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--disable-background-networking"),
    *("--disable-component-update", "--disable-sync", "--no-first-run"),
]
WATCH = """
window.violations = [];
document.addEventListener("securitypolicyviolation", (e) => {
  window.violations.push(e.violatedDirective + " " + e.blockedURI);
});
"""
DESKTOP, PHONE = (1280, 800), (390, 844)

expect.set_options(timeout=15_000)
pytestmark = pytest.mark.timeout(180)


@pytest.fixture(scope="module")
def system(databases: Databases) -> Iterator[ChatSystem]:
    with databases.fresh() as url, running_chat(url, BOT_WAITING_NOTICE_AFTER="1", BOT_REPLY_WAIT="3") as running:
        yield running


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield opened
        opened.close()


class Visit:
    """A visit to the page, and what the browser noticed meanwhile."""

    def __init__(self, context: BrowserContext, url: str) -> None:
        self.context = context
        self.url = url
        self.outside: list[str] = []
        self.errors: list[str] = []
        context.add_init_script(WATCH)
        self.page = self.open()

    def open(self) -> Page:
        page = self.context.new_page()
        page.set_default_timeout(20_000)
        page.on(
            "request", lambda request: None if request.url.startswith(self.url) else self.outside.append(request.url)
        )
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.goto(self.url)
        return page

    def say(self, text: str) -> None:
        self.page.get_by_label("Câu hỏi hoặc phản ánh của bạn").fill(text)
        self.page.get_by_role("button", name="Gửi", exact=True).click()

    def bot(self, text: str) -> Any:
        return self.page.locator(".bot .words", has_text=text)

    def check(self) -> None:
        """Nothing was asked of others, nothing was forbidden, nothing broke."""
        assert self.outside == []
        assert self.errors == []
        assert self.page.evaluate("window.violations") == []


@pytest.fixture
def visit(browser: Browser, system: ChatSystem) -> Iterator[Callable[..., Visit]]:
    contexts: list[Visit] = []
    system.engine.mode, system.engine.delay = "ok", 0

    def open_page(size: tuple[int, int] = DESKTOP, **more: Any) -> Visit:
        context = browser.new_context(viewport={"width": size[0], "height": size[1]}, locale="vi-VN", **more)
        made = Visit(context, system.url)
        contexts.append(made)
        return made

    yield open_page
    for made in contexts:
        made.context.close()


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
    expect(here.page.locator("#form")).to_be_visible()
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


def test_keyboard_alone_is_enough(visit: Callable[..., Visit]) -> None:
    here = visit()
    keys = here.page.keyboard
    keys.press("Tab")
    expect(here.page.get_by_role("link", name="Đến ô nhập câu hỏi")).to_be_focused()
    keys.press("Enter")
    expect(here.page.locator("#text")).to_be_focused()
    keys.type("!buttons")
    keys.press("Shift+Enter")
    keys.press("Backspace")
    keys.press("Enter")
    expect(here.page.get_by_role("button", name="Đăng ký khai sinh", exact=True)).to_be_visible()
    expect(here.page.locator("#text")).to_be_focused()
    for _ in range(4):
        keys.press("Shift+Tab")
        if here.page.evaluate("document.activeElement.textContent") == "Đăng ký khai sinh":
            break
    ring = "getComputedStyle(document.activeElement)"
    assert here.page.evaluate(f"{ring}.outlineStyle") == "solid"
    assert here.page.evaluate(f"parseFloat({ring}.outlineWidth)") >= 2
    keys.press("Enter")
    expect(here.bot("Bạn viết: pick:1.001193:documents")).to_be_visible()
    here.page.get_by_role("button", name="Cuộc trò chuyện mới").focus()
    keys.press("Enter")
    expect(here.page.get_by_role("dialog")).to_be_visible()
    keys.press("Escape")
    expect(here.page.get_by_role("dialog")).to_be_hidden()
    expect(here.page.get_by_role("button", name="Cuộc trò chuyện mới")).to_be_focused()
    expect(here.bot("pick:1.001193:documents")).to_be_visible()


def test_enter_belongs_to_an_input_method_that_composes(visit: Callable[..., Visit]) -> None:
    here = visit()
    box = here.page.get_by_label("Câu hỏi hoặc phản ánh của bạn")
    box.fill("khai sin")
    box.evaluate("e => e.dispatchEvent(new KeyboardEvent('keydown', {key: 'Enter', isComposing: true, bubbles: true}))")
    expect(here.page.locator(".me")).to_have_count(0)
    expect(box).to_have_value("khai sin")


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_no_fault_that_axe_finds(visit: Callable[..., Visit], size: tuple[int, int]) -> None:
    here = visit(size, reduced_motion="reduce")
    rules = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"]}

    def faults() -> list[str]:
        found = Axe().run(here.page, options=rules).response["violations"]
        return [f"{one['id']}: {[node['html'] for node in one['nodes']]}" for one in found]

    assert faults() == []
    here.say("!buttons")
    expect(here.page.get_by_role("button", name="Đăng ký khai sinh", exact=True)).to_be_visible()
    here.say("!link")
    expect(here.page.locator(".bot a")).to_have_count(1)
    here.page.route("**/api/chat", lambda route: route.abort())
    here.say("mất mạng")
    expect(here.page.locator("#trouble")).to_be_visible()
    if size == PHONE:
        here.page.get_by_text("Liên hệ và thông tin").click()
    assert faults() == []
    here.page.get_by_role("button", name="Cuộc trò chuyện mới").click()
    assert faults() == []


def test_answers_are_announced_to_screen_readers(visit: Callable[..., Visit]) -> None:
    here = visit()
    log = here.page.get_by_role("log")
    assert log.get_attribute("aria-live") == "polite"
    here.say("xin chào")
    expect(log).to_contain_text("Trợ lý: Bạn viết: xin chào")
    assert here.page.locator("html").get_attribute("lang") == "vi"


@pytest.mark.parametrize(
    "size", [(320, 568), PHONE, (844, 390), (768, 1024), DESKTOP], ids=lambda size: f"{size[0]}x{size[1]}"
)
def test_nothing_is_cut_off_at_any_width(visit: Callable[..., Visit], size: tuple[int, int]) -> None:
    here = visit(size)
    here.say("!long " + "a" * 300)
    expect(here.page.get_by_role("button", name="Xem đầy đủ")).to_be_visible()
    assert here.page.evaluate("document.documentElement.scrollWidth") <= size[0]
    box = here.page.get_by_label("Câu hỏi hoặc phản ánh của bạn").bounding_box()
    assert box is not None
    assert box["y"] + box["height"] <= size[1]
    log = here.page.get_by_role("log").bounding_box()
    assert log is not None
    assert log["height"] >= 120
    assert here.page.evaluate(
        "document.querySelector('#log').scrollWidth <= document.querySelector('#log').clientWidth"
    )


def test_targets_are_big_enough_for_a_thumb(visit: Callable[..., Visit]) -> None:
    here = visit(PHONE, has_touch=True)
    here.say("!buttons")
    expect(here.page.get_by_role("button", name="Đăng ký khai sinh", exact=True)).to_be_visible()
    boxes = [button.bounding_box() for button in here.page.get_by_role("button").all() if button.is_visible()]
    assert len(boxes) >= 5
    assert all(box and box["height"] >= 44 and box["width"] >= 44 for box in boxes)


def test_page_without_javascript_says_whom_to_call(visit: Callable[..., Visit]) -> None:
    here = visit(java_script_enabled=False)
    expect(here.page.get_by_text("Trang trò chuyện cần JavaScript")).to_be_visible()
    expect(here.page.locator("#form")).to_be_hidden()


def test_page_is_there_quickly(visit: Callable[..., Visit]) -> None:
    here = visit()
    started = time.monotonic()
    here.page.goto(here.url)
    expect(here.page.locator("#form")).to_be_visible()
    assert time.monotonic() - started < 5
    entries = here.page.evaluate("performance.getEntriesByType('resource').map(e => e.encodedBodySize)")
    assert sum(entries) < 40_000, "bytes on the wire"
