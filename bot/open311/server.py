"""The handlers: each reads what was sent, asks one service, and answers."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol

import structlog
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from bot.locality import Category, Locality, LocalitySource, current
from bot.open311 import answers, openapi, services
from bot.open311.asking import flag, read_code, read_codes, read_part, read_query, read_window
from bot.open311.errors import (
    BadRequestError,
    MethodError,
    NotFoundError,
    Open311Error,
    RefusedError,
    UnavailableError,
)
from bot.open311.formats import Format, respond
from bot.open311.forms import Sent, from_form, from_query, moment
from bot.open311.keys import ApiKey, ApiKeys
from bot.open311.limits import Limits
from bot.open311.posting import LONGEST_ID, external_id, read_post
from bot.privacy import Cipher, UnreadableValueError
from bot.tickets import TicketService
from bot.tickets.errors import PeriodOverError, PhotoMissingError, TicketError, UnknownTicketError
from bot.tickets.people import Actor
from bot.tickets.photos import NotAPictureError, PhotoError, PhotoTooLargeError, StoredPhoto
from bot.tickets.posted import NewUpdate, PostedUpdates
from bot.tickets.published import Published, PublishedQuery
from bot.tickets.records import Stage

log = structlog.get_logger(__name__)

AHEAD = timedelta(minutes=5)
"""How far another system's clock may be ahead of ours."""
AGAIN = 5
_TOKEN = "token"  # noqa: S105 - the place that a token is bound to

Handler = Callable[[Request, Format], Awaitable[Response]]


class KeepsPhotos(Protocol):
    """Where pictures go; `bot.tickets.photos.Photos` is one."""

    async def keep(
        self, data: bytes, *, conversation: str | None = None, account: str | None = None, stage: Stage = "before"
    ) -> StoredPhoto:
        """Check a picture and keep it."""
        ...


