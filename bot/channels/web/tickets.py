"""The public ticket page, `/phan-anh`: one's report by code and PIN, what happened to it, and what one can do about it.

Forms without scripts. Code and PIN come in the body of a POST and go into no address and no log; what opens the page
after that is a session cookie (`bot.channels.web.ticket_session`). The QR code of the slip brings the code in the
fragment of the address, which the browser keeps to itself; a small script puts it into the form.
"""

from __future__ import annotations

import asyncio
import contextlib
import secrets
from collections.abc import AsyncIterator
from http import HTTPStatus
from typing import Any
from urllib.parse import parse_qsl

import structlog
from psycopg import Error as DatabaseError
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from bot.channels.telegram.invitation import Invitation
from bot.channels.web.assets import Assets
from bot.channels.web.limits import RateLimiter, client_name
from bot.channels.web.page import environment
from bot.channels.web.ticket_session import TicketSession, TicketSessions
from bot.channels.web.ticket_view import shown
from bot.locality import LiveLocality
from bot.settings import Settings
from bot.storage.database import connect_async
from bot.tickets import Citizen, InvalidError, Texts, TicketDetail, TicketError, TicketService, UnknownTicketError
from bot.tickets.links import TicketLinks
from bot.tickets.photo_links import PATH as HANDED_OVER
from bot.tickets.photo_links import PhotoLinks
from bot.tickets.photos import TYPE, Photos
from bot.tickets.pins import Pins
from bot.tickets.slip import PAGE, slip

log = structlog.get_logger(__name__)

MOST_BODY = 64 * 1024
"""Bytes of a form: two thousand letters of three bytes, each written as %XX."""
LONGEST_TEXT = 2000
SLIPS_AT_ONCE = 1
DONE = {"xong": "page_solved", "chua-xong": "page_unsolved", "danh-gia": "page_rated", "mo-lai": "page_reopened",
        "tra-loi": "page_replied", "thoat": "page_left"}  # fmt: skip
"""What `?da=` says after something was done; anything else says nothing."""


