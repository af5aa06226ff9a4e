"""What is done with one ticket. Each action: one form, one call of the ticket service, one row of the audit log."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

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
from bot.tickets.errors import TicketError, UnknownTicketError
from bot.tickets.people import Actor
from bot.tickets.photos import PhotoError
from bot.tickets.records import Stage, TicketDetail
from bot.tickets.states import Status

MOST_PHOTOS = 5

Change = Callable[[str, Actor], Awaitable[Any]]


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
            lambda code, actor: self.site.tickets.move(
                code, target, actor,
                reason=word(form, "reason") or None, text=word(form, "text") or None,
                agency=word(form, "agency") or None,
            ),
        )  # fmt: skip

    @route(f"/{CODE}/answer", methods=["POST"], name="ticket-answer")
    @needs(Permission.TICKETS_ANSWER)
    async def answer(self, request: Request) -> Response:
        """An official reply."""
        form = await form_of(request)
        return await self._do(
            request, form, "answer", lambda code, actor: self.site.tickets.answer(code, actor, word(form, "text"))
        )

    @route(f"/{CODE}/note", methods=["POST"], name="ticket-note")
    @needs(Permission.TICKETS_NOTE)
    async def note(self, request: Request) -> Response:
        """An internal note."""
        form = await form_of(request)
        return await self._do(
            request, form, "note", lambda code, actor: self.site.tickets.note(code, actor, word(form, "text"))
        )

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
            lambda code, actor: self.site.tickets.assign(code, actor, officer or None, None, word(form, "reason")),
        )  # fmt: skip

    @route(f"/{CODE}/forward", methods=["POST"], name="ticket-forward")
    @needs(Permission.TICKETS_FORWARD)
    async def forward(self, request: Request) -> Response:
        """To another agency, with a reason."""
        form = await form_of(request)
        return await self._do(
            request, form, "forward",
            lambda code, actor: self.site.tickets.assign(
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
            lambda code, actor: self.site.tickets.recategorise(
                code, actor, word(form, "category"), word(form, "reason")
            ),
        )  # fmt: skip

    @route(f"/{CODE}/ask", methods=["POST"], name="ticket-ask")
    @needs(Permission.TICKETS_ASK)
    async def ask(self, request: Request) -> Response:
        """Ask the citizen; the clock stands."""
        form = await form_of(request)
        return await self._do(
            request, form, "ask", lambda code, actor: self.site.tickets.ask_citizen(code, actor, word(form, "text"))
        )

    @route(f"/{CODE}/replied", methods=["POST"], name="ticket-replied")
    @needs(Permission.TICKETS_ASK)
    async def replied(self, request: Request) -> Response:
        """Write down what the citizen answered by telephone."""
        form = await form_of(request)
        return await self._do(
            request, form, "replied",
            lambda code, actor: self.site.tickets.citizen_replied(code, actor, word(form, "text")),
        )  # fmt: skip

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
            lambda code, actor: self.site.tickets.confirm(
                code, actor, solved == "yes", int(rating) if rating else None, word(form, "text") or None
            ),
        )  # fmt: skip

    @route(f"/{CODE}/reopen", methods=["POST"], name="ticket-reopen")
    @needs(Permission.TICKETS_CONFIRM)
    async def reopen(self, request: Request) -> Response:
        """Bring it back for a citizen who calls."""
        form = await form_of(request)
        return await self._do(
            request, form, "reopen", lambda code, actor: self.site.tickets.reopen(code, actor, word(form, "reason"))
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
            request, form, "photos", lambda code, actor: self.site.tickets.add_photos(code, actor, keys, stage)
        )

    async def _do(self, request: Request, form: FormData, name: str, change: Change) -> Response:
        """Make a change, write it down, and go back to the ticket (or to the list, if it is another's now)."""
        before = await self.detail(request)
        code, actor = before.row.code, account_of(request).actor
        action = "ticket.photo" if name == "photos" else f"ticket.{name}"
        try:
            await change(code, actor)
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
        try:
            after: TicketDetail | None = await self.site.tickets.detail(code, actor)
        except UnknownTicketError:
            after = None
        old, new = _state(before), _state(after) if after else {"gone": True}
        changed = {key for key in old | new if old.get(key) != new.get(key)}
        await self.write(
            request,
            action,
            code,
            before={key: value for key, value in old.items() if key in changed},
            after={key: value for key, value in new.items() if key in changed},
        )
        if after is None:
            return self.back(request, "/tickets", f"{texts.DONE[name]} {texts.DONE['gone']}")
        return self.back(request, f"/tickets/{code}", texts.DONE[name])


def _state(found: TicketDetail) -> dict[str, Any]:
    """What may change, without a citizen's words."""
    row = found.row
    return {
        "status": row.status,
        "agency": row.agency,
        "officer": row.officer,
        "category": row.category,
        "due_at": row.due_at.isoformat() if row.due_at else None,
        "paused": row.paused,
        "events": len(found.events),
        "photos": len(found.photos),
    }
