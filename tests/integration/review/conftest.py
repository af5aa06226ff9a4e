"""A database with messages that were answered badly."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest

from tests.support.review import Desk


@pytest.fixture
async def desk(database_url: str) -> AsyncIterator[Desk]:
    """Citizens, their messages, and whoever groups them."""
    made = Desk(database_url)
    try:
        yield made
    finally:
        await made.close()


def pairs(groups: dict[int, Any]) -> set[frozenset[str]]:
    """Which texts are together."""
    return {frozenset(texts) for texts in groups.values()}
