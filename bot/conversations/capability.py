"""The capability of a web conversation: a token that is the only key to it.

A token is the conversation's public key (a UUID) followed by an HMAC-SHA256 over it, in base64url.
It is checked without a look at the database, so that guessing costs the guesser, not us.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
import uuid
from binascii import Error as Base64Error

from pydantic import SecretStr

from bot.privacy.keys import derive

_KEY = 16
_MAC = 16
_LENGTH = 43
"""Characters of 32 bytes in base64url without padding."""


class Capabilities:
    """Issues and verifies capabilities under a key of their own."""

    def __init__(self, secret_key: SecretStr | str) -> None:
        self._key = derive(secret_key, "conversation-capability")
        self._first = derive(secret_key, "first-message")

    def issue(self, key: uuid.UUID) -> str:
        """The token for a conversation's key; the same each time."""
        return base64.urlsafe_b64encode(key.bytes + self._mac(key.bytes)).rstrip(b"=").decode()

    def verify(self, token: str) -> uuid.UUID | None:
        """The conversation's key, or none when the token was not issued by us."""
        if len(token) != _LENGTH or not token.isascii():
            return None
        try:
            raw = base64.b64decode(token + "=", altchars=b"-_", validate=True)
        except (Base64Error, ValueError):
            return None
        if len(raw) != _KEY + _MAC:
            return None
        key = uuid.UUID(bytes=raw[:_KEY])
        # The whole token is compared, because base64 has several spellings of the same last byte.
        return key if hmac.compare_digest(token, self.issue(key)) else None

    def key_for_first(self, message_id: str, text: str) -> uuid.UUID | None:
        """The key of the conversation that a first message opens, or none when it should be a random one.

        The same random message id with the same text leads to the same conversation again, also when two
        requests race: the key follows from both (under a secret), and the database lets a key in once. An id
        that a person or a counter could have made ("1", "message-0001") opens a new conversation each time;
        otherwise a guessed id would hand one citizen's conversation to another (docs/adr/0003).
        """
        if not looks_random(message_id):
            return None
        seed = hmac.digest(self._first, f"{message_id}\0{text}".encode(), hashlib.sha256)
        return uuid.UUID(bytes=seed[:_KEY], version=4)

    def _mac(self, key: bytes) -> bytes:
        return hmac.digest(self._key, key, hashlib.sha256)[:_MAC]


_TURNS = re.compile(r"\d(?=[A-Za-z])|[A-Za-z](?=\d)|[a-z](?=[A-Z])|[A-Z](?=[a-z])")


def looks_random(message_id: str) -> bool:
    """Whether an id was hardly made by a person or a counter: a UUID, a random token, a clock in nanoseconds."""
    if len(message_id) < 16:
        return False
    bare = message_id.replace("-", "").replace("_", "")
    return len(_TURNS.findall(bare)) >= 4 or sum(map(str.isdigit, bare)) >= 16
