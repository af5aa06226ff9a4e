"""Claims on conversations: who may take the next turn, and the fence behind which results are stored.

One row of `conversations` is the lock. A claim raises the row's epoch; every later write of the claimant
names its epoch and does nothing when another claim came after it. See docs/adr/0002.
"""

from __future__ import annotations

import json
from collections.abc import Collection
from dataclasses import replace
from typing import Any

from bot.conversations.cases import COUNTED, UNRESOLVED, case_of, case_values
from bot.conversations.pool import Pool, fetch, repeat
from bot.conversations.turns import FORGOTTEN, HELD, Claim, Json, Turn
from bot.storage.outgoing import outgoing_parts
from bot.tickets.waiting import QUESTION, SAID_AFTER, SHOWN

_TAKE = (
    """
WITH due AS (
    SELECT id FROM conversations
    WHERE waiting > 0 AND not_before <= now() AND (lease_until IS NULL OR lease_until < now())
    ORDER BY not_before LIMIT %(limit)s
    FOR NO KEY UPDATE SKIP LOCKED
), claimed AS (
    UPDATE conversations c
    SET claimed_by = %(claimed_by)s, claim_epoch = c.claim_epoch + 1,
        lease_until = now() + make_interval(secs => %(lease)s)
    FROM due WHERE c.id = due.id
    RETURNING c.id, c.claim_epoch, c.key, c.channel, c.mask_counters <> '{}' AS has_masked,
        c.live_chat IS NOT NULL AS with_staff
), next AS (
    SELECT m.id FROM due CROSS JOIN LATERAL (
        SELECT id FROM messages WHERE conversation_id = due.id AND state = 'pending' ORDER BY id LIMIT 1
    ) m
), tried AS (
    UPDATE messages m SET tries = m.tries + 1 FROM next WHERE m.id = next.id AND m.state = 'pending'
    RETURNING m.conversation_id, m.id, m.message_id, m.kind, m.body, m.tries, m.received_at, m.notice_at
)
SELECT claimed.id, claimed.claim_epoch, claimed.key, claimed.channel, claimed.has_masked,
    tried.id, tried.message_id, tried.kind, tried.body, tried.tries,
    extract(epoch FROM now() - tried.received_at)::float8, tried.notice_at IS NOT NULL,
    CASE WHEN tried.kind = 'text' THEN coalesce((:question), (:said_after))
        WHEN tried.body ~ '^(photo|location):' OR (tried.kind = 'held' AND tried.body::json ->> 'kind' = 'photo')
        THEN (:shown) END, claimed.with_staff
FROM claimed LEFT JOIN tried ON tried.conversation_id = claimed.id
""".replace(":question", QUESTION)
    .replace(":said_after", SAID_AFTER)
    .replace(":shown", SHOWN)
    .replace(":conversation", "claimed.id")
)

_OWN = """
WITH own AS (
    UPDATE conversations
    SET waiting = greatest(waiting - 1, 0), not_before = now(), claimed_by = NULL, lease_until = NULL{named}
    WHERE id = %(conversation)s AND claim_epoch = %(epoch)s RETURNING id, waiting, ward
), done AS (
    UPDATE messages m
    SET state = %(state)s, result = %(result)s::jsonb, status = %(status)s, intent = %(intent)s,
        confidence = %(confidence)s, finished_at = now(), ward = {ward}{forget}
    FROM own WHERE m.id = %(message)s AND m.state = 'pending' RETURNING m.id
)"""

# The ward that was named just now, or that of the report that was filed; no trace of one that only few may read.
_NAMED = ", ward = %(ward)s"
_FILED = ", ward = coalesce((SELECT t.ward FROM tickets t WHERE t.code = %(filed)s AND NOT t.restricted), ward)"

_FORGET = ", body = %(forgotten)s"
# What a message held (a file's number or address) is not kept beyond its turn; what kind of thing it was is.
_HELD = (
    ", body = CASE WHEN m.kind = 'held' THEN json_build_object('kind', m.body::json ->> 'kind')::text ELSE m.body END"
)

_PURGE = """, purged AS (
    DELETE FROM masked_values v USING own WHERE v.conversation_id = own.id
)"""

_SEND = """, sent AS (
    INSERT INTO outbox (conversation_id, message_id, seq, channel, body)
    SELECT own.id, done.id, part.seq, %(channel)s, part.body
    FROM own, done, jsonb_array_elements(%(parts)s::jsonb) WITH ORDINALITY AS part (body, seq)
    RETURNING 1
), told AS (
    SELECT pg_notify('outbox', '') FROM (SELECT count(*) FROM sent) n
)"""

