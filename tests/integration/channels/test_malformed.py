"""Every address that takes a body, with bodies that nobody should send: refused, quickly, and never our fault."""

from __future__ import annotations

import gzip
import random
import time
from collections.abc import Iterator

import httpx
import pytest

from tests.support.chat_system import ChatSystem, running_chat
from tests.support.databases import Databases

TAKING = (
    *("/api/chat", "/api/photos", "/phan-anh", "/phan-anh/viec"),
    *("/webhooks/zalo", "/webhooks/telegram", "/webhooks/tickets"),
    *("/open311/v2/requests.json", "/open311/v2/requests.xml", "/console/login", "/console/tickets/bulk", "/console/x"),
    *("/", "/health/live", "/metrics", "/api/chat/history", "/api/chat/events", "/static/chat.js"),
)
KINDS = (
    "application/json",
    "application/x-www-form-urlencoded",
    "multipart/form-data; boundary=x",
    "multipart/form-data",
    "text/plain; charset=utf-7",
    "image/jpeg",
    "",
)
BODIES: dict[str, bytes] = {
    "empty": b"",
    "no json": b"{",
    "no object": b"[1, 2]",
    "no utf-8": b'{"message_id": "\xff\xfe"}',
    "half a letter": b'{"message_id": "\\ud800", "text": "\\udfff"}',
    "deep": b"[" * 100_000,
    "deep object": b'{"a":' * 20_000,
    "long number": b'{"message_id": ' + b"9" * 5000 + b"}",
    "not a number": b'{"message_id": NaN, "text": Infinity}',
    "same name": b'{"text": "a", "text": 1, "message_id": [], "conversation": {}}',
    "zero byte": b'{"message_id": "1234567890123456", "text": "\\u0000"}',
    "many fields": b"&".join(b"a%d=1" % number for number in range(5000)),
    "bad escape": b"code=%zz&pin=%",
    "broken multipart": b"--x\r\nContent-Disposition: form-data; name=\r\n\r\n" + b"a" * 1000,
    "endless part": b"--x\r\n" + b"A: b\r\n" * 3000,
    "packed": gzip.compress(b"a" * 1_000_000),
}


@pytest.fixture(scope="module")
def system(databases: Databases) -> Iterator[ChatSystem]:
    settings = {
        "BOT_ZALO_APP_ID": "1234",
        "BOT_ZALO_APP_SECRET": "app secret",
        "BOT_ZALO_OA_SECRET": "oa secret",
        "BOT_OPEN311_API_KEYS": "hue:0123456789abcdef:write",
        "BOT_BACKEND_WEBHOOK_SECRET": "backend secret",
        "BOT_REPLY_WAIT": "0.2",
    }
    with databases.fresh() as url, running_chat(url, workers=0, **settings) as made:
        yield made


@pytest.mark.parametrize("path", TAKING)
def test_malformed_bodies_are_refused(system: ChatSystem, path: str) -> None:
    faults = []
    with httpx.Client(base_url=system.url, timeout=10) as client:
        for name, body in BODIES.items():
            for kind in KINDS:
                headers = {"Content-Type": kind} if kind else {}
                if name == "packed":
                    headers["Content-Encoding"] = "gzip"
                started = time.monotonic()
                answer = client.post(path, content=body, headers=headers)
                seconds = time.monotonic() - started
                if not 300 <= answer.status_code < 500 or seconds > 3:
                    faults.append((name, kind, answer.status_code, round(seconds, 1)))
    assert faults == []


@pytest.mark.parametrize("path", TAKING)
@pytest.mark.parametrize("announced", [True, False])
def test_bodies_that_are_too_long_are_refused_before_they_are_taken(
    system: ChatSystem, path: str, announced: bool
) -> None:
    sent = 0

    def parts() -> Iterator[bytes]:
        nonlocal sent
        for _ in range(600):
            sent += 65536
            yield b"a" * 65536

    headers = {"Content-Length": str(600 * 65536)} if announced else {}
    started = time.monotonic()
    try:
        status = httpx.post(system.url + path, content=parts(), headers=headers, timeout=20).status_code
    except httpx.TransportError:
        status = 0  # cut off while it was still sending
    assert status in (0, 303, 401, 403, 404, 405, 413, 422), status
    assert time.monotonic() - started < 10
    assert httpx.get(f"{system.url}/health/live", timeout=2).status_code == 200


def test_noise_is_no_fault_of_ours(system: ChatSystem) -> None:
    """A few hundred of the 100,000 mutations that the benchmark sends."""
    noise = random.Random(5)
    seeds = list(BODIES.values())
    counts: dict[int, int] = {}
    with httpx.Client(base_url=system.url, timeout=10) as client:
        for _ in range(600):
            body = bytearray(noise.choice(seeds)[:2000] or b"{}")
            for _ in range(noise.randrange(1, 20)):
                body[noise.randrange(len(body))] = noise.randrange(256)
            path, kind = noise.choice(TAKING[:11]), noise.choice(KINDS)
            code = client.post(path, content=bytes(body), headers={"Content-Type": kind} if kind else {}).status_code
            counts[code] = counts.get(code, 0) + 1
    assert all(code < 500 for code in counts), counts
