"""Takes the pictures of docs/screenshots/ from a running system: `python scripts/screenshots.py http://127.0.0.1:8000`.

Needs the developers' requirements and a Chromium (Debian's package `chromium`).
"""

from __future__ import annotations

import sys
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

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


def main(url: str) -> None:
    """One picture for each script and size."""
    OUT.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path="/usr/bin/chromium", args=ARGS)
        for size, (width, height) in SIZES.items():
            for name, lines in (("chat", QUESTION), ("report", REPORT)):
                context = browser.new_context(viewport={"width": width, "height": height}, locale="vi-VN")
                page = context.new_page()
                page.goto(url)
                for line in lines:
                    say(page, line)
                page.screenshot(path=OUT / f"{name}-{size}.png")
                context.close()
        browser.close()


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "http://127.0.0.1:8000")
