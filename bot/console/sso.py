"""Single sign-on: staff log in at the organisation's OpenID Connect provider (authorization code, PKCE, nonce).

The provider proves who somebody is; what they may do stands with the account, which `bot staff add` has made.
"""

from __future__ import annotations

import structlog
from authlib.integrations.base_client import OAuthError
from authlib.integrations.starlette_client import OAuth
from httpx import HTTPError
from joserfc.errors import JoseError
from starlette.middleware import Middleware
from starlette.middleware.sessions import SessionMiddleware
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Mount, Route

from bot.channels.web.limits import RateLimiter, client_name
from bot.console.accounts import Accounts
from bot.console.identity import LoginError
from bot.console.login import address_of, agent_of, set_cookie
from bot.console.shell import BASE
from bot.privacy import derive
from bot.settings import Settings

log = structlog.get_logger(__name__)

PATH = "/sso"
UNDER_WAY = 600
"""Seconds that somebody may take at the provider."""
TIMEOUT = 10.0


class SingleSignOn:
    """The way to the provider and back."""

    def __init__(self, settings: Settings, accounts: Accounts) -> None:
        self._accounts = accounts
        self._claim = settings.oidc_account_claim
        self._public = settings.public_url.rstrip("/")
        self._issuer = settings.oidc_issuer.rstrip("/")
        self._limiter = RateLimiter(burst=20, per_second=0.2) if settings.rate_limit == "on" else None
        oauth = OAuth()
        self._client = oauth.register(
            "oidc",
            client_id=settings.oidc_client_id,
            client_secret=settings.oidc_client_secret.get_secret_value() or None,
            server_metadata_url=f"{self._issuer}/.well-known/openid-configuration",
            client_kwargs={
                "scope": "openid profile email",
                "code_challenge_method": "S256",
                "timeout": TIMEOUT,
                "trust_env": False,
            },
        )

    async def start(self, request: Request) -> Response:
        """To the provider."""
        if self._limiter is not None and self._limiter.take(client_name(address_of(request))):
            return _failed("too_often")
        back = f"{self._public or str(request.base_url).rstrip('/').removesuffix(BASE)}{BASE}{PATH}/callback"
        try:
            response: Response = await self._client.authorize_redirect(request, back)
        except (HTTPError, OAuthError, RuntimeError, ValueError) as error:
            log.warning("console.sso.unreachable", error=type(error).__name__)
            return _failed("unreachable")
        return response

    async def callback(self, request: Request) -> Response:
        """Back from it: check what it says, and open a session."""
        try:
            token = await self._client.authorize_access_token(request)
            claims = token["userinfo"]
            issuer, subject = str(claims["iss"]), str(claims["sub"])
        except (HTTPError, OAuthError, JoseError, KeyError, RuntimeError, ValueError) as error:
            log.warning("console.sso.refused", error=type(error).__name__)
            return _failed("refused")
        name = str(claims.get(self._claim) or "").partition("@")[0].strip().casefold()
        try:
            opened = await self._accounts.login_as(
                name, f"{issuer} {subject}", address=address_of(request), browser=agent_of(request)
            )
        except LoginError:
            return _failed("unknown")
        request.session.clear()
        response = RedirectResponse(f"{BASE}/", 303)
        set_cookie(response, request, opened)
        return response


def _failed(why: str) -> Response:
    """Back to the login, which says why (a key of `texts.SSO_REFUSED`)."""
    return RedirectResponse(f"{BASE}/login?sso={why}", 303)


def mount(settings: Settings, accounts: Accounts) -> Mount:
    """The two addresses, with a signed cookie for the way there and back alone."""
    way = SingleSignOn(settings, accounts)
    return Mount(
        PATH,
        routes=[Route("/start", way.start, methods=["GET"]), Route("/callback", way.callback, methods=["GET"])],
        middleware=[
            Middleware(
                SessionMiddleware,
                secret_key=derive(settings.secret_key, "console-sso").hex(),
                session_cookie="motcua_sso",
                max_age=UNDER_WAY,
                path=f"{BASE}{PATH}",
                same_site="lax",
                https_only=settings.public_url.startswith("https://"),
            )
        ],
    )