class Open311:
    """The Open311 server of one process."""

    def __init__(
        self,
        *,
        locality: LocalitySource,
        tickets: TicketService,
        published: Published,
        updates: PostedUpdates,
        photos: KeepsPhotos,
        keys: ApiKeys,
        tokens: Cipher,
        limits: Limits,
        public_url: str = "",
    ) -> None:
        """Join it.

        Args:
            tokens: encrypts codes of tickets into tokens.
            public_url: of the web process; empty: as the caller asked.
        """
        self._source = locality
        self._tickets = tickets
        self._published = published
        self._updates = updates
        self._photos = photos
        self._keys = keys
        self._tokens = tokens
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
                return refused(UnavailableError("try again later; nothing was done", retry_after=AGAIN), wanted)
            except Exception:
                log.exception("open311.fault", path=request.url.path)
                return refused(Open311Error("unexpected error; nothing was done"), wanted, status=500)

        return serve

    async def on_http_error(self, request: Request, error: Exception) -> Response:
        """What the framework refuses."""
        assert isinstance(error, HTTPException)  # noqa: S101  registered for it
        if error.status_code == 405:
            allow = (error.headers or {}).get("Allow")
            return refused(MethodError(f"{request.method} is not offered here", allow=allow), format_of(request))
        return refused(NotFoundError("there is no such address"), format_of(request))

    # What is offered

    async def discovery(self, request: Request, wanted: Format) -> Response:
        """GET discovery."""
        base = self._public_url or str(request.base_url).split("/open311")[0].rstrip("/")
        return respond("discovery", answers.discovery(self._locality, f"{base}/open311/v2"), wanted)

    async def services(self, request: Request, wanted: Format) -> Response:
        """GET services."""
        locality = self._here(from_query(request))
        return respond("services", services.services(locality), wanted)

    async def service(self, request: Request, wanted: Format) -> Response:
        """GET services/{code}."""
        locality = self._here(from_query(request))
        category = _category(locality, request.path_params["code"])
        return respond("service_definition", services.definition(category), wanted)

    async def openapi(self, request: Request, _wanted: Format) -> Response:
        """GET openapi.json."""
        base = self._public_url or str(request.base_url).split("/open311")[0].rstrip("/")
        return respond("openapi", openapi.describe(self._locality, f"{base}/open311/v2"), "json")

    # Reading

    async def requests(self, request: Request, wanted: Format) -> Response:
        """GET and POST requests."""
        if request.method == "POST":
            return await self._post_request(request, wanted)
        sent = from_query(request)
        locality = self._here(sent)
        if (given := sent.get("external_id")) and not sent.get("service_request_id"):
            key = self._key(request, sent, "read")
            query: PublishedQuery | None = PublishedQuery(external_ids=(external_id(key.name, given[:LONGEST_ID]),))
        else:
            query = read_query(sent, locality.now().tzinfo or UTC)
        return await self._requests(query, sent, wanted)

    async def request(self, request: Request, wanted: Format) -> Response:
        """GET requests/{id}."""
        sent = from_query(request)
        self._here(sent)
        code = read_code(request.path_params["id"])
        return await self._requests(PublishedQuery(codes=(code,), most=1), sent, wanted, needed=code)

    async def _requests(
        self, query: PublishedQuery | None, sent: Sent, wanted: Format, *, needed: str | None = None
    ) -> Response:
        found = await self._published.tickets(query) if query else []
        if needed and not found:
            raise NotFoundError(f"service_request_id {needed!r} was not found")
        locality = self._locality
        if flag(sent, "extensions") and found:
            updates = await self._published.updates(codes=tuple(ticket.code for ticket in found), most=20 * len(found))
            return respond(
                "service_requests", [answers.extended(ticket, locality, updates) for ticket in found], wanted
            )
        return respond("service_requests", [answers.request(ticket, locality) for ticket in found], wanted)

    async def token(self, request: Request, wanted: Format) -> Response:
        """GET tokens/{token}."""
        self._here(from_query(request))
        token = request.path_params["token"]
        code = self._code_of(token)
        if code is None or await self._published.ticket(code) is None:
            raise NotFoundError("token was not found")
        return respond("service_requests", [{"service_request_id": code, "token": token}], wanted)

    # Writing

    async def _post_request(self, request: Request, wanted: Format) -> Response:
        sent = await from_form(request)
        locality = self._here(sent)
        key = self._key(request, sent, "write")
        self._limits.write(key.name)
        posted = read_post(sent, locality, key.name, request.headers.get("idempotency-key"))
        actor = Actor.remote(f"open311:{key.name}")
        photos = await self._keep(sent.media, actor.account, "before")
        try:
            filed = await self._tickets.file(replace(posted.report, photos=photos), posted.idempotency_key, actor)
            if posted.note:
                await self._note_once(filed.code, actor, posted.note)
        except TicketError as error:
            raise _explained(error) from error
        log.info("open311.filed", ticket=filed.code, key=key.name)
        category = locality.category(filed.category)
        answer: dict[str, Any] = {"service_request_id": filed.code}
        headers = {}
        if "respond-async" in request.headers.get("prefer", "").lower():
            answer = {"token": self._token_of(filed.code)}
            headers = {"Preference-Applied": "respond-async"}
        answer["service_notice"] = category.notice if category else None
        return respond("service_requests", [answer], wanted, headers=headers)

    async def updates(self, request: Request, wanted: Format) -> Response:
        """GET and POST servicerequestupdates."""
        if request.method == "POST":
            return await self._post_update(request, wanted)
        sent = from_query(request)
        locality = self._here(sent)
        part = read_part(sent)
        ids = sent.listed("service_request_id")
        codes = read_codes(ids)
        since, until = read_window(sent, locality.now().tzinfo or UTC)
        found = (
            await self._published.updates(since=since, until=until, codes=codes, skip=part.skip, most=part.most)
            if codes or not ids
            else []
        )
        return respond("service_request_updates", [answers.update(one) for one in found], wanted)

    async def _post_update(self, request: Request, wanted: Format) -> Response:
        sent = await from_form(request)
        locality = self._here(sent)
        key = self._key(request, sent, "update")
        self._limits.write(key.name)
        update = _read_update(sent, f"open311:{key.name}", locality)
        if await self._published.ticket(update.code) is None:
            raise NotFoundError(f"service_request_id {update.code!r} was not found")
        photos = await self._keep(sent.media, update.source, "after")
        try:
            taken = await self._updates.take(replace(update, photos=photos))
        except TicketError as error:
            raise _explained(error) from error
        return respond("service_request_updates", [{"update_id": taken.id}], wanted)

    # What they share

    @property
    def _locality(self) -> Locality:
        return current(self._source)

    def _here(self, sent: Sent) -> Locality:
        """The locality, if it is the one that is asked for."""
        locality = self._locality
        wanted = sent.get("jurisdiction_id")
        if wanted is not None and wanted != locality.code:
            raise NotFoundError(f"jurisdiction_id was not found; this server serves {locality.code!r}")
        return locality

    def _key(self, request: Request, sent: Sent, scope: str) -> ApiKey:
        """Whose API key came with the request.

        Raises:
            RefusedError: none, a wrong one, or one that may not do this.
        """
        given = sent.get("api_key")
        key = self._keys.find(given)
        if key is None:
            if given:
                host = request.client.host if request.client else None
                self._limits.wrong_key(host)
                log.warning("open311.key.wrong", path=request.url.path)
            raise RefusedError("api_key is missing" if not given else "api_key is not valid")
        if scope not in key.scopes:
            raise RefusedError(f"api_key is valid, but not for this: it lacks the scope {scope!r}")
        return key

    async def _keep(self, media: Sequence[bytes], account: str, stage: Stage) -> tuple[str, ...]:
        keys = []
        for data in media:
            try:
                keys.append((await self._photos.keep(data, account=account, stage=stage)).key)
            except PhotoTooLargeError as error:
                raise BadRequestError("media: a picture is too large") from error
            except NotAPictureError as error:
                raise BadRequestError("media: expected pictures (JPEG, PNG, WebP)") from error
            except PhotoError as error:
                raise BadRequestError("media: a picture was not taken") from error
        return tuple(keys)

    async def _note_once(self, code: str, actor: Actor, note: str) -> None:
        detail = await self._tickets.detail(code, actor)
        if not any(event.kind == "NoteAdded" and event.account == actor.account for event in detail.events):
            await self._tickets.note(code, actor, note)

    def _token_of(self, code: str) -> str:
        return base64.urlsafe_b64encode(self._tokens.encrypt(code, _TOKEN)).decode().rstrip("=")

    def _code_of(self, token: str) -> str | None:
        try:
            sealed = base64.urlsafe_b64decode(token.encode("ascii") + b"=" * (-len(token) % 4))
            return self._tokens.decrypt(sealed, _TOKEN)
        except (UnicodeEncodeError, binascii.Error, UnreadableValueError, ValueError):
            return None


