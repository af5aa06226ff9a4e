"""Not faster than Zalo allows: 4,000 requests a minute an app, or what its answers say."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping

PER_MINUTE = 4000.0
BURST = 20.0
PATIENCE = 20.0
"""Seconds that a message may wait for its turn here; for longer it goes back to the outbox."""
HELD, LONGEST_HELD = 1.0, 20.0
"""Seconds for which nobody here asks after Zalo said that it was too much; doubles while it says so again."""
LONGEST_TOLD = 60.0
"""Seconds that an answer may tell us to wait: a limit counts for a minute."""
LOW = 0.1
"""Share of the limit below which what remains is spread over the minute: other workers use it, too."""


class PaceError(Exception):
    """It would take too long; `pause` seconds."""

    def __init__(self, pause: float) -> None:
        super().__init__("rate_limited")
        self.pause = pause


class Pace:
    """The pace of one process."""

    def __init__(
        self,
        *,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._clock = clock
        self._sleep = sleep
        self._rate = PER_MINUTE / 60
        self._next = 0.0
        """When a bucket that is never emptied would have let the next request go."""
        self._closed_until = 0.0
        self._refusals = 0

    async def turn(self) -> None:
        """Wait until a request may go.

        Raises:
            PaceError: that is too far off.
        """
        now = self._clock()
        self._next = max(self._next, now - BURST / self._rate)
        at = max(self._next, self._closed_until)
        if at - now > PATIENCE:
            raise PaceError(at - now)
        self._next = max(self._next, self._closed_until) + 1 / self._rate
        if at > now:
            await self._sleep(at - now)

    def seen(self, headers: Mapping[str, str]) -> None:
        """Learn from an answer's headers, where they are there."""
        limit, left = _number(headers.get("x-ratelimit-limit")), _number(headers.get("x-ratelimit-remain"))
        if limit is not None and limit > 0:
            scarce = left is not None and left < limit * LOW
            self._rate = max((left or 0.0) if scarce else limit, 60.0) / 60

    def went(self) -> None:
        """A request was taken: the next refusal is a first one."""
        self._refusals = 0

    def limited(self, headers: Mapping[str, str]) -> float:
        """Zalo said that it was too much: nobody here asks for a while.

        Its answers say how much of the minute's limit remains and not until when, so a refusal is answered with a
        short hold that grows while it is repeated; `Retry-After`, which a gateway may send, is kept to. What was under
        way when the first refusal came counts with it.

        Returns:
            Seconds that the hold lasts.
        """
        now = self._clock()
        if now >= self._closed_until:
            self._refusals += 1
        told = _number(headers.get("retry-after"))
        held = min(HELD * 2.0 ** (self._refusals - 1), LONGEST_HELD) if told is None else min(told, LONGEST_TOLD)
        self._closed_until = max(self._closed_until, now + held)
        return self._closed_until - now


def _number(value: str | None) -> float | None:
    return float(value) if value is not None and value.isascii() and value.isdigit() and len(value) < 10 else None