_TOLD = ", (SELECT count(*) FROM told)"

# Whoever waits already, waits on.
_LIVE = """, chat AS (
    INSERT INTO live_chats (conversation_id) SELECT own.id FROM own, done
    ON CONFLICT (conversation_id) WHERE state IN ('waiting', 'taken') DO NOTHING RETURNING id
), chat_opened AS (
    INSERT INTO live_chat_events (chat_id, kind) SELECT id, 'opened' FROM chat
)"""

_DONE = """
SELECT own.waiting, CASE WHEN done.id IS NULL THEN NULL ELSE pg_notify('turn_done', done.id::text) END{told}
FROM own LEFT JOIN done ON true
"""

# The last turn's replies, or what was told unasked after it, where that has buttons. `+ 0`: by the conversation's
# index, never backwards through everybody's messages.
_OFFERED = """
WITH turn AS (
    SELECT result -> 'replies' AS replies, finished_at FROM messages
    WHERE conversation_id = %(conversation)s AND id < %(message)s AND state <> 'pending'
    ORDER BY id + 0 DESC LIMIT 1
), notice AS (
    SELECT o.body FROM outbox o
    WHERE o.conversation_id = %(conversation)s AND o.message_id IS NULL
        AND o.body -> 'buttons' <> '[]'::jsonb
        AND o.created_at > coalesce((SELECT finished_at FROM turn), '-infinity') AND o.created_at < now()
    ORDER BY o.id + 0 DESC LIMIT 1
)
SELECT coalesce((SELECT jsonb_build_array(body) FROM notice), (SELECT replies FROM turn))
"""

_READY = """
UPDATE messages m SET kind = 'payload', body = %(payload)s FROM conversations c
WHERE m.id = %(message)s AND m.state = 'pending' AND c.id = m.conversation_id AND c.claim_epoch = %(epoch)s
RETURNING m.id
"""

_PUT_BACK = """
UPDATE conversations
SET claimed_by = NULL, lease_until = NULL, not_before = now() + make_interval(secs => %(pause)s)
WHERE id = %(conversation)s AND claim_epoch = %(epoch)s RETURNING id
"""

_RECOUNT = """
UPDATE conversations SET claimed_by = NULL, lease_until = NULL,
    waiting = (SELECT count(*) FROM messages WHERE conversation_id = %(conversation)s AND state = 'pending')
WHERE id = %(conversation)s AND claim_epoch = %(epoch)s
"""

_RENEW = """
UPDATE conversations c SET lease_until = now() + make_interval(secs => %(lease)s)
FROM unnest(%(conversations)s::bigint[], %(epochs)s::bigint[]) AS held (id, epoch)
WHERE c.id = held.id AND c.claim_epoch = held.epoch AND c.claimed_by IS NOT NULL RETURNING c.id
"""

_FREE = """
UPDATE conversations SET claimed_by = NULL, lease_until = NULL, claim_epoch = claim_epoch + 1
WHERE claimed_by = %(claimed_by)s RETURNING id
"""

_NOTICE = """
WITH told AS (
    UPDATE messages SET notice_at = now() WHERE id = %(message)s AND state = 'pending' AND notice_at IS NULL
    RETURNING id
), sent AS (
    INSERT INTO outbox (conversation_id, message_id, seq, channel, body)
    SELECT %(conversation)s, told.id, 0, %(channel)s, %(reply)s::jsonb FROM told
)
SELECT pg_notify('outbox', '') FROM told
"""


