"""The ticket page in headless Chromium, served by the real web process: by keyboard, screen reader and phone."""

from __future__ import annotations

import asyncio
import io
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, TypeVar

import pypdfium2
import pytest
from axe_playwright_python.sync_playwright import Axe
from PIL import Image, ImageDraw
from playwright.sync_api import Browser, Page, expect
from pydantic import SecretStr

from bot.storage.database import connect_async
from bot.tickets import FiledTicket, Status
from bot.tickets.photos import Photos
from tests.integration.tickets.place import LOCALITY, OFFICER, SUPERVISOR, Place
from tests.support.browser import DESKTOP, PHONE, Visit
from tests.support.chat_system import ChatSystem, running_chat
from tests.support.databases import Databases

T = TypeVar("T")
SIZES = pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"]}

pytestmark = pytest.mark.timeout(180)


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("var")


@pytest.fixture(scope="module")
def system(databases: Databases, data: Path) -> Iterator[ChatSystem]:
    with databases.fresh() as url, running_chat(url, BOT_DATA_DIR=str(data)) as running:
        yield running


@pytest.fixture
def visit(browser: Browser, system: ChatSystem) -> Iterator[Callable[..., Visit]]:
    made: list[Visit] = []

    def open_page(size: tuple[int, int] = DESKTOP, **more: Any) -> Visit:
        context = browser.new_context(viewport={"width": size[0], "height": size[1]}, locale="vi-VN", **more)
        made.append(Visit(context, system.url))
        return made[-1]

    yield open_page
    for one in made:
        one.context.close()


@pytest.fixture
def work(system: ChatSystem, data: Path) -> Callable[[Callable[[Place], Awaitable[T]]], T]:
    """Runs something with the ticket service of the system's database."""

    @asynccontextmanager
    async def place() -> AsyncIterator[Place]:
        engine = connect_async(system.database_url, pool_size=2)
        made = Place.of(engine, system.database_url)
        made.settings.secret_key, made.settings.data_dir = SecretStr("a secret key for tests only"), data
        yield Place(type(made.service)(engine, made.settings, LOCALITY), engine, made.settings)
        await engine.dispose()

    def run(what: Callable[[Place], Awaitable[T]]) -> T:
        async def inside() -> T:
            async with place() as here:
                return await what(here)

        with asyncio.Runner() as runner:
            return runner.run(inside())

    def away(what: Callable[[Place], Awaitable[T]]) -> T:
        # Playwright has a loop of its own in this thread.
        with ThreadPoolExecutor(1) as pool:
            return pool.submit(run, what).result(60)

    return away


async def lived(place: Place) -> FiledTicket:
    """A ticket with a picture, an answer, and the question whether it is solved."""
    picture, raw = Image.new("RGB", (800, 600), "#2b3a55"), io.BytesIO()
    ImageDraw.Draw(picture).ellipse((300, 200, 500, 400), fill="#f4d35e")
    picture.save(raw, "JPEG")
    conversation = await place.conversation()
    photo = await Photos(place.engine, place.settings).keep(raw.getvalue(), conversation=conversation)
    filed = await place.file(conversation, photos=(photo.key,))
    await place.service.route(filed.code)
    await place.service.move(filed.code, Status.IN_PROGRESS, OFFICER)
    await place.service.move(filed.code, Status.DONE, OFFICER, text="Đã thay bóng đèn và kiểm tra cả tuyến.")
    return filed


def enter(page: Page, url: str, filed: FiledTicket) -> None:
    page.goto(f"{url}/phan-anh")
    page.get_by_label("Mã phản ánh").fill(filed.code.lower())
    page.get_by_label("Mã PIN").fill(filed.pin)
    page.get_by_role("button", name="Xem phản ánh").click()
    expect(page.get_by_text(filed.code, exact=True)).to_be_visible()


def faults(page: Page) -> list[str]:
    found = Axe().run(page, options=RULES).response["violations"]
    return [f"{one['id']}: {[node['html'] for node in one['nodes']]}" for one in found]


@SIZES
def test_no_fault_that_axe_finds(visit: Callable[..., Visit], work: Any, size: tuple[int, int]) -> None:
    here, filed = visit(size, reduced_motion="reduce"), work(lived)
    here.page.goto(f"{here.url}/phan-anh")
    assert faults(here.page) == []
    here.page.get_by_label("Mã phản ánh").fill(filed.code)
    here.page.get_by_label("Mã PIN").fill("1")
    here.page.keyboard.press("Enter")
    expect(here.page.get_by_role("alert")).to_contain_text("chưa đúng")
    expect(here.page.get_by_label("Mã PIN")).to_be_focused()
    assert faults(here.page) == []
    enter(here.page, here.url, filed)
    assert faults(here.page) == []
    here.page.get_by_role("button", name="Đã xong", exact=True).click()
    expect(here.page.get_by_role("status")).to_contain_text("Cảm ơn bạn đã xác nhận.")
    assert faults(here.page) == []
    here.check()


