"""What is done with one live chat. Each action: one form, one call of the desk, one row of the audit log with it.

Every form carries the epoch under which its page was made: what a page sends whose maker no longer holds the chat does
nothing, and says who holds it.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from starlette.datastructures import FormData
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette_admin.routing import route

from bot.console import texts
from bot.console import texts_chats as said
from bot.console.login import account_of
from bot.console.pages.chats import NUMBER, ChatBase
from bot.console.permissions import Permission
from bot.console.site import form_of, needs, word
from bot.conversations.desk.errors import DeskError, HeldError, LostError, ReservedError, UnknownChatError
from bot.conversations.desk.work import Desk
from bot.tickets.people import Actor

Change = Callable[[int, int, Actor], Awaitable[Any]]


class ChatWork(ChatBase):
    """The actions of `/console/chats/{number}`."""

    add_to_menu = False

    @property
    def desk(self) -> Desk:
        """Who does it."""
        return Desk(self.site.sessions, self.site.settings, self.site.source)

    @route(f"/{NUMBER}/take", methods=["POST"], name="chat-take")
    @needs(Permission.CHATS_TAKE)
    async def take(self, request: Request) -> Response:
        """Take it over from the bot."""
        account, view = account_of(request), await self.view(request)
        if closed := self.closed_to(view.row):
            return await self.show(request, status=422, problem=closed)
        also = self.audited(request, "chat.take", str(view.row.id), before={"state": view.row.state or "bot"})
        return await self._do(
            request, "take",
            lambda number, _epoch, actor: self.desk.take(number, actor, account.full_name, also),
        )  # fmt: skip

    @route(f"/{NUMBER}/say", methods=["POST"], name="chat-say")
    @needs(Permission.CHATS_TAKE)
    async def say(self, request: Request) -> Response:
        """Write to the citizen; the log keeps that, not what."""
        form, view = await form_of(request), await self.view(request)
        text = word(form, "text")
        if closed := self.closed_to(view.row):
            return await self._refused(request, closed, form)
        also = self.audited(request, "chat.say", str(view.row.id), after={"characters": len(text)})
        return await self._do(
            request, "say", lambda number, epoch, actor: self.desk.say(number, epoch, actor, text, also), form
        )

    @route(f"/{NUMBER}/typing", methods=["POST"], name="chat-typing")
    @needs(Permission.CHATS_TAKE)
    async def typing(self, request: Request) -> Response:
        """Show the citizen that somebody types. For the script of the page; nothing is written down."""
        form, view = await form_of(request), await self.view(request)
        try:
            shown = await self.desk.typing(view.row.id, _epoch(form), account_of(request).actor)
        except DeskError as error:
            return JSONResponse({"error": error.code}, 422)
        return JSONResponse({"shown": shown})

    @route(f"/{NUMBER}/back", methods=["POST"], name="chat-back")
    @needs(Permission.CHATS_TAKE)
    async def back_to_bot(self, request: Request) -> Response:
        """The bot answers again."""
        form, view, name = await form_of(request), await self.view(request), account_of(request).full_name
        also = self.audited(request, "chat.hand_back", str(view.row.id), before={"state": view.row.state})
        return await self._do(
            request, "hand_back",
            lambda number, epoch, actor: self.desk.hand_back(number, epoch, actor, name, also), form,
        )  # fmt: skip

    @route(f"/{NUMBER}/close", methods=["POST"], name="chat-close")
    @needs(Permission.CHATS_TAKE)
    async def close(self, request: Request) -> Response:
        """The matter is done."""
        form, view = await form_of(request), await self.view(request)
        also = self.audited(request, "chat.close", str(view.row.id), before={"state": view.row.state})
        return await self._do(
            request, "close", lambda number, epoch, actor: self.desk.close(number, epoch, actor, also), form
        )

    @route(f"/{NUMBER}/forward", methods=["POST"], name="chat-forward")
    @needs(Permission.CHATS_TAKE)
    async def forward(self, request: Request) -> Response:
        """To a colleague, or to the officers of an agency."""
        form, view = await form_of(request), await self.view(request)
        kind, _, target = word(form, "to").partition(":")
        colleagues = {item.name for item in await self._colleagues(account_of(request).name)}
        colleague = target if kind == "account" and target in colleagues else None
        agency = target if kind == "agency" else None
        after = {"to": colleague} if colleague else {"agency": (agency or "")[:60]}
        also = self.audited(request, "chat.forward", str(view.row.id), after=after)
        return await self._do(
            request, "forward",
            lambda number, epoch, actor: self.desk.forward(
                number, epoch, actor, word(form, "reason"), colleague=colleague, agency=agency, also=also
            ),
            form,
        )  # fmt: skip

    async def _do(self, request: Request, name: str, change: Change, form: FormData | None = None) -> Response:
        number, account = self.number(request), account_of(request)
        try:
            await change(number, _epoch(form), account.actor)
        except UnknownChatError as error:
            raise HTTPException(404, texts.NOT_FOUND) from error
        except DeskError as error:
            await self.write(request, f"chat.{name}", str(number), after={"error": error.code}, outcome="failed")
            return await self._refused(request, await self._why(error), form)
        if _wants_json(request):
            return JSONResponse({"done": True})
        place = "/chats" if name == "forward" else f"/chats/{number}"
        return self.back(request, place, said.DONE.get(name, ""))

    async def _refused(self, request: Request, why: str, form: FormData | None) -> Response:
        if _wants_json(request):
            return JSONResponse({"error": why}, 422)
        typed = {name: word(form, name)[:2000] for name in ("text", "reason", "to")} if form else {}
        return await self.show(request, status=422, problem=why, typed=typed)

    async def _why(self, error: DeskError) -> str:
        match error:
            case HeldError(holder=holder):
                return said.ERRORS["held"].format(holder=await self._named(holder))
            case LostError(holder=None):
                return said.ERRORS["lost"].format(holder=said.ERRORS["lost_nobody"])
            case LostError(holder=str(holder)):
                told = said.ERRORS["lost_to"].format(holder=await self._named(holder))
                return said.ERRORS["lost"].format(holder=told)
            case ReservedError(wanted=str(wanted)):
                return said.ERRORS["reserved"].format(whom=await self._named(wanted))
            case ReservedError(agency=agency):
                found = self.site.locality.agency(agency)
                return said.ERRORS["reserved"].format(whom=found.name if found else agency)
        return said.ERRORS.get(error.code, texts.ERRORS["ticket_error"])

    async def _named(self, account: str) -> str:
        """A colleague, by name where the account has one."""
        found = next((item for item in await self.site.accounts.names(None) if item.name == account), None)
        return found.full_name or account if found else account


def _epoch(form: FormData | None) -> int:
    value = word(form, "epoch") if form is not None else ""
    return int(value) if value.isdecimal() and len(value) < 18 else -1


def _wants_json(request: Request) -> bool:
    """Whether the page's script asks, which goes on without loading the page."""
    return request.headers.get("accept", "").startswith("application/json")
