"""How updates reach the bot: by long polling, or by webhook with redelivery. Never both.

From the documentation and the source of Telegram's server: one update of a chat is on its way at a time; what was not
answered with 2xx goes again at once, then after 2, 4, 8 … 120 s or what `Retry-After` says, for a day.
"""

from __future__ import annotations

import asyncio
import random
import re
import time
from collections import deque
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

import httpx

from tests.standins.telegram.errors import OTHER_POLLER, WEBHOOK_IS_SET, bad
from tests.standins.telegram.methods import from_json
from tests.standins.telegram.platform import BY_DEFAULT, KEPT, Json, Pending, Platform

LONGEST_POLL = 50.0
LONGEST_PAUSE = 120.0
TIMEOUT = 60.0
PORTS = (443, 80, 88, 8443)
_SECRET = re.compile(r"[A-Za-z0-9_-]{1,256}")


class Updates:
    """Both ways.

    Args:
        speed: how much faster redelivery goes.
        local: as the server of `telegram-bot-api --local`, which also takes http and any port.
    """

    def __init__(self, platform: Platform, *, speed: float = 1.0, local: bool = True, seed: int = 1) -> None:
        self._platform = platform
        self._speed = speed
        self._local = local
        self._random = random.Random(seed)
        self._polls = 0
        self._url = ""
        self._secret = ""
        self._connections = 40
        self._turns = asyncio.Semaphore(40)
        self._waiting: dict[int, deque[Pending]] = {}
        self._tasks: dict[int, asyncio.Task[None]] = {}
        self._last_error: Json = {}
        self._client: httpx.AsyncClient | None = None
        self.duplicates = 0.0
        """The share of updates whose 2xx Telegram does not hear, so that they come again."""
        self.delivered: list[Json] = []
        """What the webhook was asked and what it answered."""
        platform.on_update.append(self._queue)

    # Long polling

    async def poll(self, values: Mapping[str, Any]) -> list[Json]:
        """getUpdates."""
        if self._url:
            raise WEBHOOK_IS_SET
        self._polls += 1
        mine = self._polls
        self._allow(values)
        offset, limit = int(values.get("offset", 0)), int(values.get("limit", 100))
        if not 1 <= limit <= 100:
            limit = 100
        end = time.monotonic() + min(float(values.get("timeout", 0)), LONGEST_POLL)
        waiting = self._platform.pending
        if offset < 0:
            offset = ([*waiting][offset:] or [0])[0]
        for number in [number for number in waiting if number < offset]:
            del waiting[number]
        while True:
            self._platform.forget_old()
            if waiting:
                return [update.body for update in list(waiting.values())[:limit]]
            left = end - time.monotonic()
            if left <= 0:
                return []
            self._platform.arrived.clear()
            try:
                async with asyncio.timeout(min(left, 1.0)):
                    await self._platform.arrived.wait()
            except TimeoutError:
                pass
            if mine != self._polls:
                self._platform.arrived.set()
                raise OTHER_POLLER
            if self._url:
                raise WEBHOOK_IS_SET

    # Webhook

    def set(self, values: Mapping[str, Any]) -> bool:
        """setWebhook; an empty address removes it."""
        url, secret = str(values.get("url", "")), str(values.get("secret_token", ""))
        if not url:
            return self.delete(values)
        parts = urlsplit(url)
        if not self._local and parts.scheme != "https":
            raise bad("bad webhook: An HTTPS URL must be provided for webhook")
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise bad("invalid webhook URL specified")
        if not self._local and (parts.port or 443) not in PORTS:
            raise bad("bad webhook: Webhook can be set up only on ports 80, 88, 443 or 8443")
        if secret and not _SECRET.fullmatch(secret):
            raise bad("secret token contains unallowed characters")
        connections = int(values.get("max_connections", 40))
        if not 1 <= connections <= 100:
            connections = 40
        self._stop()
        self._allow(values)
        self._forget(values)
        self._url, self._secret, self._connections = url, secret, connections
        self._turns = asyncio.Semaphore(connections)
        self._last_error = {}
        for update in self._platform.pending.values():
            self._queue(update)
        return True

    def delete(self, values: Mapping[str, Any]) -> bool:
        """deleteWebhook; what waits can then be polled."""
        self._url = self._secret = ""
        self._stop()
        self._forget(values)
        return True

    def info(self, _: Mapping[str, Any]) -> Json:
        """getWebhookInfo."""
        found: Json = {
            "url": self._url,
            "has_custom_certificate": False,
            "pending_update_count": len(self._platform.pending),
        }
        if self._url:
            found |= {"max_connections": self._connections, "ip_address": "127.0.0.1", **self._last_error}
        if self._platform.allowed != BY_DEFAULT:
            found["allowed_updates"] = sorted(self._platform.allowed)
        return found

    async def close(self) -> None:
        """Deliver no more."""
        self._stop()
        if self._client is not None:
            await self._client.aclose()

    def _allow(self, values: Mapping[str, Any]) -> None:
        """Which kinds are made from now on; what is not said stays as it was."""
        if "allowed_updates" in values:
            self._platform.allowed = frozenset(from_json(values["allowed_updates"])) or BY_DEFAULT

    def _forget(self, values: Mapping[str, Any]) -> None:
        if str(values.get("drop_pending_updates", "")).lower() in ("true", "1"):
            self._platform.pending.clear()

    def _stop(self) -> None:
        for task in self._tasks.values():
            task.cancel()
        self._tasks.clear()
        self._waiting.clear()

    def _queue(self, update: Pending) -> None:
        if not self._url:
            return
        self._waiting.setdefault(update.chat, deque()).append(update)
        if update.chat not in self._tasks:
            self._tasks[update.chat] = asyncio.create_task(self._drain(update.chat))

    async def _drain(self, chat: int) -> None:
        """Deliver the updates of one chat, each until it is taken."""
        waiting = self._waiting[chat]
        while waiting:
            await self._bring(waiting[0])
            self._platform.pending.pop(waiting.popleft().id, None)
        del self._tasks[chat]

    async def _bring(self, update: Pending) -> None:
        fails = 0
        while time.time() < update.at + KEPT:
            async with self._turns:
                pause = await self._post(update)
            if pause is None:
                return
            if not pause:
                pause = min(2.0**fails, LONGEST_PAUSE) if fails else 0.0
            fails += 1
            await asyncio.sleep(pause / self._speed)

    async def _post(self, update: Pending) -> float | None:
        """One try: None where the update is taken; otherwise what `Retry-After` says, or 0."""
        if self._client is None:
            self._client = httpx.AsyncClient(
                limits=httpx.Limits(max_connections=100, max_keepalive_connections=100), trust_env=False
            )
        headers = {"X-Telegram-Bot-Api-Secret-Token": self._secret} if self._secret else {}
        began = time.monotonic()
        try:
            answer = await self._client.post(self._url, json=update.body, headers=headers, timeout=TIMEOUT)
        except httpx.HTTPError as error:
            self._failed(update, 0, began, f"{type(error).__name__}")
            return 0.0
        taken = 200 <= answer.status_code <= 299
        if not taken:
            self._failed(
                update,
                answer.status_code,
                began,
                f"Wrong response from the webhook: {answer.status_code} {answer.reason_phrase}",
            )
            after = answer.headers.get("retry-after", "")
            return float(min(int(after), 3600)) if after.isdecimal() else 0.0
        self._note(update, answer.status_code, began)
        return 0.0 if self._random.random() < self.duplicates else None

    def _failed(self, update: Pending, status: int, began: float, message: str) -> None:
        self._last_error = {"last_error_date": int(time.time()), "last_error_message": message}
        self._note(update, status, began)

    def _note(self, update: Pending, status: int, began: float) -> None:
        seconds = time.monotonic() - began
        self.delivered.append({"update_id": update.id, "chat": update.chat, "status": status, "seconds": seconds})
