"""The chat page for everybody: keyboard, screen readers, small screens, thumbs, no JavaScript."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from tests.support.browser import DESKTOP, PHONE, Visit

pytestmark = pytest.mark.timeout(180)


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