def test_code_of_the_slip_fills_the_form_and_leaves_the_address(visit: Callable[..., Visit], work: Any) -> None:
    here, filed = visit(PHONE), work(lived)
    asked: list[str] = []
    here.page.on("request", lambda request: asked.append(request.url))
    here.page.goto(f"{here.url}/phan-anh#{filed.code}")
    expect(here.page.get_by_label("Mã phản ánh")).to_have_value(filed.code)
    expect(here.page.get_by_label("Mã PIN")).to_be_focused()
    here.page.keyboard.type(filed.pin)
    here.page.keyboard.press("Enter")
    expect(here.page.get_by_role("heading", level=1)).to_have_text("Chiếu sáng công cộng")
    assert here.page.url == f"{here.url}/phan-anh"
    assert not [url for url in asked if filed.pin in url or filed.code in url.partition("#")[0]]
    picture = here.page.get_by_role("img", name="Ảnh 1 của phản ánh, trước khi xử lý")
    picture.scroll_into_view_if_needed()
    here.page.wait_for_function("e => e.complete && e.naturalWidth === 320", arg=picture.element_handle())
    here.check()


def test_without_scripts_by_keyboard_alone(visit: Callable[..., Visit], work: Any) -> None:
    here, filed = visit(java_script_enabled=False), work(lived)
    keys = here.page.keyboard
    here.page.goto(f"{here.url}/phan-anh")
    keys.press("Tab")
    expect(here.page.get_by_role("link", name="Đến nội dung chính")).to_be_focused()
    keys.press("Enter")
    keys.press("Tab")
    keys.type(filed.code)
    keys.press("Tab")
    keys.type(filed.pin)
    keys.press("Tab")
    keys.press("Enter")
    expect(here.page.get_by_role("heading", name="Việc đã được giải quyết chưa?")).to_be_visible()
    box = here.page.get_by_label("Chưa xong thì còn gì? (không bắt buộc)")
    for _ in range(8):
        if box.evaluate("e => e === document.activeElement"):
            break
        keys.press("Tab")
    keys.type("còn một bóng")
    keys.press("Tab")
    keys.press("Enter")
    expect(here.page.get_by_role("status")).to_contain_text("Đã ghi nhận: việc chưa xong.")


def test_rating_reopening_and_answering(visit: Callable[..., Visit], work: Any) -> None:
    here, filed = visit(PHONE, has_touch=True), work(lived)
    enter(here.page, here.url, filed)
    here.page.get_by_role("button", name="Đã xong", exact=True).click()
    here.page.get_by_label("Hài lòng", exact=True).check()
    here.page.get_by_role("button", name="Gửi đánh giá").click()
    expect(here.page.get_by_text("Bạn đã đánh giá: Hài lòng.")).to_be_visible()
    here.page.get_by_label("Vì sao bạn muốn mở lại?").fill("lại cháy")
    here.page.get_by_role("button", name="Mở lại phản ánh").click()
    expect(here.page.get_by_role("status")).to_contain_text("Đã mở lại")
    work(lambda place: place.service.ask_citizen(filed.code, SUPERVISOR, "Cột số mấy ạ?"))
    here.page.reload()
    here.page.get_by_label("Câu trả lời của bạn").fill("cột 12")
    here.page.get_by_role("button", name="Gửi trả lời").click()
    expect(here.page.get_by_role("status")).to_contain_text("Đã chuyển câu trả lời")
    here.page.get_by_role("button", name="Thoát").click()
    expect(here.page.get_by_label("Mã PIN")).to_be_visible()
    here.check()


def test_slip_is_downloaded(visit: Callable[..., Visit], work: Any) -> None:
    here, filed = visit(), work(lived)
    enter(here.page, here.url, filed)
    with here.page.expect_download() as got:
        here.page.get_by_role("link", name="Tải phiếu để in").click()
    assert got.value.suggested_filename == f"phieu-{filed.code}.pdf"
    assert filed.pin in pypdfium2.PdfDocument(got.value.path())[0].get_textpage().get_text_range()


@pytest.mark.parametrize("size", [(320, 568), PHONE, (844, 390), DESKTOP], ids=lambda size: f"{size[0]}x{size[1]}")
def test_nothing_is_cut_off_and_thumbs_hit(visit: Callable[..., Visit], work: Any, size: tuple[int, int]) -> None:
    here, filed = visit(size), work(lived)
    enter(here.page, here.url, filed)
    assert here.page.evaluate("document.documentElement.scrollWidth") <= size[0]
    boxes = [button.bounding_box() for button in here.page.get_by_role("button").all()]
    assert len(boxes) >= 3
    assert all(box and box["height"] >= 44 and box["width"] >= 44 for box in boxes)


@SIZES
def test_my_reports_from_the_chat_page_and_by_link(visit: Callable[..., Visit], size: tuple[int, int]) -> None:
    here = visit(size)
    here.page.locator("#mine").click()
    expect(here.bot("Bạn viết: menu:status")).to_have_count(1)
    here.page.goto(f"{here.url}/phan-anh")
    here.page.get_by_role("link", name="Phản ánh của tôi").click()
    expect(here.bot("Bạn viết: menu:status")).to_have_count(2)
    assert here.page.evaluate("location.hash") == ""
    here.page.reload()
    expect(here.page.locator("#form")).to_be_visible()
    expect(here.bot("Bạn viết: menu:status")).to_have_count(2)
    here.check()
