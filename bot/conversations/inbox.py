"""The durable inbox: what a citizen sent is stored, masked, before anybody acknowledges it."""

from __future__ import annotations

import re
import uuid
from datetime import datetime
from typing import Any

from psycopg.rows import TupleRow
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.conversations._masked_inbox import accept_masked
from bot.conversations.errors import UnknownConversationError
from bot.conversations.pool import Pool, fetch, repeat
from bot.conversations.turns import Accepted, Incoming, Json, Said
from bot.privacy import Vault, mask

SAME_FIRST_MESSAGE = 600
"""Seconds within which a repeated first message is the same one."""

_BY_KEY = "SELECT id FROM conversations WHERE key = %(key)s"
_BY_CITIZEN = "SELECT id FROM conversations WHERE channel = %(channel)s AND external_id = %(external_id)s"

_ADD = """
WITH c AS ({find}), m AS (
    INSERT INTO messages (conversation_id, message_id, kind, body)
    SELECT c.id, %(message_id)s, %(kind)s, %(body)s FROM c
    ON CONFLICT (conversation_id, message_id) DO NOTHING RETURNING id, conversation_id
), u AS (
    UPDATE conversations v SET waiting = v.waiting + 1, last_message_at = now(),
        not_before = CASE WHEN v.waiting = 0 THEN now() ELSE v.not_before END
    FROM m WHERE v.id = m.conversation_id RETURNING v.key
)
SELECT m.id, u.key, pg_notify('inbox', '') FROM m, u
"""

_OPEN = """
WITH c AS (
    INSERT INTO conversations (key, channel, external_id, waiting)
    VALUES (%(key)s, %(channel)s, %(external_id)s, 1) ON CONFLICT DO NOTHING RETURNING id
), m AS (
    INSERT INTO messages (conversation_id, message_id, kind, body)
    SELECT c.id, %(message_id)s, %(kind)s, %(body)s FROM c RETURNING id
)
SELECT m.id, pg_notify('inbox', '') FROM m
"""

_EXISTING = """
WITH c AS ({find})
SELECT m.id, v.key, m.state, m.received_at > now() - make_interval(secs => %(same_first)s)
FROM c JOIN conversations v ON v.id = c.id
LEFT JOIN messages m ON m.conversation_id = c.id AND m.message_id = %(message_id)s
"""

# Besides what was said, what was told unasked on a channel that fetches (state 'shown').
_HISTORY = """
SELECT message_id, kind, body, at, state, replies FROM (
    SELECT * FROM (
        (SELECT m.message_id, m.kind, m.body, m.received_at AS at, m.state, m.result -> 'replies' AS replies, m.id
         FROM messages m JOIN conversations c ON c.id = m.conversation_id
         WHERE c.key = %(key)s ORDER BY m.id DESC LIMIT %(last)s)
        UNION ALL
        (SELECT 'notice-' || o.id, 'notice', '', o.created_at, 'done', jsonb_build_array(o.body), o.id
         FROM outbox o JOIN conversations c ON c.id = o.conversation_id
         WHERE c.key = %(key)s AND o.state = 'shown' ORDER BY o.id DESC LIMIT %(last)s)
    ) every ORDER BY at DESC, id DESC LIMIT %(last)s
) latest ORDER BY at, id
"""

# Who talks to the citizen, as they were told when it was taken over; none: the bot.
_DESK = """
SELECT (SELECT o.body -> 'desk' FROM outbox o WHERE o.conversation_id = c.id AND o.body -> 'desk' ->> 'state' = 'taken'
    ORDER BY o.id + 0 DESC LIMIT 1)
FROM conversations c WHERE c.key = %(key)s AND c.live_chat IS NOT NULL
"""

_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")


def clean(text: str) -> str:
    """Without control characters (PostgreSQL takes no NUL), with plain line breaks, without blank ends."""
    return _CONTROL.sub(" ", text.replace("\r\n", "\n").replace("\r", "\n")).strip()


