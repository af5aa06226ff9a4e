"""The outermost layer: security headers on every response, and the count of requests."""

from __future__ import annotations

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bot.channels.metrics import REQUESTS

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


class Edge:
    """Wraps the application. A header that a response sets itself is left as it is."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = list(message.get("headers", ()))
                present = {name for name, _ in headers}
                headers += [header for header in _HEADERS if header[0] not in present]
                if b"cache-control" not in present:
                    headers.append(_NO_STORE)
                message["headers"] = headers
                REQUESTS.labels(_route(scope["path"]), message["status"]).inc()
            await send(message)

        await self._app(scope, receive, send_with_headers)


def _route(path: str) -> str:
    """A label with few values: what a stranger asks for must not fill the memory."""
    if path in _PAGES:
        return path
    return next((f"{route}…" for route in _ROUTES if path.startswith(route)), "other")
