"""What is one's own: notices, and the password."""

from __future__ import annotations

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette_admin.flash import flash
from starlette_admin.routing import route

from bot.console import texts
from bot.console.identity import LockedError, LoginError
from bot.console.login import account_of, address_of, agent_of, set_cookie
from bot.console.passwords import WeakPasswordError
from bot.console.permissions import Permission
from bot.console.shell import BASE
from bot.console.site import MOST_BELL, Page, form_of, may, needs, row_asked
from bot.conversations.desk.reading import Caller, callers

PAGE = 50
FIRST: tuple[tuple[Permission, str], ...] = (
    (Permission.TICKETS_READ, "/tickets"),
    (Permission.REVIEW_READ, "/review"),
    (Permission.TRAINING_READ, "/training"),
    (Permission.AUDIT_READ, "/audit"),
)
"""Where people land after the login: the first that they may open."""


class Home(Page):
    """`/console/`: where one's work is."""

    path = "/"
    add_to_menu = False

    @route("", name="index")
    @needs(Permission.ACCOUNT_OWN)
    async def index(self, request: Request) -> Response:
        """To the first page that the account may open."""
        there = next((path for permission, path in FIRST if may(request, permission)), "/password")
        return RedirectResponse(f"{BASE}{there}", 303)


class NoticesPage(Page):
    """`/console/notices`."""

    path = "/notices"
    handbook = "phan-anh"
    menu_label = "Thông báo"
    permission = Permission.NOTICES_READ

    @route("", name="notices")
    @needs(Permission.NOTICES_READ)
    async def index(self, request: Request) -> Response:
        """Unread ones, the newest first."""
        after = row_asked(request, "after")
        found = await self.site.tickets.notices(account_of(request).actor, after, PAGE)
        return await self.render(
            request,
            "notices.html",
            title=self.menu_label,
            notices=found,
            callers_shown=[] if after else await self._callers(request),
            channels=texts.CHANNELS,
            kinds=texts.NOTICES,
            after=found[-1].id if len(found) == PAGE else None,
        )

    @route("/bell", name="notices-bell")
    @needs(Permission.NOTICES_READ)
    async def bell(self, request: Request) -> Response:
        """What an open page tells: how many notices are unread, and who waits for a person.

        `key` names one time in the queue: a page tells it once.
        """
        unread = await self.site.tickets.notices(account_of(request).actor, limit=MOST_BELL)
        waiting = [
            {
                "key": item.key,
                "address": f"{BASE}/chats/{item.conversation}",
                "text": texts.CALLING.format(channel=texts.CHANNELS.get(item.channel, item.channel)),
            }
            for item in await self._callers(request)
        ]
        return JSONResponse({"unread": len(unread), "waiting": waiting})

    async def _callers(self, request: Request) -> list[Caller]:
        """Who waits, for those who may take chats; for others nobody."""
        account = account_of(request)
        if not may(request, Permission.CHATS_TAKE):
            return []
        async with self.site.sessions() as session:
            return await callers(session, account.name, account.agency, self.site.settings.live_chat_wait)

    @route("/{number:int}/read", methods=["POST"], name="notice-read")
    @needs(Permission.NOTICES_READ)
    async def read(self, request: Request) -> Response:
        """Mark one as read."""
        number = request.path_params["number"]
        if not await self.site.tickets.read_notice(number, account_of(request).actor):
            raise HTTPException(404, texts.NOT_FOUND)
        await self.write(request, "notice.read", str(number))
        return self.back(request, "/notices")


class PasswordPage(Page):
    """`/console/password`."""

    path = "/password"
    handbook = "dang-nhap"
    menu_label = "Đổi mật khẩu"
    permission = Permission.ACCOUNT_OWN

    @route("", methods=["GET", "POST"], name="password")
    @needs(Permission.ACCOUNT_OWN)
    async def index(self, request: Request) -> Response:
        """Change one's own; wanted at the first login."""
        if request.method == "GET":
            return await self.render(request, "password.html", title=self.menu_label, problem="")
        form, account = await form_of(request), account_of(request)
        # As typed: a space at an end belongs to the password.
        old, new, again = (str(form.get(name) or "") for name in ("old", "new", "again"))
        problem = "repeat" if new != again else "same" if new == old else ""
        token = ""
        if not problem:
            try:
                token = await self.site.accounts.change_password(
                    account, old, new, address=address_of(request), browser=agent_of(request)
                )
            except WeakPasswordError as error:
                problem = error.code
            except LoginError:
                problem = "wrong"
            except LockedError:
                problem = "locked"
        if problem:
            return await self.render(
                request, "password.html", 422, title=self.menu_label, problem=texts.PASSWORD[problem]
            )
        flash(request, texts.PASSWORD["changed"], "success")
        response = RedirectResponse(f"{BASE}/", 303)
        set_cookie(response, request, token)
        return response
