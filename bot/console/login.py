"""Login and logout on starlette-admin's login page."""

from __future__ import annotations

from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.templating import Jinja2Templates
from starlette.types import ASGIApp, Receive, Scope, Send
from starlette_admin.auth import AdminUser, AuthProvider
from starlette_admin.exceptions import LoginFailed

from bot.channels.web.limits import RateLimiter, client_name
from bot.console import texts
from bot.console.accounts import Accounts
from bot.console.identity import Account, LockedError, LoginError
from bot.console.shell import BASE, COOKIE


def account_of(request: Request) -> Account:
    """Who is logged in; only where the shell lets nobody else come."""
    account: Account = request.state.account
    return account


def address_of(request: Request) -> str | None:
    """The network address of whoever asks."""
    return request.client.host if request.client else None


def agent_of(request: Request) -> str | None:
    """What the browser calls itself."""
    return request.headers.get("user-agent")


def browser_of(agent: str | None) -> str:
    """A browser and a system in two words, as far as its own name tells them."""
    text = agent or ""
    browser = next((name for mark, name in _BROWSERS if mark in text), "trình duyệt khác")
    system = next((name for mark, name in _SYSTEMS if mark in text), "")
    return f"{browser}, {system}" if system else browser


_BROWSERS = (
    *(("Edg/", "Edge"), ("OPR/", "Opera"), ("coc_coc", "Cốc Cốc"), ("Firefox/", "Firefox")),
    *(("Chrome/", "Chrome"), ("Safari/", "Safari")),
)
"""The first that fits: most call themselves by several names."""
_SYSTEMS = (
    *(("Android", "Android"), ("iPhone", "iPhone"), ("iPad", "iPad")),
    *(("Windows", "Windows"), ("Mac OS", "macOS"), ("Linux", "Linux")),
)


def set_cookie(response: Response, request: Request, token: str) -> None:
    """Give the browser a session's token: unreadable to scripts, not sent from other sites, gone with the browser."""
    response.set_cookie(COOKIE, token, path=BASE, httponly=True, samesite="lax", secure=request.url.scheme == "https")


class _Identity:
    """Tells starlette-admin whom the shell found."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI."""
        if scope["type"] == "http":
            account = scope["state"].get("account")
            scope["state"]["is_anonymous"] = account is None
            if account is not None:
                scope["state"]["admin_user"] = AdminUser(username=account.full_name or account.name)
        await self._app(scope, receive, send)


class Login(AuthProvider):
    """The provider. Whether a request may pass is decided by the shell, before anything of starlette-admin."""

    def __init__(self, accounts: Accounts, *, limited: bool) -> None:
        super().__init__()
        self._accounts = accounts
        self._limiter = RateLimiter(burst=20, per_second=0.2) if limited else None

    def get_middleware(self) -> Middleware:
        """In place of starlette-admin's own, which would ask once more."""
        return Middleware(_Identity)

    async def authenticate(self, request: Request) -> AdminUser | None:
        """Whom the middleware set."""
        return getattr(request.state, "admin_user", None)

    async def render_login(self, request: Request, templates: Jinja2Templates) -> Response:
        """The page and its form; only a path of the console is gone on to."""
        there = request.query_params.get("next", "")
        if there and not (there.startswith(f"{BASE}/") and "\\" not in there and "//" not in there):
            return RedirectResponse(f"{BASE}/login", 303)
        return await super().render_login(request, templates)

    async def login(self, username: str, password: str, remember_me: bool, request: Request) -> Response:  # noqa: ARG002
        """Check and open a session. What is wrong is not told apart."""
        address = address_of(request)
        if self._limiter is not None and self._limiter.take(client_name(address)):
            raise LoginFailed(texts.LOGIN_TOO_OFTEN)
        try:
            token = await self._accounts.login(username[:64], password, address=address, browser=agent_of(request))
        except (LoginError, LockedError) as error:
            raise LoginFailed(texts.LOGIN_WRONG) from error
        response = RedirectResponse(request.query_params.get("next") or f"{BASE}/", 303)
        set_cookie(response, request, token)
        return response

    async def logout(self, request: Request) -> Response:
        """End the session here and in the browser."""
        account = getattr(request.state, "account", None)
        await self._accounts.logout(
            request.cookies.get(COOKIE), account.name if account else None, address=address_of(request)
        )
        response = RedirectResponse(f"{BASE}/login", 303)
        response.delete_cookie(COOKIE, path=BASE)
        return response
