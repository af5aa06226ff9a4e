"""Token buckets against floods, kept in the memory of one web process."""

from __future__ import annotations

import ipaddress
import math
import time
from collections import OrderedDict
from collections.abc import Callable

MOST_BUCKETS = 50_000


class RateLimiter:
    """A bucket for each name: so many at once, so many a second on average."""

    def __init__(
        self, *, burst: int, per_second: float, clock: Callable[[], float] = time.monotonic, most: int = MOST_BUCKETS
    ) -> None:
        self._burst = float(burst)
        self._rate = per_second
        self._clock = clock
        self._most = most
        self._buckets: OrderedDict[object, tuple[float, float]] = OrderedDict()

    def take(self, name: object) -> int:
        """Take one token.

        Returns:
            0 when there was one, else the whole seconds until there is.
        """
        now = self._clock()
        tokens, at = self._buckets.pop(name, (self._burst, now))
        tokens = min(self._burst, tokens + (now - at) * self._rate)
        allowed = tokens >= 1
        self._buckets[name] = (tokens - 1 if allowed else tokens, now)
        if len(self._buckets) > self._most:
            self._buckets.popitem(last=False)  # the one unused for longest
        return 0 if allowed else max(1, math.ceil((1 - tokens) / self._rate))


def client_name(host: str | None) -> str:
    """Whom an address stands for: itself, or for IPv6 its /64, which is what one household gets."""
    if host and ":" in host:
        try:
            return str(ipaddress.ip_network((host.partition("%")[0], 64), strict=False))
        except ValueError:
            return host
    return host or "local"
