"""The outermost layer: bodies that are too long for any endpoint, security headers, and the count of requests."""

from __future__ import annotations

import time

import structlog
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bot.channels.metrics import REQUESTS, WEBHOOK_SECONDS
from bot.channels.web.errors import ApiError, error_response

log = structlog.get_logger(__name__)

CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; base-uri 'none';"
    " form-action 'self'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'"
)

_HEADERS = [
    (b"content-security-policy", CONTENT_SECURITY_POLICY.encode()),
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    (b"referrer-policy", b"no-referrer"),
    (b"permissions-policy", b"camera=(), geolocation=(self), microphone=(), payment=(), usb=(), browsing-topics=()"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
]
_NO_STORE = (b"cache-control", b"no-store")
_PAGES = frozenset(("/", "/api/chat", "/api/chat/history", "/api/chat/events", "/api/photos", "/metrics"))
_PAGES |= {"/health/live", "/health/ready"}
_ROUTES = ("/api/", "/static/", "/health/", "/metrics", "/console", "/open311/", "/webhooks/", "/phan-anh")


_PLATFORMS = {f"/webhooks/{name}": name for name in ("telegram", "zalo", "tickets")}
LARGEST_BODIES = (
    ("/console", 32 * 2**20),
    ("/open311/", 24 * 2**20),
    ("/api/photos", 32 * 2**20),
)
"""Most bytes of a body by the beginning of the path. Endpoints have smaller limits of
their own, and words of their own for them."""
LARGEST_BODY = 256 * 1024
LARGEST_BODY_OF_GET = 8 * 1024


class Edge:
    """Wraps the application. A header that a response sets itself is left as it is.

    Args:
        proxied: a proxy is trusted; what others say about whom they speak for is ignored in silence.
    """

    def __init__(self, app: ASGIApp, *, proxied: bool = False) -> None:
        self._app = app
        self._warned = proxied

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        path: str = scope["path"]
        platform = _PLATFORMS.get(path, "other") if path.startswith("/webhooks/") else None
        started = time.perf_counter()

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = list(message.get("headers", ()))
                present = {name for name, _ in headers}
                headers += [header for header in _HEADERS if header[0] not in present]
                if b"cache-control" not in present:
                    headers.append(_NO_STORE)
                message["headers"] = headers
                REQUESTS.labels(_route(path), message["status"]).inc()
                if platform:
                    WEBHOOK_SECONDS.labels(platform).observe(time.perf_counter() - started)
            await send(message)

        most, announced, forwarded = largest_body(scope["method"], path), 0, False
        for name, value in scope["headers"]:
            if name == b"content-length":
                announced = int(value) if value.isdigit() else most + 1
            elif name == b"x-forwarded-for":
                forwarded = True
        if forwarded and not self._warned:
            self._warned = True
            log.warning("web.proxy.not_trusted", hint="set BOT_TRUSTED_PROXIES, or limits see the proxy only")
        if announced > most:
            refused = error_response("request_too_large", {"limit": most})
            await refused(scope, receive, send_with_headers)
            return
        await self._app(scope, _counted(receive, most), send_with_headers)


def largest_body(method: str, path: str) -> int:
    """Most bytes that the body of a request may have."""
    if method in ("GET", "HEAD", "OPTIONS"):
        return LARGEST_BODY_OF_GET
    return next((most for start, most in LARGEST_BODIES if path.startswith(start)), LARGEST_BODY)


def _counted(receive: Receive, most: int) -> Receive:
    """What comes in, cut off where it is longer than it may be (a body in chunks announces nothing)."""
    taken = 0

    async def receive_counted() -> Message:
        nonlocal taken
        message = await receive()
        if message["type"] == "http.request":
            taken += len(message.get("body", b""))
            if taken > most:
                raise ApiError("request_too_large", limit=most)
        return message

    return receive_counted


def _route(path: str) -> str:
    """A label with few values: what a stranger asks for must not fill the memory."""
    if path in _PAGES:
        return path
    return next((f"{route}…" for route in _ROUTES if path.startswith(route)), "other")