class TicketPage:
    """The page of one web process."""

    def __init__(
        self,
        tickets: TicketService,
        photos: Photos,
        settings: Settings,
        assets: Assets,
        telegram: Invitation,
        *,
        limited: bool,
    ) -> None:
        self._tickets = tickets
        self._photos = photos
        self._settings = settings
        self._templates = environment(assets)
        self._sessions = TicketSessions(settings.secret_key)
        self._pins = Pins(settings.secret_key)
        self._links = PhotoLinks(settings.secret_key)
        self._reports = TicketLinks(settings.secret_key)
        self._telegram = telegram
        self._slips = asyncio.Semaphore(SLIPS_AT_ONCE)
        self._looks = RateLimiter(burst=120, per_second=2) if limited else None
        self._tries = RateLimiter(burst=10, per_second=0.1) if limited else None
        self._prints = RateLimiter(burst=10, per_second=0.1) if limited else None

    async def show(self, request: Request) -> Response:
        """GET /phan-anh: the ticket of the session, or the form that asks for code and PIN."""
        if wait := self._wait(self._looks, request):
            return self._form(problem="page_too_fast", status=429, seconds=wait)
        done = DONE.get(request.query_params.get("da", ""))
        session = self._sessions.of(request)
        if session is None:
            return self._form(done=done if done == "page_left" else None)
        try:
            found = await self._detail(session)
        except UnknownTicketError:
            return self._left(self._form())
        except (DatabaseError, DBAPIError, PoolTimeout) as error:
            return self._fault(error)
        return self._ticket(session, found, done=done)

    async def open(self, request: Request) -> Response:
        """POST /phan-anh: code and PIN. Whether a code exists, is locked, or its PIN is wrong is not told apart."""
        if wait := self._wait(self._tries, request):
            return self._form(problem="page_too_fast", status=429, seconds=wait)
        form = await read_form(request)
        code, pin = form.get("code", "").strip()[:32], "".join(form.get("pin", "").split())[:12]
        try:
            view = await self._tickets.status(code, None, pin) if code and pin else None
        except (DatabaseError, DBAPIError, PoolTimeout) as error:
            return self._fault(error)
        if view is None:
            return self._form(code=code, problem="error_unknown_ticket", status=422)
        response = RedirectResponse(PAGE, 303)
        self._sessions.open(response, view.code, secure=self._secure(request))
        return response

    async def act(self, request: Request) -> Response:
        """POST /phan-anh/viec: confirm, rate, reopen, reply, leave."""
        if wait := self._wait(self._looks, request):
            return self._form(problem="page_too_fast", status=429, seconds=wait)
        session, form = self._sessions.of(request), await read_form(request)
        if session is None:
            return self._form(problem="page_over", status=403)
        if not secrets.compare_digest(form.get("form", "").encode(), session.form.encode()):
            return self._left(self._form(problem="page_over", status=403))
        what = form.get("viec", "")
        if what == "thoat":
            return self._left(RedirectResponse(f"{PAGE}?da=thoat", 303))
        try:
            try:
                await self._do(session, what, form)
            except UnknownTicketError:
                return self._left(self._form(problem="page_over", status=403))
            except TicketError as error:
                return self._ticket(session, await self._detail(session), problem=error.code, typed=form, status=422)
        except (DatabaseError, DBAPIError, PoolTimeout) as error:
            return self._fault(error)
        return RedirectResponse(f"{PAGE}?da={what}", 303)

    async def photo(self, request: Request) -> Response:
        """GET /phan-anh/anh/{key}: a picture of the session's ticket, and of no other."""
        session = self._sessions.of(request)
        if self._wait(self._looks, request) or session is None:
            return Response(status_code=429 if session else 404)
        key = request.path_params["key"]
        try:
            found = await self._detail(session)
        except UnknownTicketError:
            return Response(status_code=404)
        except (DatabaseError, DBAPIError, PoolTimeout) as error:
            log.warning("ticket_page.database", error=type(error).__name__)
            return Response(status_code=503)
        body = None
        if key in {photo.key for photo in found.photos}:
            body = await self._photos.read(key, thumbnail=request.query_params.get("co") == "nho")
        return Response(body, media_type=TYPE) if body else Response(status_code=404)

    async def handed_over(self, request: Request) -> Response:
        """GET /phan-anh/anh-gui/{token}: a picture for the system that works on its ticket, by a signed address."""
        if self._wait(self._looks, request):
            return Response(status_code=429)
        key = self._links.read(request.path_params["token"])
        try:
            body = await self._photos.read(key) if key and await self._photos.open_to_all(key) else None
        except (DatabaseError, DBAPIError, PoolTimeout) as error:
            log.warning("ticket_page.database", error=type(error).__name__)
            return Response(status_code=503)
        headers = {"X-Robots-Tag": "noindex", "Cache-Control": "private, max-age=600"}
        return Response(body, media_type=TYPE, headers=headers) if body else Response(status_code=404)

    async def slip(self, request: Request) -> Response:
        """GET /phan-anh/phieu.pdf: the slip, to print."""
        session = self._sessions.of(request)
        if session is None:
            return self._form(problem="page_over", status=403)
        if wait := self._wait(self._prints, request):
            return self._form(problem="page_too_fast", status=429, seconds=wait)
        try:
            found = await self._detail(session)
        except UnknownTicketError:
            return self._left(self._form())
        except (DatabaseError, DBAPIError, PoolTimeout) as error:
            return self._fault(error)
        base = self._settings.public_url or str(request.base_url)
        async with self._slips:
            made = await asyncio.to_thread(slip, found, self._pins.of(session.code), self._tickets.locality, base)
        headers = {"Content-Disposition": f'attachment; filename="phieu-{session.code}.pdf"'}
        return Response(made, media_type="application/pdf", headers=headers)

    async def _do(self, session: TicketSession, what: str, form: dict[str, str]) -> None:
        code, by, said = session.code, Citizen(proved=True), form.get("loi", "").strip() or None
        match what:
            case "xong":
                await self._tickets.confirm(code, by, True)
            case "chua-xong":
                await self._tickets.confirm(code, by, False, comment=said)
            case "danh-gia":
                stars = form.get("sao", "")
                await self._tickets.confirm(code, by, True, rating=int(stars) if stars.isdecimal() else 0, comment=said)
            case "mo-lai":
                await self._tickets.reopen(code, by, said or "")
            case "tra-loi":
                await self._tickets.citizen_replied(code, by, said or "")
            case _:
                raise InvalidError("nothing that can be done")
        log.info("ticket_page.done", what=what)

    async def _detail(self, session: TicketSession) -> TicketDetail:
        return await self._tickets.detail(session.code, Citizen(proved=True))

    def _ticket(
        self,
        session: TicketSession,
        found: TicketDetail,
        *,
        done: str | None = None,
        problem: str | None = None,
        typed: dict[str, str] | None = None,
        status: int = 200,
    ) -> Response:
        texts = Texts(self._tickets.locality)
        typed = typed or {}
        return self._page(
            "ticket.html", status, ticket=shown(found, self._tickets.locality, texts), form=session.form,
            done=texts.say(done) if done else None, problem=texts.say(f"error_{problem}") if problem else None,
            typed={typed.get("viec", ""): typed.get("loi", "")},
            telegram=self._telegram.address(self._reports.of(session.code)),
        )  # fmt: skip

    def _form(
        self,
        *,
        code: str = "",
        problem: str | None = None,
        done: str | None = None,
        status: int = 200,
        seconds: int = 0,
    ) -> Response:
        texts = Texts(self._tickets.locality)
        response = self._page(
            "find.html", status, code=code, done=texts.say(done) if done else None,
            problem=texts.say(problem, seconds=seconds) if problem else None,
        )  # fmt: skip
        if seconds:
            response.headers["Retry-After"] = str(seconds)
        return response

    def _page(self, name: str, status: int, **context: Any) -> Response:
        locality = self._tickets.locality
        body = self._templates.get_template(name).render(
            locality=locality, office=locality.office, week=locality.office.hours.week(), page=PAGE,
            longest=LONGEST_TEXT, **context,
        )  # fmt: skip
        return Response(body, status, media_type="text/html; charset=utf-8")

    def _left(self, response: Response) -> Response:
        self._sessions.end(response)
        return response

    def _fault(self, error: Exception) -> Response:
        log.warning("ticket_page.database", error=type(error).__name__)
        return self._form(problem="page_unavailable", status=HTTPStatus.SERVICE_UNAVAILABLE)

    def _secure(self, request: Request) -> bool:
        return self._settings.public_url.startswith("https://") or request.url.scheme == "https"

    @staticmethod
    def _wait(limiter: RateLimiter | None, request: Request) -> int:
        return limiter.take(client_name(request.client.host if request.client else None)) if limiter else 0


