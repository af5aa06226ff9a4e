"""A receiver of webhooks: keeps what it gets and answers as told."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass(frozen=True)
class Got:
    """One request; header names in lower case."""

    headers: dict[str, str]
    body: bytes
    at: float

    def json(self) -> Any:
        """The body."""
        return json.loads(self.body)


@dataclass
class Hook:
    """What was received, and how the next requests are answered.

    Attributes:
        answers: HTTP statuses of the next requests (0: close the connection); then 200.
        delay: seconds before each answer.
    """

    url: str = ""
    got: list[Got] = field(default_factory=list)
    answers: list[int] = field(default_factory=list)
    delay: float = 0.0
    most_at_once: int = 0
    at_once: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)

    def until(self, many: int, within: float = 20) -> None:
        """Wait for this many requests."""
        end = time.monotonic() + within
        while len(self.got) < many:
            assert time.monotonic() < end, f"{len(self.got)} of {many} requests"
            time.sleep(0.01)


@contextmanager
def hook() -> Iterator[Hook]:
    """A receiver for the duration of a test."""
    state = Hook()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            with state.lock:
                state.at_once += 1
                state.most_at_once = max(state.most_at_once, state.at_once)
            time.sleep(state.delay)
            with state.lock:
                state.at_once -= 1
                status = state.answers.pop(0) if state.answers else 200
                headers = {name.lower(): value for name, value in self.headers.items()}
                state.got.append(Got(headers, body, time.monotonic()))
            if not status:
                self.close_connection = True
                return
            self.send_response(status)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, format: str, *arguments: Any) -> None:
            """Nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    state.url = f"http://127.0.0.1:{server.server_address[1]}/hook"
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield state
    finally:
        server.shutdown()
        server.server_close()
