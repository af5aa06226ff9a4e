"""The list of undelivered messages in headless Chromium: filter, read why, send again; on a desktop and a telephone."""

from __future__ import annotations

import json
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
    with databases.fresh() as url, running_office(url) as made:
        made.staff("minh", "supervisor")
        code = made.ticket("rac_thai")
        for channel, state, error, text in (
            ("zalo", "failed", "window_closed", f"Phản ánh {code} của bạn đã được chuyển đến đơn vị xử lý."),
            ("telegram", "unknown", "TimedOut", f"Phản ánh {code} đã xử lý xong. Bạn xem kết quả đã ổn chưa nhé?"),
            (
                "telegram",
                "opted_out",
                "blocked",
                "Lệ phí: miễn phí khi nộp tại Ủy ban nhân dân cấp xã.",
            ),
            ("zalo", "failed", "quota", "Hồ sơ cần có:\n• Tờ khai theo mẫu\n• Giấy chứng sinh\n• Giấy tờ tùy thân"),
        ):
            body = json.dumps({"text": text, "buttons": [], "image": None}, ensure_ascii=False)
            made.execute(
                "WITH c AS (INSERT INTO conversations (key, channel, external_id, opted_out_at) VALUES"
                f" (gen_random_uuid(), '{channel}', gen_random_uuid()::text,"
                f" {'now()' if state == 'opted_out' else 'NULL'}) RETURNING id)"
                " INSERT INTO outbox (conversation_id, channel, body, state, tries, error)"
                f" SELECT id, '{channel}', '{body}'::jsonb, '{state}', 1, '{error}' FROM c"
            )
        yield made


def entered(browser: Browser, office: Office, size: tuple[int, int]) -> Page:
    context = browser.new_context(viewport={"width": size[0], "height": size[1]}, locale="vi-VN")
    context.add_init_script(WATCH)
    page = context.new_page()
    page.set_default_timeout(15_000)
    page.goto(f"{office.url}/console")
    page.get_by_label("Tên đăng nhập").fill("minh")
    page.get_by_label("Mật khẩu").fill(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Phản ánh", exact=True)).to_be_visible()
    return page


def picture(page: Page, name: str) -> None:
    if FOLDER:
        page.screenshot(path=Path(FOLDER) / f"{name}.png", full_page=True)


@pytest.mark.parametrize("size", [DESKTOP, PHONE])
def test_the_list_fits_and_says_why(browser: Browser, office: Office, size: tuple[int, int]) -> None:
    page = entered(browser, office, size)
    if size == PHONE:
        page.get_by_role("button", name="Menu").click()
    else:
        page.get_by_text("Phản ánh", exact=True).first.click()
    page.get_by_role("link", name="Tin chưa gửi được").click()
    expect(page.get_by_role("heading", name="Tin chưa gửi được")).to_be_visible()
    expect(page.get_by_text("Quá 7 ngày người dân không nhắn cho OA")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), "wider than the window"
    assert page.evaluate("window.violations") == []
    picture(page, f"deliveries-{size[0]}")
    page.context.close()


def test_what_may_have_arrived_needs_a_mark_and_is_sent_once(browser: Browser, office: Office) -> None:
    page = entered(browser, office, PHONE)
    page.goto(f"{office.url}/console/deliveries?state=unknown")
    row = page.get_by_role("row").filter(has_text="đã xử lý xong")
    row.get_by_role("button").click()  # the browser asks for the mark
    assert office.rows("SELECT count(*) FROM outbox WHERE state = 'queued'") == [(0,)]
    row.get_by_role("checkbox").check()
    row.get_by_role("button").dblclick()
    expect(page.get_by_text("Không có tin nào chưa gửi được")).to_be_visible()
    picture(page, "deliveries-sent")
    assert office.rows("SELECT count(*) FROM outbox WHERE state = 'queued'") == [(1,)]
    assert office.rows("SELECT count(*) FROM audit_log WHERE action = 'delivery.resend'") == [(1,)]
    page.context.close()
