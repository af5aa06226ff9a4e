"""What can be read: what is offered, requests, tokens, updates."""

from __future__ import annotations

from datetime import UTC

from starlette.requests import Request
from starlette.responses import Response

from bot.locality import Category, Locality
from bot.open311 import answers, openapi, services
from bot.open311.asking import flag, read_code, read_codes, read_part, read_query, read_window
from bot.open311.door import Door
from bot.open311.errors import NotFoundError
from bot.open311.formats import Format, respond
from bot.open311.forms import Sent, from_query
from bot.open311.posting import LONGEST_ID, external_id
from bot.open311.tokens import Tokens
from bot.tickets.published import Published, PublishedQuery


class Reading:
    """GET."""

    def __init__(self, door: Door, published: Published, tokens: Tokens) -> None:
        self._door = door
        self._published = published
        self._tokens = tokens

    async def discovery(self, request: Request, wanted: Format) -> Response:
        """GET discovery."""
        return respond("discovery", answers.discovery(self._door.locality, self._door.url(request)), wanted)

    async def services(self, request: Request, wanted: Format) -> Response:
        """GET services."""
        locality = self._door.here(from_query(request))
        return respond("services", services.services(locality), wanted)

    async def service(self, request: Request, wanted: Format) -> Response:
        """GET services/{code}."""
        locality = self._door.here(from_query(request))
        category = _category(locality, request.path_params["code"])
        return respond("service_definition", services.definition(category), wanted)

    async def openapi(self, request: Request, _wanted: Format) -> Response:
        """GET openapi.json."""
        return respond("openapi", openapi.describe(self._door.locality, self._door.url(request)), "json")

    async def requests(self, request: Request, wanted: Format) -> Response:
        """GET requests."""
        sent = from_query(request)
        locality = self._door.here(sent)
        if (given := sent.get("external_id")) and not sent.get("service_request_id"):
            key = self._door.key(request, sent, "read")
            query: PublishedQuery | None = PublishedQuery(external_ids=(external_id(key.name, given[:LONGEST_ID]),))
        else:
            query = read_query(sent, locality.now().tzinfo or UTC)
        return await self._requests(query, sent, wanted)

    async def request(self, request: Request, wanted: Format) -> Response:
        """GET requests/{id}."""
        sent = from_query(request)
        self._door.here(sent)
        code = read_code(request.path_params["id"])
        return await self._requests(PublishedQuery(codes=(code,), most=1), sent, wanted, needed=code)

    async def _requests(
        self, query: PublishedQuery | None, sent: Sent, wanted: Format, *, needed: str | None = None
    ) -> Response:
        found = await self._published.tickets(query) if query else []
        if needed and not found:
            raise NotFoundError(f"service_request_id {needed!r} was not found")
        locality = self._door.locality
        if flag(sent, "extensions") and found:
            updates = await self._published.updates(codes=tuple(ticket.code for ticket in found), most=20 * len(found))
            return respond(
                "service_requests", [answers.extended(ticket, locality, updates) for ticket in found], wanted
            )
        return respond("service_requests", [answers.request(ticket, locality) for ticket in found], wanted)

    async def token(self, request: Request, wanted: Format) -> Response:
        """GET tokens/{token}."""
        self._door.here(from_query(request))
        token = request.path_params["token"]
        code = self._tokens.read(token)
        if code is None or await self._published.ticket(code) is None:
            raise NotFoundError("token was not found")
        return respond("service_requests", [{"service_request_id": code, "token": token}], wanted)

    async def updates(self, request: Request, wanted: Format) -> Response:
        """GET servicerequestupdates."""
        sent = from_query(request)
        locality = self._door.here(sent)
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


def _category(locality: Locality, code: str) -> Category:
    category = locality.category(code)
    if category is None:
        raise NotFoundError(f"service_code {code[:60]!r} was not found")
    return category
