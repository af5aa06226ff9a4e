"""A browser for the pages of citizens and officers."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from tests.support.browser import chromium


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Headless Chromium; a module's own, because tests of other modules may run an event loop of theirs."""
    with chromium() as opened:
        yield opened
