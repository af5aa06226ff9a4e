"""Fetching what a citizen sent from where the platform keeps it, and from nowhere else.

The address of a picture comes with a message, so it is an outsider's word. It is fetched only by https from the hosts
that the channel names, at public addresses (`bot.channels.dialling`), within limits of size and time, and taken for
what its first bytes say that it is. Every redirect is a new address and is checked as the first was.

MediaError
├── MediaRefusedError      is never fetched: scheme, credentials, host, port, address, redirects
├── MediaTooLargeError     more bytes than allowed, announced or sent
├── MediaTypeError         none of the kinds that are taken, or encoded once more
├── MediaGoneError         the host has it no longer, or does not give it
└── MediaUnavailableError  not now; may be tried again
`code` of each is a stable word. Addresses are never logged: some hold tokens.
"""

from __future__ import annotations

import asyncio
import logging
import ssl
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from urllib.parse import urljoin

import httpcore
import httpx

from bot.channels.dialling import GuardedDialling, RefusedAddressError, Resolve, resolve

MOST_BYTES = 10 * 1024 * 1024
SECONDS = 20.0
"""For everything: name, connection, redirects, body."""
CONNECTING = 5.0
SILENCE = 10.0
REDIRECTS = 3
AT_ONCE = 6
"""Fetches of one process; each may hold `MOST_BYTES`."""
PICTURES = frozenset({"image/jpeg", "image/png", "image/webp"})

_HEADERS = [(b"Accept", b"*/*"), (b"Accept-Encoding", b"identity"), (b"User-Agent", b"mot-cua")]
_REDIRECTED = (301, 302, 303, 307, 308)
_LATER = (408, 425, 429)
_LONGEST_ADDRESS = 4096


