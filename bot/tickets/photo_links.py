"""Addresses under which another system fetches a picture of a ticket it works on: signed, and good for a while only.

An address is the key to one picture: unguessable, in no list, and of no use once the ticket is restricted or private.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from datetime import UTC, datetime

from pydantic import SecretStr

from bot.privacy import derive
from bot.tickets.slip import PAGE

PATH = f"{PAGE}/anh-gui"
_TOKEN = re.compile(r"([0-9a-f]{32})-([0-9a-f]{8})-([0-9a-f]{32})")


class PhotoLinks:
    """Under one secret key."""

    def __init__(self, secret_key: SecretStr | str) -> None:
        self._key = derive(secret_key, "photo-links")

    def make(self, base: str, key: str, until: datetime) -> str:
        """The address of a picture.

        Args:
            base: of the web process, as others reach it.
        """
        end = f"{int(until.timestamp()):08x}"
        return f"{base.rstrip('/')}{PATH}/{key}-{end}-{self._sign(key, end)}.jpg"

    def read(self, token: str, now: datetime | None = None) -> str | None:
        """The picture's key; none for an address that was not made here, or is over."""
        found = _TOKEN.fullmatch(token.removesuffix(".jpg"))
        if found is None:
            return None
        key, end, given = found.groups()
        if not hmac.compare_digest(self._sign(key, end), given):
            return None
        return key if int(end, 16) > (now or datetime.now(UTC)).timestamp() else None

    def _sign(self, key: str, end: str) -> str:
        return hmac.digest(self._key, f"{key}-{end}".encode(), hashlib.sha256).hex()[:32]
