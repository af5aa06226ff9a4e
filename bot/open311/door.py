"""What all handlers have in common: the format, the limits, the jurisdiction, the API key, the shape of errors."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import structlog
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from bot.locality import Locality, LocalitySource, current
from bot.open311.errors import MethodError, NotFoundError, Open311Error, RefusedError, UnavailableError
from bot.open311.formats import Format, respond
from bot.open311.forms import Sent
from bot.open311.keys import ApiKey, ApiKeys
from bot.open311.limits import Limits

log = structlog.get_logger(__name__)

AGAIN = 5
"""Seconds after which a caller may try again when the database does not answer."""

Handler = Callable[[Request, Format], Awaitable[Response]]


class Door:
    """Whom every request passes on its way in and out."""

    def __init__(self, locality: LocalitySource, keys: ApiKeys, limits: Limits, public_url: str = "") -> None:
        """Join it.

        Args:
            public_url: of the web process; empty: as the caller asked.
        """
        self._source = locality
        self._keys = keys
        self._limits = limits
        self._public_url = public_url.rstrip("/")

    def endpoint(self, handler: Handler) -> Callable[[Request], Awaitable[Response]]:
        """A handler with what all have in common: the format, the limits, the jurisdiction, the errors."""

        async def serve(request: Request) -> Response:
            wanted = format_of(request)
            try:
                if request.path_params.get("format", wanted) != wanted:
                    raise NotFoundError("formats are xml and json")
                self._limits.ask(request.client.host if request.client else None)
                return await handler(request, wanted)
            except Open311Error as error:
                return refused(error, wanted)
            except (OperationalError, InterfaceError, PoolTimeout, OSError) as error:
                log.warning("open311.database", error=type(error).__name__)
                return refused(
                    UnavailableError("the database does not answer; try again later", retry_after=AGAIN), wanted
                )
            except Exception:
                log.exception("open311.fault", path=request.url.path)
                return refused(Open311Error("unexpected error; the log of the server has it"), wanted, status=500)

        return serve

    async def on_http_error(self, request: Request, error: Exception) -> Response:
        """What the framework refuses."""
        assert isinstance(error, HTTPException)  # noqa: S101  registered for it
        if error.status_code == 405:
            allow = (error.headers or {}).get("Allow")
            return refused(MethodError(f"{request.method} is not offered here", allow=allow), format_of(request))
        return refused(NotFoundError("there is no such address"), format_of(request))

    @property
    def locality(self) -> Locality:
        """The locality of now."""
        return current(self._source)

    def url(self, request: Request) -> str:
        """Where version 2 is, as the caller should know it."""
        base = self._public_url or str(request.base_url).partition("/open311")[0].rstrip("/")
        return f"{base}/open311/v2"

    def here(self, sent: Sent) -> Locality:
        """The locality, if it is the one that is asked for."""
        locality = self.locality
        wanted = sent.get("jurisdiction_id")
        if wanted is not None and wanted != locality.code:
            raise NotFoundError(f"jurisdiction_id was not found; this server serves {locality.code!r}")
        return locality

    def key(self, request: Request, sent: Sent, scope: str) -> ApiKey:
        """Whose API key came with the request.

        Args:
            scope: what it must be good for; what writes is counted.

        Raises:
            RefusedError: none, a wrong one, or one that may not do this.
        """
        given = sent.get("api_key")
        key = self._keys.find(given)
        if key is None:
            if given:
                host = request.client.host if request.client else None
                log.warning("open311.key.wrong", path=request.url.path)
                self._limits.wrong_key(host)
            raise RefusedError("api_key is missing" if not given else "api_key is not valid")
        if scope not in key.scopes:
            raise RefusedError(f"api_key is valid, but not for this: it lacks the scope {scope!r}")
        if scope != "read":
            self._limits.write(key.name)
        return key


def format_of(request: Request) -> Format:
    """The format that the address asks for; XML, which every server has, where it says none."""
    return "json" if request.url.path.endswith(".json") else "xml"


def refused(error: Open311Error, wanted: Format, *, status: int | None = None) -> Response:
    """An error in the format that was asked for."""
    code = status or error.status
    headers = {}
    if error.retry_after is not None:
        headers["Retry-After"] = str(error.retry_after)
    if error.allow:
        headers["Allow"] = error.allow
    return respond(
        "errors", [{"code": code, "description": text} for text in error.descriptions], wanted, code, headers
    )