class MediaError(Exception):
    """It was not fetched; `code` says why."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class MediaRefusedError(MediaError):
    """Never to be fetched."""


class MediaTooLargeError(MediaError):
    """More bytes than allowed."""


class MediaTypeError(MediaError):
    """Not a kind that is taken."""


class MediaGoneError(MediaError):
    """The host does not give it."""


class MediaUnavailableError(MediaError):
    """Not now."""


@dataclass(frozen=True)
class Media:
    """What was fetched.

    Attributes:
        kind: media type by its content, such as `image/jpeg`.
    """

    body: bytes
    kind: str


def sniff(body: bytes) -> str | None:
    """The media type by the first bytes, of the few kinds that a channel may want; none for any other."""
    if body.startswith(b"RIFF") and body[8:12] == b"WEBP":
        return "image/webp"
    return next((kind for start, kind in _STARTS if body.startswith(start)), None)


_STARTS = (
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
    (b"%PDF-", "application/pdf"),
    (b"OggS", "audio/ogg"),
)


class MediaFetcher:
    """Fetches for one channel; it keeps no connection open between two files.

    Args:
        hosts: names whose own and whose subdomains' files are fetched, such as `zdn.vn`.
        kinds: media types that are taken, by content.
        most_bytes, seconds: limits of one file.
        loopback_base: base address of a configured stand-in on this machine, the only one where http and another
            port are allowed; ignored where it is not on this machine.
        tls, dialling: for tests.
    """

    def __init__(
        self,
        hosts: Sequence[str],
        *,
        kinds: Collection[str] = PICTURES,
        most_bytes: int = MOST_BYTES,
        seconds: float = SECONDS,
        redirects: int = REDIRECTS,
        loopback_base: str = "",
        resolve: Resolve = resolve,
        tls: ssl.SSLContext | None = None,
        dial: httpcore.AsyncNetworkBackend | None = None,
    ) -> None:
        # At level debug it logs addresses, and some hold tokens.
        logging.getLogger("httpcore").setLevel(logging.WARNING)
        self._hosts = tuple(host.lower().strip(".") for host in hosts if host.strip("."))
        self._kinds = frozenset(kinds)
        self._most = most_bytes
        self._seconds = seconds
        self._redirects = redirects
        self._standin = _standin(loopback_base)
        self._tls = tls or ssl.create_default_context()
        self._dialling = GuardedDialling(
            loopback=self._standin[1:] if self._standin else None, resolve=resolve, dial=dial
        )
        self._turns = asyncio.Semaphore(AT_ONCE)

    async def fetch(self, address: str) -> Media:
        """The file behind an address.

        Raises:
            MediaError: which kind tells whether it may be tried again.
        """
        async with self._turns:
            try:
                async with asyncio.timeout(self._seconds), self._pool() as pool:
                    return await self._follow(pool, address)
            except RefusedAddressError as error:
                raise MediaRefusedError("address") from error
            except (TimeoutError, httpcore.TimeoutException) as error:
                raise MediaUnavailableError("timeout") from error
            except (httpcore.NetworkError, httpcore.ProtocolError, ssl.SSLError, OSError) as error:
                raise MediaUnavailableError("broken_off") from error

    def _pool(self) -> httpcore.AsyncConnectionPool:
        return httpcore.AsyncConnectionPool(
            ssl_context=self._tls, max_keepalive_connections=0, network_backend=self._dialling
        )

    async def _follow(self, pool: httpcore.AsyncConnectionPool, address: str) -> Media:
        for _ in range(self._redirects + 1):
            url = self._allowed(address)
            async with pool.stream("GET", url, headers=_HEADERS, extensions=_limits()) as response:
                if response.status in _REDIRECTED:
                    address = _onward(address, _header(response, b"location"))
                    continue
                return await self._take(response)
        raise MediaRefusedError("redirects")

    def _allowed(self, address: str) -> httpcore.URL:
        """The address, checked; what is checked is what is dialled, so nothing is parsed a second time."""
        if len(address) > _LONGEST_ADDRESS:
            raise MediaRefusedError("address")
        try:
            url = httpx.URL(address)
            scheme, host, port = url.scheme, url.raw_host.decode().lower(), url.port
        except (httpx.InvalidURL, ValueError, TypeError) as error:
            raise MediaRefusedError("address") from error
        if url.userinfo:
            raise MediaRefusedError("credentials")
        port = port or {"https": 443, "http": 80}.get(scheme, 0)
        if (scheme, host, port) != self._standin:
            if scheme != "https":
                raise MediaRefusedError("scheme")
            if port != 443:
                raise MediaRefusedError("port")
            if not any(host == known or host.endswith(f".{known}") for known in self._hosts):
                raise MediaRefusedError("host")
        return httpcore.URL(scheme=url.raw_scheme, host=host.encode(), port=port, target=url.raw_path)

    async def _take(self, response: httpcore.Response) -> Media:
        if response.status != 200:
            if response.status >= 500 or response.status in _LATER:
                raise MediaUnavailableError(f"http_{response.status}")
            raise MediaGoneError(f"http_{response.status}")
        if _header(response, b"content-encoding").lower() not in ("", "identity"):
            raise MediaTypeError("encoded")  # not asked for; unpacked it could be of any size
        announced = _header(response, b"content-length")
        if announced.isdecimal() and int(announced[:12]) > self._most:
            raise MediaTooLargeError("announced")
        body = bytearray()
        async for part in response.aiter_stream():
            body += part
            if len(body) > self._most:
                raise MediaTooLargeError("sent")
        kind = sniff(bytes(body[:16]))
        if kind is None or kind not in self._kinds:
            raise MediaTypeError("kind")
        return Media(bytes(body), kind)


def _onward(address: str, location: str) -> str:
    try:
        return urljoin(address, location)
    except ValueError as error:
        raise MediaRefusedError("address") from error


def _header(response: httpcore.Response, name: bytes) -> str:
    return next((value.decode("latin-1").strip() for key, value in response.headers if key.lower() == name), "")


def _limits() -> dict[str, dict[str, float]]:
    return {"timeout": {"connect": CONNECTING, "read": SILENCE, "write": SILENCE, "pool": CONNECTING}}


def _standin(base: str) -> tuple[str, str, int] | None:
    """Scheme, host and port of a base address on this machine; none for any other."""
    url = httpx.URL(base) if base else None
    if url is None or url.scheme not in ("http", "https") or url.host not in ("127.0.0.1", "::1", "localhost"):
        return None
    return url.scheme, url.raw_host.decode(), url.port or {"http": 80, "https": 443}[url.scheme]