class Claims:
    """Takes, keeps and ends claims for one worker slot."""

    def __init__(self, pool: Pool, claimed_by: str, *, lease: float) -> None:
        self._pool = pool
        self._by = claimed_by
        self._lease = lease

    async def free(self) -> int:
        """Give back what an earlier process of this slot still held; returns how many conversations."""
        return len(await repeat(self._pool, lambda: fetch(self._pool, _FREE, {"claimed_by": self._by})))

    async def take(self, limit: int) -> list[Claim]:
        """Claim conversations whose next turn is due, longest waiting first."""
        values = {"limit": limit, "claimed_by": self._by, "lease": self._lease}
        claims = []
        for row in await fetch(self._pool, _TAKE, values):
            if row[5] is None:
                await self._recount(row[0], row[1])
            else:
                claims.append(Claim(*row))
        return claims

    async def finish(self, claim: Claim, turn: Turn, *, failed: bool = False, ward: str | None = None) -> int | None:
        """Store the result, its outbox rows and its unresolved case, and end the claim, in one transaction.

        Args:
            failed: the turn was given up.
            ward: which one the message names, if it names one.

        Returns:
            How many messages of the conversation still wait, or none when the claim was lost: then
            nothing was stored.
        """
        understanding = turn.understanding
        values: dict[str, Any] = {
            "conversation": claim.conversation_id,
            "epoch": claim.epoch,
            "message": claim.message,
            "state": "failed" if failed else "done",
            "result": turn.result(),
            "status": turn.status,
            "intent": understanding["intent"],
            "confidence": understanding["confidence"],
        }
        filed, named = _filed(turn), ""
        if filed is not None:
            named, values["filed"] = _FILED, filed
        elif ward is not None and not turn.forget:
            named, values["ward"] = _NAMED, ward
        statement = _OWN.format(
            named=named,
            ward="NULL" if turn.forget else "own.ward",
            forget=_FORGET if turn.forget else _HELD if claim.kind == HELD else "",
        )
        if turn.forget:
            values["forgotten"] = FORGOTTEN
        # Inside a report the values are still needed, also after a question in between: the ticket takes
        # them over when it is filed.
        if claim.has_masked and (turn.forget or not turn.form_active):
            statement += _PURGE
        parts = outgoing_parts(claim.channel, turn.replies, turn.wants, filed=filed, judged=_judged(turn, claim))
        if parts:
            statement += _SEND
            values |= {"channel": claim.channel, "parts": json.dumps(parts, ensure_ascii=False)}
        if turn.live:
            statement += _LIVE
        if (case := None if failed else case_of(turn)) is not None:
            statement += UNRESOLVED
            values |= case_values(case, claim)
        told = _TOLD if parts else ""
        statement += _DONE.format(told=told + COUNTED if case else told)
        rows = await repeat(self._pool, lambda: fetch(self._pool, statement, values))
        return int(rows[0][0]) if rows else None

    async def offered(self, claim: Claim) -> list[Json]:
        """The replies that the claimed message may be choosing from, oldest first."""
        values = {"conversation": claim.conversation_id, "message": claim.message}
        rows = await repeat(self._pool, lambda: fetch(self._pool, _OFFERED, values))
        return list(rows[0][0] or ())

    async def ready(self, claim: Claim, payload: str) -> Claim:
        """What a held message has become, stored at once: another try does not fetch it again."""
        values = {"message": claim.message, "epoch": claim.epoch, "payload": payload}
        await repeat(self._pool, lambda: fetch(self._pool, _READY, values))
        return replace(claim, kind="payload", body=payload)

    async def put_back(self, claim: Claim, pause: float) -> bool:
        """End the claim without a result; the message is tried again after `pause` seconds."""
        values = {"conversation": claim.conversation_id, "epoch": claim.epoch, "pause": pause}
        return bool(await repeat(self._pool, lambda: fetch(self._pool, _PUT_BACK, values)))

    async def renew(self, held: Collection[Claim]) -> None:
        """Prolong the leases of turns that are still worked on; one that ended meanwhile stays ended."""
        values = {
            "lease": self._lease,
            "conversations": [claim.conversation_id for claim in held],
            "epochs": [claim.epoch for claim in held],
        }
        await fetch(self._pool, _RENEW, values)

    async def notice(self, claim: Claim, reply: Json) -> None:
        """Tell the citizen, once for a message, that the answer is still coming."""
        values = {
            "message": claim.message,
            "conversation": claim.conversation_id,
            "channel": claim.channel,
            "reply": json.dumps(reply, ensure_ascii=False),
        }
        await fetch(self._pool, _NOTICE, values)

    async def _recount(self, conversation: int, epoch: int) -> None:
        """Put the counter right where messages were deleted under it.

        The row is locked in a statement of its own, so that the count sees what was committed before.
        """
        values = {"conversation": conversation, "epoch": epoch}
        async with self._pool.connection() as connection, connection.transaction():
            await connection.execute(
                "SELECT 1 FROM conversations WHERE id = %(conversation)s FOR NO KEY UPDATE", values
            )
            await connection.execute(_RECOUNT, values)


def _judged(turn: Turn, claim: Claim) -> str | None:
    """The message whose answer a citizen may give a thumb: an answer outside of reports, with words that are kept."""
    return claim.message_id if turn.status == "answered" and not turn.form_active and not turn.forget else None


def _filed(turn: Turn) -> str | None:
    """The code of the ticket that a turn filed."""
    code = turn.understanding.get("ticket") if turn.understanding.get("status") == "filed" else None
    return code if isinstance(code, str) else None
