"""Takes the pictures of docs/screenshots/ from a running system: `python scripts/screenshots.py http://127.0.0.1:8000`.

Needs the developers' requirements and a Chromium (Debian's package `chromium`). With `--staff NAME`, also those of the
console, by that account; its password is asked for, or read as a line from a pipe. With `--ticket CODE PIN` of one of
its tickets, those of the ticket page and of the slip instead of the chat's.
"""

from __future__ import annotations

import argparse
import getpass
import sys
from pathlib import Path

import pypdfium2
from playwright.sync_api import Browser, Page, sync_playwright

OUT = Path(__file__).resolve().parent.parent / "docs" / "screenshots"
ARGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]
SIZES = {"desktop": (1280, 800), "phone": (390, 844)}

QUESTION = ("lam giay khai sinh cho con can giay to gi", "vậy còn lệ phí?")
REPORT = ("đèn đường trước nhà tôi hỏng cả tuần nay", "số 7 đường Hoa Mai, tổ 3")


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
        page.goto(f"{url}/console")
        page.locator("[name=username]").fill(name)
        page.locator("[name=password]").fill(password)
        page.keyboard.press("Enter")
        page.locator(".list .code").first.wait_for()
        page.goto(f"{url}/console/tickets?order=newest")
        page.screenshot(path=OUT / f"console-list-{size}.png")
        page.locator(".list .code").first.click()
        page.locator(".timeline").wait_for()
        page.wait_for_timeout(500)
        page.screenshot(path=OUT / f"console-ticket-{size}.png")
        context.close()


def tickets(browser: Browser, url: str, code: str, pin: str) -> None:
    """The form, the page of a ticket, and its slip."""
    for size, (width, height) in SIZES.items():
        context = browser.new_context(viewport={"width": width, "height": height}, locale="vi-VN")
        page = context.new_page()
        page.goto(f"{url}/phan-anh#{code}")
        page.get_by_label("Mã PIN").fill(pin)
        page.screenshot(path=OUT / f"ticket-find-{size}.png")
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
            page.screenshot(path=OUT / f"{name}-{size}.png")
            context.close()


def main() -> None:
    """All pictures of what runs at an address."""
    parser = argparse.ArgumentParser(description="Take the pictures of docs/screenshots/ from a running system.")
    parser.add_argument("url", nargs="?", default="http://127.0.0.1:8000")
    parser.add_argument("--staff", metavar="NAME", help="account for the pictures of the console")
    parser.add_argument("--ticket", nargs=2, metavar=("CODE", "PIN"), help="only its page and its slip")
    arguments = parser.parse_args()
    password = ""
    if arguments.staff:
        password = getpass.getpass("Password: ") if sys.stdin.isatty() else sys.stdin.readline().rstrip("\n")
    OUT.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path="/usr/bin/chromium", args=ARGS)
        if arguments.ticket:
            tickets(browser, arguments.url, *arguments.ticket)
        else:
            chat(browser, arguments.url)
        if arguments.staff:
            console(browser, arguments.url, arguments.staff, password)
        browser.close()


if __name__ == "__main__":
    main()
