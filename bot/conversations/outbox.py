"""The outbox: replies that a push channel still has to deliver, each at most once.

No platform has an idempotency key: a message whose sending was cut short may have arrived. It becomes
`unknown` and is not sent again.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any, Literal

from bot.conversations.pool import Pool, fetch, repeat
from bot.conversations.turns import Json

SENDING_TAKES = 90.0
"""Seconds after which a sender that said nothing counts as dead."""

End = Literal["sent", "failed", "unknown", "opted_out"]

# The oldest open message of a conversation only: replies arrive in order.
_TAKE = """
WITH due AS (
    SELECT o.id FROM outbox o
    WHERE o.state = 'queued' AND o.channel = %(channel)s AND o.not_before <= now() AND NOT EXISTS (
        SELECT 1 FROM outbox p
        WHERE p.conversation_id = o.conversation_id AND p.state IN ('queued', 'sending') AND p.id < o.id
    )
    ORDER BY o.id LIMIT %(limit)s FOR NO KEY UPDATE SKIP LOCKED
)
UPDATE outbox o
SET state = 'sending', tries = o.tries + 1, not_before = now() + make_interval(secs => %(takes)s)
FROM due, conversations c WHERE o.id = due.id AND c.id = o.conversation_id
RETURNING o.id, o.conversation_id, c.external_id, o.body, o.tries, extract(epoch FROM now() - o.created_at)::float8,
    extract(epoch FROM now() - c.last_message_at)::float8
"""

_END = """
UPDATE outbox SET state = %(state)s, error = %(error)s, platform_id = %(platform_id)s,
    sent_at = CASE WHEN %(state)s = 'sent' THEN now() END
WHERE id = %(id)s AND state = 'sending' RETURNING id
"""

_AGAIN = """
UPDATE outbox SET state = 'queued', error = %(error)s, not_before = now() + make_interval(secs => %(pause)s)
WHERE id = %(id)s AND state = 'sending' RETURNING id
"""

_OPT_OUT = """
WITH c AS (UPDATE conversations SET opted_out_at = now() WHERE id = %(conversation)s RETURNING id)
UPDATE outbox o SET state = 'opted_out' FROM c
WHERE o.conversation_id = c.id AND (o.state = 'queued' OR o.id = %(id)s) RETURNING o.id
"""

_LEFT = """
WITH c AS (
    UPDATE conversations SET opted_out_at = now()
    WHERE channel = %(channel)s AND external_id = %(external_id)s RETURNING id
)
UPDATE outbox o SET state = 'opted_out' FROM c WHERE o.conversation_id = c.id AND o.state = 'queued' RETURNING o.id
"""

_OPT_IN = """
UPDATE conversations SET opted_out_at = NULL
WHERE channel = %(channel)s AND external_id = %(external_id)s AND opted_out_at IS NOT NULL RETURNING id
"""

_LOST = """
UPDATE outbox SET state = 'unknown', error = 'sender_died'
WHERE state = 'sending' AND channel = %(channel)s AND not_before < now() RETURNING id
"""


_TELL_ONCE = """
WITH c AS (
    SELECT id FROM conversations WHERE channel = %(channel)s AND external_id = %(external_id)s FOR NO KEY UPDATE
), told AS (
    INSERT INTO outbox (conversation_id, channel, body)
    SELECT c.id, %(channel)s, %(body)s::jsonb FROM c WHERE NOT EXISTS (
        SELECT 1 FROM outbox o WHERE o.conversation_id = c.id AND o.message_id IS NULL
            AND o.body ->> 'about' = %(about)s AND o.created_at > now() - make_interval(secs => %(within)s)
    ) RETURNING id
)
SELECT id, pg_notify('outbox', '') FROM told
"""


@dataclass(frozen=True)
class Outgoing:
    """A message that we are to send now.

    Attributes:
        to: the platform's id of the citizen.
        tries: this one included.
        age: seconds since it was queued.
        silence: seconds since the citizen last wrote.
    """

    id: int
    conversation_id: int
    to: str
    body: Json
    tries: int
    age: float
    silence: float = 0.0


class Outbox:
    """The outbox of one channel."""

    def __init__(self, pool: Pool, channel: str) -> None:
        self._pool = pool
        self._channel = channel

    async def take(self, limit: int) -> list[Outgoing]:
        """Messages to send now; they are `sending` from here on."""
        values = {"channel": self._channel, "limit": limit, "takes": SENDING_TAKES}
        return [Outgoing(*row) for row in await fetch(self._pool, _TAKE, values)]

    async def end(
        self, message: Outgoing, state: End, *, error: str | None = None, platform_id: str | None = None
    ) -> None:
        """What became of it."""
        values: dict[str, Any] = {"id": message.id, "state": state, "error": error, "platform_id": platform_id}
        if state == "opted_out":
            statement, values = _OPT_OUT, {"id": message.id, "conversation": message.conversation_id}
        else:
            statement = _END
        await repeat(self._pool, lambda: fetch(self._pool, statement, values))

    async def again(self, message: Outgoing, pause: float, error: str) -> None:
        """It was certainly not sent: queue it again."""
        values = {"id": message.id, "pause": pause, "error": error}
        await repeat(self._pool, lambda: fetch(self._pool, _AGAIN, values))

    async def tell_once(self, external_id: str, reply: Json, about: str, *, within: float) -> bool:
        """Queue a message that answers nothing in particular, unless one about the same went out lately.

        Args:
            about: a stable word.
            within: seconds.
        """
        body = json.dumps({**reply, "about": about}, ensure_ascii=False)
        values = {"channel": self._channel, "external_id": external_id, "body": body, "about": about, "within": within}
        return bool(await fetch(self._pool, _TELL_ONCE, values))

    async def opt_in(self, external_id: str) -> None:
        """The citizen wrote again after having blocked us."""
        await fetch(self._pool, _OPT_IN, {"channel": self._channel, "external_id": external_id})

    async def opt_out(self, external_id: str) -> None:
        """The citizen blocked us, or left: nothing more is sent until they write."""
        await fetch(self._pool, _LEFT, {"channel": self._channel, "external_id": external_id})

    async def mark_lost(self) -> int:
        """What dead senders left behind may have arrived; returns how many."""
        return len(await fetch(self._pool, _LOST, {"channel": self._channel}))
