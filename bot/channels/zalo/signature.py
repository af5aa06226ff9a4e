"""Whether a webhook's request is Zalo's: its signature over the raw bytes, checked before anything is parsed.

`X-ZEvent-Signature: mac=<hex>`, where hex is the plain SHA-256 (not HMAC) of app id + raw body + timestamp + OA secret
key, in lower case (Zalo's documentation; checked against its own Java).
"""

from __future__ import annotations

import hashlib
import hmac
import re

HEADER = "x-zevent-signature"
TIMESTAMP_HEADER = "x-zevent-timestamp"

_MAC = re.compile(r"mac=[0-9a-f]{64}")
# Found, not parsed: in a JSON string the quotes would be escaped, so what a citizen writes is never taken for the key.
_TIMESTAMP = re.compile(rb'"timestamp"\s{0,8}:\s{0,8}"?([0-9]{1,20})["\s,}]')
_DIGITS = re.compile(r"[0-9]{1,20}")
_MOST = 4
"""Timestamps of one body that are tried: an event has one, and a deeper field may have the same name."""


class Signature:
    """Checks signatures of one app and one Official Account.

    Args:
        app_id: of the app.
        oa_secret: the OA secret key of the webhook's page (not the app's secret).

    Raises:
        ValueError: one of them is missing: without a secret nothing may count as genuine.
    """

    def __init__(self, app_id: str, oa_secret: str) -> None:
        if not app_id or not oa_secret:
            raise ValueError("app id and OA secret key are both needed")
        self._start = hashlib.sha256(app_id.encode())
        self._secret = oa_secret.encode()

    def holds(self, body: bytes, header: str | None, timestamp_header: str | None = None) -> bool:
        """Whether the body is Zalo's, compared in constant time.

        The formula's timestamp is the body's field; a header carries it too, and is tried where the body has none.
        A wrong timestamp helps nobody: it makes another hash.
        """
        if header is None or not _MAC.fullmatch(header):
            return False
        given = header.removeprefix("mac=").encode()
        found = False
        for timestamp in _timestamps(body, timestamp_header):
            found |= hmac.compare_digest(self.mac(body, timestamp).encode(), given)
        return found

    def mac(self, body: bytes, timestamp: bytes) -> str:
        """The hex that a request with this body carries."""
        digest = self._start.copy()
        for part in (body, timestamp, self._secret):
            digest.update(part)
        return digest.hexdigest()


def _timestamps(body: bytes, header: str | None) -> list[bytes]:
    found = list(dict.fromkeys(match[1] for match in _TIMESTAMP.finditer(body)))
    # The event's own stands at its end.
    found = [*found[:1], *found[-_MOST + 1 :]] if len(found) > _MOST else found
    if not found and header is not None and _DIGITS.fullmatch(header):
        found = [header.encode()]
    return found
