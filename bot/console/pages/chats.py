"""Live chats: who waits, who talks to whom, and one conversation read along.

What is done with one is in `bot.console.pages.chat_work`. Both pages are kept current by a script that asks for their
changing part with an ETag; without it they are current whenever they are loaded.
"""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import or_, select
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette_admin.routing import route

from bot.channels.sending import RefusedError
from bot.channels.zalo.windows import check_window
from bot.console import texts
from bot.console import texts_chats as said
from bot.console.login import account_of
from bot.console.menu import Group
from bot.console.permissions import Permission, allowed
from bot.console.reasons import reason
from bot.console.site import Page, needs
from bot.console.tables import CHAT
from bot.conversations.desk.errors import UnknownChatError
from bot.conversations.desk.reading import ChatView, Listed, Reader
from bot.storage.models import CannedReply

NUMBER = "{number:int}"
LARGEST = 2**62
SOON = 0.5
"""Of the waiting time after which a chat is late."""


class ChatBase(Page):
    """What the pages of live chats share."""

    group = Group.TALKS
    handbook = "tro-chuyen"

    path = "/chats"
    permission = Permission.CHATS_READ

    def number(self, request: Request) -> int:
        """The conversation of the address.

        Raises:
            HTTPException: 404, it cannot be one.
        """
        number = int(request.path_params["number"])
        if number > LARGEST:
            raise HTTPException(404, texts.NOT_FOUND)
        return number

    def reader(self, request: Request, session: Any) -> Reader:
        """Reads for whoever asks."""
        reads = account_of(request).actor.reads_restricted
        hidden = () if reads else [item.code for item in self.site.locality.categories if item.restricted]
        return Reader(session, self.site.settings.live_chat_silence, hidden)

    async def view(self, request: Request) -> ChatView:
        """The conversation of the address.

        Raises:
            HTTPException: 404.
        """
        try:
            async with self.site.sessions() as session:
                return await self.reader(request, session).view(self.number(request))
        except UnknownChatError as error:
            raise HTTPException(404, texts.NOT_FOUND) from error

    def closed_to(self, row: Any) -> str:
        """Why the citizen of a conversation cannot be written to now; empty where they can."""
        if row.gone:
            return said.ERRORS["opted_out"]
        if row.channel == "zalo":
            try:
                check_window(row.silence, paid=self.site.settings.zalo_paid_messages == "on")
            except RefusedError as error:
                return said.ERRORS.get(str(error), str(error))
        return ""

    async def show(
        self, request: Request, *, status: int = 200, problem: str = "", typed: dict[str, str] | None = None
    ) -> Response:
        """The page of a conversation.

        Args:
            problem: why what was wanted was not done; `typed` keeps what was written.
        """
        view, account = await self.view(request), account_of(request)
        mine = view.row.state == "taken" and view.row.holder == account.name
        return await self.render(
            request,
            "chat.html",
            status,
            title=f"Trò chuyện {view.row.id}",
            mine=mine,
            cannot=self.closed_to(view.row),
            replies=await self._replies(account.agency) if mine else [],
            colleagues=await self._colleagues(account.name) if mine else [],
            problem=problem,
            typed=typed or {},
            **self.fields(view),
        )

    def fields(self, view: ChatView) -> dict[str, Any]:
        """What the page and its changing part show."""
        row = view.row
        return {
            "row": row,
            "lines": view.lines,
            "said": said,
            "channel": texts.CHANNELS.get(row.channel, row.channel),
            "reason": reason,
            "key": f"{row.chat}.{row.state}.{row.epoch}",
        }

    async def _replies(self, agency: str | None) -> list[tuple[str, str]]:
        own = or_(CannedReply.agency.is_(None), CannedReply.agency == agency)
        async with self.site.sessions() as session:
            found = list(await session.scalars(select(CannedReply).where(own).order_by(CannedReply.title)))
        places = [
            (item.title, item.body)
            for item in found
            if CHAT in item.statuses or not (item.statuses or "{code}" in item.body or "{due}" in item.body)
        ]
        office = self.site.locality.office.name
        return [(title, body.replace("{agency}", office)) for title, body in (*places, *said.REPLIES)]

    async def _colleagues(self, me: str) -> list[Any]:
        """Who else may take chats."""
        people = await self.site.accounts.names(None)
        return [item for item in people if item.name != me and allowed(item.roles, Permission.CHATS_TAKE)]

    async def fragment(self, request: Request, name: str, tag: str, **context: Any) -> Response:
        """The changing part of a page, or 304 where the script has it already."""
        etag = f'"{hashlib.sha256(tag.encode()).hexdigest()[:24]}"'
        if request.headers.get("if-none-match") == etag:
            return Response(status_code=304, headers={"ETag": etag})
        assert self.templates is not None, "the page is registered"  # noqa: S101
        context |= {"account": account_of(request), "locality": self.site.locality}
        return self.templates.TemplateResponse(
            request=request, name=f"console/{name}", context=context, headers={"ETag": etag}
        )


