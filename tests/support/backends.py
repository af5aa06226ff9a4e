"""A place whose tickets another system works on."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from pydantic import SecretStr
from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from bot.locality import Locality, load
from bot.settings import Settings
from bot.storage.database import connect_async, sessions
from bot.storage.jobs import defer_in
from bot.storage.models import Ticket, TicketEvent, TicketSubmission
from bot.tickets import NewReport, TicketService
from bot.tickets.kit import Kit

ROOT = Path(__file__).resolve().parents[2]
SECRET_KEY = "a secret key that is long enough"
CATEGORY = "chieu_sang"

OPEN311: dict[str, Any] = {
    "kind": "open311",
    "name": "so_xay_dung",
    "services": {CATEGORY: "DEN", "cay_xanh": "CAY"},
    "updates": "servicerequestupdates",
    "timeout": 0.6,
    "settle": 2,
    "first_pause": 0.2,
    "longest_pause": 3,
    "poll": 0.01,
}

REST: dict[str, Any] = {
    "kind": "rest",
    "name": "tinh",
    "submit": {
        "path": "/api/tickets",
        "id": "data.id",
        "fields": {
            "nguon.ma": "key",
            "noi_dung": "description",
            "vi_tri.dia_chi": "place",
            "linh_vuc": "category",
            "nguoi.ten": "contact.name",
        },
        "fixed": {"nguon.he_thong": "motcua"},
    },
    "contact": True,
    "look_up": {"path": "/api/tickets", "query": {"ref": "key"}, "items": "data", "key": "nguon.ma", "id": "id"},
    "updates": {
        "path": "/api/changes",
        "since": "since",
        "items": "changes",
        "ticket": "ticket.id",
        "update": "id",
        "status": "state",
        "at": "at",
        "text": "note",
    },
    "webhook": {
        "items": "changes",
        "ticket": "ticket.id",
        "key": "ref",
        "update": "id",
        "status": "state",
        "at": "at",
        "text": "note",
    },
    "statuses": {"moi": "received", "dang_lam": "in_progress", "xong": "done", "tu_choi": "refused"},
    "categories": {CATEGORY: 17},
    "timeout": 0.6,
    "settle": 1.5,
    "first_pause": 0.1,
    "longest_pause": 0.5,
    "poll": 0.01,
}


@dataclass
class Remote:
    """The place."""

    settings: Settings
    locality: Locality
    service: TicketService
    kit: Kit
    sessions: async_sessionmaker[AsyncSession]

    async def file(self, count: int = 1, **more: Any) -> list[str]:
        """Tickets; their codes. Some at once, as citizens do."""
        numbers = itertools.count()

        async def some() -> list[str]:
            codes = []
            while (number := next(numbers)) < count:
                report: dict[str, Any] = {
                    "conversation": "",
                    "channel": "web",
                    "category": CATEGORY,
                    "description": f"Đèn số {number} không sáng",
                    "place": f"hẻm {number} Trần Phú",
                }
                report |= more
                codes.append((await self.service.file(NewReport(**report), f"{report['description']}-{number}")).code)
            return codes

        return sorted(itertools.chain(*await asyncio.gather(*(some() for _ in range(6)))))

    async def submissions(self) -> dict[str, TicketSubmission]:
        """By code."""
        query = select(Ticket.code, TicketSubmission).join(Ticket, Ticket.id == TicketSubmission.ticket_id)
        async with self.sessions() as session:
            return dict((await session.execute(query)).all())

    async def states(self) -> dict[str, int]:
        """How many submissions there are of each state."""
        async with self.sessions() as session:
            query = text("SELECT state, count(*) FROM ticket_submissions GROUP BY 1")
            return dict((await session.execute(query)).all())

    async def statuses(self) -> dict[str, str]:
        """The status of each ticket, by code."""
        async with self.sessions() as session:
            return dict((await session.execute(select(Ticket.code, Ticket.status))).all())

    async def events(self, *kinds: str) -> dict[str, list[TicketEvent]]:
        """By code, in order."""
        query = (
            select(Ticket.code, TicketEvent).join(Ticket, Ticket.id == TicketEvent.ticket_id).order_by(TicketEvent.seq)
        )
        if kinds:
            query = query.where(TicketEvent.kind.in_(kinds))
        found: dict[str, list[TicketEvent]] = {}
        async with self.sessions() as session:
            for code, event in await session.execute(query):
                found.setdefault(code, []).append(event)
        return found

    async def count(self, what: str) -> int:
        """Rows of a table, of our own naming."""
        async with self.sessions() as session:
            return int((await session.execute(text(f"SELECT count(*) FROM {what}"))).scalar_one())

    async def defer(self, task: str) -> None:
        """A periodic job, before its time."""
        async with self.sessions.begin() as session:
            await defer_in(session, task, {"timestamp": 0}, lock=task, queueing_lock=task)

    async def run_sql(self, statement: str) -> None:
        async with self.sessions.begin() as session:
            await session.execute(text(statement))


@asynccontextmanager
async def remote_place(
    database_url: str, folder: Path, backend: dict[str, Any], **secrets: str
) -> AsyncIterator[Remote]:
    """A place with this backend."""
    data = yaml.safe_load((ROOT / "localities" / "phuong-mau.yml").read_text(encoding="utf-8"))
    path = folder / "place.yml"
    path.write_text(yaml.safe_dump(data | {"backend": backend}, allow_unicode=True), encoding="utf-8")
    settings = Settings(
        data_dir=folder / "var",
        database_url=SecretStr(database_url),
        secret_key=SecretStr(SECRET_KEY),
        locality=path,
        **{name: SecretStr(value) for name, value in secrets.items()},
    )
    engine = connect_async(database_url, pool_size=6)
    locality = load(path)
    made = sessions(engine)
    yield Remote(settings, locality, TicketService(engine, settings, locality), Kit(made, settings, locality), made)
    await engine.dispose()
