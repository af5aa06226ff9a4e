"""Takes the pictures of README and handbook from a running system: `python scripts/screenshots.py http://127.0.0.1:8000`.

Needs the developers' requirements and a Chromium (Debian's package `chromium`). Those of the chat go to
docs/screenshots/. With `--staff NAME`, also those of the console, by that account; its password is asked for, or read
as a line from a pipe. With `--ticket CODE PIN` of one of its tickets, those of the ticket page and of the slip instead
of the chat's. With `--handbook` besides `--staff` (an administrator), those of docs/so-tay/anh/ instead; `--demo` first
fills an empty system with questions and reports and trains a model: never one that citizens use.
"""

from __future__ import annotations

import argparse
import getpass
import sys
import uuid
from pathlib import Path

import httpx
import pypdfium2
from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

DOCS = Path(__file__).resolve().parent.parent / "docs"
OUT, HANDBOOK = DOCS / "screenshots", DOCS / "so-tay" / "anh"
LARGEST = 150_000
"""Bytes of a picture."""
ARGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]
SIZES = {"desktop": (1280, 800), "phone": (390, 844)}

QUESTION = ("lam giay khai sinh cho con can giay to gi", "vậy còn lệ phí?")
REPORT = ("đèn đường trước nhà tôi hỏng cả tuần nay", "số 7 đường Hoa Mai, tổ 3")


UNANSWERED = (
    ("Bữa nay mấy cô nghỉ trưa chừng nào mới dậy?", "bua nay may co nghi trua chung nao moi day",
     "bua nay mấy cô nghỉ trưa chừng nào moi day z"),
    ("Khi nào phường chiếu phim ở nhà văn hóa?", "khi nao phuong chieu phim o nha van hoa"),
    ("Bao giờ phường phát quà Tết cho người già?",),
    ("Phường có tuyển dân quân không?",),
)  # fmt: skip
REPORTED = (
    ("rac_thai", "Rác đổ tràn ra lòng đường đã ba ngày, bốc mùi.", "hẻm 12 đường Hoa Mai, tổ 3"),
    ("chieu_sang", "Cả dãy đèn đường không sáng, tối đi lại rất nguy hiểm.", "trước chợ Cầu Đá"),
    ("giao_thong", "Ổ gà lớn giữa đường, hôm qua có người ngã xe.", "số 45 đường Phong Lan"),
    ("cay_xanh", "Cành cây khô to sắp gãy xuống sân trường.", "Trường tiểu học Hòa Bình"),
)
PAGES = {
    "phan-anh": "/tickets",
    "nhap-phan-anh": "/new?category=rac_thai",
    "cau-tra-loi-mau": "/replies/list",
    "tin-chua-gui": "/deliveries",
    "cau-chua-tra-loi": "/review?state=any",
    "huan-luyen": "/training",
    "mo-hinh": "/models",
    "nhat-ky": "/audit",
    "tai-khoan": "/staff/list",
    "xac-thuc": "/second-factor",
    "cau-mau": "/corpus",
    "cau-hoi-thuong-gap": "/faqs",
    "ten-goi": "/aliases",
    "nhap-xuat": "/exchange",
    "thu-tuc": "/catalogue",
    "tro-chuyen": "/chats",
    "so-lieu": "/figures",
}
"""Pictures of the handbook, by the address of their page in the console."""


def shoot(page: Page, path: Path) -> None:
    """A picture with as few colours as it needs to stay small."""
    path.parent.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=path)
    whole = Image.open(path).convert("RGB")
    for colours in (256, 128, 64, 32):
        whole.quantize(colours, method=Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE).save(path, optimize=True)
        if path.stat().st_size <= LARGEST:
            return


def enter(page: Page, url: str, name: str, password: str) -> None:
    """Log in to the console."""
    page.goto(f"{url}/console")
    page.locator("[name=username]").fill(name)
    page.locator("[name=password]").fill(password)
    page.keyboard.press("Enter")
    page.locator(".me summary").wait_for()


def demo(page: Page, url: str) -> None:
    """Questions, reports, a reply, and a trained model, as citizens and staff make them."""
    for alike in UNANSWERED:
        for said in alike:
            body = {"conversation": None, "text": said, "message_id": str(uuid.uuid4())}
            httpx.post(f"{url}/api/chat", json=body, timeout=60).raise_for_status()
    for category, said, place in REPORTED:
        page.goto(f"{url}/console/new?category={category}")
        page.locator("[name=channel]").first.select_option(index=1)
        page.locator("[name=description]").fill(said)
        page.locator("[name=place]").fill(place)
        page.get_by_role("button", name="Gửi phản ánh").click()
        page.get_by_role("heading", name="Đã nhập phản ánh").wait_for()
    page.goto(f"{url}/console/replies/create")
    page.locator("[name=title]").fill("Đã nhận, chờ kiểm tra")
    page.locator("[name=body]").fill("Đơn vị đã nhận phản ánh {code} và sẽ kiểm tra trước {due}.")
    page.get_by_role("button", name="Lưu", exact=True).click()
    page.wait_for_timeout(10_000)  # the worker puts the questions into groups
    page.goto(f"{url}/console/review")
    page.get_by_role("link", name=UNANSWERED[0][0]).click()
    page.locator(".suggestions button", has_text="hỏi giờ làm việc").click()
    page.goto(f"{url}/console/training")
    page.get_by_label("Ghi chú cho lần huấn luyện này").fill("Giờ nghỉ trưa")
    page.get_by_role("button", name="Huấn luyện", exact=True).click()
    page.locator("main a[href*='/models/']").first.wait_for(timeout=900_000)


