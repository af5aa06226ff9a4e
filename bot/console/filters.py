"""The filters of the ticket list, as a query string and as the service wants them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any, cast, get_args
from urllib.parse import urlencode

from starlette.datastructures import QueryParams

from bot.console.sla import SOON
from bot.locality import Locality
from bot.tickets.records import Order, TicketFilter
from bot.tickets.states import Status

ORDERS: dict[str, str] = {
    "newest": "mới nhất",
    "oldest": "cũ nhất",
    "due": "gần hạn nhất",
    "updated": "mới thay đổi",
}
DUE: dict[str, str] = {"overdue": "quá hạn", "soon": "sắp đến hạn", "waiting": "chờ người dân trả lời"}
SOURCES: dict[str, str] = {"citizen": "người dân", "staff": "cán bộ nhập", "open311": "Open311"}
OPEN = "open"
LONGEST = 200


@dataclass(frozen=True)
class ListQuery:
    """What was asked of the list; what is not known is dropped."""

    values: Mapping[str, list[str]] = field(default_factory=dict)

    @classmethod
    def read(cls, params: QueryParams, locality: Locality) -> ListQuery:
        """From a request."""
        known: dict[str, Any] = {
            "status": {OPEN, *Status},
            "category": {item.code for item in locality.categories},
            "agency": {item.code for item in locality.agencies},
            "ward": {item.code for item in locality.areas},
            "due": set(DUE),
            "source": set(SOURCES),
            "restricted": {"1", "0"},
            "order": set(ORDERS),
        }
        values: dict[str, list[str]] = {}
        for name, allowed in known.items():
            found = [value for value in dict.fromkeys(params.getlist(name)) if value in allowed]
            if found:
                values[name] = found if name in ("status", "category", "agency", "ward") else found[:1]
        for name in ("from", "to"):
            if _date(params.get(name)):
                values[name] = [params[name]]
        for name in ("q", "officer"):
            text = params.get(name, "").replace("\x00", "").strip()[:LONGEST]
            if text:
                values[name] = [text]
        return cls(values)

    def one(self, name: str) -> str:
        """The value of a single field."""
        return next(iter(self.values.get(name, ())), "")

    def many(self, name: str) -> list[str]:
        """The values of a field."""
        return self.values.get(name, [])

    @property
    def more(self) -> bool:
        """Whether something is asked besides the most common."""
        return bool(self.values.keys() - {"q", "status", "due", "order"})

    @property
    def text(self) -> str:
        """As a query string, always in the same order."""
        return urlencode(self.values, doseq=True)

    def filter(self, account: str) -> TicketFilter:
        """As the service of tickets wants it.

        Args:
            account: whom `officer=me` means.
        """
        statuses = [value for value in self.many("status") if value != OPEN]
        officer = self.one("officer")
        due = self.one("due")
        order = self.one("order") or "newest"
        return TicketFilter(
            status=tuple(Status(value) for value in statuses),
            open=True if OPEN in self.many("status") and not statuses else None,
            agency=tuple(self.many("agency")),
            category=tuple(self.many("category")),
            ward=tuple(self.many("ward")),
            officer={"": None, "me": account, "none": ""}.get(officer, officer),
            overdue={"overdue": True, "soon": False}.get(due),
            waiting=True if due == "waiting" else False if due == "soon" else None,
            due_before=datetime.now(UTC) + SOON if due == "soon" else None,
            created_from=_date(self.one("from")),
            created_to=_date(self.one("to")),
            source=self.one("source") or None,
            restricted={"1": True, "0": False}.get(self.one("restricted")),
            text=self.one("q") or None,
            order=cast(Order, order) if order in get_args(Order) else "newest",
        )


def _date(value: str | None) -> date | None:
    try:
        return date.fromisoformat(value or "")
    except ValueError:
        return None
