"""The signature of what is posted to us: HMAC-SHA256 over `<timestamp>.<raw body>`, as GitHub's and Stripe's are.

Headers: `X-Timestamp` (seconds since 1970) and `X-Signature` (`sha256=<hexadecimal>`). The time is signed with the
body, so an old message cannot be sent again as a new one; within the window, updates are known again by their id.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from datetime import datetime

from bot.tickets.backends.errors import WebhookError

TIMESTAMP = "x-timestamp"
SIGNATURE = "x-signature"
WINDOW = 300.0
"""Seconds that a message may be old, or ahead."""


def sign(secret: str, timestamp: str, body: bytes) -> str:
    """The value of the header."""
    digest = hmac.new(secret.encode(), timestamp.encode() + b"." + body, hashlib.sha256).hexdigest()
    return f"sha256={digest}"


def verify(secret: str, headers: Mapping[str, str], body: bytes, now: datetime) -> None:
    """Let what is genuine and fresh pass.

    Args:
        headers: with names in small letters, or blind to case.

    Raises:
        WebhookError: 401 for what is not; 503 while there is no secret to check it with.
    """
    if not secret:
        raise WebhookError("no_secret", 503)
    timestamp, given = headers.get(TIMESTAMP, ""), headers.get(SIGNATURE, "")
    if not (timestamp.isascii() and timestamp.isdigit() and len(timestamp) <= 12):
        raise WebhookError("bad_timestamp", 401)
    if not hmac.compare_digest(sign(secret, timestamp, body).encode(), given.encode("utf-8", "replace")):
        raise WebhookError("bad_signature", 401)
    if abs(now.timestamp() - int(timestamp)) > WINDOW:
        raise WebhookError("stale", 401)
