"""Zalo's OAuth v4 for Official Accounts: consent with PKCE, and the pair of tokens.

OAuthError
├── OAuthUnreachableError   nothing was sent, or Zalo was too busy to look: the token is as good as before
├── OAuthUnknownError       Zalo may have acted: a single-use refresh token may be used up
└── OAuthRefusedError       Zalo refused and gave nothing
"""

from __future__ import annotations

import base64
import hashlib
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, TypeGuard
from urllib.parse import urlencode

from bot.channels.zalo.http import BrokenOffError, Http, UnreachableError

TOKEN_PATH = "/v4/oa/access_token"  # noqa: S105  an address
CONSENT_PATH = "/v4/oa/permission"
SHORTEST, LONGEST = 60.0, 30 * 86400.0
UNSTATED = 3600.0
"""Seconds an access token is believed to live when Zalo does not say so readably."""
VERIFIER_BYTES = 32
"""43 characters in base64url, which is what Zalo asks for."""


class OAuthError(Exception):
    """No tokens; `code` is a stable word."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class OAuthUnreachableError(OAuthError):
    """Nothing was used up."""


class OAuthUnknownError(OAuthError):
    """The refresh token may be used up."""


class OAuthRefusedError(OAuthError):
    """Refused.

    Attributes:
        number: Zalo's error code.
    """

    def __init__(self, number: int) -> None:
        super().__init__("refused")
        self.number = number


@dataclass(frozen=True)
class Pair:
    """What Zalo gives.

    Attributes:
        expires_in: seconds that the access token lives.
    """

    access_token: str = field(repr=False)
    refresh_token: str = field(repr=False)
    expires_in: float


class OAuth:
    """The token endpoint for one app."""

    def __init__(self, http: Http, app_id: str, app_secret: str) -> None:
        self._http = http
        self._app_id = app_id
        self._secret = app_secret

    async def close(self) -> None:
        """Close the connections."""
        await self._http.close()

    async def renew(self, refresh_token: str) -> Pair:
        """A new pair for a refresh token, which is used up by it.

        Raises:
            OAuthError: which kind tells whether the token is still good.
        """
        return await self._ask({"refresh_token": refresh_token, "grant_type": "refresh_token"})

    async def exchange(self, code: str, verifier: str) -> Pair:
        """The first pair, for the code that consent gave (one use, ten minutes).

        Raises:
            OAuthError: the code may be used up unless it was OAuthUnreachableError.
        """
        return await self._ask({"code": code, "code_verifier": verifier, "grant_type": "authorization_code"})

    async def _ask(self, form: Mapping[str, str]) -> Pair:
        try:
            answer = await self._http.post(
                TOKEN_PATH, headers={"secret_key": self._secret}, data={**form, "app_id": self._app_id}
            )
        except UnreachableError as error:
            raise OAuthUnreachableError(error.code) from error
        except BrokenOffError as error:
            raise OAuthUnknownError(error.code) from error
        if answer.status == 429:
            raise OAuthUnreachableError("http_429")
        data = answer.data if isinstance(answer.data, Mapping) else {}
        access, refresh = data.get("access_token"), data.get("refresh_token")
        if _is_token(access) and _is_token(refresh):
            return Pair(access, refresh, _seconds(data.get("expires_in")))
        number = _number(data.get("error"))
        if number:
            raise OAuthRefusedError(number)
        if 400 <= answer.status < 500:
            raise OAuthRefusedError(-answer.status)
        raise OAuthUnknownError(f"http_{answer.status}")


def consent_url(base: str, app_id: str, redirect: str, verifier: str, state: str) -> str:
    """Where an administrator of the Official Account consents."""
    query = {
        "app_id": app_id,
        "redirect_uri": redirect,
        "code_challenge": challenge(verifier),
        "code_challenge_method": "S256",
        "state": state,
    }
    return f"{base.rstrip('/')}{CONSENT_PATH}?{urlencode(query)}"


def new_verifier() -> str:
    """A PKCE code verifier (RFC 7636)."""
    return secrets.token_urlsafe(VERIFIER_BYTES)


def challenge(verifier: str) -> str:
    """The S256 challenge of a verifier (RFC 7636, 4.2)."""
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode("ascii")).digest()).rstrip(b"=").decode()


def _is_token(value: Any) -> TypeGuard[str]:
    """Something that may stand in a header."""
    return isinstance(value, str) and 0 < len(value) <= 8192 and value.isascii() and value.isprintable()


def _seconds(value: Any) -> float:
    try:
        found = float(value)
    except (TypeError, ValueError, OverflowError):
        return UNSTATED
    return min(max(found, SHORTEST), LONGEST) if found == found else UNSTATED


def _number(value: Any) -> int:
    try:
        return int(value)
    except (TypeError, ValueError, OverflowError):
        return 0