class Inbox:
    """Stores messages and reads them back."""

    def __init__(self, pool: Pool, engine: AsyncEngine, vault: Vault) -> None:
        self._pool = pool
        self._engine = engine
        self._vault = vault

    async def accept(self, incoming: Incoming) -> Accepted:
        """Store a message in one transaction; a message that is there already is found again.

        Raises:
            UnknownConversationError: `incoming.key` names no conversation.
        """
        return await repeat(self._pool, lambda: self._accept(incoming))

    async def _accept(self, incoming: Incoming) -> Accepted:
        body = incoming.held or incoming.payload or ""
        if incoming.text is not None:
            body = clean(incoming.text)
            masked = mask(body)
            if masked.values:
                return await self._accept_masked(incoming, body)
            body = masked.text
        values = _values(incoming, body)
        if incoming.opens:
            return await self._open(incoming, values)
        find = _BY_CITIZEN if incoming.external_id else _BY_KEY
        added = await fetch(self._pool, _ADD.format(find=find), values)
        if added:
            return Accepted(added[0][0], added[0][1], new=True, done=False)
        known, _ = await self._existing(find, values)
        if known is not None:
            return known
        if incoming.external_id is None:
            raise UnknownConversationError
        return await self._open(incoming, values)

    async def _open(self, incoming: Incoming, values: dict[str, Any]) -> Accepted:
        """The first message of a conversation."""
        opened = await fetch(self._pool, _OPEN, values)
        if opened:
            return Accepted(opened[0][0], incoming.key, new=True, done=False)
        if incoming.external_id is not None:
            return await self._accept(incoming)  # another message of this citizen was quicker
        known, recent = await self._existing(_BY_KEY, values)
        if known is not None and recent:
            return known
        return await self._accept(incoming.with_key(uuid.uuid4()))

    async def _accept_masked(self, incoming: Incoming, body: str) -> Accepted:
        async with self._engine.begin() as connection:
            stored = await accept_masked(connection, self._vault, incoming, body)
        if stored is not None:
            return stored
        find = _BY_CITIZEN if incoming.external_id else _BY_KEY
        known, recent = await self._existing(find, _values(incoming, ""))
        if known is not None and (recent or not incoming.opens):
            return known
        if not incoming.opens:
            raise UnknownConversationError
        return await self._accept(incoming.with_key(uuid.uuid4()))

    async def _existing(self, find: str, values: dict[str, Any]) -> tuple[Accepted | None, bool]:
        """The message, if it is there, and whether it came recently."""
        rows = await fetch(self._pool, _EXISTING.format(find=find), values)
        if not rows or rows[0][0] is None:
            return None, False
        message, key, state, recent = rows[0]
        return Accepted(message, key, new=False, done=state != "pending"), recent

    async def history(self, key: uuid.UUID, *, last: int = 50) -> list[Said]:
        """The last messages of a conversation, oldest first, each with its replies; notices have `kind` notice.

        Raises:
            UnknownConversationError: there is no such conversation.
        """
        values = {"key": key, "last": last}
        rows = await repeat(self._pool, lambda: fetch(self._pool, _HISTORY, values))
        if not rows and not await fetch(self._pool, _BY_KEY, values):
            raise UnknownConversationError
        return [_said(row) for row in rows]

    async def with_staff(self, key: uuid.UUID) -> Json | None:
        """Who of the office talks to the citizen now: `{"state": "taken", "who"}`; none: the bot answers."""
        rows = await repeat(self._pool, lambda: fetch(self._pool, _DESK, {"key": key}))
        return None if not rows else rows[0][0] or {"state": "taken", "who": ""}


def _values(incoming: Incoming, body: str) -> dict[str, Any]:
    return {
        "key": incoming.key,
        "channel": incoming.channel,
        "external_id": incoming.external_id or str(incoming.key),
        "message_id": incoming.message_id,
        "kind": incoming.kind,
        "body": body,
        "same_first": SAME_FIRST_MESSAGE,
    }


def _said(row: TupleRow) -> Said:
    message_id, kind, body, at, state, replies = row
    assert isinstance(at, datetime)  # noqa: S101  the column's type
    return Said(message_id, kind, body, at.isoformat(timespec="seconds"), state, replies or [])
