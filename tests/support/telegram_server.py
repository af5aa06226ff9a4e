"""A stand-in for the Telegram Bot API: a real HTTP server on loopback that behaves as told.

Requests arrive as python-telegram-bot 22 sends them: form-encoded, JSON within fields.
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

TOKEN = "123:abc"


@dataclass
class Telegram:
    """What the platform holds and how it answers next.

    `answers` gives, for the next calls of sendMessage, what to do instead of delivering: "flood" (429),
    "blocked" (403), "bad" (400), "broken" (502 after delivering), "drop" (delivers, then closes the connection).
    """

    url: str = ""
    sent: list[dict[str, Any]] = field(default_factory=list)
    calls: list[str] = field(default_factory=list)
    answered: list[str] = field(default_factory=list)
    answers: list[str] = field(default_factory=list)
    offsets: list[int] = field(default_factory=list)
    files: dict[str, bytes] = field(default_factory=dict)
    """By file id."""
    commands: list[dict[str, Any]] = field(default_factory=list)
    webhook: dict[str, Any] = field(default_factory=dict)
    """What setWebhook was told."""
    lost_files: list[str] = field(default_factory=list)
    """For the next downloads, what happens instead: "broken" (502), "gone" (404)."""
    _updates: list[dict[str, Any]] = field(default_factory=list)
    _next: int = 100
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def citizen_writes(self, text: str, chat: int = 42) -> None:
        """A text message in a private chat."""
        self._add(message=self._message(chat, text))

    def citizen_presses(self, payload: str, chat: int = 42) -> None:
        """A pressed inline button."""
        query = {"id": f"q{self._next}", "chat_instance": "1", "data": payload, "from": _user(chat)}
        self._add(callback_query=query | {"message": self._message(chat, "…")})

    def citizen_sends(self, chat: int = 42, **content: Any) -> None:
        """A message of another kind in a private chat: `photo`, `voice`, `contact`, `location`."""
        self._add(message=self._message(chat, None) | content)

    def citizen_sends_photo(self, data: bytes, chat: int = 42, caption: str | None = None) -> None:
        """A picture, perhaps with a caption."""
        name = f"f{self._next}"
        self.files[name] = data
        size = {"file_id": name, "file_unique_id": name, "width": 800, "height": 600, "file_size": len(data)}
        self.citizen_sends(chat, photo=[size], **({"caption": caption} if caption else {}))

    def redeliver(self) -> None:
        """The platform did not hear that the updates were taken."""
        self.offsets.clear()

    def _message(self, chat: int, text: str | None) -> dict[str, Any]:
        said = {} if text is None else {"text": text}
        return said | {
            "message_id": self._next,
            "date": int(time.time()),
            "chat": {"id": chat, "type": "private", "first_name": "An"},
            "from": _user(chat),
        }

    def _add(self, **content: Any) -> None:
        with self._lock:
            self._updates.append({"update_id": self._next, **content})
            self._next += 1

    def handle(self, method: str, values: dict[str, str]) -> tuple[int, dict[str, Any]] | None:
        """One call of the Bot API."""
        self.calls.append(method)
        if method == "getMe":
            return _ok({"id": 1, "is_bot": True, "first_name": "Bot", "username": "bot"})
        if method == "getUpdates":
            return _ok(self._poll(int(values.get("offset", "0")), float(values.get("timeout", "0"))))
        if method == "answerCallbackQuery":
            self.answered.append(values["callback_query_id"])
            return _ok(True)
        if method == "sendMessage":
            return self._send(values)
        if method == "getFile":
            name = values["file_id"]
            return _ok({"file_id": name, "file_unique_id": name, "file_path": f"photos/{name}.jpg"})
        if method == "setMyCommands":
            self.commands = json.loads(values["commands"])
            return _ok(True)
        if method == "setWebhook":
            self.webhook = dict(values)
            return _ok(True)
        if method == "deleteWebhook":
            self.webhook = {}
            return _ok(True)
        if method == "getWebhookInfo":
            waiting = len(self._updates)
            info = {"url": self.webhook.get("url", ""), "has_custom_certificate": False}
            return _ok(info | {"pending_update_count": waiting})
        return 404, {"ok": False, "error_code": 404, "description": "Not Found"}

    def file(self, path: str) -> tuple[int, bytes]:
        """One download of `/file/bot<token>/<path>`."""
        what = self.lost_files.pop(0) if self.lost_files else "give"
        body = self.files.get(path.rpartition("/")[2].removesuffix(".jpg"))
        if what == "broken":
            return 502, b""
        return (200, body) if body is not None and what == "give" else (404, b"")

    def _poll(self, offset: int, timeout: float) -> list[dict[str, Any]]:
        self.offsets.append(offset)
        end = time.monotonic() + min(timeout, 0.5)
        while True:
            with self._lock:
                found = [update for update in self._updates if update["update_id"] >= offset]
            if found or time.monotonic() > end:
                return found
            time.sleep(0.01)

    def _send(self, values: dict[str, str]) -> tuple[int, dict[str, Any]] | None:
        what = self.answers.pop(0) if self.answers else "deliver"
        if what == "flood":
            parameters = {"retry_after": 1}
            return 429, {"ok": False, "error_code": 429, "description": "Too Many Requests", "parameters": parameters}
        if what == "blocked":
            return 403, {"ok": False, "error_code": 403, "description": "Forbidden: bot was blocked by the user"}
        if what == "bad":
            return 400, {"ok": False, "error_code": 400, "description": "Bad Request: chat not found"}
        markup = json.loads(values.get("reply_markup", "{}"))
        self.sent.append(
            {
                "chat": values["chat_id"],
                "text": values["text"],
                "buttons": [b["callback_data"] for row in markup.get("inline_keyboard", []) for b in row],
            }
            | ({"keys": [key for row in markup["keyboard"] for key in row]} if "keyboard" in markup else {})
        )
        if what == "broken":
            return 502, {"ok": False, "error_code": 502, "description": "Bad Gateway"}
        if what == "drop":
            return None
        return _ok(self._message(int(values["chat_id"]), values["text"]) | {"message_id": 1000 + len(self.sent)})


def _user(chat: int) -> dict[str, Any]:
    return {"id": chat, "is_bot": False, "first_name": "An"}


def _ok(result: Any) -> tuple[int, dict[str, Any]]:
    return 200, {"ok": True, "result": result}


@contextmanager
def telegram_server() -> Iterator[Telegram]:
    """The stand-in, for the duration of a test."""
    platform = Telegram()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
            token, _, method = self.path.removeprefix("/bot").partition("/")
            answer = platform.handle(method, dict(parse_qsl(body))) if token == TOKEN else (401, {"ok": False})
            if answer is None:
                self.close_connection = True
                return
            data = json.dumps(answer[1]).encode()
            self.send_response(answer[0])
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def do_GET(self) -> None:
            known, _, path = self.path.removeprefix("/file/bot").partition("/")
            status, body = platform.file(path) if known == TOKEN else (401, b"")
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *arguments: Any) -> None:
            """Nothing: the address holds the token."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    platform.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield platform
    finally:
        server.shutdown()
        server.server_close()
