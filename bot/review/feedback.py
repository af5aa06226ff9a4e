"""Thumbs for answers: kept once a message; a thumb down makes a case, in one statement."""

from __future__ import annotations

import json
import uuid
from typing import Literal

from bot.conversations.cases import COUNTED, JOB, KEEP, PRIOR, SPEAKABLE
from bot.conversations.errors import UnknownConversationError
from bot.conversations.pool import Pool, fetch, repeat
from bot.conversations.turns import FORGOTTEN

Thumb = Literal["up", "down"]

_STATUSES = ", ".join(f"'{status}'" for status in SPEAKABLE)
_GIVE = f"""
WITH said AS (
    SELECT m.id, m.conversation_id, m.kind, m.body, m.status
    FROM messages m JOIN conversations c ON c.id = m.conversation_id
    WHERE c.key = %(key)s AND m.message_id = %(message_id)s AND m.state = 'done'
), given AS (
    INSERT INTO message_feedback (message_id, value) SELECT id, %(value)s FROM said
    ON CONFLICT (message_id) DO UPDATE SET value = excluded.value, created_at = now()
    WHERE message_feedback.value <> excluded.value
    RETURNING message_id
), prior AS (
    {PRIOR.replace(":conversation", "(SELECT conversation_id FROM said)").replace(":message", "(SELECT id FROM said)")}
), words AS (
    SELECT said.id, said.conversation_id, said.body FROM said
    WHERE %(value)s = 'down' AND said.kind = 'text' AND said.status IN ({_STATUSES}) AND said.body <> '{FORGOTTEN}'
    UNION ALL
    SELECT prior.id, said.conversation_id, prior.body FROM prior, said
    WHERE %(value)s = 'down' AND said.kind <> 'text' AND said.status IN ({_STATUSES})
), kept AS ({KEEP}), grouping AS ({JOB}), back AS (
    UPDATE unresolved_cases u SET signals = u.signals - 'thumbs_down',
        state = CASE WHEN u.state = 'open' AND u.signals = '["thumbs_down"]'::jsonb THEN 'closed' ELSE u.state END
    FROM said WHERE %(value)s = 'up' AND u.message_id = said.id AND u.signals @> '["thumbs_down"]'::jsonb
    RETURNING u.id
)
SELECT count(*){COUNTED}, (SELECT count(*) FROM given), (SELECT count(*) FROM back) FROM said
"""  # noqa: S608  constants


async def give(pool: Pool, key: uuid.UUID, message_id: str, value: Thumb) -> None:
    """Keep a citizen's thumb for the answer to a message; the same again changes nothing, another replaces it.

    Raises:
        UnknownConversationError: there is no such answered message in the conversation.
    """
    values = {
        "key": key, "message_id": message_id, "value": value, "reason": "thumbs_down", "candidates": "[]",
        "signals": json.dumps(["thumbs_down"]), "sure": None,
    }  # fmt: skip
    rows = await repeat(pool, lambda: fetch(pool, _GIVE, values))
    if not rows[0][0]:
        raise UnknownConversationError
