"""What every page of the console works with, and how pages ask whether somebody may."""

from __future__ import annotations

import functools
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, TypeVar

import structlog
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker
from starlette.datastructures import FormData, UploadFile
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette_admin import CustomView
from starlette_admin.flash import flash, get_flashed_messages

from bot.console import texts
from bot.console.accounts import Accounts
from bot.console.audit import Audit, entry
from bot.console.identity import Account
from bot.console.login import account_of, address_of
from bot.console.logins import Logins
from bot.console.menu import Group
from bot.console.permissions import Permission, allowed
from bot.console.second_factor import SecondFactor
from bot.console.shell import BASE, needs_second_factor
from bot.conversations.desk.reading import waiting
from bot.locality import Locality, LocalitySource, current
from bot.settings import Settings
from bot.tickets import Standing, TicketService
from bot.tickets.photos import Photos
from bot.training.curation import Curation

log = structlog.get_logger(__name__)

MOST_BELL = 10


@dataclass(frozen=True)
class Site:
    """The services behind the pages."""

    settings: Settings
    source: LocalitySource
    sessions: async_sessionmaker[AsyncSession]
    tickets: TicketService
    photos: Photos
    accounts: Accounts
    logins: Logins
    second_factor: SecondFactor
    audit: Audit
    curation: Curation

    def wants_second_factor(self, account: Account) -> bool:
        """Whether this place lets the account work only with a second factor."""
        return needs_second_factor(self.settings.staff_second_factor, account)

    @property
    def locality(self) -> Locality:
        """The locality of now."""
        return current(self.source)


def may(request: Request, permission: Permission) -> bool:
    """Whether whoever asks has a permission."""
    return allowed(account_of(request).roles, permission)


P = TypeVar("P", bound="Page")
Handler = Callable[[P, Request], Awaitable[Response]]


def needs(permission: Permission) -> Callable[[Handler[P]], Handler[P]]:
    """Let a handler be reached only with a permission; a refusal is audited.

    Every handler of a page has one: a test fails for one that has none.
    """

    def wrap(handler: Handler[P]) -> Handler[P]:
        @functools.wraps(handler)
        async def checked(self: P, request: Request) -> Response:
            await self.require(request, permission)
            return await handler(self, request)

        checked.permission = permission  # type: ignore[attr-defined]
        return checked

    return wrap


class Page(CustomView):
    """A page of our own in starlette-admin's frame."""

    permission: Permission = Permission.TICKETS_READ
    """Who sees it in the menu."""
    group: Group = Group.ALONE
    """Where it stands in the menu."""
    handbook: str = ""
    """Its chapter of the handbook, where that is not named as the first part of its path."""

    def __init__(self, site: Site) -> None:
        super().__init__()
        self.site = site

    async def index(self, request: Request) -> Response:  # noqa: ARG002
        """Nothing, unless a page says so: starlette-admin's own index would be registered for every page."""
        raise HTTPException(404, texts.NOT_FOUND)

    def is_accessible(self, request: Request) -> bool:
        """For the menu; that a request may pass is for `needs` to say."""
        return getattr(request.state, "account", None) is not None

    @property
    def guide(self) -> str:
        """The chapter of the handbook that explains it."""
        return self.handbook or self.path.strip("/").partition("/")[0]

    def shown(self, request: Request) -> bool:
        """Whether it stands in the menu."""
        return self.add_to_menu and may(request, self.permission)

    async def require(self, request: Request, permission: Permission) -> None:
        """Let pass or refuse, and write the refusal down.

        Raises:
            HTTPException: 403.
        """
        account = account_of(request)
        if not allowed(account.roles, permission):
            await self.site.audit.write(
                account.name,
                "page",
                request.url.path.removeprefix(BASE)[:200],
                outcome="refused",
                after={"permission": permission.value},
                address=address_of(request),
            )
            raise HTTPException(403, texts.FORBIDDEN)

    async def write(self, request: Request, action: str, target: str | None = None, **more: Any) -> None:
        """Add a row to the audit log."""
        await self.site.audit.write(account_of(request).name, action, target, address=address_of(request), **more)

    def witnessed(self, request: Request, action: str, **more: Any) -> TicketService:
        """The ticket service, whose changes become rows of the audit log in the transaction of the change.

        Args:
            more: what the row says besides what the ticket itself shows.
        """
        name, address = account_of(request).name, address_of(request)

        async def write(session: AsyncSession, code: str, before: Standing | None, after: Standing) -> None:
            old, new = (before.but(after), after.but(before)) if before else ({}, {})
            session.add(entry(name, action, code, before=old, after=new | more, address=address))

        return self.site.tickets.witnessed(write)

    def audited(
        self, request: Request, action: str, target: str | None = None, **more: Any
    ) -> Callable[[AsyncSession], None]:
        """Adds a row of the audit log to the session of a change, for services that take such a thing along."""
        name, address = account_of(request).name, address_of(request)

        def write(session: AsyncSession) -> None:
            session.add(entry(name, action, target, address=address, **more))

        return write

    async def render(self, request: Request, name: str, status: int = 200, **context: Any) -> Response:
        """A page from a template."""
        assert self.templates is not None, "the page is registered"  # noqa: S101
        account = account_of(request)
        bell = callers = 0
        if not account.held_back and allowed(account.roles, Permission.NOTICES_READ):
            bell = len(await self.site.tickets.notices(account.actor, limit=MOST_BELL))
        if not account.held_back and allowed(account.roles, Permission.CHATS_TAKE):
            async with self.site.sessions() as session:
                callers = await waiting(session, account.name, account.agency, self.site.settings.live_chat_wait)
        context |= {
            "flashed_messages": get_flashed_messages(request),
            "account": account,
            "locality": self.site.locality,
            "about": self,
            "bell": bell,
            "callers": callers,
            "most_bell": MOST_BELL,
            "can": lambda permission: allowed(account.roles, Permission(permission)),
        }
        return self.templates.TemplateResponse(
            request=request, name=f"console/{name}", context=context, status_code=status
        )

    def back(self, request: Request, path: str, message: str = "", *, good: bool = True) -> Response:
        """To another page of the console, with a message."""
        if message:
            flash(request, message, "success" if good else "error")
        return RedirectResponse(f"{BASE}{path}", 303)


async def form_of(request: Request) -> FormData:
    """The form that was sent."""
    return await request.form(max_files=5, max_fields=300)


def row_asked(request: Request, name: str = "before") -> int | None:
    """The number of a row after which a list goes on, from the address; None where the list begins."""
    typed = request.query_params.get(name, "")
    return int(typed) if typed.isdigit() and len(typed) < 18 else None


def word(form: FormData, name: str) -> str:
    """A field, stripped; empty where it is missing or a file."""
    value = form.get(name)
    return "" if value is None or isinstance(value, UploadFile) else value.strip()


def words(form: FormData, name: str) -> list[str]:
    """All values of a field."""
    return [value for value in form.getlist(name) if isinstance(value, str)]


def actor_of(account: Account) -> Any:
    """As the ticket service knows them."""
    return account.actor
