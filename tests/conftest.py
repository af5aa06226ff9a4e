"""Fixtures for all tests. Nothing here starts before a test asks for it."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

from bot.runtime.project import ROOT
from tests.support.databases import Databases, session_databases
from tests.support.system import System, new_system


def pytest_xdist_auto_num_workers() -> int:
    """How many test processes `make test` starts. Much of the suite waits, so two are quicker on a single core too;
    with more than four the clocks of tests that measure time would no longer hold."""
    return max(2, min(4, os.cpu_count() or 2))


@pytest.fixture(autouse=True, scope="session")
def _no_settings_from_outside() -> None:
    """A developer's own BOT_ variables must not reach the tests."""
    for name in [name for name in os.environ if name.startswith("BOT_")]:
        del os.environ[name]


@pytest.fixture(autouse=True, scope="session")
def _programs_start_quickly() -> None:
    """Where Python writes no compiled modules beside the sources, the many programs that tests start share some."""
    if os.environ.pop("PYTHONDONTWRITEBYTECODE", ""):
        os.environ["PYTHONPYCACHEPREFIX"] = str(ROOT / "var" / "test-pycache")


@pytest.fixture(scope="session")
def databases() -> Iterator[Databases]:
    """The session's PostgreSQL server."""
    with session_databases() as made:
        yield made


@pytest.fixture
def database_url(databases: Databases) -> Iterator[str]:
    """A fresh database with all tables."""
    with databases.fresh() as url:
        yield url


@pytest.fixture
def empty_database_url(databases: Databases) -> Iterator[str]:
    """A fresh database with nothing in it."""
    with databases.fresh(template="template1") as url:
        yield url


@pytest.fixture(scope="session")
def system() -> Iterator[System]:
    """The whole system, running; shared by the tests of a session."""
    with new_system() as made:
        yield made
