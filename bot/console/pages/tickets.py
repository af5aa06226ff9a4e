"""The list of tickets: filters, saved views, bulk changes, exports."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert
from starlette.datastructures import QueryParams
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette_admin.routing import route

from bot.console import export, sla, texts
from bot.console.audit import entry
from bot.console.filters import DUE, OPEN, ORDERS, SOURCES, ListQuery
from bot.console.login import account_of, address_of
from bot.console.menu import Group
from bot.console.permissions import Permission
from bot.console.site import Page, form_of, may, needs, word, words
from bot.storage.models import SavedView
from bot.tickets.errors import InvalidError
from bot.tickets.records import TicketFilter, TicketRow
from bot.tickets.states import LABELS, Status

PAGE, MOST_BULK, MOST_COUNT = 50, 100, 10_000
LONGEST_NAME, MOST_VIEWS = 60, 50

BULK_TARGETS = (Status.SORTING, Status.FORWARDED, Status.IN_PROGRESS, Status.DONE, Status.REFUSED, Status.ESCALATED)


class TicketList(Page):
    """`/console/tickets`."""

    path = "/tickets"
    group = Group.REPORTS
    handbook = "phan-anh"
    menu_label = "Phản ánh"

    @route("", name="tickets")
    @needs(Permission.TICKETS_READ)
    async def index(self, request: Request) -> Response:
        """A page of the list."""
        account, locality = account_of(request), self.site.locality
        asked = ListQuery.read(request.query_params, locality)
        wanted = asked.filter(account.name)
        try:
            page = await self.site.tickets.listed(wanted, account.actor, request.query_params.get("after"), PAGE)
        except InvalidError:  # a place in the list that there is not
            return self.back(request, f"/tickets?{asked.text}")
        now = datetime.now(UTC)
        return await self.render(
            request,
            "tickets.html",
            title=self.menu_label,
            rows=[(row, sla.state(row, now)) for row in page.rows],
            count=await self.site.tickets.count(wanted, account.actor, MOST_COUNT),
            most=MOST_COUNT,
            asked=asked,
            after=page.after,
            first="after" not in request.query_params,
            views=await self._views(account.id),
            officers=await self.site.accounts.names(None if account.actor.reads_all else account.agency),
            statuses={OPEN: "đang mở (mọi bước)", **LABELS},
            bulk_targets=[item for item in BULK_TARGETS if _may_move(request, item)],
            orders=ORDERS,
            due=DUE,
            sources=SOURCES,
        )

    @route("/bulk", methods=["POST"], name="tickets-bulk")
    @needs(Permission.TICKETS_BULK)
    async def bulk(self, request: Request) -> Response:
        """The same change to the chosen tickets; what became of each is shown."""
        form, account = await form_of(request), account_of(request)
        codes = list(dict.fromkeys(words(form, "code")))[:MOST_BULK]
        wish = word(form, "target")
        target = Status(wish) if wish in {item.value for item in BULK_TARGETS} else None
        officer = word(form, "officer")
        if target is not None:
            await self.require(request, Permission.TICKETS_MOVE)
            if target is Status.FORWARDED:
                await self.require(request, Permission.TICKETS_FORWARD)
                if officer:  # whose tickets they are then is for the other agency to say
                    raise HTTPException(422, texts.ERRORS["invalid"])
        if officer:
            await self.require(request, Permission.TICKETS_ASSIGN)
            officer = await self._officer(request, officer)
        if not codes or (target is None and not officer):
            return self.back(request, f"/tickets?{self._query(word(form, 'query'))}", texts.DONE["nothing"], good=False)
        agency = word(form, "agency") if target is Status.FORWARDED else ""
        # Each ticket's row in its own transaction; the one below says what was wanted, and what was refused.
        result = await self.witnessed(request, "ticket.bulk").bulk(
            codes,
            account.actor,
            target=target,
            reason=word(form, "reason") or None,
            officer=officer or None,
            agency=agency or None,
        )
        change = {"target": target, "officer": officer or None, "agency": agency or None}
        await self.write(
            request, "ticket.bulk", None, before={"codes": codes},
            after={**change, "done": list(result.done), "refused": result.refused},
        )  # fmt: skip
        return await self.render(
            request,
            "bulk.html",
            title="Kết quả thay đổi hàng loạt",
            result=result,
            errors=texts.ERRORS,
            query=self._query(word(form, "query")),
        )

    @route("/export", name="tickets-export")
    @needs(Permission.TICKETS_EXPORT)
    async def take_out(self, request: Request) -> Response:
        """The filtered list as a file; restricted tickets and contacts only for who may take them out."""
        form = export.form_asked(request)
        personal = request.query_params.get("personal") == "1"
        if personal:
            await self.require(request, Permission.EXPORT_PERSONAL)
        account = account_of(request)
        asked = ListQuery.read(request.query_params, self.site.locality)
        wanted = asked.filter(account.name)
        if not personal:
            wanted = replace(wanted, restricted=False)
        rows = await self._all(wanted, request, export.MOST_PERSONAL if personal else export.MOST_ROWS)
        # Written before the file leaves, so that nothing leaves unwritten.
        await self.write(
            request, "ticket.export", form, after={"rows": len(rows), "query": asked.text, "personal": personal}
        )
        contacts = {row.code: await self.site.tickets.contact(row.code, account.actor) for row in rows if personal}
        head, lines = self._sheet(rows, contacts if personal else None)
        name = f"phan-anh-{self.site.locality.now():%Y%m%d-%H%M}"
        return await export.table(form, head, lines, "Phản ánh", name)

    @route("/views", methods=["POST"], name="views-save")
    @needs(Permission.VIEWS_SAVE)
    async def save_view(self, request: Request) -> Response:
        """Keep the filter under a name."""
        form, account = await form_of(request), account_of(request)
        name, query = word(form, "name"), self._query(word(form, "query"))
        if not 0 < len(name) <= LONGEST_NAME or len(await self._views(account.id)) >= MOST_VIEWS:
            return self.back(request, f"/tickets?{query}", texts.DONE["view_name"], good=False)
        async with self.site.sessions.begin() as session:
            made = insert(SavedView).values(staff_id=account.id, name=name, query=query)
            await session.execute(
                made.on_conflict_do_update(index_elements=["staff_id", "name"], set_={"query": query})
            )
            session.add(entry(account.name, "view.save", None, after={"query": query}, address=address_of(request)))
        return self.back(request, f"/tickets?{query}", texts.DONE["view"].format(name=name))

    @route("/views/{number:int}/delete", methods=["POST"], name="views-delete")
    @needs(Permission.VIEWS_SAVE)
    async def delete_view(self, request: Request) -> Response:
        """Forget one of one's own."""
        account = account_of(request)
        async with self.site.sessions.begin() as session:
            gone = await session.execute(
                delete(SavedView)
                .where(SavedView.id == request.path_params["number"], SavedView.staff_id == account.id)
                .returning(SavedView.query)
            )
            query = gone.scalar()
            if query is None:
                raise HTTPException(404, texts.NOT_FOUND)
            session.add(entry(account.name, "view.delete", None, before={"query": query}, address=address_of(request)))
        return self.back(request, "/tickets", texts.DONE["view_gone"])

    async def _views(self, staff: int) -> list[SavedView]:
        async with self.site.sessions() as session:
            found = await session.scalars(select(SavedView).where(SavedView.staff_id == staff).order_by(SavedView.name))
            return list(found)

    async def _officer(self, request: Request, name: str) -> str:
        """A name that tickets may be given to.

        Raises:
            HTTPException: 422, there is none that works here.
        """
        account = account_of(request)
        agency = None if account.actor.reads_all else account.agency
        if name not in {item.name for item in await self.site.accounts.names(agency)}:
            raise HTTPException(422, texts.ERRORS["invalid"])
        return name

    def _query(self, text: str) -> str:
        """A query string, parsed and written again: nothing else gets into an address."""
        return ListQuery.read(QueryParams(text[:4000]), self.site.locality).text

    async def _all(self, wanted: TicketFilter, request: Request, most: int) -> list[TicketRow]:
        rows: list[TicketRow] = []
        after: str | None = None
        while len(rows) < most:
            page = await self.site.tickets.listed(wanted, account_of(request).actor, after, 500)
            rows += page.rows
            after = page.after
            if after is None:
                break
        return rows[:most]

    def _sheet(
        self, rows: list[TicketRow], contacts: dict[str, Any] | None
    ) -> tuple[list[str], list[list[export.Cell]]]:
        locality, now = self.site.locality, datetime.now(UTC)

        def at(moment: datetime | None) -> str:
            return f"{locality.now(moment):%Y-%m-%d %H:%M}" if moment else ""

        head = [
            *("Mã", "Gửi lúc", "Lĩnh vực", "Trạng thái", "Cơ quan", "Cán bộ", "Phường, xã", "Nơi xảy ra", "Nội dung"),
            *("Hạn", "Thời hạn", "Xong lúc", "Đóng lúc", "Đánh giá", "Số lần mở lại", "Nguồn", "Kênh"),
            *(("Hạn chế", "Họ tên", "Điện thoại", "E-mail") if contacts is not None else ()),
        ]
        lines: list[list[export.Cell]] = []
        for row in rows:
            category, agency = locality.category(row.category), locality.agency(row.agency)
            ward = locality.ward(row.ward)
            line: list[export.Cell] = [
                *(row.code, at(row.created_at), category.label if category else row.category, LABELS[row.status]),
                *(agency.name if agency else row.agency, row.officer, ward.name if ward else row.ward),
                *(row.place, row.description, at(row.due_at), texts.SLA[sla.state(row, now)]),
                *(at(row.resolved_at), at(row.closed_at), row.rating, row.reopened),
                *(SOURCES.get(row.source, row.source), texts.CHANNELS.get(row.channel, row.channel)),
            ]
            if contacts is not None:
                known = contacts.get(row.code) or {}
                line += ["có" if row.restricted else "", *(known.get(key, "") for key in ("name", "phone", "email"))]
            lines.append(line)
        return head, lines


def _may_move(request: Request, target: Status) -> bool:
    return may(request, Permission.TICKETS_MOVE) and (
        target is not Status.FORWARDED or may(request, Permission.TICKETS_FORWARD)
    )
