"""HTTP to another system: bounded in time and size, never to another host, with failures told apart.

A call that changes something raises UnknownError whenever it may have arrived. One that only reads never does:
reading again does no harm, so all its passing failures are NotSentError.
"""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol
from urllib.parse import urljoin, urlsplit

import httpx

from bot.tickets.backends.errors import BackendError, NotSentError, RefusedError, UnknownError

LARGEST = 4 * 1024 * 1024
"""Bytes of an answer."""
REDIRECTS = 3
LONGEST_PAUSE = 3600.0
"""Seconds that another system may ask us to wait."""

Params = Sequence[tuple[str, str]]
Files = Sequence[tuple[str, tuple[str, bytes, str]]]
"""Field, and of the file its name, its content, its type."""


@dataclass(frozen=True)
class Answer:
    """An answer that came whole."""

    status: int
    headers: httpx.Headers
    body: bytes

    def json(self) -> Any:
        """The body as JSON.

        Raises:
            ValueError: it is not, or nested beyond measure.
        """
        try:
            return json.loads(self.body)
        except RecursionError as error:
            raise ValueError("nested beyond measure") from error


class Auth(Protocol):
    """Who puts the proof of who we are into a call."""

    async def headers(self) -> Mapping[str, str]:
        """The headers. Raises NotSentError."""
        ...

    def refused(self) -> bool:
        """The other system did not know us; whether another try makes sense."""
        ...


class Http:
    """Calls to one base address."""

    def __init__(
        self,
        base: str,
        *,
        timeout: float,
        auth: Auth | None = None,
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        # httpx logs every address at this level, and an address may hold a key or a token.
        logging.getLogger("httpx").setLevel(logging.WARNING)
        self._base = base.rstrip("/")
        self._timeout = timeout
        self._auth = auth
        self._client = httpx.AsyncClient(
            timeout=httpx.Timeout(timeout, connect=min(5.0, timeout)),
            follow_redirects=False,
            headers={"accept-encoding": "identity", "user-agent": "mot-cua"},
            transport=transport,
        )

    async def get(self, path: str, params: Params = (), *, missing: bool = False) -> Answer:
        """Read something.

        Args:
            missing: whether 404 is an answer.

        Raises:
            NotSentError, RefusedError.
        """
        try:
            answer = await self._authorised("GET", path, params=list(params))
        except UnknownError as error:
            raise NotSentError(error.code) from error
        if answer.status == 200 or (missing and answer.status == 404):
            return answer
        found = failure(answer)
        raise NotSentError(found.code) if isinstance(found, UnknownError) else found

    async def post(
        self,
        path: str,
        *,
        form: Params | None = None,
        files: Files = (),
        body: Any = None,
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        """Change something, by a form (with files: a multipart one) or a JSON body.

        Raises:
            NotSentError, UnknownError, RefusedError.
        """
        sent = dict(headers or {})
        if files:
            fields: dict[str, list[str]] = {}
            for name, value in form or ():
                fields.setdefault(name, []).append(value)
            answer = await self._authorised("POST", path, data=fields, files=list(files), headers=sent)
            return _changed(answer)
        if form is not None:
            content = str(httpx.QueryParams(list(form))).encode()
            sent["content-type"] = "application/x-www-form-urlencoded; charset=utf-8"
        else:
            content = json.dumps(body, ensure_ascii=False).encode()
            sent["content-type"] = "application/json; charset=utf-8"
        return _changed(await self._authorised("POST", path, content=content, headers=sent))

    async def _authorised(self, method: str, path: str, **what: Any) -> Answer:
        given = what.pop("headers", {})
        for again in (True, False):
            proof = await self._auth.headers() if self._auth else {}
            answer = await self._call(method, self._base + path, headers={**given, **proof}, **what)
            if answer.status != 401 or not (self._auth and self._auth.refused() and again):
                break
        return answer

    async def _call(self, method: str, url: str, **what: Any) -> Answer:
        for _ in range(REDIRECTS):
            answer = await self._once(method, url, **what)
            if answer.status not in (301, 302, 303, 307, 308):
                return answer
            onward = urljoin(url, answer.headers.get("location", ""))
            if method != "GET" or urlsplit(onward)[:2] != urlsplit(url)[:2]:
                # Nobody acts on what he sends on; and another host must not get our key.
                raise NotSentError("redirected")
            url, what["params"] = onward, None
        raise NotSentError("redirected")

    async def _once(self, method: str, url: str, **what: Any) -> Answer:
        try:
            async with asyncio.timeout(self._timeout), self._client.stream(method, url, **what) as response:
                if response.headers.get("content-encoding", "identity").lower() not in ("identity", ""):
                    raise UnknownError("encoded")
                parts, size = [], 0
                async for part in response.aiter_bytes():
                    size += len(part)
                    if size > LARGEST:
                        raise UnknownError("too_large")
                    parts.append(part)
                return Answer(response.status_code, response.headers, b"".join(parts))
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout) as error:
            raise NotSentError("unreachable") from error
        except (httpx.InvalidURL, httpx.UnsupportedProtocol) as error:
            raise NotSentError("address") from error
        except (TimeoutError, httpx.TimeoutException) as error:
            raise UnknownError("timeout") from error
        except httpx.TransportError as error:
            raise UnknownError("broken_off") from error


def _changed(answer: Answer) -> Answer:
    """The answer to a call that changes something, if it did."""
    if answer.status in (200, 201, 202):
        return answer
    raise failure(answer)


def failure(answer: Answer) -> BackendError:
    """What a status other than success means for a call that changes something."""
    status = answer.status
    if status in (401, 403):
        # Our key is wrong or was withdrawn: no ticket's fault. It waits until somebody puts that right.
        return NotSentError("not_allowed", LONGEST_PAUSE / 4)
    if status in (408, 425, 429):
        return NotSentError(f"http_{status}", _retry_after(answer))
    if 400 <= status < 500:
        return RefusedError(f"http_{status}")
    # A server that fails may have done it before it failed. So may a gateway's.
    return UnknownError(f"http_{status}")


def _retry_after(answer: Answer) -> float | None:
    value = answer.headers.get("retry-after", "")
    return min(float(value), LONGEST_PAUSE) if value.isascii() and value.isdigit() else None
