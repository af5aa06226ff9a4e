"""A channel is one folder: the toy one is known by a setting, and has everything that the others have."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import httpx
import pytest

from tests.integration.channels.test_telegram import rows, until
from tests.integration.channels.toy import SECRET
from tests.support.chat_system import ChatSystem, running_chat
from tests.support.databases import Databases
from tests.support.pictures import picture


@contextmanager
def platform() -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """The toy's server and what reached its citizens."""
    sent: list[dict[str, Any]] = []

    class Handler(BaseHTTPRequestHandler):
        def _say(self, status: int, body: bytes) -> None:
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def do_POST(self) -> None:
            message = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            if message["to"] == "blocked":
                self._say(403, b"{}")
                return
            sent.append(message)
            self._say(200, json.dumps({"id": len(sent)}).encode())

        def do_GET(self) -> None:
            self._say(200, picture())

        def log_message(self, format: str, *arguments: Any) -> None:
            """Nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}", sent
    finally:
        server.shutdown()
        server.server_close()


@pytest.fixture(scope="module")
def running(
    databases: Databases, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[ChatSystem, list[dict[str, Any]]]]:
    folder = str(tmp_path_factory.mktemp("data"))
    with (
        platform() as (url, sent),
        databases.fresh() as database,
        running_chat(
            database, BOT_CHANNELS="tests.integration.channels.toy", BOT_DATA_DIR=folder, TOY_URL=url
        ) as system,
    ):
        yield system, sent


@pytest.fixture
def system(running: tuple[ChatSystem, list[dict[str, Any]]]) -> ChatSystem:
    running[0].engine.taken.clear()
    return running[0]


@pytest.fixture
def sent(running: tuple[ChatSystem, list[dict[str, Any]]]) -> list[dict[str, Any]]:
    running[1].clear()
    return running[1]


def post(system: ChatSystem, secret: str = SECRET, **said: str) -> int:
    return httpx.post(f"{system.url}/webhooks/toy", json=said, headers={"x-toy": secret}, timeout=30).status_code


def test_it_is_verified_answered_in_words_and_a_number_chooses(system: ChatSystem, sent: list[dict[str, Any]]) -> None:
    assert post(system, "wrong", **{"from": "An", "id": "0", "text": "a"}) == 401
    for number, text in enumerate(["!buttons", "chọn 1"]):
        assert post(system, **{"from": "An", "id": str(number), "text": text}) == 200
        assert post(system, **{"from": "An", "id": str(number), "text": text}) == 200, "as platforms do"
    until(lambda: len(sent) == 2)
    assert "1. Đăng ký khai sinh\n2. Đăng ký kết hôn\n3. Gặp cán bộ" in sent[0]["text"]
    assert sent[1] == {"to": "An", "text": "Bạn viết: pick:1.001193:documents"}


def test_a_long_answer_has_its_shape(system: ChatSystem, sent: list[dict[str, Any]]) -> None:
    post(system, **{"from": "Bình", "id": "1", "text": "!long"})
    until(lambda: sent and "Xem đầy đủ" in sent[-1]["text"])
    assert [number for number in range(20) if any(f"Đoạn {number}:" in one["text"] for one in sent)] == [*range(20)]
    assert all(len(one["text"]) <= 300 for one in sent)


def test_its_photos_are_kept(system: ChatSystem, sent: list[dict[str, Any]]) -> None:
    post(system, **{"from": "Chi", "id": "1", "photo": "a.jpg"})
    until(lambda: sent)
    [(key,)] = rows(system, "SELECT key FROM ticket_photos")
    assert sent == [{"to": "Chi", "text": f"Bạn viết: photo:{key}"}]


def test_who_blocked_it_is_left_alone(system: ChatSystem, sent: list[dict[str, Any]]) -> None:
    post(system, **{"from": "blocked", "id": "1", "text": "a"})
    until(lambda: rows(system, "SELECT 1 FROM outbox WHERE state = 'opted_out'"))
    assert sent == []
