"""A citizen who wants a person, the relay, and the desk at which officers take over: for tests of live chats."""

from __future__ import annotations

import asyncio
import contextlib
import uuid
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from bot.conversations.claims import Claims
from bot.conversations.context import Context
from bot.conversations.desk.reading import Line, Reader
from bot.conversations.desk.sweeping import Sweep
from bot.conversations.desk.turns import DeskTurns
from bot.conversations.desk.work import Desk
from bot.conversations.engine_client import EngineClient
from bot.conversations.pool import fetch
from bot.conversations.relay import Relay
from bot.conversations.turns import Incoming
from bot.locality import load
from bot.storage.database import sessions
from bot.tickets import Desk as Counter
from bot.tickets.people import Actor
from tests.support.fake_engine import SECRET, FakeEngine

LAN, MINH = Actor.staff("lan"), Actor.staff("minh")
HANOI = ZoneInfo("Asia/Ho_Chi_Minh")
OPEN = datetime(2026, 11, 25, 9, 0, tzinfo=HANOI)
LUNCH = datetime(2026, 11, 25, 12, 0, tzinfo=HANOI)
NIGHT = datetime(2026, 11, 25, 21, 0, tzinfo=HANOI)
TET = datetime(2026, 2, 17, 9, 0, tzinfo=HANOI)


@dataclass
class Talk:
    """One citizen, the relay between them and the engine, and the desk."""

    context: Context
    engine: FakeEngine
    desk: Desk
    relay: Relay
    key: uuid.UUID
    channel: str = "web"
    number: int = 0

    async def says(self, text: str | None = None, payload: str | None = None, wait: bool = True) -> None:
        first = not self.number
        accepted = await self.context.inbox.accept(
            Incoming(
                self.channel, str(uuid.uuid4()), self.key, text=text, payload=payload, opens=first,
                external_id=None if self.channel == "web" else str(self.key),
            )
        )  # fmt: skip
        if first:
            self.number = (await self.rows("SELECT conversation_id FROM messages WHERE id = %s", accepted.id))[0][0]
        if wait:
            await self.until("SELECT 1 FROM messages WHERE id = %s AND state = 'done'", accepted.id)

    async def rows(self, query: str, *values: object) -> list[tuple[object, ...]]:
        return await fetch(self.context.pool, query, values)

    async def until(self, query: str, *values: object) -> None:
        for _ in range(750):
            if await self.rows(query, *values):
                return
            await asyncio.sleep(0.02)
        raise AssertionError(query)

    async def told(self) -> list[str]:
        rows = await self.rows("SELECT body ->> 'text' FROM outbox WHERE message_id IS NULL ORDER BY id")
        return [str(row[0]) for row in rows]

    async def lines(self, hidden: tuple[str, ...] = ()) -> list[Line]:
        async with sessions(self.context.engine)() as session:
            return (await Reader(session, 10, hidden).view(self.number)).lines

    async def state(self) -> tuple[object, ...]:
        [row] = await self.rows('SELECT state, holder, "end" FROM live_chats ORDER BY id DESC LIMIT 1')
        return row

    async def sweep(self, now: datetime) -> dict[str, int]:
        locality = load(self.context.settings.locality)
        return await Sweep(sessions(self.context.engine), self.context.settings, locality).run(now)

    async def ago(self, minutes: int) -> None:
        """Everything happened so many minutes earlier."""
        for table, columns in (
            ("live_chats", ("waiting_since", "taken_at", "spoke_at", "lease_until")),
            ("messages", ("received_at",)),
        ):
            moved = ", ".join(f"{name} = {name} - interval '{minutes} minutes'" for name in columns)
            await self.rows(f"UPDATE {table} SET {moved} RETURNING 1")


@contextlib.asynccontextmanager
async def talking(context: Context, engine: FakeEngine) -> AsyncIterator[Talk]:
    """A talk whose relay runs until the end of the block."""
    settings, locality = context.settings, load(context.settings.locality)
    client = EngineClient([engine.url], SECRET, timeout=5)
    made = sessions(context.engine)
    relay = Relay(
        Claims(context.pool, "host/0", lease=20),
        client,
        database_url=context.database_url,
        concurrency=8,
        lease=20,
        notice_after=6,
        desk=DeskTurns(context.pool, client, Counter(settings, locality), made),
    )
    task = asyncio.create_task(relay.run())
    yield Talk(context, engine, Desk(made, settings, locality), relay, uuid.uuid4())
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await task
    client.close()


async def taken(talk: Talk, actor: Actor = LAN) -> int:
    await talk.says("!live")
    return (await talk.desk.take(talk.number, actor)).epoch
