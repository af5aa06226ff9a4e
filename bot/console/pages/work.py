"""What is done with one ticket. Each action: one form, one call of the ticket service, one row of the audit log.

The row is written in the transaction of the change; that of a change that failed, after it.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import structlog
from starlette.datastructures import FormData, UploadFile
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette_admin.routing import route

from bot.console import texts
from bot.console.login import account_of
from bot.console.pages.ticket import CODE, TicketBase
from bot.console.permissions import Permission
from bot.console.site import form_of, needs, word
from bot.tickets import TicketService
from bot.tickets.errors import TicketError, UnknownTicketError
from bot.tickets.people import Actor
from bot.tickets.photos import PhotoError
from bot.tickets.records import Stage
from bot.tickets.states import Status

log = structlog.get_logger(__name__)

MOST_PHOTOS = 5

Change = Callable[[TicketService, str, Actor], Awaitable[Any]]
Saying = Callable[[TicketService, str, Actor, str], Awaitable[Any]]


class TicketWork(TicketBase):
    """The actions of `/console/tickets/{code}`."""

    @route(f"/{CODE}/move", methods=["POST"], name="ticket-move")
    @needs(Permission.TICKETS_MOVE)
    async def move(self, request: Request) -> Response:
        """To another status."""
        form = await form_of(request)
        try:
            target = Status(word(form, "target"))
        except ValueError as error:
            raise HTTPException(422, texts.ERRORS["invalid"]) from error
        if target is Status.FORWARDED:
            await self.require(request, Permission.TICKETS_FORWARD)
        return await self._do(
            request, form, "move",
            lambda tickets, code, actor: tickets.move(
                code, target, actor,
                reason=word(form, "reason") or None, text=word(form, "text") or None,
                agency=word(form, "agency") or None,
            ),
        )  # fmt: skip

    @route(f"/{CODE}/answer", methods=["POST"], name="ticket-answer")
    @needs(Permission.TICKETS_ANSWER)
    async def answer(self, request: Request) -> Response:
        """An official reply."""
        return await self._say(request, "answer", TicketService.answer)

    @route(f"/{CODE}/note", methods=["POST"], name="ticket-note")
    @needs(Permission.TICKETS_NOTE)
    async def note(self, request: Request) -> Response:
        """An internal note."""
        return await self._say(request, "note", TicketService.note)

    @route(f"/{CODE}/assign", methods=["POST"], name="ticket-assign")
    @needs(Permission.TICKETS_ASSIGN)
    async def assign(self, request: Request) -> Response:
        """To an officer of its agency, or to nobody."""
        form, found = await form_of(request), await self.detail(request)
        officer = word(form, "officer")
        if officer and officer not in {item.name for item in await self.site.accounts.names(found.row.agency)}:
            raise HTTPException(422, texts.ERRORS["invalid"])
        return await self._do(
            request, form, "assign",
            lambda tickets, code, actor: tickets.assign(code, actor, officer or None, None, word(form, "reason")),
        )  # fmt: skip

    @route(f"/{CODE}/forward", methods=["POST"], name="ticket-forward")
    @needs(Permission.TICKETS_FORWARD)
    async def forward(self, request: Request) -> Response:
        """To another agency, with a reason; its officers are told."""
        form, found = await form_of(request), await self.detail(request)
        if word(form, "agency") == found.row.agency:
            raise HTTPException(422, texts.ERRORS["invalid"])
        return await self._do(
            request, form, "forward",
            lambda tickets, code, actor: tickets.assign(
                code, actor, None, word(form, "agency") or "-", word(form, "reason")
            ),
        )  # fmt: skip

    @route(f"/{CODE}/recategorise", methods=["POST"], name="ticket-recategorise")
    @needs(Permission.TICKETS_RECATEGORISE)
    async def recategorise(self, request: Request) -> Response:
        """A wrong category."""
        form = await form_of(request)
        return await self._do(
            request, form, "recategorise",
            lambda tickets, code, actor: tickets.recategorise(
                code, actor, word(form, "category"), word(form, "reason")
            ),
        )  # fmt: skip

    @route(f"/{CODE}/ask", methods=["POST"], name="ticket-ask")
    @needs(Permission.TICKETS_ASK)
    async def ask(self, request: Request) -> Response:
        """Ask the citizen; the clock stands."""
        return await self._say(request, "ask", TicketService.ask_citizen)

    @route(f"/{CODE}/replied", methods=["POST"], name="ticket-replied")
    @needs(Permission.TICKETS_ASK)
    async def replied(self, request: Request) -> Response:
        """Write down what the citizen answered by telephone."""
        return await self._say(request, "replied", TicketService.citizen_replied)

    @route(f"/{CODE}/confirm", methods=["POST"], name="ticket-confirm")
    @needs(Permission.TICKETS_CONFIRM)
    async def confirm(self, request: Request) -> Response:
        """Write down whether the citizen finds it solved."""
        form = await form_of(request)
        solved, rating = word(form, "solved"), word(form, "rating")
        if solved not in ("yes", "no") or rating not in ("", *"12345"):
            raise HTTPException(422, texts.ERRORS["invalid"])
        return await self._do(
            request, form, "confirm",
            lambda tickets, code, actor: tickets.confirm(
                code, actor, solved == "yes", int(rating) if rating else None, word(form, "text") or None
            ),
        )  # fmt: skip

    @route(f"/{CODE}/reopen", methods=["POST"], name="ticket-reopen")
    @needs(Permission.TICKETS_CONFIRM)
    async def reopen(self, request: Request) -> Response:
        """Bring it back for a citizen who calls."""
        form = await form_of(request)
        return await self._do(
            request, form, "reopen", lambda tickets, code, actor: tickets.reopen(code, actor, word(form, "reason"))
        )

    @route(f"/{CODE}/photos", methods=["POST"], name="ticket-photos")
    @needs(Permission.PHOTOS_ADD)
    async def add_photos(self, request: Request) -> Response:
        """Pictures of what was done (or, of the report itself, `before`)."""
        form, account = await form_of(request), account_of(request)
        await self.detail(request)  # before anything is kept
        stage: Stage = "before" if word(form, "stage") == "before" else "after"
        files = [item for item in form.getlist("photo") if isinstance(item, UploadFile) and item.size][:MOST_PHOTOS]
        keys: list[str] = []
        try:
            for file in files:
                kept = await self.site.photos.keep(await file.read(), account=account.name, stage=stage)
                keys.append(kept.key)
        except PhotoError:
            return await self.show(request, await self.detail(request), status=422, problem=texts.DONE["photo_bad"])
        return await self._do(
            request, form, "photos", lambda tickets, code, actor: tickets.add_photos(code, actor, keys, stage)
        )

    async def _say(self, request: Request, name: str, saying: Saying) -> Response:
        """A change that is nothing but a text."""
        form = await form_of(request)
        return await self._do(
            request, form, name, lambda tickets, code, actor: saying(tickets, code, actor, word(form, "text"))
        )

    async def _do(self, request: Request, form: FormData, name: str, change: Change) -> Response:
        """Make a change, write it down, and go back to the ticket (or to the list, if it is another's now)."""
        before = await self.detail(request)
        code, actor = before.row.code, account_of(request).actor
        action = "ticket.photo" if name == "photos" else f"ticket.{name}"
        try:
            await change(self.witnessed(request, action), code, actor)
        except TicketError as error:
            await self.write(
                request,
                action,
                code,
                before={"status": before.row.status},
                after={"error": error.code},
                outcome="failed",
            )
            if isinstance(error, UnknownTicketError):
                raise HTTPException(404, texts.NOT_FOUND) from error
            problem = texts.ERRORS.get(error.code, texts.ERRORS["ticket_error"])
            typed = {"form": name} | {key: value for key, value in form.items() if isinstance(value, str)}
            return await self.show(request, await self.detail(request), status=422, problem=problem, typed=typed)
        log.info("console.changed", account=actor.account, action=action, ticket=code)
        try:
            await self.site.tickets.detail(code, actor)
        except UnknownTicketError:
            return self.back(request, "/tickets", f"{texts.DONE[name]} {texts.DONE['gone']}")
        return self.back(request, f"/tickets/{code}", texts.DONE[name])
