"""Limits per address, per key, and for wrong keys; and a server that nobody may write to."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from tests.support.databases import Databases
from tests.support.folders import public_folder
from tests.support.open311 import KEYS, OTHER, WRITER, OpenServer, read, running_open311


@pytest.fixture
def limited(databases: Databases) -> Iterator[OpenServer]:
    with (
        public_folder() as folder,
        databases.fresh() as url,
        running_open311(url, folder, BOT_RATE_LIMIT="on") as running,
    ):
        yield running


def until_refused(ask: Any, most: int) -> tuple[int, httpx.Response]:
    for number in range(most):
        response = ask()
        if response.status_code == 429:
            return number, response
    raise AssertionError("never refused")


def check(response: httpx.Response) -> None:
    assert int(response.headers["retry-after"]) >= 1
    assert [error["code"] for error in read(response)] == [429]


def test_an_address_is_slowed_down(limited: OpenServer, wanted: str) -> None:
    number, response = until_refused(lambda: limited.get("services", wanted), 400)
    assert number >= 100
    check(response)


def test_a_key_is_slowed_down_and_another_is_not(limited: OpenServer, wanted: str) -> None:
    form = {"service_code": "rac_thai"}  # no place: refused, and counted
    number, response = until_refused(lambda: limited.post("requests", wanted, api_key=WRITER, **form), 110)
    assert 50 <= number <= 100
    check(response)
    assert limited.post("requests", wanted, api_key=OTHER, **form).status_code == 400


def test_guessing_keys_is_slowed_down_soon(limited: OpenServer, wanted: str) -> None:
    guesses = iter(range(100))
    number, response = until_refused(lambda: limited.post("requests", wanted, api_key=f"guess{next(guesses)}"), 30)
    assert number <= 12
    check(response)
    form = {"api_key": WRITER, "service_code": "rac_thai", "address_string": "chợ"}
    assert limited.post("requests", wanted, **form).status_code == 200, "who has a key is not slowed down by it"


def test_without_keys_nobody_writes_and_all_read(databases: Databases) -> None:
    with (
        public_folder() as folder,
        databases.fresh() as url,
        running_open311(url, folder, BOT_OPEN311_API_KEYS="") as server,
    ):
        for key in ("", "x", WRITER, KEYS):
            form = {"api_key": key, "service_code": "rac_thai", "address_string": "chợ"}
            assert server.post("requests", **form).status_code == 403
            assert server.post("servicerequestupdates", **form).status_code == 403
        assert server.get("requests").json() == []
        assert server.get("servicerequestupdates").json() == []


def test_database_that_is_gone_is_said_in_the_same_shape(databases: Databases, wanted: str) -> None:
    with public_folder() as folder, databases.fresh() as url, running_open311(url, folder) as server:
        name = url.rpartition("/")[2].partition("?")[0]
        with databases._admin() as admin:
            admin.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS false")  # type: ignore[call-overload]
            admin.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s"
                " AND backend_type = 'client backend'",
                [name],
            )
        try:
            for response in (
                server.get("requests", wanted),
                server.post("requests", wanted, api_key=WRITER, service_code="rac_thai", address_string="x"),
            ):
                assert response.status_code == 503, response.text
                assert [error["code"] for error in read(response)] == [503]
                assert response.headers["retry-after"]
            assert server.get("services", wanted).status_code == 200
        finally:
            with databases._admin() as admin:
                admin.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS true")  # type: ignore[call-overload]
