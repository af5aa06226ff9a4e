"""What other systems write: requests, and updates about them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol

import structlog
from starlette.requests import Request
from starlette.responses import Response

from bot.locality import Locality
from bot.open311.asking import read_code
from bot.open311.door import Door
from bot.open311.errors import BadRequestError, NotFoundError, Open311Error
from bot.open311.formats import Format, respond
from bot.open311.forms import Sent, from_form, moment
from bot.open311.posting import LONGEST_ID, read_post
from bot.open311.tokens import Tokens
from bot.tickets import TicketService
from bot.tickets.errors import PeriodOverError, TicketError, UnknownTicketError
from bot.tickets.people import Actor
from bot.tickets.photos import NotAPictureError, PhotoError, PhotoTooLargeError, StoredPhoto
from bot.tickets.posted import NewUpdate, PostedUpdates
from bot.tickets.published import Published
from bot.tickets.records import Stage

log = structlog.get_logger(__name__)

AHEAD = timedelta(minutes=5)
"""How far another system's clock may be ahead of ours."""


class KeepsPhotos(Protocol):
    """Where pictures go; `bot.tickets.photos.Photos` is one."""

    async def keep(
        self, data: bytes, *, conversation: str | None = None, account: str | None = None, stage: Stage = "before"
    ) -> StoredPhoto:
        """Check a picture and keep it."""
        ...


class Writing:
    """POST."""

    def __init__(
        self,
        door: Door,
        tickets: TicketService,
        published: Published,
        updates: PostedUpdates,
        photos: KeepsPhotos,
        tokens: Tokens,
    ) -> None:
        self._door = door
        self._tickets = tickets
        self._published = published
        self._updates = updates
        self._photos = photos
        self._tokens = tokens

    async def request(self, request: Request, wanted: Format) -> Response:
        """POST requests."""
        sent = await from_form(request)
        locality = self._door.here(sent)
        key = self._door.key(request, sent, "write")
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
            answer = {"token": self._tokens.make(filed.code)}
            headers = {"Preference-Applied": "respond-async"}
        answer["service_notice"] = category.notice if category else None
        return respond("service_requests", [answer], wanted, headers=headers)

    async def update(self, request: Request, wanted: Format) -> Response:
        """POST servicerequestupdates."""
        sent = await from_form(request)
        locality = self._door.here(sent)
        key = self._door.key(request, sent, "update")
        update = _read_update(sent, f"open311:{key.name}", locality)
        if await self._published.ticket(update.code) is None:
            raise NotFoundError(f"service_request_id {update.code!r} was not found")
        photos = await self._keep(sent.media, update.source, "after")
        try:
            taken = await self._updates.take(replace(update, photos=photos))
        except TicketError as error:
            raise _explained(error) from error
        return respond("service_request_updates", [{"update_id": taken.id}], wanted)

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


def _explained(error: TicketError) -> Open311Error:
    match error:
        case UnknownTicketError():
            return NotFoundError("service_request_id was not found")
        case PeriodOverError():
            return BadRequestError("status: the request was closed too long ago to be opened again")
        case _:
            return BadRequestError(str(error))
