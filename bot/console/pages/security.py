"""One's own second factor and logins; for administrators everybody's logins."""

from __future__ import annotations

import re

import segno
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette_admin.routing import route

from bot.console import texts
from bot.console.identity import LockedError, LoginError
from bot.console.login import account_of, address_of, browser_of, set_cookie
from bot.console.permissions import Permission
from bot.console.second_factor import Offer
from bot.console.shell import BASE, COOKIE
from bot.console.site import Page, form_of, needs, word

LONGEST_CODE = 40


class CodePage(Page):
    """`/console/code`: the second step of a login."""

    path = "/code"
    add_to_menu = False
    permission = Permission.ACCOUNT_OWN

    @route("", methods=["GET", "POST"], name="code")
    @needs(Permission.ACCOUNT_OWN)
    async def index(self, request: Request) -> Response:
        """Prove the second factor; a session that has done so, or needs none, goes on."""
        if not account_of(request).second_factor_due:
            return RedirectResponse(f"{BASE}/", 303)
        if request.method == "GET":
            return await self.render(request, "code.html", title="Xác thực hai lớp", problem="")
        code = word(await form_of(request), "code")[:LONGEST_CODE]
        try:
            token = await self.site.second_factor.prove(request.cookies.get(COOKIE), code, address=address_of(request))
        except (LoginError, LockedError) as error:
            problem = texts.SECOND_FACTOR["locked" if isinstance(error, LockedError) else "wrong"]
            return await self.render(request, "code.html", 422, title="Xác thực hai lớp", problem=problem)
        response = RedirectResponse(f"{BASE}/", 303)
        set_cookie(response, request, token)
        return response


class SecondFactorPage(Page):
    """`/console/second-factor`."""

    path = "/second-factor"
    handbook = "dang-nhap"
    menu_label = "Xác thực hai lớp"
    add_to_menu = False
    permission = Permission.ACCOUNT_OWN

    @route("", name="second-factor")
    @needs(Permission.ACCOUNT_OWN)
    async def index(self, request: Request) -> Response:
        """Whether it is on; else a key to begin with."""
        account = account_of(request)
        offer = None if account.second_factor else self.site.second_factor.offer(account)
        return await self._shown(request, offer)

    @route("", methods=["POST"], name="second-factor-set")
    @needs(Permission.ACCOUNT_OWN)
    async def confirm(self, request: Request) -> Response:
        """Put the offered key to use; the recovery codes are shown once."""
        form, account = await form_of(request), account_of(request)
        sealed = word(form, "sealed")
        if account.second_factor:
            return self.back(request, "/second-factor", texts.SECOND_FACTOR["already"], good=False)
        try:
            offer = self.site.second_factor.again(account, sealed)
        except LoginError:
            return self.back(request, "/second-factor", texts.SECOND_FACTOR["stale"], good=False)
        try:
            codes = await self.site.second_factor.confirm(
                account,
                sealed,
                word(form, "code")[:LONGEST_CODE],
                token=request.cookies.get(COOKIE),
                address=address_of(request),
            )
        except LoginError:
            return await self._shown(request, offer, 422, problem=texts.SECOND_FACTOR["wrong"])
        return await self.render(request, "recovery_codes.html", title="Mã dự phòng", codes=codes)

    @route("/remove", methods=["POST"], name="second-factor-remove")
    @needs(Permission.ACCOUNT_OWN)
    async def remove(self, request: Request) -> Response:
        """Go back to the password alone; the password is asked for."""
        form, account = await form_of(request), account_of(request)
        if self.site.wants_second_factor(account):
            return self.back(request, "/second-factor", texts.SECOND_FACTOR["needed"], good=False)
        try:
            await self.site.second_factor.remove(
                self.site.accounts, account, str(form.get("password") or ""), address=address_of(request)
            )
        except (LoginError, LockedError):
            return self.back(request, "/second-factor", texts.PASSWORD["wrong"], good=False)
        return self.back(request, "/second-factor", texts.SECOND_FACTOR["removed"])

    async def _shown(self, request: Request, offer: Offer | None, status: int = 200, *, problem: str = "") -> Response:
        picture = segno.make(offer.uri, error="m").svg_inline(scale=5, border=2, dark="#221c18") if offer else ""
        return await self.render(
            request,
            "second_factor.html",
            status,
            title=self.menu_label,
            offer=offer,
            picture=picture,
            groups=re.findall(".{1,4}", offer.secret) if offer else [],
            needed=self.site.wants_second_factor(account_of(request)),
            problem=problem,
        )


class SessionsPage(Page):
    """`/console/sessions`."""

    path = "/sessions"
    handbook = "dang-nhap"
    menu_label = "Phiên đăng nhập"
    permission = Permission.SESSIONS_MANAGE

    @route("", name="sessions")
    @needs(Permission.ACCOUNT_OWN)
    async def index(self, request: Request) -> Response:
        """One's own."""
        return await self._listed(request, everybody=False)

    @route("/all", name="sessions-all")
    @needs(Permission.SESSIONS_MANAGE)
    async def everybody(self, request: Request) -> Response:
        """Everybody's."""
        return await self._listed(request, everybody=True)

    @route("/others/end", methods=["POST"], name="sessions-end-others")
    @needs(Permission.ACCOUNT_OWN)
    async def end_others(self, request: Request) -> Response:
        """All of one's own but this one."""
        ended = await self.site.logins.end_others(
            request.cookies.get(COOKIE), account_of(request), address=address_of(request)
        )
        return self.back(request, "/sessions", texts.SESSIONS["others"].format(count=ended))

    @route("/{number:int}/end", methods=["POST"], name="sessions-end")
    @needs(Permission.ACCOUNT_OWN)
    async def end(self, request: Request) -> Response:
        """One of one's own; with the permission anybody's."""
        account = account_of(request)
        everybody = (await form_of(request)).get("all") == "1"
        if everybody:
            await self.require(request, Permission.SESSIONS_MANAGE)
        ended = await self.site.logins.end(
            request.path_params["number"], None if everybody else account, by=account.name, address=address_of(request)
        )
        if not ended:
            raise HTTPException(404, texts.NOT_FOUND)
        return self.back(request, "/sessions/all" if everybody else "/sessions", texts.SESSIONS["ended"])

    async def _listed(self, request: Request, *, everybody: bool) -> Response:
        found = await self.site.logins.listed(request.cookies.get(COOKIE), None if everybody else account_of(request))
        return await self.render(
            request,
            "sessions.html",
            title=self.menu_label,
            sessions=[(item, browser_of(item.browser)) for item in found],
            everybody=everybody,
        )
