"""Tokens: codes of tickets, encrypted, so that one can neither be guessed nor read."""

from __future__ import annotations

import base64
import binascii

from bot.privacy import Cipher, UnreadableValueError

_PLACE = "token"
"""What the encryption binds a token to."""


class Tokens:
    """Makes and reads tokens; nothing is stored."""

    def __init__(self, cipher: Cipher) -> None:
        self._cipher = cipher

    def make(self, code: str) -> str:
        """A token for a ticket."""
        return base64.urlsafe_b64encode(self._cipher.encrypt(code, _PLACE)).decode().rstrip("=")

    def read(self, token: str) -> str | None:
        """The code of the ticket; none for what is no token of ours."""
        try:
            sealed = base64.urlsafe_b64decode(token.encode("ascii") + b"=" * (-len(token) % 4))
            return self._cipher.decrypt(sealed, _PLACE)
        except (UnicodeEncodeError, binascii.Error, UnreadableValueError, ValueError):
            return None
