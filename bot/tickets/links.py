"""Links by which a citizen takes a report along to another channel: `PA-2026-000123-<proof>`.

The proof stands for the PIN, which must not stand in an address: it is a MAC over the code under a key of its own, so
it opens this one report, and neither the PIN nor another report's proof follows from it. Only who has proved the PIN
is shown the link. A link without a proof is only the code: the PIN is asked for.
"""

from __future__ import annotations

import hashlib
import hmac
import re

from pydantic import SecretStr

from bot.privacy import derive

_PROOF = 20
"""Hexadecimal digits: 80 bits."""
LINK = re.compile(rf"(?P<code>PA-\d{{4}}-\d{{6,9}})(?:-(?P<proof>[0-9a-f]{{{_PROOF}}}))?", re.IGNORECASE)
"""Fits what Telegram lets a link carry: 64 characters of A-Z, a-z, 0-9, _ and -."""


class TicketLinks:
    """Makes and checks proofs under one secret key."""

    def __init__(self, secret_key: SecretStr | str) -> None:
        self._key = derive(secret_key, "ticket-link")

    def of(self, code: str) -> str:
        """What a link carries for who has proved the PIN of a ticket."""
        return f"{code}-{self._proof(code)}"

    def matches(self, code: str, proof: str) -> bool:
        """Whether the proof is this code's, in constant time."""
        return hmac.compare_digest(self._proof(code.upper()).encode(), proof.lower().encode())

    def _proof(self, code: str) -> str:
        return hmac.digest(self._key, code.encode(), hashlib.sha256).hex()[:_PROOF]
