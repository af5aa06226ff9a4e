"""A citizen's page and an officer's page in headless Chromium, talking both ways through the real processes."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.support.browser import DESKTOP, PHONE, WATCH
from tests.support.console import PASSWORD, Office, running_office
from tests.support.databases import Databases

pytestmark = pytest.mark.timeout(180)
FOLDER = os.environ.get("SCREENSHOTS")
"""Where pictures are kept that somebody wants to look at."""


@pytest.fixture(scope="module")
def office(databases: Databases) -> Iterator[Office]:
    with databases.fresh() as url, running_office(url, workers=1) as made:
        made.staff("lan", "officer")
        made.staff("minh", "supervisor")
        yield made


def page_of(browser: Browser, size: tuple[int, int]) -> Page:
    context = browser.new_context(viewport={"width": size[0], "height": size[1]}, locale="vi-VN")
    context.add_init_script(WATCH)
    page = context.new_page()
    page.set_default_timeout(15_000)
    return page


def picture(page: Page, name: str) -> None:
    if FOLDER:
        page.screenshot(path=Path(FOLDER) / f"{name}.png", full_page=True)


def write(page: Page, text: str) -> None:
    page.locator("#text").fill(text)
    page.locator("#text").press("Enter")


def test_a_citizen_and_an_officer_talk_and_the_bot_goes_on(browser: Browser, office: Office) -> None:
    citizen, officer = page_of(browser, PHONE), page_of(browser, DESKTOP)
    citizen.goto(office.url)
    write(citizen, "!live")
    expect(citizen.get_by_text("Tôi đã báo cho cán bộ.")).to_be_visible()

    officer.goto(f"{office.url}/console/chats")
    officer.get_by_label("Tên đăng nhập").fill("lan")
    officer.get_by_label("Mật khẩu").fill(PASSWORD)
    officer.keyboard.press("Enter")
    expect(officer.get_by_role("heading", name="Đang chờ cán bộ 1")).to_be_visible()
    picture(officer, "chats-waiting")
    officer.locator(".chats a").first.click()
    officer.get_by_role("button", name="Nhận cuộc trò chuyện").click()
    expect(officer.get_by_text("bạn đang giữ", exact=True)).to_be_visible()
    expect(citizen.locator("#desk")).to_contain_text("Bạn đang trò chuyện với cán bộ của")
    expect(citizen.locator("#desk")).not_to_contain_text("lan")

    before = len(office.system.engine.taken)
    write(citizen, "tôi là Hoa 0912345678 <img src=x onerror=window.hacked=1>")
    expect(officer.locator(".talk .citizen .words").last).to_have_text(
        "tôi là Hoa (số điện thoại) <img src=x onerror=window.hacked=1>"
    )
    expect(citizen.locator("#typing")).to_be_hidden()
    box = officer.get_by_label("Nhắn cho người dân")
    box.press_sequentially("Chào bạn")
    expect(citizen.locator("#typing-text")).to_have_text("Cán bộ đang gõ…")
    picture(citizen, "citizen-typing")
    box.fill("Chào bạn, <i>mời</i> bạn mang giấy tờ gốc đến.")
    box.press("Control+Enter")
    expect(citizen.locator(".said.staff").last).to_contain_text("Chào bạn, <i>mời</i> bạn mang giấy tờ gốc đến.")
    expect(box).to_have_value("")
    expect(officer.locator(".talk .staff .words").last).to_have_text("Chào bạn, <i>mời</i> bạn mang giấy tờ gốc đến.")
    picture(officer, "chat-taken")
    assert len(office.system.engine.taken) == before, "no turn of the engine"

    citizen.reload()
    expect(citizen.locator("#desk")).to_contain_text("Bạn đang trò chuyện với cán bộ")
    expect(citizen.locator(".said.staff")).to_have_count(1)

    officer.set_viewport_size({"width": PHONE[0], "height": PHONE[1]})
    assert officer.evaluate("document.documentElement.scrollWidth <= innerWidth"), "wider than the window"
    picture(officer, "chat-taken-phone")
    officer.get_by_role("button", name="Kết thúc, hỏi mức hài lòng").click()
    expect(officer.get_by_text("Đã kết thúc. Người dân được hỏi")).to_be_visible()
    expect(citizen.locator("#desk")).to_be_hidden()
    citizen.get_by_role("button", name="5 sao").click()
    expect(citizen.get_by_text("Cảm ơn bạn đã đánh giá 5 sao.")).to_be_visible()
    write(citizen, "lệ phí")
    expect(citizen.get_by_text("Bạn viết: lệ phí")).to_be_visible()
    officer.reload()
    expect(officer.get_by_text("người dân đánh giá 5/5")).to_be_visible()
    for page in (citizen, officer):
        assert page.evaluate("window.violations") == []
        assert page.evaluate("window.hacked") is None
        page.context.close()


def log_in(page: Page, office: Office, name: str, path: str) -> None:
    page.goto(f"{office.url}/console{path}")
    page.get_by_label("Tên đăng nhập").fill(name)
    page.get_by_label("Mật khẩu").fill(PASSWORD)
    page.keyboard.press("Enter")


def test_an_officer_on_another_page_is_told_once_that_a_citizen_waits(browser: Browser, office: Office) -> None:
    officer = page_of(browser, PHONE)
    log_in(officer, office, "minh", "/tickets")
    expect(officer.locator("#bell")).to_be_attached()
    ask = "document.dispatchEvent(new Event('visibilitychange'))"  # as when somebody comes back to the page
    office.system.say("!live")
    [(number,)] = office.rows("SELECT max(id) FROM conversations")
    officer.evaluate(ask)
    told = officer.locator("#bell a")
    expect(told).to_have_text("Có người dân đang chờ cán bộ (trang trò chuyện)")
    expect(told).to_have_attribute("href", f"/console/chats/{number}")
    expect(officer.locator(".menu-button [data-bell=all] .count")).to_have_text("1")
    assert officer.evaluate("document.documentElement.scrollWidth <= innerWidth"), "wider than the window"
    picture(officer, "bell-phone")

    with officer.expect_response("**/notices/bell"):
        officer.evaluate(ask)
    expect(told).to_have_count(1)
    officer.reload()
    with officer.expect_response("**/notices/bell"):
        officer.evaluate(ask)
    expect(officer.locator(".menu-button [data-bell=all] .count")).to_have_text("1")
    expect(told).to_have_count(0)

    for _ in range(5):
        office.system.say("!live")
    officer.evaluate(ask)
    expect(officer.locator(".menu-button [data-bell=all] .count")).to_have_text("6")
    expect(told).to_have_count(3)
    first = told.first.get_attribute("href")
    officer.get_by_role("button", name="Đóng").first.click()
    officer.evaluate(ask)
    expect(told).to_have_count(3)
    assert first not in [link.get_attribute("href") for link in told.all()]
    lan = office.browser("lan")
    for (waiting,) in office.rows("SELECT conversation_id FROM live_chats WHERE state = 'waiting'"):
        assert lan.post(f"/chats/{waiting}/take").status_code == 303
    officer.evaluate(ask)
    expect(told).to_have_count(0)
    expect(officer.locator(".menu-button [data-bell=all] .count")).to_have_count(0)
    assert officer.evaluate("window.violations") == []
    officer.context.close()
