"""The chat page in headless Chromium, served by the real web process; the engine behind it is a fake."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser

from tests.support.browser import DESKTOP, Visit
from tests.support.chat_system import ChatSystem, running_chat
from tests.support.databases import Databases


@pytest.fixture(scope="package")
def system(databases: Databases) -> Iterator[ChatSystem]:
    with databases.fresh() as url, running_chat(url, BOT_WAITING_NOTICE_AFTER="1", BOT_REPLY_WAIT="3") as running:
        yield running


@pytest.fixture
def visit(browser: Browser, system: ChatSystem) -> Iterator[Callable[..., Visit]]:
    contexts: list[Visit] = []
    system.engine.mode, system.engine.delay = "ok", 0

    def open_page(size: tuple[int, int] = DESKTOP, **more: Any) -> Visit:
        context = browser.new_context(viewport={"width": size[0], "height": size[1]}, locale="vi-VN", **more)
        made = Visit(context, system.url)
        contexts.append(made)
        return made

    yield open_page
    for made in contexts:
        made.context.close()
