"""The corpus in headless Chromium: what a sentence collides with is told while it is typed."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from bot.runtime.project import ROOT
from tests.e2e.test_officers_way import Visit
from tests.support.browser import PHONE
from tests.support.console import PASSWORD, Office, running_office
from tests.support.databases import Databases

pytestmark = pytest.mark.timeout(180)
KEPT = "quét sân đình chiều thứ bảy hằng tuần do tổ nào phụ trách"


@pytest.fixture(scope="module")
def office(databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    data = tmp_path_factory.mktemp("office")
    for part in ("intents", "aliases"):
        shutil.copytree(ROOT / "nlu_data" / part, data / "nlu_data" / part)
    settings = {"BOT_DATA_DIR": str(data), "BOT_CORPUS_DIR": str(data / "nlu_data")}
    with databases.fresh() as url, running_office(url, **settings) as made:
        made.staff("bien", "curator")
        assert made.browser("bien").post("/corpus/intents/hours/add", {"texts": KEPT}).status_code == 303
        yield made


def test_collisions_are_told_while_typing_also_on_a_phone(browser: Browser, office: Office) -> None:
    context = browser.new_context(viewport={"width": PHONE[0], "height": PHONE[1]}, locale="vi-VN")
    visit = Visit(context, office.url)
    page, asked = visit.page, []
    page.on("request", lambda request: asked.append(request.method) if request.url.endswith("/like") else None)
    visit.open("/corpus/intents/contact")
    page.get_by_label("Tên đăng nhập").fill("bien")
    page.get_by_label("Mật khẩu").fill(PASSWORD)
    page.keyboard.press("Enter")
    box, told = page.get_by_label(re.compile("Thêm câu, mỗi dòng một câu")), page.locator("#like li")

    box.press_sequentially("quet san dinh chieu thu bay hang tuan do to nao phu trach", delay=5)
    expect(told).to_have_count(1)
    expect(told.first).to_contain_text("(mâu thuẫn)")
    expect(told.first).to_have_class("serious")
    assert 0 < len(asked) < 10, "asked when the typing rests, not at each key"
    assert set(asked) == {"POST"}

    box.press("Enter")
    box.press_sequentially("<img src=x onerror=alert(1)>")
    expect(told).to_have_count(2)
    expect(told.last).to_contain_text("<img src=x onerror=alert(1)>")
    expect(told.last).to_contain_text("ký hiệu không dùng được")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), "wider than the window"
    assert visit.faults() == []

    with context.expect_page() as opened:
        told.first.get_by_role("link", name="Xem câu ấy").click()
    expect(opened.value.locator(".sentence")).to_have_text([KEPT])
    opened.value.close()

    box.fill("câu này chưa ai viết bao giờ nên không có gì để nhắc")
    expect(told).to_have_count(0)
    visit.check()
    context.close()
