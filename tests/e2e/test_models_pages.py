"""Training and models in headless Chromium: readable for all, at desktop and phone width; nothing asked of others."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.e2e.test_officers_way import Visit
from tests.support.browser import DESKTOP, PHONE
from tests.support.console import PASSWORD, Office, running_office
from tests.support.databases import Databases
from tests.support.models import Seeded, seed

pytestmark = pytest.mark.timeout(120)


@pytest.fixture(scope="module")
def office(databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Office, Seeded]]:
    data: Path = tmp_path_factory.mktemp("office")
    with databases.fresh() as url, running_office(url, BOT_DATA_DIR=str(data)) as made:
        made.staff("an", "admin")
        yield made, seed(made, data)


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_every_page_can_be_read_by_all_and_asks_nobody_else(
    browser: Browser, office: tuple[Office, Seeded], size: tuple[int, int]
) -> None:
    made, seeded = office
    context = browser.new_context(viewport={"width": size[0], "height": size[1]}, locale="vi-VN")
    visit = Visit(context, made.url)
    page = visit.page
    visit.open("/login")
    page.get_by_label("Tên đăng nhập").fill("an")
    page.get_by_label("Mật khẩu").fill(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.locator(".me summary")).to_be_visible()

    visit.open("/training")
    page.get_by_label("Ghi chú cho lần huấn luyện này").fill("thử trên trình duyệt")
    page.get_by_role("button", name="Huấn luyện", exact=True).click()
    expect(page.get_by_role("heading", name="Lần huấn luyện")).to_be_visible()
    assert visit.faults() == []
    number = page.url.rpartition("/")[2]
    made.execute(f"UPDATE training_runs SET state = 'training', log = 'đang nạp', progress = 40 WHERE id = {number}")
    expect(page.locator("[data-part=label]")).to_have_text("đang huấn luyện")  # without loading the page anew
    expect(page.locator(".log")).to_have_text("đang nạp")
    page.get_by_role("button", name="Huỷ lần này").click()
    made.execute(f"UPDATE training_runs SET state = 'cancelled' WHERE id = {number}")
    expect(page.get_by_role("button", name="Huỷ lần này")).to_have_count(0)

    model = f"/models/{seeded.candidate}"
    for path in ("/training", "/models", model, f"{model}/compare", "/gates"):
        visit.open(path)
        expect(page.locator("h1")).to_be_visible()
        expect(page.locator(".purpose").first).to_be_visible()
        if summary := page.locator("main details summary").all():
            summary[0].click()
            expect(page.locator("svg.chart").first).to_be_visible()
        assert visit.faults() == [], path
        wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wide <= 0, f"{path} is wider than the window by {wide}"

    visit.open(f"{model}/compare")
    page.get_by_role("button", name="Từ chối câu 1").click()
    expect(page.get_by_text("từ chối (1)")).to_have_count(1)
    page.get_by_role("button", name="Bỏ xét câu 1").click()
    expect(page.get_by_role("button", name="Bỏ xét câu 1")).to_have_count(0)
    visit.check()
    context.close()
