"""Headless Chromium for the pages of citizens, and what it notices while somebody visits them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

CHROMIUM = next((path for path in ("/usr/bin/chromium", "/usr/bin/chromium-browser") if Path(path).exists()), None)
ARGUMENTS = [
    *("--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--disable-background-networking"),
    *("--disable-component-update", "--disable-sync", "--no-first-run"),
]
WATCH = """
window.violations = [];
document.addEventListener("securitypolicyviolation", (e) => {
  window.violations.push(e.violatedDirective + " " + e.blockedURI);
});
"""
DESKTOP, PHONE = (1280, 800), (390, 844)

expect.set_options(timeout=15_000)


@contextmanager
def chromium() -> Iterator[Browser]:
    """A browser, closed at the end."""
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield opened
        opened.close()


class Visit:
    """A visit to the page, and what the browser noticed meanwhile."""

    def __init__(self, context: BrowserContext, url: str) -> None:
        self.context = context
        self.url = url
        self.outside: list[str] = []
        self.errors: list[str] = []
        context.add_init_script(WATCH)
        self.page = self.open()

    def open(self) -> Page:
        page = self.context.new_page()
        page.set_default_timeout(20_000)
        page.on(
            "request", lambda request: None if request.url.startswith(self.url) else self.outside.append(request.url)
        )
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.goto(self.url)
        return page

    def say(self, text: str) -> None:
        self.page.get_by_label("Câu hỏi hoặc phản ánh của bạn").fill(text)
        self.page.get_by_role("button", name="Gửi", exact=True).click()

    def bot(self, text: str) -> Any:
        return self.page.locator(".bot .words", has_text=text)

    def check(self) -> None:
        """Nothing was asked of others, nothing was forbidden, nothing broke."""
        assert self.outside == []
        assert self.errors == []
        assert self.page.evaluate("window.violations") == []
