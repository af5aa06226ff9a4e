"""Events to the webhook: signed, in no promised order, again where they were not taken, and twice now and then."""

from __future__ import annotations

import asyncio
import hashlib
import json
import random
import time
from typing import Any

import httpx

from tests.standins.zalo.platform import App, Json

SCHEDULE = (30.0, 300.0, 900.0, 1800.0, 3600.0)
"""Seconds before each try after the first; after the last one Zalo takes the webhook away."""
TIMEOUT = 2.0


def signature(app: App, body: bytes, timestamp: str) -> str:
    """The header's value: plain SHA-256, not HMAC."""
    return "mac=" + hashlib.sha256(app.app_id.encode() + body + timestamp.encode() + app.oa_secret.encode()).hexdigest()


class Deliveries:
    """What goes to the webhook.

    Args:
        speed: how much faster the schedule goes.
    """

    def __init__(self, app: App, url: str, *, speed: float = 1.0, seed: int = 1) -> None:
        self._app = app
        self.url = url
        self._speed = speed
        self._random = random.Random(seed)
        self._tasks: set[asyncio.Task[None]] = set()
        self._client: httpx.AsyncClient | None = None
        self._turns = asyncio.Semaphore(64)
        self.shuffle = 0.0
        """Seconds by which an event may come late, and so after a later one."""
        self.duplicates = 0.0
        """The share of events that come twice."""
        self.timeout = TIMEOUT
        self.delivered: list[Json] = []
        """Every try: event, message id, status (0: none), seconds."""
        self.given_up: list[Json] = []
        self.under_way = 0

    def happen(self, event: Json) -> None:
        """Deliver an event, some time."""
        if not self.url:
            return
        body = json.dumps(event, ensure_ascii=False, separators=(",", ":")).encode()
        late = self._random.random() * self.shuffle
        self._start(self._deliver(event, body, late))
        if self._random.random() < self.duplicates:
            self._start(self._deliver(event, body, late + self._random.random() * max(self.shuffle, 0.2)))

    async def close(self) -> None:
        """Deliver no more."""
        for task in self._tasks:
            task.cancel()
        if self._client is not None:
            await self._client.aclose()

    def _start(self, work: Any) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _deliver(self, event: Json, body: bytes, late: float) -> None:
        self.under_way += 1
        try:
            await asyncio.sleep(late)
            for retry, pause in enumerate((*SCHEDULE, None)):
                if await self._post(event, body, retry):
                    return
                if pause is not None:
                    await asyncio.sleep(pause / self._speed)
            self.given_up.append(event)
            self.url = ""  # Zalo unsubscribes a webhook that does not answer
        finally:
            self.under_way -= 1

    async def _post(self, event: Json, body: bytes, retry: int) -> bool:
        if self._client is None:
            self._client = httpx.AsyncClient(
                limits=httpx.Limits(max_connections=64, max_keepalive_connections=64), trust_env=False
            )
        stamp = str(event["timestamp"])
        headers = {
            "Content-Type": "application/json",
            "X-ZEvent-Signature": signature(self._app, body, stamp),
            "X-ZEvent-Timestamp": stamp,
        }
        if retry:
            headers["num_retry"] = str(retry)
        status = 0
        async with self._turns:
            url, began = self.url, time.monotonic()
            try:
                if url:
                    answer = await self._client.post(url, content=body, headers=headers, timeout=self.timeout)
                    status = answer.status_code
            except httpx.HTTPError:
                status = 0
            seconds = time.monotonic() - began
        message = event.get("message")
        self.delivered.append(
            {
                "event": event["event_name"],
                "msg_id": message.get("msg_id") if isinstance(message, dict) else None,
                "status": status,
                "retry": retry,
                "seconds": seconds,
            }
        )
        return status == 200
