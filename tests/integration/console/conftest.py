"""An office with people of every role and tickets of every kind, shared by the tests of a module."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from tests.support.console import Browser, Office, running_office
from tests.support.databases import Databases

NAMES = (
    *(("lan", "officer"), ("minh", "supervisor"), ("hoa", "restricted_reader"), ("an", "admin")),
    *(("bien", "curator"), ("duyet", "reviewer"), ("kiem", "auditor")),
)
"""Who works here; the administrator is account 4."""
OWN, OTHER = "moi_truong_do_thi", "ha_tang"


@dataclass
class Town:
    """The office, who works there, and its tickets."""

    office: Office
    people: dict[str, Browser]
    own: str
    """A ticket of the officer's agency."""
    other: str
    """A ticket of another agency."""
    restricted: str
    """About the conduct of an official."""


@pytest.fixture(scope="module")
def office(databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    data = tmp_path_factory.mktemp("console")
    with databases.fresh() as url, running_office(url, BOT_DATA_DIR=str(data)) as made:
        yield made


@pytest.fixture(scope="module")
def town(office: Office) -> Town:
    own = office.ticket("rac_thai")
    other = next(
        office.ticket(item.code)
        for item in office.locality.categories
        if not item.restricted and item.agency != office.detail(own).row.agency
    )
    restricted = office.ticket("can_bo")
    agency = office.detail(own).row.agency
    for name, role in NAMES:
        office.staff(name, role, agency=agency if role == "officer" else None)
    people = {role: office.browser(name) for name, role in NAMES}
    return Town(office, people, own, other, restricted)
