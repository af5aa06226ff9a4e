"""What comes later, for open pages: notices told unasked, and answers that came after the page stopped waiting.

One LISTEN connection a process serves all pages. A notification says only that there is something for a conversation;
what it is is then read for all of them together. A row that is committed late bears an earlier time than one that was
read already, so every look reaches back by `OVERLAP`, and what was handed out is remembered: within one subscription
each is handed out once. A page that comes again says what it saw last and may get the last seconds again, which it
knows by their ids.
"""

from __future__ import annotations

import asyncio
import contextlib
import uuid
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import structlog
from psycopg import Error as DatabaseError
from psycopg.rows import TupleRow
from psycopg_pool import PoolTimeout

from bot.conversations.errors import UnknownConversationError
from bot.conversations.listening import SHOWN, TURN_DONE, TYPING, listen
from bot.conversations.pool import Pool, fetch
from bot.conversations.turns import Said

log = structlog.get_logger(__name__)

OVERLAP = timedelta(seconds=30)
"""Longer than a transaction that tells a citizen something is open."""
OLDEST = timedelta(days=1)
"""A page that was away for longer loads its history instead."""
MOST = 50
"""Messages that one look hands out to one conversation, the newest of them."""
LOOK = 15.0
"""Seconds between looks at every open conversation, in case a notification was missed."""
GATHER = 0.05
"""Seconds in which notifications are gathered, so that one look serves many."""
UNREAD = 100
"""Messages that may wait for one page; a page that does not take them has to come again."""

_OPEN = "SELECT id, now() FROM conversations WHERE key = %(key)s"
_WHOSE = (
    "SELECT DISTINCT conversation_id FROM messages WHERE id = ANY(%(messages)s) AND conversation_id = ANY(%(open)s)"
)
_LATER = """
SELECT w.id, n.* FROM unnest(%(ids)s::bigint[], %(since)s::timestamptz[]) AS w (id, since)
CROSS JOIN LATERAL (
    SELECT * FROM (
        (SELECT 'notice-' || o.id AS message_id, 'notice' AS kind, '' AS body, o.created_at AS said_at, 'done' AS state,
            jsonb_build_array(o.body) AS replies, o.created_at AS at, o.id AS number
         FROM outbox o WHERE o.conversation_id = w.id AND o.state = 'shown' AND o.created_at > w.since)
        UNION ALL
        (SELECT m.message_id, m.kind, m.body, m.received_at, m.state, m.result -> 'replies', m.finished_at, m.id
         FROM messages m WHERE m.conversation_id = w.id AND m.state <> 'pending' AND m.finished_at > w.since)
    ) every ORDER BY at DESC, number DESC LIMIT %(most)s
) n ORDER BY n.at, n.number
"""


@dataclass(frozen=True)
class Later:
    """Something that came.

    Attributes:
        at: when it was stored; what a page has seen up to.
    """

    said: Said
    at: datetime


TYPES = Later(Said("", "typing", "", "", "done"), datetime.min.replace(tzinfo=UTC))
"""An officer is typing: a sign that is shown for a moment, not a message."""


class Subscription:
    """What one open page is still to be given."""

    def __init__(self, conversation: int, since: datetime) -> None:
        self.conversation = conversation
        self.since = since
        self._given: dict[str, datetime] = {}
        self._waiting: asyncio.Queue[Later | None] = asyncio.Queue(UNREAD + 1)
        self._ended = False

    async def next(self) -> Later | None:
        """The next one, as soon as there is one; none when the page has to come again."""
        return await self._waiting.get()

    def give(self, later: Later) -> None:
        """Hand out what was not handed out before."""
        if self._ended or later.at <= self.since or later.said.message_id in self._given:
            return
        if self._waiting.qsize() >= UNREAD:
            self.end()
            return
        self._given[later.said.message_id] = later.at
        self._waiting.put_nowait(later)
        since = max(self.since, later.at - OVERLAP)
        if since > self.since:
            self.since = since
            self._given = {name: at for name, at in self._given.items() if at > since}

    def sign(self, sign: Later) -> None:
        """Hand out something that is no message, if the page keeps up."""
        if not self._ended and self._waiting.empty():
            self._waiting.put_nowait(sign)

    def end(self) -> None:
        """No more comes."""
        if not self._ended:
            self._ended = True
            self._waiting.put_nowait(None)


