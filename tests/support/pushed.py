"""What the end-to-end tests of push channels share: waiting, and looking into the database."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import psycopg

from tests.support.chat_system import ChatSystem


def until(true: Callable[[], object], within: float = 30) -> None:
    """Wait until something holds."""
    end = time.monotonic() + within
    while not true():
        assert time.monotonic() < end
        time.sleep(0.02)


def rows(system: ChatSystem, query: str, **values: Any) -> list[Any]:
    """The rows of a query, or none of a statement."""
    with psycopg.connect(system.database_url, autocommit=True) as connection:
        cursor = connection.execute(query, values or None)  # type: ignore[arg-type]  # queries of the tests
        return cursor.fetchall() if cursor.description else []
