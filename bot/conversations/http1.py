"""A lean HTTP/1.1 client for one peer: keep-alive, JSON out, bytes back.

httpx costs about a millisecond of CPU a request, which is a quarter of what a whole turn may cost here.
The peer is our own engine on loopback or a private network, so redirects, cookies and proxies are not wanted.
"""

from __future__ import annotations

import asyncio
import ssl
from collections import deque
from typing import cast
from urllib.parse import urlsplit

import httptools

MAX_RESPONSE = 1024 * 1024


class NotConnectedError(Exception):
    """No connection could be made: nothing was sent."""


class NoResponseError(Exception):
    """The connection ended, or the response was not HTTP: the request may have been received."""


class _Connection(asyncio.Protocol):
    """One connection; one request at a time."""

    def __init__(self) -> None:
        self.transport: asyncio.Transport | None = None
        self.closed = False
        self.fresh = True
        self._parser: httptools.HttpResponseParser | None = None
        self._response: asyncio.Future[tuple[int, bytes]] | None = None
        self._body = bytearray()
        self.began = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast(asyncio.Transport, transport)  # uvloop's is one by behaviour, not by class

    async def send(self, request: bytes) -> tuple[int, bytes]:
        """Send and wait for the whole response."""
        assert self.transport is not None  # noqa: S101  set before the connection is handed out
        self._body.clear()
        self.began = False
        self._parser = httptools.HttpResponseParser(self)
        self._response = asyncio.get_running_loop().create_future()
        self.transport.write(request)
        try:
            return await self._response
        finally:
            self._response = None

    def data_received(self, data: bytes) -> None:
        self.began = True
        if self._parser is None or self._response is None:
            self.close()  # nobody asked
            return
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserError as error:
            self._fail(NoResponseError(f"not HTTP: {error}"))

    def on_body(self, body: bytes) -> None:
        """Called by the parser."""
        self._body += body
        if len(self._body) > MAX_RESPONSE:
            self._fail(NoResponseError("response too long"))

    def on_message_complete(self) -> None:
        """Called by the parser."""
        if self._parser is None or self._response is None or self._response.done():
            return
        if not self._parser.should_keep_alive():
            self.close()
        self.fresh = False
        self._response.set_result((self._parser.get_status_code(), bytes(self._body)))

    def connection_lost(self, exc: Exception | None) -> None:
        self.closed = True
        self._fail(NoResponseError(str(exc) if exc else "connection closed"))

    def close(self) -> None:
        """Close; a response still awaited fails."""
        self.closed = True
        if self.transport is not None:
            self.transport.close()

    def _fail(self, error: Exception) -> None:
        if self._response is not None and not self._response.done():
            self._response.set_exception(error)
        if not self.closed:
            self.close()


class Peer:
    """Keep-alive connections to one HTTP server.

    Raises (from `request`):
        NotConnectedError, NoResponseError, TimeoutError.
    """

    def __init__(self, url: str, *, headers: dict[str, str] | None = None, connect_timeout: float = 2.0) -> None:
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise ValueError(f"not an http(s) URL: {url}")
        self._host = parts.hostname
        self._port = parts.port or (443 if parts.scheme == "https" else 80)
        self._ssl = ssl.create_default_context() if parts.scheme == "https" else None
        self._prefix = parts.path.rstrip("/")
        self._connect_timeout = connect_timeout
        self._idle: deque[_Connection] = deque()
        lines = [f"Host: {parts.netloc.rpartition('@')[2]}", "Accept: application/json"]
        for name, value in (headers or {}).items():
            if not (value.isascii() and value.isprintable()):
                raise ValueError(f"header {name} must be printable ASCII")
            lines.append(f"{name}: {value}")
        self._head = "\r\n".join(lines)

    async def request(self, method: str, path: str, body: bytes = b"", *, wait: float) -> tuple[int, bytes]:
        """One request.

        Args:
            wait: seconds for the whole exchange.

        Returns:
            Status and body.
        """
        head = f"{method} {self._prefix}{path} HTTP/1.1\r\n{self._head}\r\nContent-Length: {len(body)}\r\n"
        if body:
            head += "Content-Type: application/json\r\n"
        request = head.encode("ascii") + b"\r\n" + body
        async with asyncio.timeout(wait):
            while True:
                connection = await self._take()
                fresh = connection.fresh
                try:
                    answer = await connection.send(request)
                except NoResponseError:
                    # The peer may close an idle connection just as we write: that is no failure of the request.
                    if fresh or connection.began:
                        raise
                    continue
                except BaseException:
                    connection.close()
                    raise
                if not connection.closed:
                    self._idle.append(connection)
                return answer

    async def _take(self) -> _Connection:
        while self._idle:
            connection = self._idle.pop()
            if not connection.closed:
                return connection
        try:
            async with asyncio.timeout(self._connect_timeout):
                _, connection = await asyncio.get_running_loop().create_connection(
                    _Connection, self._host, self._port, ssl=self._ssl
                )
        except (OSError, TimeoutError) as error:
            raise NotConnectedError(str(error) or "connecting took too long") from error
        return connection

    def close(self) -> None:
        """Close the idle connections."""
        while self._idle:
            self._idle.pop().close()
