"""Sending a picture and a place from the chat page, in headless Chromium; the engine behind it is a fake."""

from __future__ import annotations

from collections.abc import Iterator

import psycopg
import pytest
from playwright.sync_api import Browser, Page, expect

from tests.support.browser import PHONE, Visit
from tests.support.chat_system import ChatSystem, running_chat
from tests.support.databases import Databases
from tests.support.pictures import picture

pytestmark = pytest.mark.timeout(180)


@pytest.fixture(scope="module")
def system(databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> Iterator[ChatSystem]:
    folder = str(tmp_path_factory.mktemp("data"))
    with databases.fresh() as url, running_chat(url, BOT_DATA_DIR=folder) as running:
        yield running


@pytest.fixture
def visit(browser: Browser, system: ChatSystem) -> Iterator[Visit]:
    context = browser.new_context(
        viewport={"width": PHONE[0], "height": PHONE[1]},
        locale="vi-VN",
        geolocation={"latitude": 10.762622, "longitude": 106.660172},
        permissions=["geolocation"],
    )
    made = Visit(context, system.url)
    yield made
    assert made.errors == []
    assert made.page.evaluate("window.violations") == []
    context.close()


def choose(page: Page, name: str, data: bytes) -> None:
    with page.expect_file_chooser() as chooser:
        page.get_by_role("button", name="Gửi ảnh").click()
    chooser.value.set_files([{"name": name, "mimeType": "image/jpeg", "buffer": data}])


def payloads(system: ChatSystem) -> list[str]:
    with psycopg.connect(system.database_url.replace("+psycopg", "")) as connection:
        rows = connection.execute("SELECT body FROM messages WHERE kind = 'payload' ORDER BY id").fetchall()
    return [str(row[0]) for row in rows]


def test_a_picture_is_sent_from_a_fresh_page(visit: Visit, system: ChatSystem) -> None:
    choose(visit.page, "anh.jpg", picture(1600, 1200))
    expect(visit.page.locator(".me .words", has_text="Ảnh đã gửi")).to_be_visible()
    expect(visit.page.locator("#attach-said")).to_have_text("")
    begun, sent = payloads(system)[-2:]
    assert begun == "menu:report"
    assert sent.startswith("photo:")
    with psycopg.connect(system.database_url.replace("+psycopg", "")) as connection:
        row = connection.execute("SELECT width FROM ticket_photos WHERE key = %s", (sent[6:],)).fetchone()
    assert row == (1600,)


def test_what_is_no_picture_is_told_and_nothing_is_said(visit: Visit, system: ChatSystem) -> None:
    visit.say("xin chào")
    expect(visit.page.locator(".bot .words").nth(0)).to_be_visible()
    before = payloads(system)
    choose(visit.page, "anh.jpg", b"not a picture")
    expect(visit.page.locator("#attach-said")).to_contain_text("Không đọc được tệp này")
    assert payloads(system) == before


def test_a_place_is_sent(visit: Visit, system: ChatSystem) -> None:
    visit.page.get_by_role("button", name="Gửi vị trí").click()
    expect(visit.page.locator(".me .words", has_text="Vị trí đã chia sẻ")).to_be_visible()
    expect(visit.page.locator(".bot .words").first).to_be_visible()  # what is shown at once is stored once answered
    assert payloads(system)[-1] == "location:10.762622,106.660172"


def test_a_place_that_is_not_allowed_is_told(browser: Browser, system: ChatSystem) -> None:
    context = browser.new_context(locale="vi-VN")
    visit = Visit(context, system.url)
    visit.page.get_by_role("button", name="Gửi vị trí").click()
    expect(visit.page.locator("#attach-said")).to_contain_text("ghi địa điểm bằng chữ")
    context.close()
