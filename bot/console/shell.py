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

from bot.console.accounts import Account, Accounts

COOKIE = "motcua_staff"
BASE = "/console"
SMALL, LARGE = 64 * 1024, 32 * 1024 * 1024
"""Bytes of a form; of one with pictures."""
_OPEN = ("/login", "/static/")
_WITH_OLD_PASSWORD = (*_OPEN, "/password", "/logout")

TOO_LARGE = "Biểu mẫu lớn quá giới hạn."
FAULT = "Hệ thống gặp lỗi ngoài dự kiến. Hãy thử lại sau ít phút."
CROSS_SITE = "Yêu cầu đến từ một trang khác nên bị từ chối."


class Shell:
    """Wraps the admin application.

    Args:
        secure: the public address is https: URLs and cookies are made for that, whatever a proxy speaks to us.
    """

    def __init__(self, app: ASGIApp, accounts: Accounts, *, secure: bool) -> None:
        self._app = app
        self._accounts = accounts
        self._secure = secure

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
        limit = LARGE if account is not None and path.endswith("/photos") else SMALL
        guarded = _Answer(_with_headers(send, nonce, path))
        try:
            await self._app(scope, _limited(receive, limit), guarded)
        except Exception as error:
            # The application logs a fault, answers it, and raises it again; one log line and one answer are enough.
            too_large = _caused_by(error, _TooLargeError)
            if guarded.started:
                return
            response = PlainTextResponse(TOO_LARGE, 413) if too_large else PlainTextResponse(FAULT, 500)
            await response(scope, receive, guarded)

    def _refused(self, request: Request, path: str, account: Account | None) -> Response | None:
        if request.method not in ("GET", "HEAD"):
            # Besides the token in every form: browsers say whether a request was caused by another site.
            if request.headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
                return PlainTextResponse(CROSS_SITE, 403)
            length = request.headers.get("content-length", "0")
            if not length.isdigit() or int(length) > (LARGE if path.endswith("/photos") else SMALL):
                return PlainTextResponse(TOO_LARGE, 413)
        if account is None and not path.startswith(_OPEN):
            there = f"?next={quote(BASE + path)}" if request.method == "GET" and path != "/" else ""
            return RedirectResponse(f"{BASE}/login{there}", 303)
        if account is not None and account.must_change_password and not path.startswith(_WITH_OLD_PASSWORD):
            return RedirectResponse(f"{BASE}/password", 303)
        return None


class _TooLargeError(Exception):
    """More was sent than announced."""


class _Answer:
    """Knows whether an answer has begun."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self.started = False

    async def __call__(self, message: Message) -> None:
        self.started = True
        await self._send(message)


def _caused_by(error: BaseException, kind: type[BaseException]) -> bool:
    """Whether an error is of this kind, or a group that holds one."""
    if isinstance(error, BaseExceptionGroup):
        return any(_caused_by(part, kind) for part in error.exceptions)
    return isinstance(error, kind) or (error.__cause__ is not None and _caused_by(error.__cause__, kind))


def _limited(receive: Receive, limit: int) -> Receive:
    taken = 0

    async def limited() -> Message:
        nonlocal taken
        message = await receive()
        taken += len(message.get("body", b""))
        if taken > limit:
            raise _TooLargeError
        return message

    return limited


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
