"""A small real HTTP engine that keeps the contract between relay and engine, and a journal of its turns.

It does what the text says: "!sleep 0.5" takes its time, "!status form" answers with that status, "!category rac_thai"
as in a report of it, "!unresolved", "!forget", "!long", "!buttons", "!link", "!400", "!500", "!live" (a person is
called). Of a text whose meaning alone is asked, "cháy nhà" is a fire and "tố cáo" a denunciation. Run alone:
`python -m tests.support.fake_engine PORT`.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

SECRET = "engine-secret-for-tests"


class FakeEngine:
    """Answers turns. `mode` is `ok`, `busy` (503), `fault` (500), `hang` or `drop` (closes the connection)."""

    def __init__(self, secret: str = SECRET) -> None:
        self.secret = secret
        self.mode = "ok"
        self.delay = 0.0
        self.url = ""
        self.port = 0
        self.taken: list[tuple[str, str, str]] = []
        """(conversation, message id, text or payload) of each turn taken, in order."""
        self.parsed: list[str] = []
        """Texts whose meaning alone was asked."""
        self.overlaps = 0
        """How often two turns of one conversation were under way at once."""
        self.requests = 0
        self._last: dict[str, tuple[str, bytes]] = {}
        self._busy: set[str] = set()
        self._server: asyncio.Server | None = None
        self._writers: set[asyncio.StreamWriter] = set()

    async def start(self, port: int = 0) -> None:
        """Listen on loopback."""
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", port)
        self.port = self._server.sockets[0].getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"

    async def stop(self) -> None:
        """Stop listening and drop the connections."""
        if self._server is not None:
            self._server.close()
            for writer in list(self._writers):
                writer.transport.abort()
            self._server = None

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._writers.add(writer)
        try:
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
                lines = head.split("\r\n")
                headers = {k.lower(): v.strip() for k, _, v in (line.partition(":") for line in lines[1:])}
                body = await reader.readexactly(int(headers.get("content-length", "0")))
                self.requests += 1
                answer = await self._answer(lines[0].split(" ")[1], headers, body)
                if answer is None:
                    break
                status, payload = answer
                writer.write(
                    b"HTTP/1.1 %d X\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n"
                    % (status, len(payload))
                    + payload
                )
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError, asyncio.CancelledError):
            pass
        finally:
            self._writers.discard(writer)
            writer.close()

    async def _answer(self, path: str, headers: dict[str, str], body: bytes) -> tuple[int, bytes] | None:
        if headers.get("x-engine-secret") != self.secret:
            return 401, b'{"error": {"code": "unauthorized", "message": "wrong secret"}}'
        if path == "/webhooks/turn/health":
            return (200, b'{"model": "fake"}') if self.mode == "ok" else (503, b"{}")
        if path == "/webhooks/turn/parse":
            if self.mode != "ok":
                return 503, b"{}"
            self.parsed.append(json.loads(body)["text"])
            return 200, json.dumps(meaning(self.parsed[-1])).encode()
        if path != "/webhooks/turn/turn":
            return 404, b"{}"
        if self.mode == "busy":
            return 503, b'{"error": {"code": "busy", "message": "not taken"}}'
        if self.mode == "fault":
            return 500, b"{}"
        if self.mode == "drop":
            return None
        if self.mode == "hang":
            await asyncio.sleep(3600)
        turn = json.loads(body)
        conversation, message_id = turn["conversation"], turn["message_id"]
        last = self._last.get(conversation)
        if last and last[0] == message_id:
            return 200, last[1]
        said = turn["text"] if turn["text"] is not None else turn["payload"]
        if said.startswith("!400"):
            return 400, b'{"error": {"code": "bad", "message": "no"}}'
        if said.startswith("!500"):
            return 500, b"{}"
        self.overlaps += conversation in self._busy
        self._busy.add(conversation)
        try:
            pause = float(said.split()[1]) if said.startswith("!sleep") else self.delay
            if pause:
                await asyncio.sleep(pause)
        finally:
            self._busy.discard(conversation)
        self.taken.append((conversation, message_id, said))
        answer = json.dumps(response(said), ensure_ascii=False).encode()
        self._last[conversation] = (message_id, answer)
        return 200, answer


def response(said: str) -> dict[str, Any]:
    """What the engine says to a text or payload."""
    reply: dict[str, Any] = {"text": f"Bạn viết: {said}", "buttons": [], "image": None}
    understanding = {
        "status": "answered",
        "intent": "ask_fee",
        "confidence": 0.97,
        "aspects": ["fee"],
        "procedures": ["1.001193"],
        "category": None,
        "categories": [],
        "ticket": None,
    }
    answer: dict[str, Any] = {"replies": [reply], "understanding": understanding, "unresolved": None}
    word = said.split()[0] if said.split() else ""
    if word == "!status":
        understanding["status"] = said.split()[1]
    elif word == "!category":
        understanding |= {"status": "form", "category": said.split()[1]}
    elif word == "!unresolved":
        understanding["status"] = "unresolved"
        answer["unresolved"] = {"reason": "no_match", "candidates": [{"code": "1.000894", "score": 0.2}]}
    elif word == "!forget":
        understanding["status"] = "guided"
        answer["forget"] = True
        reply["text"] = "Tôi không lưu nội dung này."
    elif word == "!live":
        understanding["status"] = "handoff"
        answer["unresolved"] = {"reason": "handoff"}
        answer["live"] = True
        reply["text"] = "Tôi đã báo cho cán bộ."
    elif word == "!long":
        reply["text"] = "\n\n".join(f"Đoạn {n}: " + "câu trả lời dài. " * 30 for n in range(20))
        reply["buttons"] = [{"title": "Xem đầy đủ", "payload": "full:1.001193:documents"}]
    elif word == "!buttons":
        understanding["status"] = "clarify"
        reply["text"] = "Bạn hỏi thủ tục nào?"
        reply["buttons"] = [
            {"title": "Đăng ký khai sinh", "payload": "pick:1.001193:documents"},
            {"title": "Đăng ký kết hôn", "payload": "pick:1.000894:documents"},
            {"title": "Gặp cán bộ", "payload": "menu:handoff"},
        ]
    elif word == "!link":
        reply["text"] = (
            "Xem https://dichvucong.gov.vn/p/home?ma=1.001193. Không mở javascript:alert(1)\n"
            "<img src=x onerror=alert(1)> <b>đậm</b>"
        )
    answer["form_active"] = understanding["status"] == "form"
    return answer


def meaning(said: str) -> dict[str, Any]:
    """What a text means, without a turn."""
    if "cháy nhà" in said:
        return {"intent": "emergency", "confidence": 0.99, "emergency_kind": "fire"}
    intent = "denunciation" if "tố cáo" in said else "ask_fee"
    return {"intent": intent, "confidence": 0.97, "emergency_kind": None}


@contextmanager
def running_engine() -> Iterator[FakeEngine]:
    """A fake engine on a thread of its own, for tests that are not asynchronous."""
    engine = FakeEngine()
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    try:
        asyncio.run_coroutine_threadsafe(engine.start(), loop).result(10)
        yield engine
    finally:
        asyncio.run_coroutine_threadsafe(engine.stop(), loop).result(10)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(10)


async def _alone(port: int) -> None:
    engine = FakeEngine(os.environ.get("BOT_ENGINE_SECRET", SECRET))
    await engine.start(port)
    print(engine.url, flush=True)
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(_alone(int(sys.argv[1]) if len(sys.argv) > 1 else 0))
