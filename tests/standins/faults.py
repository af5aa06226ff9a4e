"""How a stand-in fails when it is told to: before it acted, after it acted, or slowly."""

from __future__ import annotations

import asyncio
import random
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any, Literal

from starlette.requests import Request
from starlette.responses import Response

Kind = Literal["status", "after_status", "drop", "after_drop", "after_hang", "slow", "refuse"]
EVERY = "*"


@dataclass(frozen=True)
class Fault:
    """One way to fail.

    `status`: answers this HTTP status and does nothing. `drop`: closes the connection and does nothing.
    `after_status`, `after_drop`, `after_hang`: acts, then answers the status, closes the connection, or says nothing
    for `seconds` and then closes it. `slow`: waits `seconds`, then acts as always. `refuse`: answers `error`, which is
    the platform's own kind of error.
    """

    kind: Kind
    status: int = 502
    seconds: float = 20.0
    error: dict[str, Any] = field(default_factory=dict)


class Faults:
    """Which calls fail, and how: those queued first, then by chance.

    Args:
        seed: of the chance, so that a run can be repeated.
    """

    def __init__(self, seed: int = 1) -> None:
        self._queued: dict[str, deque[Fault]] = {}
        self._chances: dict[str, list[tuple[float, Fault]]] = {}
        self._random = random.Random(seed)
        self.happened: dict[str, int] = {}

    def queue(self, call: str, fault: Fault, times: int = 1) -> None:
        """Let the next calls of this kind (`*`: of any) fail."""
        self._queued.setdefault(call, deque()).extend([fault] * times)

    def chance(self, call: str, share: float, fault: Fault) -> None:
        """Let a share of the calls of this kind (`*`: of any) fail."""
        self._chances.setdefault(call, []).append((share, fault))

    def clear(self) -> None:
        """Fail no more."""
        self._queued.clear()
        self._chances.clear()

    def next(self, call: str) -> Fault | None:
        """What shall happen to this call."""
        fault = self._drawn(call)
        if fault is not None:
            self.happened[fault.kind] = self.happened.get(fault.kind, 0) + 1
        return fault

    def _drawn(self, call: str) -> Fault | None:
        for key in (call, EVERY):
            if self._queued.get(key):
                return self._queued[key].popleft()
        for key in (call, EVERY):
            left = self._random.random()
            for share, fault in self._chances.get(key, ()):
                left -= share
                if left < 0:
                    return fault
        return None


async def failing(
    fault: Fault | None,
    request: Request,
    act: Callable[[], Awaitable[Response]],
    *,
    gateway: Callable[[int], Response],
    refuse: Callable[[dict[str, Any]], Response],
) -> Response:
    """Answer a call under a fault.

    Args:
        act: does what the call asks and answers it.
        gateway: the answer of a gateway with this status.
        refuse: the platform's error.
    """
    if fault is None:
        return await act()
    match fault.kind:
        case "slow":
            await asyncio.sleep(fault.seconds)
            return await act()
        case "refuse":
            return refuse(fault.error)
        case "status":
            return gateway(fault.status)
    if fault.kind.startswith("after"):
        await act()
    if fault.kind == "after_status":
        return gateway(fault.status)
    if fault.kind == "after_hang":
        await asyncio.sleep(fault.seconds)
    request.scope["standin.drop"]()
    await asyncio.sleep(0.05)  # the server must see that the connection is gone, or it would still answer
    return Response(status_code=499)
