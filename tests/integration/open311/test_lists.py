"""Long lists: the window of 90 days and 1,000, dates, pages."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import psycopg
import pytest

from tests.support.databases import Databases
from tests.support.folders import public_folder
from tests.support.open311 import OpenServer, read, running_open311

TODAY = datetime.now(UTC).replace(microsecond=500_000)
TOTAL = 1205
"""One every ten minutes from now back, and some 100 days ago."""


@pytest.fixture(scope="module")
def server(databases: Databases) -> Iterator[OpenServer]:
    with public_folder() as folder, databases.fresh() as url:
        with psycopg.connect(url) as connection, connection.cursor() as cursor:
            columns = (
                "code, idempotency_key, channel, locality, category, description, place, anonymous, status,"
                " created_at, updated_at, status_at"
            )
            with cursor.copy(f"COPY tickets ({columns}) FROM STDIN") as copy:
                for number in range(TOTAL + 5):
                    at = TODAY - (timedelta(minutes=10 * number) if number < TOTAL else timedelta(days=100))
                    category = "giao_thong" if number % 3 == 0 else "rac_thai"
                    copy.write_row(
                        (
                            f"PA-2026-{900000 - number:06d}",
                            f"k{number}",
                            "web",
                            "phuong-mau",
                            category,
                            f"việc {number}",
                            "chợ",
                            True,
                            "closed" if number % 2 else "received",
                            at,
                            at,
                            at,
                        )
                    )
        with running_open311(url, folder) as running:
            yield running


def ids(server: OpenServer, wanted: str = "json", **params: str) -> list[str]:
    response = server.get("requests", wanted, **params)
    assert response.status_code == 200, response.text
    return [item["service_request_id"] for item in read(response) or []]


def test_default_is_the_first_thousand_of_the_last_90_days(server: OpenServer, wanted: str) -> None:
    found = ids(server, wanted)
    assert len(found) == 1000
    assert found == sorted(found, reverse=True), "the newest first"


def test_pages_have_everything_once(server: OpenServer, wanted: str) -> None:
    pages = [ids(server, wanted, page=str(page), page_size="500") for page in (1, 2, 3, 4)]
    assert [len(page) for page in pages] == [500, 500, 205, 0]
    assert len({code for page in pages for code in page}) == TOTAL


def test_dates_are_inclusive_to_the_second(server: OpenServer) -> None:
    start = (TODAY - timedelta(minutes=30)).strftime("%Y-%m-%dT%H:%M:%SZ")
    end = (TODAY - timedelta(minutes=10)).strftime("%Y-%m-%dT%H:%M:%SZ")
    assert ids(server, start_date=start, end_date=end) == [f"PA-2026-{900000 - number}" for number in (1, 2, 3)]


def test_either_date_alone_opens_90_days(server: OpenServer) -> None:
    old = TODAY - timedelta(days=100)
    assert len(ids(server, end_date=(old + timedelta(days=1)).isoformat().replace("+00:00", "Z"))) == 5
    start = (old - timedelta(days=1)).isoformat().replace("+00:00", "Z")
    assert len(ids(server, start_date=start)) == 5 + sum(
        1 for number in range(TOTAL) if TODAY - timedelta(minutes=10 * number) <= old + timedelta(days=89)
    )


def test_filters_of_status_and_services_add_up(server: OpenServer, wanted: str) -> None:
    both = ids(server, wanted, service_code="giao_thong,rac_thai", status="closed")
    roads = ids(server, wanted, service_code="giao_thong", status="closed")
    assert len(both) == TOTAL // 2
    assert len(roads) == sum(1 for number in range(TOTAL) if number % 2 and number % 3 == 0)
    assert ids(server, wanted, service_code="chieu_sang") == []


def test_other_time_zones_are_read(server: OpenServer) -> None:
    start = TODAY - timedelta(minutes=15)
    here = start.astimezone(datetime.fromisoformat("2026-01-01T00:00:00+07:00").tzinfo).isoformat()
    assert ids(server, start_date=here) == ids(server, start_date=start.isoformat().replace("+00:00", "Z"))
    assert len(ids(server, start_date=here)) == 2


def test_deep_pages_are_refused(server: OpenServer) -> None:
    assert server.get("requests", page="102", page_size="1000").status_code == 400
    assert server.get("requests", page="1" * 30).status_code == 400
