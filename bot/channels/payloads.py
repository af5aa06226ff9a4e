"""Payloads that are too long for a platform's buttons: a digest goes out in place of one, and comes back.

The table in which it is looked up is the outbox: the citizen pressed a button of a message that we sent to them.
"""

from __future__ import annotations

import hashlib
import re

from bot.conversations.pool import Pool, fetch

_SHORT = re.compile(r"#[0-9a-f]{40}")

_BUTTONS = """
SELECT button ->> 'payload' FROM outbox o, jsonb_array_elements(o.body -> 'buttons') AS button
WHERE o.conversation_id = %(conversation)s ORDER BY o.id DESC
"""


def shortened(payload: str, most: int) -> str:
    """The payload, or its digest where it has more than `most` bytes (`most` is at least 41)."""
    return payload if len(payload.encode()) <= most else _digest(payload)


def is_short_for(payload: str) -> bool:
    """Whether this stands for a longer payload."""
    return _SHORT.fullmatch(payload) is not None


async def longer(pool: Pool, conversation_id: int, short: str) -> str | None:
    """The payload that it stands for, of a button that this conversation was sent; none where there is none."""
    for (payload,) in await fetch(pool, _BUTTONS, {"conversation": conversation_id}):
        if _digest(payload) == short:
            return str(payload)
    return None


def _digest(payload: str) -> str:
    return f"#{hashlib.sha256(payload.encode()).hexdigest()[:40]}"
