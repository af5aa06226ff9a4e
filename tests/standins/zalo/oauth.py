"""OAuth v4 for Official Accounts: consent with PKCE, and tokens that rotate.

A code works once, for ten minutes; a refresh token works once, for three months. The error numbers are not verified
(their shape is): a client must not depend on them.
"""

from __future__ import annotations

import base64
import hashlib
import html
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlencode

from tests.standins.zalo.platform import DAY, Json, Platform

CODE_LIFE = 600.0
REFRESH_LIFE = 90 * DAY
ACCESS_LIFE = 90000.0
_DOCS = "https://developers.zalo.me/docs/"


class OAuthRefusedError(Exception):
    """Refused, which Zalo says with HTTP 200."""

    def __init__(self, number: int, name: str, reason: str = "") -> None:
        super().__init__(name)
        self.body = {
            "error": number,
            "error_name": name,
            "error_reason": reason,
            "error_description": reason,
            "ref_doc": _DOCS,
        }


@dataclass
class _Code:
    challenge: str
    until: float


@dataclass
class Tokens:
    """The tokens that were given out.

    Attributes:
        access_life: seconds that an access token lives.
        old_access_ends: whether a refresh ends the earlier access tokens at once (not verified either way).
        refreshed: how often a refresh token was used with success.
    """

    platform: Platform
    access_life: float = ACCESS_LIFE
    old_access_ends: bool = False
    refreshed: int = 0
    refused: int = 0
    _codes: dict[str, _Code] = field(default_factory=dict)
    _access: dict[str, float] = field(default_factory=dict)
    _refresh: dict[str, float] = field(default_factory=dict)
    _used: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self._refresh[self.platform.app.first_refresh_token] = self.platform.now() + REFRESH_LIFE

    def consent(self, query: Mapping[str, str]) -> str:
        """An administrator of the OA says yes; where the browser is sent.

        Raises:
            OAuthRefusedError: the app is not known.
        """
        self._look(query.get("app_id"))
        code = self.platform.token()
        self._codes[code] = _Code(query.get("code_challenge", ""), self.platform.now() + CODE_LIFE)
        back = {"oa_id": self.platform.app.oa_id, "code": code}
        if query.get("state"):
            back["state"] = query["state"]
        if query.get("code_challenge"):
            back["code_challenge"] = query["code_challenge"]
        to = query.get("redirect_uri", "")
        return f"{to}{'&' if '?' in to else '?'}{urlencode(back)}"

    def page(self, query: Mapping[str, str]) -> str:
        """What the administrator sees before."""
        self._look(query.get("app_id"))
        fields = "".join(
            f'<input type="hidden" name="{html.escape(k)}" value="{html.escape(v)}">' for k, v in query.items()
        )
        return (
            '<!doctype html><html lang="vi"><meta charset="utf-8"><title>Zalo (giả lập)</title>'
            f'<h1>Cấp quyền cho ứng dụng</h1><form method="post">{fields}<button>Cho phép</button></form></html>'
        )

    def give(self, secret: str | None, form: Mapping[str, str]) -> Json:
        """A pair of tokens, for a code or for a refresh token, which is used up.

        Raises:
            OAuthRefusedError: nothing is given.
        """
        try:
            self._look(form.get("app_id"))
            if secret != self.platform.app.app_secret:
                raise OAuthRefusedError(-14004, "Invalid secret key.")
            match form.get("grant_type"):
                case "authorization_code":
                    self._take_code(form)
                case "refresh_token":
                    self._take_refresh(form.get("refresh_token", ""))
                case _:
                    raise OAuthRefusedError(-14002, "Invalid grant type.")
        except OAuthRefusedError:
            self.refused += 1
            raise
        return self._pair()

    def trouble(self, access: str | None) -> int:
        """Why an access token is not taken: 0, -216 or -220."""
        if not access or access not in self._access:
            return -216
        return 0 if self._access[access] > self.platform.now() else -220

    def end_access(self) -> None:
        """Every access token is over at once, as when the OA takes the app's rights back."""
        self._access = dict.fromkeys(self._access, 0.0)

    def forget_access(self) -> None:
        """No access token is known any more (-216)."""
        self._access.clear()

    def _take_code(self, form: Mapping[str, str]) -> None:
        code = self._codes.pop(form.get("code", ""), None)
        if code is None or code.until < self.platform.now():
            raise OAuthRefusedError(-14010, "Invalid authorization code.")
        digest = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
        if code.challenge and base64.urlsafe_b64encode(digest).rstrip(b"=").decode() != code.challenge:
            raise OAuthRefusedError(-14011, "Invalid code verifier.")

    def _take_refresh(self, token: str) -> None:
        if token in self._used:
            raise OAuthRefusedError(-14014, "Invalid refresh token.", "used")
        if self._refresh.pop(token, 0.0) < self.platform.now():
            raise OAuthRefusedError(-14014, "Invalid refresh token.")
        self._used.add(token)
        self.refreshed += 1

    def _pair(self) -> Json:
        if self.old_access_ends:
            self.end_access()
        access, refresh = self.platform.token(), self.platform.token()
        self._access[access] = self.platform.now() + self.access_life
        self._refresh[refresh] = self.platform.now() + REFRESH_LIFE
        return {"access_token": access, "refresh_token": refresh, "expires_in": str(int(self.access_life))}

    def _look(self, app_id: str | None) -> None:
        if app_id != self.platform.app.app_id:
            raise OAuthRefusedError(-14001, "Invalid app id.")
