"""The officer's way in headless Chromium: log in, list, detail, transitions, answered; and the citizen sees it."""

from __future__ import annotations

import io
import time
from collections.abc import Callable, Iterator
from typing import Any

import pyotp
import pytest
from axe_playwright_python.sync_playwright import Axe
from PIL import Image
from playwright.sync_api import Browser, BrowserContext, Page, expect

from bot.tickets.states import Status
from tests.support.browser import DESKTOP, PHONE, WATCH
from tests.support.console import PASSWORD, Office, running_office
from tests.support.databases import Databases

pytestmark = pytest.mark.timeout(180)


@pytest.fixture(scope="module")
def office(databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    data = tmp_path_factory.mktemp("office")
    with databases.fresh() as url, running_office(url, workers=1, BOT_DATA_DIR=str(data)) as made:
        made.staff("lan", "officer", agency="moi_truong_do_thi")
        made.staff("an", "admin")
        yield made


class Visit:
    """A browser of an officer, and what it noticed."""

    def __init__(self, context: BrowserContext, url: str) -> None:
        self.outside: list[str] = []
        self.errors: list[str] = []
        context.add_init_script(WATCH)
        self.page: Page = context.new_page()
        self.page.set_default_timeout(15_000)
        self.page.on(
            "request",
            lambda request: None if request.url.startswith((url, "data:")) else self.outside.append(request.url),
        )
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        self.page.on("dialog", lambda dialog: (self.errors.append(dialog.message), dialog.dismiss()))
        self._url = url

    def open(self, path: str) -> None:
        self.page.goto(f"{self._url}/console{path}")

    def login(self, name: str) -> None:
        self.open("")
        self.page.get_by_label("Tên đăng nhập").fill(name)
        self.page.get_by_label("Mật khẩu").fill(PASSWORD)
        self.page.keyboard.press("Enter")
        expect(self.page.get_by_role("heading", name="Phản ánh", exact=True)).to_be_visible()

    def check(self) -> None:
        """Nothing was asked of others, nothing was forbidden, nothing broke."""
        assert self.outside == []
        assert self.errors == []
        assert self.page.evaluate("window.violations") == []

    def faults(self) -> list[str]:
        rules = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]}
        found = Axe().run(self.page, options=rules).response["violations"]
        return [f"{one['id']}: {[node['html'][:200] for node in one['nodes']]}" for one in found]


@pytest.fixture
def visit(browser: Browser, office: Office) -> Iterator[Callable[..., Visit]]:
    contexts = []

    def open_browser(size: tuple[int, int] = DESKTOP) -> Visit:
        context = browser.new_context(
            viewport={"width": size[0], "height": size[1]}, locale="vi-VN", reduced_motion="reduce"
        )
        contexts.append(context)
        return Visit(context, office.url)

    yield open_browser
    for context in contexts:
        context.close()


def picture() -> dict[str, Any]:
    made = io.BytesIO()
    Image.new("RGB", (640, 480), "green").save(made, "JPEG")
    return {"name": "sau.jpg", "mimeType": "image/jpeg", "buffer": made.getvalue()}


def test_from_login_to_answered_and_the_citizen_sees_it(visit: Callable[..., Visit], office: Office) -> None:
    citizen, key = office.citizen()
    code = office.ticket(description="rác đổ đầy đầu hẻm <b onclick=alert(1)>đậm</b>", conversation=key)
    here = visit()
    here.login("lan")
    page = here.page
    page.get_by_role("link", name=code).click()
    expect(page.get_by_role("heading", name=code)).to_be_visible()
    expect(page.get_by_text("<b onclick=alert(1)>đậm</b>")).to_be_visible()

    page.get_by_role("combobox", name="Cán bộ").select_option("lan")
    page.get_by_role("button", name="Giao", exact=True).click()
    expect(page.get_by_text("Đã giao.")).to_be_visible()

    page.locator("summary", has_text="Bắt đầu / tiếp tục xử lý").click()
    page.get_by_role("button", name="Bắt đầu / tiếp tục xử lý").click()
    expect(page.get_by_text("Đã chuyển trạng thái.")).to_be_visible()

    answer = page.get_by_role("region", name="Trả lời chính thức")
    answer.get_by_label("Câu trả lời mẫu").select_option(label="Đang xử lý")
    agency = office.locality.agency("moi_truong_do_thi")
    assert agency is not None
    said = f"{agency.name} đã kiểm tra thực tế và đang xử lý nội dung bạn phản ánh."
    expect(answer.get_by_label("Nội dung (người dân đọc được)")).to_have_value(said)
    answer.get_by_role("button", name="Gửi trả lời").click()
    expect(page.get_by_text("Đã gửi trả lời chính thức.")).to_be_visible()

    page.locator("summary", has_text="Thêm ảnh").click()
    page.get_by_label("Tệp (JPEG, PNG, WebP; tối đa 5)").set_input_files(picture())
    page.get_by_role("button", name="Thêm ảnh").click()
    expect(page.get_by_role("img", name="Ảnh sau xử lý 1")).to_be_visible()
    added = page.get_by_role("img", name="Ảnh sau xử lý 1")
    assert added.evaluate("image => image.decode().then(() => image.naturalWidth)") > 0  # once it has come

    page.locator("summary", has_text="Báo đã xử lý xong").click()
    page.get_by_label("Trả lời chính thức (người dân đọc được)").fill("Đã dọn sạch.")
    page.get_by_role("button", name="Báo đã xử lý xong").click()
    expect(page.locator(".tags").get_by_text("chờ người dân xác nhận")).to_be_visible()
    here.check()

    told = "\n".join(str(message) for message in office.history(citizen))
    assert said in told
    assert "Đã dọn sạch." in told
    seen = office.with_tickets(lambda service: service.status(code, conversation=key))
    assert seen is not None
    assert seen.status is Status.AWAITING_CITIZEN
    assert seen.may_confirm


