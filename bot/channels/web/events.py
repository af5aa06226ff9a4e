"""GET /api/chat/events: what comes later, as server-sent events, for an open page (docs/adr/0009).

Each event is `notice` (told unasked), `answer` (a message's turn is done) or `typing` (an officer types). Of the first
two the data is one message as
`/api/chat/history` gives it, its id is what to come again with as `Last-Event-ID`. A message may come twice (also by
another way): its `message_id` tells. A stream ends after half an hour, at shutdown, or when nobody reads it.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import random
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import UTC, datetime

from psycopg import Error as DatabaseError
from psycopg_pool import PoolTimeout
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Message, Receive, Scope, Send

from bot.channels import metrics
from bot.channels.web.api import DATABASE_AGAIN, bearer, shown
from bot.channels.web.errors import ApiError
from bot.channels.web.limits import RateLimiter, client_name
from bot.conversations.capability import Capabilities
from bot.conversations.errors import UnknownConversationError
from bot.conversations.later import Feed, Later, Subscription

HEARTBEAT = 20.0
"""Seconds of silence after which a comment is sent: proxies end a connection that is silent for a minute."""
LONGEST = 1800.0
"""Seconds after which a stream ends, give or take a tenth, so that pages spread over the processes again."""
WRITING = 30.0
"""Seconds in which a page has to take what is sent."""
A_CONVERSATION = 4
"""Streams of one conversation; a further one ends the oldest, of which the page has likely gone."""
A_CLIENT = 100
"""Streams from one address: a mobile network puts many citizens behind one."""
IN_ALL = 2000
LATER = 60

_HEADERS = {"Cache-Control": "no-store, no-transform", "X-Accel-Buffering": "no"}


class Streams:
    """The streams that are open in one process, and who may open one more."""

    def __init__(self, *, a_client: int = A_CLIENT, in_all: int = IN_ALL) -> None:
        self._a_client, self._in_all = a_client, in_all
        self._clients: Counter[str] = Counter()
        self._conversations: dict[int, list[Subscription]] = {}

    def check(self, client: str) -> None:
        """Whether there is room.

        Raises:
            ApiError: 429 or 503.
        """
        if self._clients.total() >= self._in_all:
            raise ApiError("unavailable", retry_after=LATER)
        if self._clients[client] >= self._a_client:
            raise ApiError("too_many_requests", retry_after=LATER)

    @contextlib.contextmanager
    def counted(self, client: str, subscription: Subscription) -> Iterator[None]:
        """Count a stream while it is open; where a conversation has too many, its oldest one ends."""
        self._clients[client] += 1
        own = self._conversations.setdefault(subscription.conversation, [])
        own.append(subscription)
        if len(own) > A_CONVERSATION:
            own.pop(0).end()
        metrics.STREAMS.inc()
        try:
            yield
        finally:
            metrics.STREAMS.dec()
            self._clients[client] -= 1
            self._clients += Counter()  # without those at zero
            with contextlib.suppress(ValueError):  # ended as the oldest
                own.remove(subscription)
            if not own and self._conversations.get(subscription.conversation) is own:
                del self._conversations[subscription.conversation]


class EventsApi:
    """The endpoint of one web process."""

    def __init__(self, feed: Feed, capabilities: Capabilities, *, limited: bool) -> None:
        self._feed = feed
        self._capabilities = capabilities
        self._streams = Streams()
        self._openings = RateLimiter(burst=300, per_second=5) if limited else None

    async def events(self, request: Request) -> Response:
        """Open a stream."""
        client = client_name(request.client.host if request.client else None)
        if wait := self._openings.take(client) if self._openings else 0:
            raise ApiError("too_many_requests", retry_after=wait)
        key = self._capabilities.verify(bearer(request))
        if key is None:
            raise ApiError("unknown_conversation")
        self._streams.check(client)
        try:
            subscription = await self._feed.subscribe(key, last_seen(request.headers.get("last-event-id", "")))
        except UnknownConversationError as error:
            raise ApiError("unknown_conversation") from error
        except (DatabaseError, PoolTimeout) as error:
            raise ApiError("unavailable", retry_after=DATABASE_AGAIN) from error

        @contextlib.contextmanager
        def opened() -> Iterator[None]:
            try:
                self._streams.check(client)  # others may have come meanwhile
                with self._streams.counted(client, subscription):
                    yield
            finally:
                self._feed.leave(subscription)

        return EventStream(subscription, opened)


class EventStream(Response):
    """Sends what a subscription gives until it ends, the time is over, or the page goes or stops reading."""

    def __init__(self, subscription: Subscription, opened: Callable[[], AbstractContextManager[None]]) -> None:
        super().__init__(headers=_HEADERS, media_type="text/event-stream")
        del self.headers["content-length"]
        self._subscription = subscription
        self._opened = opened

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG002  ASGI's signature
        """ASGI."""
        with self._opened():
            work = {asyncio.create_task(self._write(send)), asyncio.create_task(_gone(receive))}
            try:
                done, _ = await asyncio.wait(work, return_when=asyncio.FIRST_COMPLETED)
            finally:
                for task in work:
                    task.cancel()
                await asyncio.gather(*work, return_exceptions=True)
        for task in done:
            with contextlib.suppress(TimeoutError, OSError):  # does not read, or has gone
                task.result()

    async def _write(self, send: Send) -> None:
        async def write(message: Message) -> None:
            async with asyncio.timeout(WRITING):
                await send(message)

        await write({"type": "http.response.start", "status": 200, "headers": self.raw_headers})
        # The first bytes open the stream also where something in between waits for some.
        await write(_body(b": da ket noi\n\n"))
        end = time.monotonic() + LONGEST * random.uniform(0.9, 1.1)  # noqa: S311  no secret
        while (left := end - time.monotonic()) > 0:
            try:
                async with asyncio.timeout(min(HEARTBEAT, left)):
                    later = await self._subscription.next()
            except TimeoutError:
                await write(_body(b":\n\n"))
                continue
            if later is None:
                break
            await write(_body(event(later)))
        await write({"type": "http.response.body", "body": b""})


def event(later: Later) -> bytes:
    """One event, as text/event-stream has it."""
    if later.said.kind == "typing":  # it has no place among the messages, so it does not move the cursor
        return b"event: typing\ndata: {}\n\n"
    name = "notice" if later.said.kind == "notice" else "answer"
    data = json.dumps(next(iter(shown([later.said]))), ensure_ascii=False)
    return f"id: {cursor(later.at)}\nevent: {name}\ndata: {data}\n\n".encode()


def cursor(at: datetime) -> str:
    """How far a page has seen, for `Last-Event-ID`: milliseconds."""
    return str(int(at.timestamp() * 1000))


def last_seen(text: str) -> datetime | None:
    """The time that a cursor stands for; none where it is no cursor of ours."""
    if not (text.isascii() and text.isdecimal() and len(text) <= 14):
        return None
    return datetime.fromtimestamp(int(text) / 1000, UTC)


def _body(data: bytes) -> Message:
    return {"type": "http.response.body", "body": data, "more_body": True}


async def _gone(receive: Receive) -> None:
    """Until the page has closed its connection."""
    while (await receive())["type"] != "http.disconnect":
        pass
