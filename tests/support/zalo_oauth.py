"""A small real Zalo token endpoint on loopback: single-use refresh tokens, and faults on demand.

Each renewal is journalled, so that a test sees how many there were. `modes`, for the next calls: "refuse", "busy"
(429), "broken" (500 without rotating), "used" (rotates, then closes the connection without an answer), "slow".
"""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl

APP_ID = "360846524940903967"
APP_SECRET = "app-secret-for-tests"


@dataclass
class ZaloOAuth:
    """What the platform holds."""

    url: str = ""
    refresh: str = "RT0"
    number: int = 0
    expires_in: Any = "90000"
    codes: dict[str, str] = field(default_factory=dict)
    """Consent codes and the challenge that each was given for."""
    modes: list[str] = field(default_factory=list)
    calls: list[dict[str, str]] = field(default_factory=list)
    slow: float = 0.5
    lock: threading.Lock = field(default_factory=threading.Lock)

    def answer(self, form: dict[str, str], secret: str) -> tuple[int, dict[str, Any] | None]:
        """One call of the endpoint; None: no answer."""
        with self.lock:
            self.calls.append(form)
            mode = self.modes.pop(0) if self.modes else ""
        if mode == "slow":
            time.sleep(self.slow)
        if mode == "busy":
            return 429, {}
        if mode == "broken":
            return 500, {}
        if secret != APP_SECRET or form.get("app_id") != APP_ID or mode == "refuse":
            return 200, {"error": -14004, "error_name": "Invalid app secret"}
        with self.lock:
            if form.get("grant_type") == "authorization_code":
                if self._challenge(form) != self.codes.pop(form.get("code", ""), None):
                    return 200, {"error": -14010, "error_name": "Invalid code"}
            elif form.get("refresh_token") != self.refresh:
                return 200, {"error": -14014, "error_name": "Invalid refresh token."}
            self.number += 1
            self.refresh = f"RT{self.number}"
            pair = {"access_token": f"AT{self.number}", "refresh_token": self.refresh, "expires_in": self.expires_in}
        return 200, None if mode == "used" else pair

    def renewals(self) -> list[str]:
        """The refresh tokens that were presented, in order."""
        return [call["refresh_token"] for call in self.calls if call.get("grant_type") == "refresh_token"]

    @staticmethod
    def _challenge(form: dict[str, str]) -> str:
        import base64
        import hashlib

        sha = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
        return base64.urlsafe_b64encode(sha).rstrip(b"=").decode()


@contextmanager
def zalo_oauth() -> Iterator[ZaloOAuth]:
    """The endpoint on a thread of its own."""
    platform = ZaloOAuth()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            if self.path != "/v4/oa/access_token":
                self._send(404, {})
                return
            form = dict(parse_qsl(body.decode()))
            status, answer = platform.answer(form, self.headers.get("secret_key", ""))
            if answer is None:
                self.close_connection = True
                self.connection.close()
                return
            self._send(status, answer)

        def _send(self, status: int, answer: dict[str, Any]) -> None:
            body = json.dumps(answer).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    platform.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield platform
    finally:
        server.shutdown()
        server.server_close()
