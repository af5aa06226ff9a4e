"""A ticket service on a real database, with citizens, officers and a locality whose rules a test chooses."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from pydantic import SecretStr
from sqlalchemy import select, text, update
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.locality import Locality, load
from bot.settings import Settings
from bot.storage.database import sessions
from bot.storage.models import Conversation, Outbox, StaffNotice, Ticket, TicketEvent, TicketPhoto
from bot.tickets import Actor, FiledTicket, NewReport, Status, TicketService

EXAMPLE = Path(__file__).parents[3] / "localities" / "phuong-mau.yml"
LOCALITY = load(EXAMPLE)

OFFICER = Actor.staff("lan", "officer", agency="ha_tang")
OTHER = Actor.staff("minh", "officer", agency="moi_truong_do_thi")
EVERYWHERE = Actor.staff("tu", "officer")
SUPERVISOR = Actor.staff("hoa", "supervisor")
READER = Actor.staff("nga", "restricted_reader")
ADMIN = Actor.staff("quan", "admin")


@dataclass
class Place:
    """What the tests of a ticket's life work with."""

    service: TicketService
    engine: AsyncEngine
    settings: Settings

    @classmethod
    def of(cls, engine: AsyncEngine, url: str, locality: Locality = LOCALITY) -> Place:
        settings = Settings(
            secret_key=SecretStr("a secret key that is long enough"), database_url=SecretStr(url), locality=EXAMPLE
        )
        return cls(TicketService(engine, settings, locality), engine, settings)

    def with_rules(self, **rules: Any) -> Place:
        """The same place with other ticket rules."""
        changed = LOCALITY.model_copy(update={"tickets": LOCALITY.tickets.model_copy(update=rules)})
        return replace(self, service=TicketService(self.engine, self.settings, changed))

    async def conversation(self, channel: str = "web") -> str:
        """A citizen's conversation; its key."""
        key = uuid.uuid4()
        async with sessions(self.engine).begin() as session:
            session.add(Conversation(key=key, channel=channel, external_id=str(key)))
        return str(key)

    async def file(self, conversation: str = "", category: str = "chieu_sang", **values: Any) -> FiledTicket:
        """A report, filed."""
        report = NewReport(
            conversation=conversation,
            channel="web",
            category=category,
            description="Bóng đèn cháy",
            place="hẻm 17 Trần Phú",
            **values,
        )
        return await self.service.file(report, str(uuid.uuid4()))

    async def at(self, status: Status, conversation: str = "", category: str = "chieu_sang") -> FiledTicket:
        """A ticket brought to a status by the shortest way."""
        filed = await self.file(conversation, category)
        if category == "rac_thai":
            await self.photo(filed.code)
        if status is not Status.RECEIVED:
            await self.service.advance(filed.code, status, Actor.remote("test"), reason="vì thế")
        return filed

    async def photo(self, code: str, stage: str = "after") -> None:
        """A picture of a ticket."""
        async with sessions(self.engine).begin() as session:
            number = await session.scalar(select(Ticket.id).where(Ticket.code == code))
            session.add(new_photo(ticket_id=number, stage=stage))

    async def loose_photo(self, **values: Any) -> str:
        """A picture of no ticket yet; its key."""
        photo = new_photo(**values)
        async with sessions(self.engine).begin() as session:
            session.add(photo)
        return photo.key

    async def ticket(self, code: str) -> Ticket:
        async with sessions(self.engine)() as session:
            return (await session.scalars(select(Ticket).where(Ticket.code == code))).one()

    async def events(self, code: str) -> Sequence[TicketEvent]:
        async with sessions(self.engine)() as session:
            query = select(TicketEvent).join(Ticket, Ticket.id == TicketEvent.ticket_id).where(Ticket.code == code)
            return (await session.scalars(query.order_by(TicketEvent.seq))).all()

    async def kinds(self, code: str) -> list[str]:
        return [event.kind for event in await self.events(code)]

    async def sent(self, conversation: str) -> list[Outbox]:
        """What was told to a conversation unasked, in order."""
        async with sessions(self.engine)() as session:
            query = select(Outbox).join(Conversation, Conversation.id == Outbox.conversation_id)
            query = query.where(Conversation.key == uuid.UUID(conversation)).order_by(Outbox.id)
            return list(await session.scalars(query))

    async def staff_notices(self) -> list[tuple[str, str | None, str | None, str]]:
        """(kind, agency, account, role) of all, in order."""
        async with sessions(self.engine)() as session:
            found = await session.scalars(select(StaffNotice).order_by(StaffNotice.id))
            return [(item.kind, item.agency, item.account, item.role) for item in found]

    async def age(self, code: str, by: timedelta) -> None:
        """Make everything about a ticket older."""
        async with sessions(self.engine).begin() as session:
            columns = ("created_at", "status_at", "due_at", "paused_at", "check_at", "resolved_at", "closed_at")
            changes = {name: getattr(Ticket, name) - by for name in columns}
            await session.execute(update(Ticket).where(Ticket.code == code).values(**changes))

    async def set(self, code: str, **values: Any) -> None:
        async with sessions(self.engine).begin() as session:
            await session.execute(update(Ticket).where(Ticket.code == code).values(**values))

    async def count(self, table: str) -> int:
        async with self.engine.connect() as connection:
            return int((await connection.execute(text(f"SELECT count(*) FROM {table}"))).scalar_one())  # our own names


def new_photo(**values: Any) -> TicketPhoto:
    """A row of a picture."""
    return TicketPhoto(
        **{
            "key": uuid.uuid4().hex,
            "stage": "before",
            "type": "image/jpeg",
            "size": 1000,
            "width": 640,
            "height": 480,
            "sha256": "0" * 64,
        }
        | values
    )


def local(moment: datetime) -> str:
    """A moment as it stands in texts."""
    return f"{LOCALITY.now(moment):%Hh%M ngày %d/%m/%Y}"