async def read_form(request: Request) -> dict[str, str]:
    """The fields of a form; empty where it is too long or none that we sent."""
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > MOST_BODY:
            return {}
    try:
        return dict(parse_qsl(body.decode(), keep_blank_values=True, max_num_fields=20))
    except ValueError:
        return {}


@contextlib.asynccontextmanager
async def routes(settings: Settings, locality: LiveLocality) -> AsyncIterator[list[BaseRoute]]:
    """The routes, for `bot.channels.web.app`."""
    database = connect_async(settings.database_url.get_secret_value(), pool_size=3)
    telegram = Invitation(settings)
    asking = asyncio.create_task(telegram.run())
    try:
        page = TicketPage(
            TicketService(database, settings, locality), Photos(database, settings), settings, Assets(), telegram,
            limited=settings.rate_limit == "on",
        )  # fmt: skip
        yield [
            Route(PAGE, page.show, methods=["GET"]),
            Route(PAGE, page.open, methods=["POST"]),
            Route(f"{PAGE}/viec", page.act, methods=["POST"]),
            Route(f"{PAGE}/anh/{{key}}", page.photo, methods=["GET"]),
            Route(f"{HANDED_OVER}/{{token}}", page.handed_over, methods=["GET"]),
            Route(f"{PAGE}/phieu.pdf", page.slip, methods=["GET"]),
        ]
    finally:
        asking.cancel()
        await asyncio.gather(asking, return_exceptions=True)
        await database.dispose()
