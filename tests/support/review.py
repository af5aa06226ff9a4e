"""Cases of citizens in a real database, and what staff do with them."""

from __future__ import annotations

import json
import uuid
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from bot.knowledge.search import SearchIndex
from bot.review.answering import Answering
from bot.review.grouping import Grouper
from bot.storage.database import connect_async, sessions
from tests.support.console import Office

T = TypeVar("T")


class Desk:
    """A database with cases."""

    def __init__(self, url: str, search: SearchIndex | None = None) -> None:
        self.url = url
        self.engine = connect_async(url, pool_size=8)
        self.sessions = sessions(self.engine)
        self.grouper = Grouper(self.sessions, lambda: search)
        self.audit: list[tuple[str, int, dict[str, Any], dict[str, Any]]] = []

    async def close(self) -> None:
        """Close the pool."""
        await self.engine.dispose()

    async def citizen(self, channel: str = "web") -> int:
        """A conversation."""
        key = uuid.uuid4()
        return int(
            await self.one(
                "INSERT INTO conversations (key, channel, external_id) VALUES (:key, :channel, :name) RETURNING id",
                key=key, channel=channel, name=str(key),
            )
        )  # fmt: skip

    async def message(self, said: str, citizen: int | None = None, *, status: str = "unresolved", **more: Any) -> int:
        """An answered message."""
        citizen = citizen or await self.citizen(more.pop("channel", "web"))
        understanding = {"status": status, "aspects": more.pop("aspects", []), "procedures": []}
        return int(
            await self.one(
                "INSERT INTO messages (conversation_id, message_id, kind, body, state, status, intent, confidence,"
                " result, finished_at, received_at) VALUES (:citizen, :id, :kind, :body, 'done', :status, :intent, 0.5,"
                " CAST(:result AS jsonb), now(), :at) RETURNING id",
                citizen=citizen, id=str(uuid.uuid4()), kind=more.pop("kind", "text"), body=said, status=status,
                intent=more.pop("intent", "ask_overview"), at=more.pop("at", datetime.now(UTC)),
                result=json.dumps({"replies": [], "understanding": understanding}),
            )
        )  # fmt: skip

    async def case(self, said: str, citizen: int | None = None, **more: Any) -> int:
        """A case that has no group yet."""
        signals = more.pop("signals", ["unresolved"])
        days = more.pop("days", 0)
        message = await self.message(said, citizen, **more)
        return int(
            await self.one(
                "INSERT INTO unresolved_cases (message_id, conversation_id, text, reason, candidates, signals,"
                " created_at, confidence) SELECT id, conversation_id, body, 'no_match', '[]', CAST(:signals AS jsonb),"
                " :at, 0.2 FROM messages WHERE id = :id RETURNING id",
                id=message, signals=json.dumps(signals), at=datetime.now(UTC) - timedelta(days=days),
            )
        )  # fmt: skip

    async def grouped(self, *texts: str) -> int:
        """Cases of as many citizens, grouped; the group of the first."""
        first, *_ = [await self.case(said) for said in texts]
        await self.grouper.group_new()
        return int(await self.one("SELECT group_id FROM unresolved_cases WHERE id = :id", id=first))

    async def together(self) -> dict[int, list[str]]:
        """The texts of every group."""
        found: dict[int, list[str]] = {}
        for group, said in await self.rows("SELECT group_id, text FROM unresolved_cases ORDER BY id"):
            found.setdefault(group, []).append(said)
        return found

    def work(self, by: str = "lan") -> Answering:
        """What a member of staff does."""

        async def witness(
            session: AsyncSession, action: str, group: int, before: dict[str, Any], after: dict[str, Any]
        ) -> None:
            await session.execute(text("SELECT 1"))
            self.audit.append((action, group, before, after))

        return Answering(self.sessions, by, witness)

    async def version(self, group: int) -> int:
        """Of a group."""
        return int(await self.one("SELECT version FROM case_groups WHERE id = :id", id=group))

    async def rows(self, statement: str, **values: Any) -> Sequence[Any]:
        """What a query finds."""
        async with self.sessions() as session:
            return [tuple(row) for row in await session.execute(text(statement), values)]

    async def run(self, statement: str, **values: Any) -> None:
        """Change something."""
        async with self.sessions.begin() as session:
            await session.execute(text(statement), values)

    async def one(self, statement: str, **values: Any) -> Any:
        """The one value of a statement."""
        async with self.sessions.begin() as session:
            return (await session.execute(text(statement), values)).scalar_one()


def in_office(office: Office, work: Callable[[Desk], Awaitable[T]]) -> T:
    """Do something with the cases of a running office."""

    async def doing(_made: object) -> T:
        desk = Desk(office.system.database_url)
        try:
            return await work(desk)
        finally:
            await desk.close()

    return office.run(doing)
