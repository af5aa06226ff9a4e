"""👍 and 👎 below an answer in a messenger: what their buttons send, and what becomes of a press."""

from __future__ import annotations

import re
from typing import cast

import structlog

from bot.conversations.errors import UnknownConversationError
from bot.conversations.pool import Pool, fetch, repeat
from bot.review.feedback import Thumb, give

log = structlog.get_logger(__name__)

SIGNS: tuple[tuple[str, Thumb], ...] = (("👍", "up"), ("👎", "down"))
_PRESSED = re.compile(r"thumb:(?P<value>up|down):(?P<message>[^\s:]{1,128})")
_KEY = "SELECT key FROM conversations WHERE channel = %(channel)s AND external_id = %(citizen)s"


def thumb_buttons(message_id: str | None) -> list[tuple[str, str]]:
    """Sign and payload of each button for the answer to a message; none where it is not judged."""
    return [(sign, f"thumb:{value}:{message_id}") for sign, value in SIGNS] if message_id else []


def is_thumb(pressed: str) -> bool:
    """Whether a payload is a thumb."""
    return _PRESSED.fullmatch(pressed) is not None


async def take(pool: Pool, channel: str, citizen: str, pressed: str) -> None:
    """Keep a thumb, as those of the chat page are kept; one for a message that is not the citizen's own is dropped.

    Raises:
        psycopg.Error, PoolTimeout: it is not stored.
    """
    found = _PRESSED.fullmatch(pressed)
    assert found is not None, "is_thumb"  # noqa: S101  asked before
    rows = await repeat(pool, lambda: fetch(pool, _KEY, {"channel": channel, "citizen": citizen}))
    try:
        if not rows:
            raise UnknownConversationError
        await give(pool, rows[0][0], found["message"], cast(Thumb, found["value"]))
    except UnknownConversationError:
        log.warning("channel.thumb.unknown", channel=channel)
