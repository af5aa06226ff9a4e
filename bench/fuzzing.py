"""Random and mutated requests to the webhooks, and how fast genuine ones are acknowledged."""

from __future__ import annotations

import asyncio
import hashlib
import json
import random
import time
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

TELEGRAM, ZALO = "/webhooks/telegram", "/webhooks/zalo"
Headers = dict[str, str]


@dataclass(frozen=True)
class Secrets:
    """What genuine requests carry."""

    telegram: str
    zalo_app: str
    zalo_oa: str


class Connection:
    """One keep-alive connection that survives being closed by the server."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        self._host, self._port = parts.hostname or "127.0.0.1", parts.port or 80
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def post(self, path: str, headers: Mapping[str, str], body: bytes) -> int:
        """The status; 0 where the server closed the connection without one."""
        if self._streams is None:
            self._streams = await asyncio.open_connection(self._host, self._port)
        reader, writer = self._streams
        lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
        head = f"POST {path} HTTP/1.1\r\nHost: {self._host}\r\n{lines}Content-Length: {len(body)}\r\n\r\n"
        try:
            writer.write(head.encode("latin-1") + body)
            await writer.drain()
            answer = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
            fields = {k.lower(): v.strip() for k, _, v in (line.partition(":") for line in answer[1:])}
            await reader.readexactly(int(fields.get("content-length", "0")))
        except (OSError, asyncio.IncompleteReadError):
            self.close()
            return 0
        if fields.get("connection", "").lower() == "close":
            self.close()
        return int(answer[0].split()[1])

    def close(self) -> None:
        """Close it."""
        if self._streams is not None:
            self._streams[1].close()
            self._streams = None


def telegram_update(number: int, text: str = "chào") -> dict[str, Any]:
    """A genuine update."""
    person = {"id": 5_000_000 + number, "is_bot": False, "first_name": "An", "language_code": "vi"}
    chat = {"id": person["id"], "type": "private", "first_name": "An"}
    message = {"message_id": number, "from": person, "chat": chat, "date": 1763812345, "text": text}
    return {"update_id": number, "message": message}


def zalo_event(app: str, number: int, text: str = "chào") -> dict[str, Any]:
    """A genuine event."""
    who = {"app_id": app, "sender": {"id": str(2**61 + number)}, "recipient": {"id": "388613280878808645"}}
    message = {"text": text, "msg_id": f"{number:020x}"}
    return {**who, "event_name": "user_send_text", "message": message, "timestamp": "1763812345678"}


def zalo_signature(secrets: Secrets, body: bytes, timestamp: bytes = b"1763812345678") -> str:
    """The header's value for a body."""
    whole = secrets.zalo_app.encode() + body + timestamp + secrets.zalo_oa.encode()
    return "mac=" + hashlib.sha256(whole).hexdigest()


