"""The secret PIN of a ticket: derived from its code, stored nowhere, and locked after wrong tries."""

from __future__ import annotations

import hashlib
import hmac
from datetime import datetime, timedelta

from pydantic import SecretStr

from bot.privacy import derive

DIGITS = 6
TRIES = 5
"""Wrong PINs before a ticket is locked, each time anew."""
LOCK = timedelta(minutes=15)
"""The first lock; each further one is twice as long."""
LONGEST_LOCK = timedelta(hours=24)


class Pins:
    """PINs under one secret key."""

    def __init__(self, secret_key: SecretStr | str) -> None:
        self._key = derive(secret_key, "ticket-pin")

    def of(self, code: str) -> str:
        """The PIN of a ticket code, six digits."""
        digest = hmac.digest(self._key, code.encode(), hashlib.sha256)
        return f"{int.from_bytes(digest[:8], 'big') % 10**DIGITS:0{DIGITS}d}"

    def matches(self, code: str, pin: str) -> bool:
        """Whether this is the code's PIN, in constant time."""
        return hmac.compare_digest(self.of(code).encode(), pin.encode())


def lock_until(failures: int, now: datetime) -> datetime | None:
    """Until when a ticket is locked after its n-th wrong PIN in a row, or none."""
    if failures % TRIES:
        return None
    times: int = 2 ** min(failures // TRIES - 1, 10)
    return now + min(LOCK * times, LONGEST_LOCK)
