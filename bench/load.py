"""A closed-loop load generator over raw HTTP/1.1, small enough not to be what is measured."""

from __future__ import annotations

import asyncio
import json
import statistics
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit


class Client:
    """One keep-alive connection; a request at a time."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        self._host = parts.hostname or "127.0.0.1"
        self._port = parts.port or 80
        self._path = parts.path
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def post(self, body: dict[str, Any]) -> tuple[int, Any]:
        """Send a JSON body; returns the status and the decoded answer."""
        if self._streams is None:
            self._streams = await asyncio.open_connection(self._host, self._port)
        reader, writer = self._streams
        data = json.dumps(body, ensure_ascii=False).encode()
        head = (
            f"POST {self._path} HTTP/1.1\r\nHost: {self._host}:{self._port}\r\n"
            f"Content-Type: application/json\r\nContent-Length: {len(data)}\r\n\r\n"
        )
        writer.write(head.encode() + data)
        await writer.drain()
        header = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        status = int(header[0].split()[1])
        fields = {k.lower(): v.strip() for k, _, v in (line.partition(":") for line in header[1:] if line)}
        if fields.get("transfer-encoding") == "chunked":
            payload = b""
            while size := int(await reader.readline(), 16):
                payload += (await reader.readexactly(size + 2))[:-2]
            await reader.readline()
        else:
            payload = await reader.readexactly(int(fields.get("content-length", "0")))
        if fields.get("connection", "").lower() == "close":
            await self.close()
        return status, json.loads(payload) if payload else None

    async def close(self) -> None:
        """Close the connection."""
        if self._streams is not None:
            self._streams[1].close()
            self._streams = None


@dataclass
class Measured:
    """What one round gave: seconds a turn, and the seconds that the whole round took."""

    seconds: list[float] = field(default_factory=list)
    elapsed: float = 0.0
    failures: int = 0

    def row(self) -> dict[str, float]:
        """p50 and p95 in milliseconds, turns a second, failures."""
        cuts = statistics.quantiles(self.seconds, n=20) if len(self.seconds) > 1 else [0.0] * 19
        return {
            "p50_ms": round(statistics.median(self.seconds) * 1000, 2) if self.seconds else 0.0,
            "p95_ms": round(cuts[18] * 1000, 2),
            "turns_per_s": round(len(self.seconds) / self.elapsed, 1) if self.elapsed else 0.0,
            "turns": len(self.seconds),
            "failures": self.failures,
        }


async def closed_loop(
    url: str,
    scripts: Iterator[Sequence[str]],
    turn: Callable[[Client, Any, str], Any],
    *,
    conversations: int,
    turns: int,
) -> Measured:
    """Keep `conversations` conversations going at once until `turns` turns are answered.

    `turn(client, state, text)` sends one message and returns `(ok, state)`; a conversation that
    comes to the end of its script is replaced by a new one.
    """
    measured = Measured()
    started = time.perf_counter()
    left = turns

    async def one() -> None:
        nonlocal left
        client = Client(url)
        try:
            while left > 0:
                state: Any = None
                for text in next(scripts):
                    if left <= 0:
                        break
                    left -= 1
                    before = time.perf_counter()
                    ok, state = await turn(client, state, text)
                    measured.seconds.append(time.perf_counter() - before)
                    measured.failures += not ok
        finally:
            await client.close()

    await asyncio.gather(*(one() for _ in range(conversations)))
    measured.elapsed = time.perf_counter() - started
    return measured
