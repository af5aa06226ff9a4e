"""Connections that cannot be held for nothing: uvicorn's protocol with limits of time, size and number.

uvicorn lets a client take its time with the head of a request and with its body, and read its answer as slowly as it
likes; a few hundred such clients (slow-loris) would hold a process. Here each state of a connection has its limit:

| state | limit |
|---|---|
| idle | uvicorn's keep-alive; any byte begins a head |
| head | `head_seconds` from its first byte, `head_bytes`, `head_fields` |
| body | at least `body_rate` on average after `body_grace`, and `body_seconds` in all |
| answer | what is written has to be taken within `stalled` |
| left | a body that goes on after its answer, or a connection that does not close: `linger`, then it is cut |

One look a second at all connections finds those over their limit; a request costs a few comparisons. When there are
too many, in all or of one address, the one that has waited longest without a request under way makes room.
"""

from __future__ import annotations

import asyncio
import http
import resource
import time
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from typing import Any, ClassVar

import httptools
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from bot.channels import metrics
from bot.channels.web.errors import error_response
from bot.channels.web.limits import client_name

LOOK = 1.0
"""Seconds between looks."""
SPARE_FILES = 256
"""Open files that are not for connections: database, logs, pictures."""


@dataclass(frozen=True)
class Limits:
    """What one connection may take, in seconds and bytes, and how many there may be."""

    head_seconds: float = 15
    head_bytes: int = 32 * 1024
    head_fields: int = 100
    body_grace: float = 10
    body_rate: float = 1024
    body_seconds: float = 180
    stalled: float = 30
    linger: float = 5
    pipelined: int = 16
    per_client: int = 256
    in_all: int = 4000


class State(Enum):
    """What a connection waits for."""

    IDLE = "idle"
    HEAD = "head"
    BODY = "body"
    ANSWER = "answer"
    LEFT = "left"