def handbook(browser: Browser, url: str, name: str, password: str, *, fill: bool) -> None:
    """The pictures of the staff handbook; where `fill`, after the system was filled."""
    context = browser.new_context(viewport={"width": 1180, "height": 780}, locale="vi-VN")
    page = context.new_page()
    page.set_default_timeout(30_000)
    page.goto(f"{url}/console/login")
    shoot(page, HANDBOOK / "dang-nhap.png")
    enter(page, url, name, password)
    if fill:
        demo(page, url)
    for picture, path in PAGES.items():
        page.goto(f"{url}/console{path}")
        page.wait_for_timeout(300)
        shoot(page, HANDBOOK / f"{picture}.png")
    page.goto(f"{url}/console/tickets")
    page.locator(".list .code").first.click()
    page.locator(".timeline").wait_for()
    shoot(page, HANDBOOK / "phieu.png")
    page.goto(f"{url}/console/review?state=any")
    page.locator("[data-rows] tbody a").first.click()
    page.locator(".suggestions").wait_for()
    shoot(page, HANDBOOK / "nhom-cau-hoi.png")
    page.goto(f"{url}/console/models")
    page.locator(".list .code").first.click()
    compared = page.get_by_role("link", name="câu trả lời thay đổi")
    if compared.count():
        compared.click()
        shoot(page, HANDBOOK / "so-sanh.png")
    phone = browser.new_context(
        viewport={"width": 390, "height": 760}, locale="vi-VN", storage_state=context.storage_state()
    ).new_page()
    for picture, path in {"phan-anh-dien-thoai": "/tickets", "cau-chua-tra-loi-dien-thoai": "/review"}.items():
        phone.goto(f"{url}/console{path}")
        shoot(phone, HANDBOOK / f"{picture}.png")
    phone.get_by_role("button", name="Menu").click()
    phone.wait_for_timeout(300)
    shoot(phone, HANDBOOK / "menu-dien-thoai.png")


def say(page: Page, text: str) -> None:
    """Type a message and wait until the answer stands below it."""
    before = page.locator(".bot .words").count()
    page.get_by_role("textbox").fill(text)
    page.keyboard.press("Enter")
    page.wait_for_function("n => document.querySelectorAll('.bot .words').length > n", arg=before, timeout=40_000)
    page.wait_for_timeout(400)


def console(browser: Browser, url: str, name: str, password: str) -> None:
    """The list of the console and its first ticket."""
    for size, (width, height) in SIZES.items():
        context = browser.new_context(viewport={"width": width, "height": height}, locale="vi-VN")
        page = context.new_page()
        enter(page, url, name, password)
        page.goto(f"{url}/console/tickets?order=newest")
        shoot(page, OUT / f"console-list-{size}.png")
        page.locator(".list .code").first.click()
        page.locator(".timeline").wait_for()
        page.wait_for_timeout(500)
        shoot(page, OUT / f"console-ticket-{size}.png")
        context.close()


def tickets(browser: Browser, url: str, code: str, pin: str) -> None:
    """The form, the page of a ticket, and its slip."""
    for size, (width, height) in SIZES.items():
        context = browser.new_context(viewport={"width": width, "height": height}, locale="vi-VN")
        page = context.new_page()
        page.goto(f"{url}/phan-anh#{code}")
        page.get_by_label("Mã PIN").fill(pin)
        shoot(page, OUT / f"ticket-find-{size}.png")
        page.keyboard.press("Enter")
        page.get_by_role("heading", name="Nội dung phản ánh").wait_for()
        for picture in page.locator(".pictures img").all():
            picture.scroll_into_view_if_needed()
        page.wait_for_load_state("networkidle")
        page.evaluate("scrollTo(0, 0)")
        page.screenshot(path=OUT / f"ticket-page-{size}.png", full_page=True)
        with page.expect_download() as got:
            page.get_by_role("link", name="Tải phiếu để in").click()
        pypdfium2.PdfDocument(got.value.path())[0].render(scale=2).to_pil().save(OUT / "slip.png")
        context.close()


def chat(browser: Browser, url: str) -> None:
    """One picture of the chat page for each script and size."""
    for size, (width, height) in SIZES.items():
        for name, lines in (("chat", QUESTION), ("report", REPORT)):
            context = browser.new_context(viewport={"width": width, "height": height}, locale="vi-VN")
            page = context.new_page()
            page.goto(url)
            for line in lines:
                say(page, line)
            shoot(page, OUT / f"{name}-{size}.png")
            context.close()


def main() -> None:
    """All pictures of what runs at an address."""
    parser = argparse.ArgumentParser(description="Take the pictures of README and handbook from a running system.")
    parser.add_argument("url", nargs="?", default="http://127.0.0.1:8000")
    parser.add_argument("--staff", metavar="NAME", help="account for the pictures of the console")
    parser.add_argument("--ticket", nargs=2, metavar=("CODE", "PIN"), help="only its page and its slip")
    parser.add_argument("--handbook", action="store_true", help="only those of the staff handbook (with --staff)")
    parser.add_argument("--demo", action="store_true", help="fill an empty system first (with --handbook)")
    arguments = parser.parse_args()
    password = ""
    if arguments.staff:
        password = getpass.getpass("Password: ") if sys.stdin.isatty() else sys.stdin.readline().rstrip("\n")
    OUT.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path="/usr/bin/chromium", args=ARGS)
        if arguments.handbook:
            handbook(browser, arguments.url, arguments.staff or "admin", password, fill=arguments.demo)
        elif arguments.ticket:
            tickets(browser, arguments.url, *arguments.ticket)
        else:
            chat(browser, arguments.url)
        if arguments.staff and not arguments.handbook:
            console(browser, arguments.url, arguments.staff, password)
        browser.close()


if __name__ == "__main__":
    main()
