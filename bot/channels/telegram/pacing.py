"""How fast Telegram lets us send: https://core.telegram.org/bots/faq#my-bot-is-hitting-limits-how-do-i-avoid-this."""

from __future__ import annotations

import asyncio
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable

OVERALL = 30.0
"""Messages a second, to all chats."""
A_CHAT = 1.0
"""Messages a second to one chat; an answer in a few messages may go at once."""
BURST = 3
MOST_CHATS = 20_000


class Pacer:
    """Waits before a message as long as the limits ask for. One process's share of them.

    Args:
        share: of the overall limit, 0 to 1: several workers send at once.
    """

    def __init__(
        self,
        share: float = 1.0,
        *,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._gap = 1.0 / (OVERALL * share)
        self._clock = clock
        self._sleep = sleep
        self._next = 0.0
        self._full: OrderedDict[str, float] = OrderedDict()
        """By chat: when all that was sent to it will have leaked away, a second a message."""
        self._flooded: dict[str, float] = {}
        """Chats for which Telegram said to wait, and until when."""

    async def wait(self, chat: str) -> None:
        """Return when a message to this chat may go out."""
        now = self._clock()
        full = max(self._full.pop(chat, now), now)
        self._full[chat] = full + 1.0 / A_CHAT
        if len(self._full) > MOST_CHATS:
            self._full.popitem(last=False)
        await self._until(full - (BURST - 1) / A_CHAT)
        at = max(self._clock(), self._next)
        self._next = at + self._gap
        await self._until(at)

    def flooded(self, chat: str, seconds: float) -> None:
        """Telegram said to wait (429). It does not say with what: two chats at once mean everything."""
        now = self._clock()
        self._flooded = {name: until for name, until in self._flooded.items() if until > now} | {chat: now + seconds}
        if len(self._flooded) > 1:
            self._next = max(self._next, now + seconds)

    async def _until(self, at: float) -> None:
        if (pause := at - self._clock()) > 0:
            await self._sleep(pause)