class Feed:
    """Hands out what comes later in one process."""

    def __init__(self, pool: Pool, database_url: str) -> None:
        self._pool = pool
        self._url = database_url
        self._open: dict[int, set[Subscription]] = defaultdict(set)
        self._messages: set[int] = set()
        self._conversations: set[int] = set()
        self._wake = asyncio.Event()
        self._closed = False

    async def subscribe(self, key: uuid.UUID, since: datetime | None = None) -> Subscription:
        """Open a page's subscription; it has to be given back by `leave`.

        Args:
            since: what the page saw last; none: it has just loaded its history.

        Raises:
            UnknownConversationError: there is no such conversation.
        """
        rows = await fetch(self._pool, _OPEN, {"key": key})
        if not rows:
            raise UnknownConversationError
        conversation, now = rows[0]
        seen = max(min(since or now, now), now - OLDEST)
        made = Subscription(conversation, seen - OVERLAP)
        self._open[conversation].add(made)
        if self._closed:
            made.end()
        self._look_at({conversation})
        return made

    def leave(self, subscription: Subscription) -> None:
        """The page has gone."""
        subscription.end()
        others = self._open.get(subscription.conversation)
        if others is not None:
            others.discard(subscription)
            if not others:
                del self._open[subscription.conversation]

    async def run(self) -> None:
        """Listen and hand out until cancelled."""
        listener = asyncio.create_task(listen(self._url, [TURN_DONE, SHOWN, TYPING], self._heard))
        try:
            while True:
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(LOOK):
                        await self._wake.wait()
                        await asyncio.sleep(GATHER)
                if not self._wake.is_set():
                    self._conversations |= self._open.keys()
                self._wake.clear()
                await self._hand_out()
        finally:
            listener.cancel()
            self._end_all()

    def close(self) -> None:
        """Every page is told to come again."""
        self._closed = True
        self._end_all()

    def _end_all(self) -> None:
        for subscriptions in self._open.values():
            for subscription in subscriptions:
                subscription.end()

    def _heard(self, channel: str, payload: str) -> None:
        if not self._open:
            return
        if channel == TYPING:
            for subscription in self._open.get(int(payload), ()) if payload.isdecimal() else ():
                subscription.sign(TYPES)
        elif not payload.isdecimal():  # connected (again): what happened before was not heard
            self._look_at(self._open)
        elif channel == SHOWN:
            self._look_at({int(payload)} & self._open.keys())
        else:
            self._messages.add(int(payload))
            self._wake.set()

    def _look_at(self, conversations: Iterable[int]) -> None:
        before = len(self._conversations)
        self._conversations.update(conversations)
        if len(self._conversations) > before:
            self._wake.set()

    async def _hand_out(self) -> None:
        messages, self._messages = self._messages, set()
        wanted, self._conversations = self._conversations, set()
        try:
            if messages and self._open:
                whose = {"messages": list(messages), "open": list(self._open)}
                wanted |= {row[0] for row in await fetch(self._pool, _WHOSE, whose)}
            since = {number: min(one.since for one in self._open[number]) for number in wanted & self._open.keys()}
            if not since:
                return
            values = {"ids": list(since), "since": list(since.values()), "most": MOST}
            rows = await fetch(self._pool, _LATER, values)
        except (DatabaseError, PoolTimeout) as error:
            log.warning("feed.database", error=type(error).__name__)
            self._messages |= messages
            self._conversations |= wanted
            await asyncio.sleep(1)
            self._wake.set()
            return
        for number, *row in rows:
            later = _later(tuple(row))
            for subscription in list(self._open.get(number, ())):
                subscription.give(later)


def _later(row: TupleRow) -> Later:
    message_id, kind, body, said_at, state, replies, at, _ = row
    return Later(
        Said(message_id, kind, body, said_at.isoformat(timespec="seconds"), state, replies or []), at.astimezone(UTC)
    )