class RefusedError(Exception):
    """Ends the parsing of a request; `code` is a key of `bot.channels.web.errors.MESSAGES`."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class Guard:
    """All connections of one process.

    Args:
        trusted: whether an address is a proxy of ours, which speaks for many clients.
    """

    def __init__(self, limits: Limits, *, trusted: Callable[[str], bool] = lambda _: False) -> None:
        self.limits = limits
        self._trusted = trusted
        self._open: dict[GuardedConnection, str | None] = {}
        self._clients: dict[str, dict[GuardedConnection, None]] = {}
        self._looking: asyncio.TimerHandle | None = None

    def enter(self, connection: GuardedConnection, address: str | None) -> bool:
        """A new connection; whether it may stay."""
        client = None if address is None or self._trusted(address) else client_name(address)
        own = self._clients.get(client, {}) if client else {}
        if len(own) >= self.limits.per_client and not self._make_room(own, "client_full"):
            return False
        if len(self._open) >= self.limits.in_all and not self._make_room(self._open, "full"):
            return False
        self._open[connection] = client
        if client:
            self._clients.setdefault(client, {})[connection] = None
        metrics.CONNECTIONS.set(len(self._open))
        if self._looking is None:
            self._looking = connection.loop.call_later(LOOK, self._look, connection.loop)
        return True

    def leave(self, connection: GuardedConnection) -> None:
        """A connection has ended, or does not count any longer."""
        client = self._open.pop(connection, None)
        if client:
            own = self._clients[client]
            own.pop(connection, None)
            if not own:
                del self._clients[client]
        metrics.CONNECTIONS.set(len(self._open))

    def _make_room(self, among: dict[GuardedConnection, Any], why: str) -> bool:
        """Cut the one that has waited longest; the order of the dictionary is that of their arrival."""
        waiting = [one for one in among if one.state in (State.IDLE, State.HEAD, State.LEFT)]
        if not waiting:
            return False
        metrics.CONNECTIONS_CUT.labels(why).inc()
        longest = min(waiting, key=lambda one: one.since)
        self.leave(longest)
        longest.transport.abort()
        return True

    def _look(self, loop: asyncio.AbstractEventLoop) -> None:
        self._looking = loop.call_later(LOOK, self._look, loop) if self._open else None
        now = time.monotonic()
        for connection in list(self._open):
            connection.check(now)


class GuardedConnection(HttpToolsProtocol):
    """One connection. The guard is set on the class by `guarded`."""

    guard: ClassVar[Guard]

    def __init__(self, *arguments: Any, **more: Any) -> None:
        super().__init__(*arguments, **more)
        self.state = State.HEAD
        self.since = time.monotonic()
        self._taken = 0
        self._unsent, self._moved = 0, self.since
        self._parsed = True
        """Whether what comes is still parsed."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn's own
        """A client has connected."""
        super().connection_made(transport)
        if not self.guard.enter(self, self.client[0] if self.client else None):
            self._refuse("too_many_connections")

    def connection_lost(self, exc: Exception | None) -> None:
        """The connection has ended."""
        self.guard.leave(self)
        self._parsed = False
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Some bytes of requests."""
        self._unset_keepalive_if_required()
        if not self._parsed:
            return
        if self.state is State.IDLE:
            self._enter(State.HEAD)
        self._taken += len(data)
        try:
            self.parser.feed_data(data)
        except httptools.HttpParserUpgrade:
            # We speak nothing else, so the request is answered as it is; what follows would not be parsed.
            self._parsed = False
            if self.cycle is not None:
                self.cycle.keep_alive = False
        except httptools.HttpParserError as error:
            reason = error.__context__
            self._refuse(reason.code if isinstance(reason, RefusedError) else "bad_request")
            return
        if self.state is State.HEAD and self._taken > self.guard.limits.head_bytes:
            self._refuse("headers_too_large")

    def on_message_begin(self) -> None:
        """The first byte of a request."""
        super().on_message_begin()
        if self.state is not State.HEAD:
            self._enter(State.HEAD)

    def on_header(self, name: bytes, value: bytes) -> None:
        """One field of a head; after a body (a trailer) there is no use for any."""
        if self.state is not State.HEAD or len(self.headers) >= self.guard.limits.head_fields:
            raise RefusedError("bad_request" if self.state is not State.HEAD else "headers_too_large")
        super().on_header(name, value)

    def on_headers_complete(self) -> None:
        """The head is there."""
        size = len(self.url) + sum(len(name) + len(value) + 4 for name, value in self.headers)
        if size > self.guard.limits.head_bytes:
            raise RefusedError("headers_too_large")
        if len(self.pipeline) >= self.guard.limits.pipelined:
            raise RefusedError("too_many_connections")
        self._enter(State.BODY)
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        """The body is there."""
        super().on_message_complete()
        self._enter(State.IDLE if self.cycle is None or self.cycle.response_complete else State.ANSWER)

    def on_response_complete(self) -> None:
        """An answer was given; its request's body may still be coming."""
        super().on_response_complete()
        if self.state is State.ANSWER and not self.pipeline:
            self._enter(State.IDLE)
        elif self.state is State.BODY and self.cycle.response_complete:
            self._enter(State.LEFT)

    def resume_writing(self) -> None:
        """The client has taken much of what was written."""
        self._moved = time.monotonic()
        super().resume_writing()

    def check(self, now: float) -> None:
        """Cut or refuse it where it is over a limit; once a second."""
        limits, held = self.guard.limits, now - self.since
        if self.state is State.HEAD and held > limits.head_seconds:
            self._refuse("request_too_slow")
        elif self.state is State.BODY:
            if self.flow.read_paused:  # the application does not read: not the client's doing
                self.since += LOOK
            elif held > min(limits.body_seconds, limits.body_grace + self._taken / limits.body_rate):
                self._refuse("request_too_slow")
        elif self.state is State.LEFT and held > limits.linger:
            self._cut("lingering")
            return
        unsent = self.transport.get_write_buffer_size()
        if not unsent or unsent < self._unsent:
            self._moved = now
        self._unsent = unsent
        if unsent and now - self._moved > limits.stalled:
            self._cut("stalled")

    def _enter(self, state: State) -> None:
        self.state, self.since, self._taken = state, time.monotonic(), 0

    def _refuse(self, code: str) -> None:
        """Say why where nothing was said yet, and end it; whoever works for it is told that the client has gone."""
        metrics.CONNECTIONS_CUT.labels(code).inc()
        self._parsed = False
        silent = self.state is State.HEAD and not self._taken and code == "request_too_slow"
        self._enter(State.LEFT)
        if self.cycle is not None and not self.cycle.response_complete:
            silent = silent or self.cycle.response_started
            self.cycle.disconnected = True
            self.cycle.message_event.set()
        if not silent:
            self.transport.write(_answer(code))
        self.transport.close()

    def _cut(self, why: str) -> None:
        metrics.CONNECTIONS_CUT.labels(why).inc()
        self.guard.leave(self)
        self.transport.abort()


def guarded(guard: Guard) -> type[asyncio.Protocol]:
    """The protocol of a process with this guard, for `uvicorn.Config(http=…)`."""
    return type("Connection", (GuardedConnection,), {"guard": guard})


def room_for_connections(wanted: int = Limits.in_all) -> int:
    """How many connections the system lets this process have open, after asking it for enough."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft < wanted + SPARE_FILES:
        soft = wanted + SPARE_FILES if hard == resource.RLIM_INFINITY else min(wanted + SPARE_FILES, hard)
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    return max(16, min(wanted, soft - SPARE_FILES))


def _answer(code: str) -> bytes:
    response = error_response(code, retry_after=5 if code == "too_many_connections" else None)
    lines = [f"HTTP/1.1 {response.status_code} {http.HTTPStatus(response.status_code).phrase}".encode()]
    lines += [name + b": " + value for name, value in (*response.raw_headers, (b"connection", b"close"))]
    return b"\r\n".join(lines) + b"\r\n\r\n" + bytes(response.body)
