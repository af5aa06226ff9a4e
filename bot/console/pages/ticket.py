"""One ticket: what there is to see of it. What is done with it is in `bot.console.pages.work`."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import or_, select
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette_admin.routing import route

from bot.console import sla, texts
from bot.console.login import account_of
from bot.console.menu import Group
from bot.console.permissions import Permission
from bot.console.site import Page, may, needs
from bot.storage.models import CannedReply
from bot.tickets.contacts import Contact
from bot.tickets.errors import UnknownTicketError
from bot.tickets.records import TicketDetail
from bot.tickets.states import ENDED, LABELS, OPEN, Status, needs_reason

CODE = "{code:str}"


class TicketBase(Page):
    """What the page and the actions of a ticket share."""

    path = "/tickets"
    group = Group.REPORTS
    handbook = "phan-anh"
    add_to_menu = False

    async def detail(self, request: Request) -> TicketDetail:
        """The ticket of the address.

        Raises:
            HTTPException: 404, it does not exist for whoever asks.
        """
        try:
            return await self.site.tickets.detail(request.path_params["code"], account_of(request).actor)
        except UnknownTicketError as error:
            raise HTTPException(404, texts.NOT_FOUND) from error

    async def show(
        self,
        request: Request,
        found: TicketDetail,
        *,
        status: int = 200,
        problem: str = "",
        typed: dict[str, Any] | None = None,
        contact: Contact | None = None,
    ) -> Response:
        """The page.

        Args:
            problem: why what was wanted was not done; `typed` keeps what was written.
        """
        account, locality, row = account_of(request), self.site.locality, found.row
        now = datetime.now(UTC)
        agency = locality.agency(row.agency)
        category = locality.category(row.category)
        return await self.render(
            request,
            "ticket.html",
            status,
            title=row.code,
            ticket=found,
            row=row,
            category=category,
            agency=agency,
            ward=locality.ward(row.ward),
            sla=sla.state(row, now),
            labels=LABELS,
            moves=[
                (target, texts.MOVES[target], needs_reason(row.status, target))
                for target in found.transitions
                if may(request, Permission.TICKETS_MOVE)
                and (target is not Status.FORWARDED or may(request, Permission.TICKETS_FORWARD))
            ],
            is_open=row.status in OPEN,
            ended=row.status in ENDED,
            officers=await self.site.accounts.names(row.agency),
            replies=await self._replies(found, agency.name if agency else ""),
            wants_photo=category is not None and category.photo == "after",
            questions=_answers(category, found.answers),
            problem=problem,
            typed=typed or {},
            contact=contact,
            me=account.name,
        )

    async def _replies(self, found: TicketDetail, agency: str) -> list[tuple[str, str]]:
        """Canned replies for the ticket's status, with its values in them."""
        row = found.row
        query = (
            select(CannedReply)
            .where(or_(CannedReply.agency.is_(None), CannedReply.agency == row.agency))
            .order_by(CannedReply.title)
        )
        async with self.site.sessions() as session:
            own = [(item.title, tuple(item.statuses), item.body) for item in await session.scalars(query)]
        due = f"{self.site.locality.now(row.due_at):%Hh%M ngày %d/%m/%Y}" if row.due_at else "khi có kết quả"
        values = {"{code}": row.code, "{agency}": agency or self.site.locality.office.name, "{due}": due}
        offered = []
        for title, statuses, body in (*own, *texts.REPLIES):
            if statuses and row.status not in statuses:
                continue
            for name, value in values.items():
                body = body.replace(name, value)
            offered.append((title, body))
        return offered


class TicketPage(TicketBase):
    """`/console/tickets/{code}`."""

    @route(f"/{CODE}", name="ticket")
    @needs(Permission.TICKETS_READ)
    async def index(self, request: Request) -> Response:
        """The ticket in full."""
        return await self.show(request, await self.detail(request))

    @route(f"/{CODE}/contact", methods=["POST"], name="ticket-contact")
    @needs(Permission.CONTACT_READ)
    async def contact(self, request: Request) -> Response:
        """Name and telephone, on demand; written down in the transaction that reads them."""
        found = await self.detail(request)
        reading = self.witnessed(request, "ticket.contact")
        contact = await reading.contact(found.row.code, account_of(request).actor)
        return await self.show(request, await self.detail(request), contact=contact or Contact())

    @route(f"/{CODE}/photos/{{key:str}}", name="ticket-photo")
    @needs(Permission.TICKETS_READ)
    async def photo(self, request: Request) -> Response:
        """A picture, for whoever may see the ticket."""
        found = await self.detail(request)
        key = request.path_params["key"]
        if key not in {photo.key for photo in found.photos}:
            raise HTTPException(404, texts.NOT_FOUND)
        body = await self.site.photos.read(key, thumbnail=request.query_params.get("size") == "small")
        if body is None:
            raise HTTPException(404, texts.NOT_FOUND)
        return Response(
            body,
            media_type="image/jpeg",
            headers={"Cache-Control": "private, max-age=3600", "Content-Disposition": "inline"},
        )


def _answers(category: Any, answers: dict[str, Any]) -> list[tuple[str, str]]:
    """Questions of the category with what the citizen answered, for people."""
    shown: list[tuple[str, str]] = []
    known = {question.code: question for question in category.questions} if category else {}
    for code, value in answers.items():
        question = known.get(code)
        labels = {option.code: option.label for option in question.options} if question else {}
        values = value if isinstance(value, list) else [value]
        shown.append(
            (question.title if question else code, ", ".join(labels.get(str(item), str(item)) for item in values))
        )
    return shown
