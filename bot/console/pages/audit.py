"""The audit log: searched, read, taken out. Nobody changes it here; the database refuses it, too."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from sqlalchemy import ColumnElement, Select, Text, cast, or_, select
from starlette.datastructures import QueryParams
from starlette.requests import Request
from starlette.responses import Response
from starlette_admin.routing import route

from bot.console import export
from bot.console.audit import ACTIONS, OUTCOMES
from bot.console.menu import Group
from bot.console.permissions import Permission
from bot.console.site import Page, needs
from bot.locality import Locality
from bot.storage.models import AuditLog

PAGE = 50
LONGEST = 100


@dataclass(frozen=True)
class AuditQuery:
    """What was asked of the log; what is not known is dropped."""

    text: str = ""
    account: str = ""
    action: str = ""
    outcome: str = ""
    since: date | None = None
    until: date | None = None

    @classmethod
    def read(cls, params: QueryParams) -> AuditQuery:
        """From a request."""

        def word(name: str) -> str:
            return params.get(name, "").replace("\x00", "").strip()[:LONGEST]

        return cls(
            text=word("q"),
            account=word("account"),
            action=word("action") if word("action") in ACTIONS else "",
            outcome=word("outcome") if word("outcome") in OUTCOMES else "",
            since=_date(word("from")),
            until=_date(word("to")),
        )

    @property
    def query(self) -> str:
        """As a query string."""
        values = {
            "q": self.text,
            "account": self.account,
            "action": self.action,
            "outcome": self.outcome,
            "from": self.since.isoformat() if self.since else "",
            "to": self.until.isoformat() if self.until else "",
        }
        return urlencode({name: value for name, value in values.items() if value})

    def conditions(self, locality: Locality) -> list[ColumnElement[bool]]:
        """For the database; days are those of the place."""
        wanted: list[ColumnElement[bool]] = []
        if self.account:
            wanted.append(AuditLog.account == self.account)
        if self.action:
            wanted.append(AuditLog.action == self.action)
        if self.outcome:
            wanted.append(AuditLog.outcome == self.outcome)
        if self.text:
            part = f"%{_escaped(self.text)}%"
            columns = (AuditLog.object, AuditLog.address, cast(AuditLog.before, Text), cast(AuditLog.after, Text))
            wanted.append(or_(*(column.ilike(part, escape="\\") for column in columns)))
        if self.since:
            wanted.append(AuditLog.at >= _midnight(self.since, locality))
        if self.until:
            wanted.append(AuditLog.at < _midnight(self.until + timedelta(days=1), locality))
        return wanted


class AuditPage(Page):
    """`/console/audit`."""

    path = "/audit"
    group = Group.ADMINISTRATION
    handbook = "nhat-ky"
    menu_label = "Nhật ký kiểm tra"
    permission = Permission.AUDIT_READ

    @route("", name="audit")
    @needs(Permission.AUDIT_READ)
    async def index(self, request: Request) -> Response:
        """Rows, the newest first."""
        asked = AuditQuery.read(request.query_params)
        before = request.query_params.get("before", "")
        query = self._select(asked)
        if before.isdecimal() and len(before) < 18:
            query = query.where(AuditLog.id < int(before))
        rows = await self._rows(query.limit(PAGE + 1))
        return await self.render(
            request,
            "audit.html",
            title=self.menu_label,
            asked=asked,
            rows=[(row, _line(row.before), _line(row.after)) for row in rows[:PAGE]],
            before=rows[PAGE - 1].id if len(rows) > PAGE else None,
            first="before" not in request.query_params,
            actions=ACTIONS,
            outcomes=OUTCOMES,
            accounts=await self.site.accounts.listed(),
        )

    @route("/export", name="audit-export")
    @needs(Permission.AUDIT_EXPORT)
    async def take_out(self, request: Request) -> Response:
        """What the filter finds as a file; that it was taken out is written first."""
        form = export.form_asked(request)
        asked = AuditQuery.read(request.query_params)
        rows = await self._rows(self._select(asked).limit(export.MOST_ROWS))
        await self.write(request, "audit.export", form, after={"rows": len(rows), "query": asked.query})
        head = ["Số", "Lúc", "Ai", "Việc", "Mã việc", "Với", "Kết quả", "Trước", "Sau", "Từ địa chỉ"]
        lines: list[list[export.Cell]] = [
            [
                *(row.id, f"{self.site.locality.now(row.at):%Y-%m-%d %H:%M:%S}", row.account),
                *(ACTIONS.get(row.action, row.action), row.action, row.object, OUTCOMES.get(row.outcome, row.outcome)),
                *(_line(row.before), _line(row.after), row.address),
            ]
            for row in rows
        ]
        name = f"nhat-ky-{self.site.locality.now():%Y%m%d-%H%M}"
        return await export.table(form, head, lines, "Nhật ký", name)

    def _select(self, asked: AuditQuery) -> Select[Any]:
        return select(AuditLog).where(*asked.conditions(self.site.locality)).order_by(AuditLog.id.desc())

    async def _rows(self, query: Select[Any]) -> Sequence[AuditLog]:
        async with self.site.sessions() as session:
            rows: Sequence[AuditLog] = (await session.scalars(query)).all()
            return rows


def _line(value: dict[str, Any]) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True) if value else ""


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


def _midnight(day: date, locality: Locality) -> datetime:
    now = locality.now()
    return datetime(day.year, day.month, day.day, tzinfo=now.tzinfo)


def _date(value: str) -> date | None:
    try:
        return date.fromisoformat(value)
    except ValueError:
        return None