def _read_update(sent: Sent, source: str, locality: Locality) -> NewUpdate:
    names = ("service_request_id", "update_id", "status", "updated_datetime", "description")
    problems = [f"{name} was not provided" for name in names if sent.get(name) is None]
    status = (sent.get("status") or "").lower()
    if status and status not in ("open", "closed"):
        problems.append("status: expected open or closed")
    if len(sent.get("update_id") or "") > LONGEST_ID:
        problems.append(f"update_id: at most {LONGEST_ID} characters")
    at = datetime.now(UTC)
    if given := sent.get("updated_datetime"):
        try:
            at = moment(given, "updated_datetime", locality.now().tzinfo or UTC)
        except BadRequestError as error:
            problems += error.descriptions
        if at > datetime.now(UTC) + AHEAD:
            problems.append("updated_datetime is in the future")
    if problems:
        raise BadRequestError(*problems)
    return NewUpdate(
        source=source,
        update_id=sent.values["update_id"],
        code=read_code(sent.values["service_request_id"]),
        solved=status == "closed",
        at=at,
        text=sent.values["description"],
    )


def _category(locality: Locality, code: str) -> Category:
    category = locality.category(code)
    if category is None:
        raise NotFoundError(f"service_code {code[:60]!r} was not found")
    return category


def _explained(error: TicketError) -> Open311Error:
    match error:
        case UnknownTicketError():
            return NotFoundError("service_request_id was not found")
        case PhotoMissingError():
            return BadRequestError("media: this service wants a picture of what was done before it is closed")
        case PeriodOverError():
            return BadRequestError("status: the request was closed too long ago to be opened again")
        case _:
            return BadRequestError(str(error))


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