def encoded(value: Any) -> bytes:
    """JSON as the platforms write it."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogatepass")


_VALUES: tuple[Any, ...] = (
    *(None, True, False, 0, -1, 2**63, -(2**70), 1e308, 0.1, "", " ", "0", "a" * 5000, "\x00", "\ud800", "đ́́́"),
    *([], {}, [[]], {"": {}}, [None] * 50, {"id": {"id": []}}, "2468", "1763812345678", "\u202e", "😀" * 700),
)


def mutated(chance: random.Random, value: Any) -> bytes:
    """A body made of a genuine one: its JSON changed, or its bytes, or nothing of it left."""
    for _ in range(chance.randint(1, 3)):
        value = _changed(chance, value)
    body = encoded(value)
    match chance.randrange(10):
        case 0:
            body = body[: chance.randrange(len(body) + 1)]
        case 1:
            body = chance.randbytes(chance.randrange(400))
        case 2:
            at = chance.randrange(len(body) + 1)
            body = body[:at] + chance.randbytes(chance.randint(1, 8)) + body[at:]
        case 3:
            body = b"[" * chance.choice((10, 1000, 60_000)) + body
        case 4:
            body = body.replace(b":", b": ", chance.randint(1, 5)) + chance.choice((b"", b" ", b"\n{}", b"\xff"))
        case 5:
            body = bytes(byte ^ (1 << chance.randrange(8)) if chance.random() < 0.02 else byte for byte in body)
    return body


def _changed(chance: random.Random, value: Any) -> Any:
    """One place of a JSON value changed, dropped, or given another name."""
    if isinstance(value, dict) and value and chance.random() < 0.85:
        key = chance.choice(list(value))
        copy = dict(value)
        kind = chance.random()
        if kind < 0.1:
            del copy[key]
        elif kind < 0.15:
            copy[chance.choice(("id", "text", "message", "photo", "contact", "attachments", "__class__"))] = copy.pop(
                key
            )
        else:
            copy[key] = _changed(chance, value[key])
        return copy
    if isinstance(value, list) and value and chance.random() < 0.7:
        copy_of = list(value)
        at = chance.randrange(len(value))
        copy_of[at] = _changed(chance, value[at])
        return copy_of
    return chance.choice(_VALUES)


_MORE: tuple[Callable[[dict[str, Any]], Any], ...] = (
    lambda _: {"photo": [{"file_id": "a", "file_unique_id": "b", "width": 1, "height": 1}], "caption": "ảnh"},
    lambda _: {"location": {"latitude": 10.7, "longitude": 106.7}},
    lambda message: {"contact": {"phone_number": "+84912345678", "first_name": "A", "user_id": message["from"]["id"]}},
    lambda _: {"voice": {"file_id": "v", "file_unique_id": "v", "duration": 1}},
    lambda _: {"text": "/start PA-2026-000001"},
)
_ATTACHED = (
    ("image", {"url": "https://f1.zdn.vn/a.jpg", "thumbnail": "https://f1.zdn.vn/t.jpg"}),
    ("location", {"coordinates": {"latitude": "10.7", "longitude": 106.7}}),
    ("file", {"url": "https://x/a.pdf", "size": "1", "name": "a.pdf", "checksum": "0", "type": "pdf"}),
    ("sticker", {"id": "1", "url": "https://x/s"}),
)


def telegram_try(chance: random.Random, secrets: Secrets, number: int, *, genuine: bool) -> tuple[Headers, bytes]:
    """One request; genuine ones carry the secret."""
    update = telegram_update(number)
    if chance.random() < 0.5:
        update["message"] |= chance.choice(_MORE)(update["message"])
    elif chance.random() < 0.3:
        query = {"id": str(number), "from": update["message"]["from"], "chat_instance": "1", "data": "menu:help"}
        update = {"update_id": number, "callback_query": query | {"message": update["message"]}}
    body = mutated(chance, update)
    wrong = ("", secrets.telegram + "x", secrets.telegram[:-1], secrets.telegram.upper(), "é", " " * 300)
    told = secrets.telegram if genuine else chance.choice(wrong)
    headers = {"Content-Type": chance.choice(("application/json", "text/plain", ""))}
    if genuine or chance.random() < 0.8:
        headers["X-Telegram-Bot-Api-Secret-Token"] = told
    return headers, body


def zalo_try(chance: random.Random, secrets: Secrets, number: int, *, genuine: bool) -> tuple[Headers, bytes]:
    """One request; genuine ones are signed over the mutated body."""
    event = zalo_event(secrets.zalo_app, number)
    if chance.random() < 0.5:
        kind, payload = chance.choice(_ATTACHED)
        event["event_name"] = f"user_send_{kind}"
        event["message"] |= {"attachments": [{"type": kind, "payload": payload}]}
    elif chance.random() < 0.3:
        event["event_name"] = chance.choice(("follow", "unfollow", "user_withdraw", "user_submit_info", "oa_send_text"))
    before = encoded(event)
    body = mutated(chance, event)
    headers = {"Content-Type": "application/json", "X-ZEvent-Timestamp": "1763812345678"}
    if genuine:
        headers["X-ZEvent-Signature"] = zalo_signature(secrets, body)
        return headers, body
    if body == before:
        body += b" "
    good = zalo_signature(secrets, before)
    forged = zalo_signature(Secrets("", secrets.zalo_app, ""), body)
    wrong = (good, forged, good.upper(), good[4:], "mac=", "mac=" + "0" * 64, "", "sha256=" + good[4:], good + " ")
    if chance.random() < 0.9:
        headers["X-ZEvent-Signature"] = chance.choice(wrong)
    return headers, body


@dataclass
class Fuzzed:
    """Answers by endpoint, by whether the request was genuine, and by status."""

    statuses: Counter[tuple[str, bool, int]] = field(default_factory=Counter)
    seconds: float = 0.0

    def of(self, *, genuine: bool) -> set[int]:
        """The statuses of these requests."""
        return {status for (_, was, status) in self.statuses if was is genuine}


async def fuzz(url: str, secrets: Secrets, tries: int, *, genuine: bool, seed: int, at_once: int = 8) -> Fuzzed:
    """Half of the tries to each webhook."""
    found, numbers = Fuzzed(), iter(range(1, tries + 1))
    began = time.monotonic()

    async def one() -> None:
        connection = Connection(url)
        for number in numbers:
            chance = random.Random(f"{seed}/{genuine}/{number}")  # noqa: S311  tries that can be repeated
            path = TELEGRAM if number % 2 else ZALO
            make = telegram_try if number % 2 else zalo_try
            headers, body = make(chance, secrets, number, genuine=genuine)
            status = await connection.post(path, headers, body)
            found.statuses[path, genuine, status] += 1
        connection.close()

    await asyncio.gather(*(one() for _ in range(at_once)))
    found.seconds = time.monotonic() - began
    return found


async def acknowledge(url: str, secrets: Secrets, messages: int, *, at_once: int, first: int = 0) -> list[float]:
    """Seconds until each of these genuine messages was acknowledged, half of them on each channel.

    Raises:
        AssertionError: one was not.
    """
    seconds: list[float] = []
    numbers = iter(range(first, first + messages))

    async def one() -> None:
        connection = Connection(url)
        for number in numbers:
            if number % 2:
                path, body = TELEGRAM, encoded(telegram_update(10**6 + number, f"câu {number}"))
                headers = {"X-Telegram-Bot-Api-Secret-Token": secrets.telegram}
            else:
                path, body = ZALO, encoded(zalo_event(secrets.zalo_app, 10**6 + number, f"câu {number}"))
                headers = {"X-ZEvent-Signature": zalo_signature(secrets, body)}
            began = time.perf_counter()
            status = await connection.post(path, headers | {"Content-Type": "application/json"}, body)
            seconds.append(time.perf_counter() - began)
            assert status == 200, status
        connection.close()

    await asyncio.gather(*(one() for _ in range(at_once)))
    return seconds
