"""The outermost layer of the console: who asks, how much may be sent, and what the browser may load.

It stands before everything of starlette-admin, so that nobody unknown reaches code that parses forms.
"""

from __future__ import annotations

import secrets
from collections.abc import MutableMapping
from typing import Any
from urllib.parse import quote

from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bot.console.accounts import Accounts
from bot.console.identity import Account

COOKIE = "motcua_staff"
BASE = "/console"
SMALL, LARGE = 64 * 1024, 32 * 1024 * 1024
"""Bytes of a form; of one with pictures or another file."""
_WITH_FILES = ("/photos", "/held-out", "/exchange/look", "/exchange/apply")
_OPEN = ("/login", "/static/", "/sso/")
_WITH_PASSWORD_ALONE = (*_OPEN, "/code", "/logout")
_WITH_OLD_PASSWORD = (*_OPEN, "/password", "/logout")
_WITHOUT_SECOND_FACTOR = (*_WITH_OLD_PASSWORD, "/second-factor")

TOO_LARGE = "Biểu mẫu lớn quá giới hạn."
FAULT = "Hệ thống gặp lỗi ngoài dự kiến. Hãy thử lại sau ít phút."
CROSS_SITE = "Yêu cầu đến từ một trang khác nên bị từ chối."


class Shell:
    """Wraps the admin application.

    Args:
        secure: the public address is https: URLs and cookies are made for that, whatever a proxy speaks to us.
        policy: BOT_STAFF_SECOND_FACTOR.
    """

    def __init__(self, app: ASGIApp, accounts: Accounts, *, secure: bool, policy: str) -> None:
        self._app = app
        self._accounts = accounts
        self._secure = secure
        self._policy = policy

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        if self._secure:
            scope["scheme"] = "https"
        state: MutableMapping[str, Any] = scope.setdefault("state", {})
        nonce = state["nonce"] = secrets.token_urlsafe(16)
        request = Request(scope)
        path = scope["path"].removeprefix(BASE) or "/"
        account = None if path.startswith("/static/") else await self._accounts.of(request.cookies.get(COOKIE))
        state["account"] = account
        refused = self._refused(request, path, account)
        if refused is not None:
            await refused(scope, receive, _with_headers(send, nonce, path))
            return
        limit = LARGE if account is not None and path.endswith(_WITH_FILES) else SMALL
        guarded = _Answer(_with_headers(send, nonce, path))
        if request.method not in ("GET", "HEAD"):
            body = await _read(receive, limit)
            if body is None:
                await PlainTextResponse(TOO_LARGE, 413, {"Connection": "close"})(scope, receive, guarded)
                return
            receive = _again(body, receive)
        try:
            await self._app(scope, receive, guarded)
        except Exception:
            # The application logs a fault, answers it, and raises it again; one log line and one answer are enough.
            if not guarded.started:
                await PlainTextResponse(FAULT, 500)(scope, receive, guarded)

    def _refused(self, request: Request, path: str, account: Account | None) -> Response | None:
        if request.method not in ("GET", "HEAD"):
            # Besides the token in every form: browsers say whether a request was caused by another site.
            if request.headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
                return PlainTextResponse(CROSS_SITE, 403)
            length = request.headers.get("content-length", "0")
            if not length.isdigit() or int(length) > (LARGE if path.endswith(_WITH_FILES) else SMALL):
                return PlainTextResponse(TOO_LARGE, 413)
        if account is None and not path.startswith(_OPEN):
            there = f"?next={quote(BASE + path)}" if request.method == "GET" and path != "/" else ""
            return RedirectResponse(f"{BASE}/login{there}", 303)
        if account is None:
            return None
        for holds, ways, there in (
            (account.second_factor_due, _WITH_PASSWORD_ALONE, "/code"),
            (account.must_change_password, _WITH_OLD_PASSWORD, "/password"),
            (needs_second_factor(self._policy, account), _WITHOUT_SECOND_FACTOR, "/second-factor"),
        ):
            if holds:
                return None if path.startswith(ways) else RedirectResponse(f"{BASE}{there}", 303)
        return None


def needs_second_factor(policy: str, account: Account) -> bool:
    """Whether the account must set a second factor before it does anything else.

    Args:
        policy: `optional`, `admins` or `all`. Who comes by single sign-on proves what the provider asks for.
    """
    wanted = policy == "all" or (policy == "admins" and "admin" in account.roles)
    return wanted and not account.second_factor and not account.single_sign_on


class _Answer:
    """Knows whether an answer has begun."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self.started = False

    async def __call__(self, message: Message) -> None:
        self.started = True
        await self._send(message)


async def _read(receive: Receive, limit: int) -> bytes | None:
    """The whole body; None as soon as it is larger than `limit` bytes."""
    parts, taken = [], 0
    while True:
        message = await receive()
        if message["type"] != "http.request":
            return b""  # gone away; nobody waits for an answer
        part = message.get("body", b"")
        taken += len(part)
        if taken > limit:
            return None
        parts.append(part)
        if not message.get("more_body", False):
            return b"".join(parts)


def _again(body: bytes, receive: Receive) -> Receive:
    """Gives a body that was read already, then what comes after it."""
    given = False

    async def receive_again() -> Message:
        nonlocal given
        if given:
            return await receive()
        given = True
        return {"type": "http.request", "body": body, "more_body": False}

    return receive_again


def _with_headers(send: Send, nonce: str, path: str) -> Send:
    async def with_headers(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(raw=message.setdefault("headers", []))
            headers["content-security-policy"] = policy(nonce)
            if path.startswith("/static/"):
                headers["cache-control"] = "public, max-age=86400"
            else:
                headers.setdefault("cache-control", "no-store")
        await send(message)

    return with_headers


def policy(nonce: str) -> str:
    """What a page of the console may load: files of this server, and the scripts that its own templates hold.

    Style attributes are allowed, because starlette-admin's list templates have some; they can load nothing, as
    pictures come from here only.
    """
    return (
        f"default-src 'none'; script-src 'self' 'nonce-{nonce}'; style-src 'self' 'nonce-{nonce}';"
        " style-src-attr 'unsafe-inline'; img-src 'self' data:; font-src 'self'; connect-src 'self';"
        " base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    )