class ChatsPage(ChatBase):
    """`/console/chats`."""

    menu_label = "Trò chuyện"

    @route("", name="chats")
    @needs(Permission.CHATS_READ)
    async def index(self, request: Request) -> Response:
        """Who waits, mine, colleagues', and the newest with the bot."""
        return await self.render(request, "chats.html", title=self.menu_label, **await self._groups(request))

    @route("/part", name="chats-part")
    @needs(Permission.CHATS_READ)
    async def part(self, request: Request) -> Response:
        """The lists alone."""
        groups = await self._groups(request)
        # The minutes that people have waited are shown: a list is another one each minute.
        tag = f"{account_of(request).name} {datetime.now(UTC):%H:%M} {groups['groups']!r}"
        return await self.fragment(request, "_chats.html", tag, **groups)

    async def _groups(self, request: Request) -> dict[str, Any]:
        me = account_of(request).name
        async with self.site.sessions() as session:
            found = await self.reader(request, session).listed()
        waiting = [item for item in found if item.state == "waiting" or (item.state == "taken" and item.overdue)]
        taken = [item for item in found if item.state == "taken"]
        return {
            "groups": [
                ("waiting", "Đang chờ cán bộ", [item for item in waiting if item.holder != me]),
                ("mine", "Của tôi", [item for item in taken if item.holder == me]),
                ("others", "Đồng nghiệp đang giữ", [i for i in taken if i.holder != me and not i.overdue]),
                ("bot", "Mới nói chuyện với bot", [item for item in found if item.state == "bot"]),
            ],
            "said": said,
            "me": me,
            "channels": texts.CHANNELS,
            "minutes": _minutes,
            "sla": self._sla,
            "agency": self.site.locality.agency,
        }

    def _sla(self, item: Listed) -> str:
        """The colour of how long a citizen has waited."""
        late = self.site.settings.live_chat_wait
        waited = _minutes(item.since)
        return "late" if waited >= late else "soon" if waited >= late * SOON else "fine"


class ChatPage(ChatBase):
    """`/console/chats/{number}`."""

    add_to_menu = False

    @route(f"/{NUMBER}", name="chat")
    @needs(Permission.CHATS_READ)
    async def chat(self, request: Request) -> Response:
        """One conversation; that it was read is written down."""
        response = await self.show(request)
        await self.write(request, "chat.read", str(self.number(request)))
        return response

    @route(f"/{NUMBER}/part", name="chat-part")
    @needs(Permission.CHATS_READ)
    async def part(self, request: Request) -> Response:
        """Its lines alone; the version is looked at first, so that nothing new costs little."""
        account = account_of(request)
        try:
            async with self.site.sessions() as session:
                reader = self.reader(request, session)
                tag = f"{account.name} {sorted(account.roles)} {await reader.version(self.number(request))}"
                etag = hashlib.sha256(tag.encode()).hexdigest()[:24]
                if request.headers.get("if-none-match") == f'"{etag}"':
                    return Response(status_code=304, headers={"ETag": f'"{etag}"'})
                view = await reader.view(self.number(request))
        except UnknownChatError as error:
            raise HTTPException(404, texts.NOT_FOUND) from error
        return await self.fragment(request, "_chat.html", tag, **self.fields(view))

    @route(f"/{NUMBER}/photos/{{key:str}}", name="chat-photo")
    @needs(Permission.CHATS_READ)
    async def photo(self, request: Request) -> Response:
        """A picture that was sent in the conversation."""
        key = request.path_params["key"][:64]
        async with self.site.sessions() as session:
            seen = await self.reader(request, session).may_see_photo(self.number(request), key)
        body = await self.site.photos.read(key, thumbnail=request.query_params.get("size") == "small") if seen else None
        if body is None:
            raise HTTPException(404, texts.NOT_FOUND)
        headers = {"Cache-Control": "private, max-age=3600", "Content-Disposition": "inline"}
        return Response(body, media_type="image/jpeg", headers=headers)


def _minutes(since: datetime) -> int:
    """Whole minutes since then."""
    return max(0, int((datetime.now(UTC) - since).total_seconds() // 60))
