"""How we prove who we are to a JSON API."""

from __future__ import annotations

import asyncio
import base64
import time
from collections.abc import Callable, Mapping
from urllib.parse import quote, urlsplit

import httpx

from bot.locality.rest import KeyAuth, NoAuth, OAuth2
from bot.tickets.backends.errors import BackendError, NotSentError
from bot.tickets.backends.http import Auth, Http

EARLY = 30.0
"""Seconds before its end from which a token is not used any more."""
ASSUMED = 300.0
"""Seconds for which a token counts that does not say."""


def made(config: NoAuth | KeyAuth | OAuth2, secret: str, **how: object) -> Auth | None:
    """The proof that a locality file names.

    Args:
        secret: of the settings.
        how: for the calls of OAuth2.
    """
    if isinstance(config, KeyAuth):
        return ByKey(config.header, config.prefix + secret)
    if isinstance(config, OAuth2):
        return ByToken(config, secret, **how)  # type: ignore[arg-type]  # handed through
    return None


class ByKey:
    """A key in a header."""

    def __init__(self, header: str, value: str) -> None:
        self._headers = {header: value}

    async def headers(self) -> Mapping[str, str]:
        """Always the same."""
        return self._headers

    def refused(self) -> bool:
        """The same key again makes no sense."""
        return False


class ByToken:
    """OAuth 2 client credentials: a token, kept until shortly before its end, got anew when refused."""

    def __init__(
        self,
        config: OAuth2,
        secret: str,
        *,
        timeout: float,
        transport: httpx.AsyncBaseTransport | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        split = urlsplit(config.token_url)
        self._path = split.path or "/"
        self._http = Http(f"{split.scheme}://{split.netloc}", timeout=timeout, transport=transport)
        self._config = config
        self._secret = secret
        self._clock = clock
        self._lock = asyncio.Lock()
        self._token: str | None = None
        self._until = 0.0

    async def headers(self) -> Mapping[str, str]:
        """With a token that holds; of many calls at once, one fetches it."""
        async with self._lock:
            if self._token is None or self._clock() >= self._until:
                self._token, lasts = await self._fetch()
                self._until = self._clock() + max(lasts - EARLY, lasts / 2)
            return {"Authorization": f"Bearer {self._token}"}

    def refused(self) -> bool:
        """Withdrawn before its end: a new one may do."""
        self._token = None
        return True

    async def _fetch(self) -> tuple[str, float]:
        config, headers = self._config, {}
        form = [("grant_type", "client_credentials")]
        if config.scope:
            form.append(("scope", config.scope))
        if config.in_body:
            form += [("client_id", config.client_id), ("client_secret", self._secret)]
        else:
            pair = f"{quote(config.client_id, safe='')}:{quote(self._secret, safe='')}"
            headers["Authorization"] = f"Basic {base64.b64encode(pair.encode()).decode()}"
        try:
            found = (await self._http.post(self._path, form=form, headers=headers)).json()
            token, lasts = found["access_token"], float(found.get("expires_in", ASSUMED))
            if not (isinstance(token, str) and token and token.isascii() and token.isprintable() and lasts > 0):
                raise ValueError("no token")
        except BackendError as error:
            # The ticket itself was not sent, whatever became of the question for a token.
            raise NotSentError(f"token_{error.code}", getattr(error, "pause", None)) from error
        except (ValueError, TypeError, KeyError, AttributeError) as error:
            raise NotSentError("token_unreadable") from error
        return token, lasts
