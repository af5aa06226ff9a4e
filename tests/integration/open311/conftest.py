"""A web process with its Open311 server, shared by the tests of a module."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.support.databases import Databases
from tests.support.folders import public_folder
from tests.support.open311 import OpenServer, running_open311


@pytest.fixture(scope="module")
def server(databases: Databases) -> Iterator[OpenServer]:
    with public_folder() as folder, databases.fresh() as url, running_open311(url, folder) as running:
        yield running


@pytest.fixture(params=["json", "xml"])
def wanted(request: pytest.FixtureRequest) -> str:
    """Both formats."""
    return str(request.param)
