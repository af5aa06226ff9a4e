"""A small real Zalo on loopback, for what a test wants to see from within: token endpoint and OA API.

Refresh tokens work once and rotate. Every call is journalled. `modes`, for the next calls of the token endpoint:
"refuse", "busy" (429), "broken" (500 without rotating), "used" (rotates, then closes the connection without an answer),
"slow". `answers`, for the next calls of the API: an error code, "broken" (502 after delivering), "drop" (delivers, then
closes the connection), "busy" (429), "html", "slow".
"""

from __future__ import annotations

import base64
import hashlib
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
OA_SECRET = "oa-secret-for-tests"
SENDING = ("/v3.0/oa/message/cs", "/v2.0/oa/message")
UPLOADS = {"/v2.0/oa/upload/image": "attachment_id", "/v2.0/oa/upload/file": "token"}
CLOSE = (0, None)


def signed(body: bytes) -> dict[str, str]:
    """The headers with which Zalo would send this event."""
    stamp = json.loads(body)["timestamp"]
    mac = hashlib.sha256(APP_ID.encode() + body + stamp.encode() + OA_SECRET.encode()).hexdigest()
    return {"X-ZEvent-Signature": f"mac={mac}", "Content-Type": "application/json"}


def event(name: str, citizen: str, message: dict[str, Any] | None = None, **more: Any) -> bytes:
    """An event's body, as compact as Zalo's."""
    made: dict[str, Any] = {"app_id": APP_ID, "sender": {"id": citizen}, "recipient": {"id": "388613280878808645"}}
    made |= {"event_name": name, **({"message": message} if message is not None else {}), **more}
    made.setdefault("timestamp", str(int(time.time() * 1000)))
    return json.dumps(made, ensure_ascii=False, separators=(",", ":")).encode()


@dataclass
class Zalo:
    """What the platform holds."""

    url: str = ""
    access: str = ""
    refresh: str = "RT0"
    number: int = 0
    expires_in: Any = "90000"
    codes: dict[str, str] = field(default_factory=dict)
    """Consent codes and the challenge that each was given for."""
    modes: list[str] = field(default_factory=list)
    calls: list[dict[str, str]] = field(default_factory=list)
    """Of the token endpoint."""
    answers: list[Any] = field(default_factory=list)
    sent: list[dict[str, Any]] = field(default_factory=list)
    """Bodies of delivered messages."""
    paths: list[str] = field(default_factory=list)
    uploads: list[bytes] = field(default_factory=list)
    headers: dict[str, str] = field(default_factory=dict)
    slow: float = 0.5
    lock: threading.Lock = field(default_factory=threading.Lock)

    def renewals(self) -> list[str]:
        """The refresh tokens that were presented, in order."""
        return [call["refresh_token"] for call in self.calls if call.get("grant_type") == "refresh_token"]

    def token(self, form: dict[str, str], secret: str) -> tuple[int, Any]:
        """One call of the token endpoint."""
        with self.lock:
            self.calls.append(form)
            mode = self.modes.pop(0) if self.modes else ""
        if mode == "slow":
            time.sleep(self.slow)
        if mode in ("busy", "broken"):
            return 429 if mode == "busy" else 500, {}
        if secret != APP_SECRET or form.get("app_id") != APP_ID or mode == "refuse":
            return 200, {"error": -14004, "error_name": "Invalid app secret"}
        with self.lock:
            if form.get("grant_type") == "authorization_code":
                sha = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
                if base64.urlsafe_b64encode(sha).rstrip(b"=").decode() != self.codes.pop(form.get("code", ""), None):
                    return 200, {"error": -14010, "error_name": "Invalid code"}
            elif form.get("refresh_token") != self.refresh:
                return 200, {"error": -14014, "error_name": "Invalid refresh token."}
            self.number += 1
            self.access, self.refresh = f"AT{self.number}", f"RT{self.number}"
            pair = {"access_token": self.access, "refresh_token": self.refresh, "expires_in": self.expires_in}
        return CLOSE if mode == "used" else (200, pair)

    def api(self, path: str, token: str, body: bytes) -> tuple[int, Any]:
        """One call of the OA API."""
        with self.lock:
            self.paths.append(path)
            answer = self.answers.pop(0) if self.answers else 0
        if answer == "slow":
            time.sleep(self.slow)
        if isinstance(answer, int) and answer:
            return 200, {"error": answer, "message": "refused"}
        if answer == "busy":
            return 429, {}
        if answer == "html":
            return 200, "<html>"
        if token != self.access:
            return 200, {"error": -216, "message": "Access token is invalid"}
        if path in UPLOADS:
            self.uploads.append(body)
            return 200, {"data": {UPLOADS[path]: f"up{len(self.uploads)}"}, "error": 0, "message": "Success"}
        message = json.loads(body)
        if len(message["message"].get("text", "")) > 2000:
            return 200, {"error": -210, "message": "Parameter exceeds allowable limit"}
        with self.lock:
            self.sent.append(message)
            number = len(self.sent)
        if answer == "broken":
            return 502, {}
        if answer == "drop":
            return CLOSE
        data = {"message_id": f"zm{number}", "user_id": message["recipient"].get("user_id", "")}
        return 200, {"data": data, "error": 0, "message": "Success"}

    def texts(self, citizen: str | None = None) -> list[str]:
        """The texts that were delivered."""
        return [
            one["message"].get("text", "")
            for one in self.sent
            if citizen is None or one["recipient"].get("user_id") == citizen
        ]


@contextmanager
def zalo_platform() -> Iterator[Zalo]:
    """The platform on a thread of its own."""
    platform = Zalo()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            if self.path == "/v4/oa/access_token":
                form = dict(parse_qsl(body.decode()))
                status, answer = platform.token(form, self.headers.get("secret_key", ""))
            elif self.path in SENDING or self.path in UPLOADS:
                status, answer = platform.api(self.path, self.headers.get("access_token", ""), body)
            else:
                status, answer = 404, {}
            if status == 0:
                self.close_connection = True
                self.connection.close()
                return
            data = answer.encode() if isinstance(answer, str) else json.dumps(answer).encode()
            self.send_response(status)
            for name, value in {"Content-Type": "application/json", **platform.headers}.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def do_HEAD(self) -> None:
            self.send_response(200)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    platform.url = f"http://127.0.0.1:{server.server_port}"
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    try:
        yield platform
    finally:
        server.shutdown()
        server.server_close()
