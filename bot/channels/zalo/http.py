"""HTTP to Zalo: bounded in time and size, never redirected, with what may have arrived told from what did not.

CallError
├── UnreachableError    no connection: nothing was sent
└── BrokenOffError      sent, but no whole answer came: it may have been acted on
"""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import httpx

TIMEOUT = 15.0
CONNECT_TIMEOUT = 5.0
LARGEST = 1024 * 1024
"""Bytes of an answer."""


class CallError(Exception):
    """A call had no answer; `code` is a stable word."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class UnreachableError(CallError):
    """Nothing was sent."""


class BrokenOffError(CallError):
    """It may have arrived."""


@dataclass(frozen=True)
class Answer:
    """An answer that came whole."""

    status: int
    headers: Mapping[str, str]
    data: Any
    """The body's JSON; None where it is none."""


class Http:
    """A client for one of Zalo's addresses.

    Args:
        base: scheme and host.
        timeout: seconds for a whole call.
    """

    def __init__(
        self, base: str, *, timeout: float = TIMEOUT, transport: httpx.AsyncBaseTransport | None = None
    ) -> None:
        # httpx logs every address at this level; ours hold no secret, but the habit is dangerous.
        logging.getLogger("httpx").setLevel(logging.WARNING)
        self._base = base.rstrip("/")
        self._timeout = timeout
        self._client = httpx.AsyncClient(
            timeout=httpx.Timeout(timeout, connect=min(CONNECT_TIMEOUT, timeout)),
            limits=httpx.Limits(max_connections=32, max_keepalive_connections=8, keepalive_expiry=30),
            follow_redirects=False,
            headers={"accept-encoding": "identity", "user-agent": "mot-cua"},
            transport=transport,
        )

    async def close(self) -> None:
        """Close the connections."""
        await self._client.aclose()

    async def post(self, path: str, *, headers: Mapping[str, str], **what: Any) -> Answer:
        """POST a body given as httpx takes it (`json`, `data`, `files`).

        Raises:
            CallError: there is no answer.
        """
        try:
            async with (
                asyncio.timeout(self._timeout),
                self._client.stream("POST", self._base + path, headers=dict(headers), **what) as response,
            ):
                body = bytearray()
                async for part in response.aiter_bytes():
                    body += part
                    if len(body) > LARGEST:
                        raise BrokenOffError("too_large")
                return Answer(response.status_code, dict(response.headers), _json(bytes(body)))
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout) as error:
            raise UnreachableError("unreachable") from error
        except (httpx.InvalidURL, httpx.UnsupportedProtocol) as error:
            raise UnreachableError("address") from error
        except (TimeoutError, httpx.TimeoutException) as error:
            raise BrokenOffError("timeout") from error
        except httpx.HTTPError as error:
            raise BrokenOffError("broken_off") from error


def _json(body: bytes) -> Any:
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        return None
