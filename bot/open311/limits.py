"""How often a caller may ask: by address for everything, by key for what writes, and hardly ever with a wrong key."""

from __future__ import annotations

from bot.channels.web.limits import RateLimiter, client_name
from bot.open311.errors import BusyCallerError


class Limits:
    """Token buckets in the memory of one process."""

    def __init__(self, *, limited: bool) -> None:
        self._address = RateLimiter(burst=120, per_second=10) if limited else None
        self._key = RateLimiter(burst=60, per_second=5) if limited else None
        self._wrong = RateLimiter(burst=10, per_second=0.1) if limited else None

    def ask(self, host: str | None) -> None:
        """Count a request of an address.

        Raises:
            BusyCallerError: too many.
        """
        _take(self._address, client_name(host))

    def write(self, key_name: str) -> None:
        """Count something that a key writes.

        Raises:
            BusyCallerError: too many.
        """
        _take(self._key, key_name)

    def wrong_key(self, host: str | None) -> None:
        """Count a wrong key of an address.

        Raises:
            BusyCallerError: too many.
        """
        _take(self._wrong, client_name(host))


def _take(limiter: RateLimiter | None, name: str) -> None:
    seconds = limiter.take(name) if limiter else 0
    if seconds:
        raise BusyCallerError(f"too many requests; try again in {seconds} s", retry_after=seconds)
