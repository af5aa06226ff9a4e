"""Behind a proxy the limits see citizens; without one that is trusted nobody may say that he is somebody else."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator

import httpx
import psycopg
import pytest

from tests.support.chat_system import ChatSystem, running_chat
from tests.support.databases import Databases

TRIES = 10
"""Codes and PINs that one client may try at once (`bot.channels.web.tickets`)."""


def tries(system: ChatSystem, forwarded: str, count: int = 1) -> list[int]:
    headers = {"X-Forwarded-For": forwarded}
    form = {"code": "PA-2026-000001", "pin": "000000"}
    with httpx.Client(base_url=system.url, headers=headers, timeout=20) as client:
        return [client.post("/phan-anh", data=form).status_code for _ in range(count)]


@pytest.fixture(scope="module")
def behind_a_proxy(databases: Databases) -> Iterator[ChatSystem]:
    with (
        databases.fresh() as url,
        running_chat(url, workers=0, BOT_RATE_LIMIT="on", BOT_TRUSTED_PROXIES="127.0.0.1, 10.1.0.0/16") as made,
    ):
        yield made


@pytest.fixture(scope="module")
def alone(databases: Databases) -> Iterator[ChatSystem]:
    with databases.fresh() as url, running_chat(url, workers=0, BOT_RATE_LIMIT="on") as made:
        yield made


def test_each_citizen_behind_a_trusted_proxy_has_limits_of_his_own(behind_a_proxy: ChatSystem) -> None:
    assert tries(behind_a_proxy, "203.162.0.1", TRIES + 1) == [422] * TRIES + [429]
    assert tries(behind_a_proxy, "203.162.0.2") == [422]


def test_the_last_address_that_is_no_proxy_counts_not_what_the_citizen_wrote_before(behind_a_proxy: ChatSystem) -> None:
    spoofed = [tries(behind_a_proxy, f"8.8.8.{number}, 203.162.0.3, 10.1.2.3")[0] for number in range(TRIES + 1)]
    assert spoofed == [422] * TRIES + [429]


def test_the_sixty_fourth_of_an_ipv6_address_is_one_client(behind_a_proxy: ChatSystem) -> None:
    found = [tries(behind_a_proxy, f"2405:4800:1:2::{number}")[0] for number in range(TRIES + 1)]
    assert found == [422] * TRIES + [429]
    assert tries(behind_a_proxy, "2405:4800:1:3::1") == [422]


def test_without_a_trusted_proxy_nobody_is_somebody_else(alone: ChatSystem) -> None:
    found = [tries(alone, f"203.162.0.{number}")[0] for number in range(TRIES + 1)]
    assert found == [422] * TRIES + [429]


def test_citizens_are_served_while_hundreds_of_sockets_are_held(alone: ChatSystem) -> None:
    held = []
    try:
        for number in range(400):
            held.append(socket.create_connection(("127.0.0.1", alone.port), timeout=5))
            held[-1].sendall(b"POST /api/chat HTTP/1.1\r\nHost: x\r\nX-%d: " % number)
        started = time.monotonic()
        for _ in range(20):
            assert httpx.get(f"{alone.url}/health/live", timeout=5).status_code == 200
        assert time.monotonic() - started < 5
        time.sleep(1.1)
        metrics = httpx.get(f"{alone.url}/metrics", timeout=5).text
        assert 'motcua_connections_cut_total{reason="client_full"}' in metrics
    finally:
        for one in held:
            one.close()


def test_channels_are_measured(alone: ChatSystem) -> None:
    with psycopg.connect(alone.database_url.replace("+psycopg", "")) as connection:
        connection.execute(
            "WITH c AS (INSERT INTO conversations (key, channel, external_id) VALUES (gen_random_uuid(), 'zalo', 'x')"
            " RETURNING id) INSERT INTO outbox (conversation_id, channel, body, state, created_at)"
            " SELECT id, 'zalo', '{}', state, now() - interval '5 minutes' FROM c,"
            " unnest(ARRAY['queued', 'failed', 'failed', 'shown']) AS state"
        )
    for path in ("/webhooks/tickets", "/webhooks/nobody"):
        httpx.post(alone.url + path, content=b"{}", timeout=5)
    time.sleep(1.1)
    lines = httpx.get(f"{alone.url}/metrics", timeout=5).text.splitlines()
    assert 'motcua_outbox_messages{channel="zalo",state="failed"} 2.0' in lines
    assert 'motcua_outbox_messages{channel="zalo",state="queued"} 1.0' in lines
    assert not any("shown" in line for line in lines)
    age = next(line for line in lines if line.startswith('motcua_outbox_oldest_seconds{channel="zalo"}'))
    assert 300 <= float(age.split()[1]) < 400
    assert 'motcua_webhook_seconds_count{channel="tickets"} 1.0' in lines
    assert 'motcua_webhook_seconds_count{channel="other"} 1.0' in lines