def test_the_tables_of_the_administrator_work_under_the_strict_policy(
    visit: Callable[..., Visit], office: Office
) -> None:
    here = visit()
    here.login("an")
    page = here.page
    menu = page.get_by_role("navigation", name="Trang", exact=True)
    menu.get_by_text("Quản trị").click()
    expect(menu.get_by_role("link", name="Tài khoản")).to_be_visible()
    menu.get_by_text("Phản ánh", exact=True).first.click()
    expect(menu.get_by_role("link", name="Tài khoản")).to_be_hidden()
    page.keyboard.press("ArrowDown")
    expect(menu.get_by_role("link", name="Phản ánh", exact=True)).to_be_focused()
    page.keyboard.press("Escape")
    expect(menu.get_by_text("Phản ánh", exact=True).first).to_be_focused()
    page.keyboard.press("Enter")
    menu.get_by_role("link", name="Câu trả lời mẫu").click()
    here.open("/replies/create")
    page.get_by_label("Tên", exact=False).first.fill("Lịch thu gom")
    page.locator("textarea[name=body]").fill("Thu gom vào thứ Hai.")
    page.get_by_role("button", name="Lưu", exact=True).click()
    expect(page.get_by_role("cell", name="Lịch thu gom")).to_be_visible()
    here.check()
    for path in ("/staff/list", "/audit", "/staff/edit?pk=1"):
        here.open(path)
        expect(page.locator("main")).to_be_visible()
        page.wait_for_timeout(200)
        here.check()


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_no_fault_that_axe_finds_and_nothing_cut_off(
    visit: Callable[..., Visit], office: Office, size: tuple[int, int]
) -> None:
    code = office.ticket()
    here = visit(size)
    here.open("/login")
    assert here.faults() == []
    here.login("lan")
    for path in ("/tickets", f"/tickets/{code}", "/new?category=rac_thai", "/notices", "/password", "/handbook"):
        here.open(path)
        assert here.faults() == [], path
        assert here.page.evaluate("document.documentElement.scrollWidth") <= size[0], path
    here.check()


def test_the_keyboard_is_enough(visit: Callable[..., Visit], office: Office) -> None:
    office.ticket()
    here = visit()
    here.login("lan")
    keys = here.page.keyboard
    here.page.evaluate("document.activeElement.blur()")
    keys.press("Tab")
    expect(here.page.get_by_role("link", name="Đến nội dung chính")).to_be_focused()
    keys.press("Enter")
    for _ in range(60):
        keys.press("Tab")
        if here.page.evaluate("document.activeElement.className") == "code":
            break
    assert here.page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"
    keys.press("Enter")
    expect(here.page.get_by_role("heading", name="Nội dung")).to_be_visible()


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_pages_of_accounts_have_no_fault_and_the_second_factor_works_by_hand(
    visit: Callable[..., Visit], office: Office, size: tuple[int, int]
) -> None:
    name = f"hai-lop-{size[0]}"
    office.staff(name, "admin")
    here = visit(size)
    here.login(name)
    for path in ("/audit", "/sessions", "/sessions/all", "/second-factor"):
        here.open(path)
        assert here.faults() == [], path
        assert here.page.evaluate("document.documentElement.scrollWidth") <= size[0], path
    page = here.page
    secret = page.locator("code.key").inner_text().replace(" ", "")
    page.get_by_label("Nhập mã 6 số", exact=False).fill(pyotp.TOTP(secret).at(int(time.time()) - 30))
    page.get_by_role("button", name="Bật xác thực hai lớp").click()
    expect(page.locator(".codes code")).to_have_count(10)
    assert here.faults() == []
    other = visit(size)
    other.open("")
    other.page.get_by_label("Tên đăng nhập").fill(name)
    other.page.get_by_label("Mật khẩu").fill(PASSWORD)
    other.page.keyboard.press("Enter")
    other.page.get_by_label("Mã", exact=True).fill(pyotp.TOTP(secret).now())
    assert other.faults() == []
    other.page.keyboard.press("Enter")
    expect(other.page.get_by_role("heading", name="Phản ánh", exact=True)).to_be_visible()
    here.check()
    other.check()
