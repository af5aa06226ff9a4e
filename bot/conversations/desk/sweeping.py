"""What happens to live chats by themselves, looked at every minute.

| chat | when | then |
|---|---|---|
| waiting | for `BOT_LIVE_CHAT_WAIT` minutes | the citizen is told once that it takes longer |
| waiting | the office has a break | told once when it opens again; it stays in the queue |
| waiting | the office has closed for the day | told so; closed |
| taken | the holder is silent while the citizen waits | back into the queue (outside working hours: closed) |
| taken | nobody has written for `BOT_LIVE_CHAT_IDLE` minutes | closed, the citizen is asked how it was |
"""

from __future__ import annotations

from collections import Counter as Counts
from datetime import datetime
from typing import Any

import structlog
from procrastinate import JobContext
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from bot.conversations.desk.errors import UnknownChatError
from bot.conversations.desk.telling import happened, tell
from bot.conversations.desk.work import OVERDUE, Desk
from bot.locality import LocalitySource
from bot.settings import Settings
from bot.storage.jobs import app, tools
from bot.tickets import Desk as Counter
from bot.tickets.tasks import locality

log = structlog.get_logger(__name__)

SWEEP = "desk.sweep"

_DUE = text(f"""
SELECT l.conversation_id FROM live_chats l
WHERE (l.state = 'waiting' AND (:closed OR (l.delayed_at IS NULL
        AND l.waiting_since < now() - make_interval(mins => :wait))))
    OR {OVERDUE} OR (l.state = 'taken' AND NOT EXISTS (
        SELECT 1 FROM messages m WHERE m.conversation_id = l.conversation_id
            AND m.received_at > now() - make_interval(mins => :idle))
        AND greatest(l.spoke_at, l.taken_at) < now() - make_interval(mins => :idle))
ORDER BY l.id
""")  # noqa: S608  a constant of another module
_IDLE = text("""
SELECT greatest(l.spoke_at, l.taken_at, max(m.received_at)) < now() - make_interval(mins => :idle)
FROM live_chats l LEFT JOIN messages m ON m.conversation_id = l.conversation_id
WHERE l.id = :chat GROUP BY l.id
""")
_DELAYED = text("UPDATE live_chats SET delayed_at = now() WHERE id = :chat")


class Sweep:
    """Looks at every open chat whose time may have come."""

    def __init__(self, sessions: async_sessionmaker[AsyncSession], settings: Settings, source: LocalitySource) -> None:
        self._sessions = sessions
        self._settings = settings
        self._desk = Desk(sessions, settings, source)
        self._counter = Counter(settings, source)

    async def run(self, now: datetime | None = None) -> dict[str, int]:
        """Do what is due; each chat in a transaction of its own, looked at again under its lock.

        Args:
            now: by which working hours are judged.

        Returns:
            How many of each: `delayed`, `returned`, `out_of_hours`, `idle`.
        """
        office = self._counter.office
        values = {
            "closed": not office.is_open(now),
            "wait": self._settings.live_chat_wait,
            "silence": self._settings.live_chat_silence,
            "idle": self._settings.live_chat_idle,
        }
        async with self._sessions() as session:
            due = list(await session.scalars(_DUE, values))
        done: Counts[str] = Counts()
        for conversation in due:
            async with self._sessions.begin() as session:
                if what := await self._one(session, conversation, now):
                    done[what] += 1
        return dict(done)

    async def _one(self, session: AsyncSession, number: int, now: datetime | None) -> str:
        try:
            conversation, chat = await self._desk.locked(session, number)
        except UnknownChatError:
            return ""
        if chat is None:
            return ""
        office = self._counter.office
        over = not office.is_open(now) and not office.opens_again_today(now)
        if chat.state == "waiting":
            return await self._waiting(session, conversation, chat, now, over=over)
        idle = bool(await session.scalar(_IDLE, {"chat": chat.id, "idle": self._settings.live_chat_idle}))
        if chat.overdue and not over:
            happened(session, chat.id, "returned", chat.holder)
            await self._desk.queue(session, conversation, chat.id, self._say("desk_returned"), agency=chat.agency)
            return "returned"
        if chat.overdue:
            return await self._closed(session, conversation, chat, now)
        if idle:
            await self._desk.end(session, conversation, chat.id, "idle", self._say("desk_idle"), ask=True)
            return "idle"
        return ""

    async def _waiting(
        self, session: AsyncSession, conversation: Any, chat: Any, now: datetime | None, *, over: bool
    ) -> str:
        if over:
            return await self._closed(session, conversation, chat, now)
        office = self._counter.office
        in_break = not office.is_open(now)
        if chat.delayed_at is not None or not (in_break or chat.long_waited):
            return ""
        said = (
            self._say("desk_break", **office.closed(now))
            if in_break
            else self._say("desk_delayed", lines=office.lines())
        )
        await session.execute(_DELAYED, {"chat": chat.id})
        happened(session, chat.id, "delayed")
        await tell(session, conversation.id, conversation.channel, said)
        return "delayed"

    async def _closed(self, session: AsyncSession, conversation: Any, chat: Any, now: datetime | None) -> str:
        said = self._say("desk_out_of_hours", **self._counter.office.closed(now))
        await self._desk.end(session, conversation, chat.id, "out_of_hours", said)
        return "out_of_hours"

    def _say(self, name: str, **values: object) -> str:
        return self._counter.texts.say(name, **values)


@app.periodic(cron="* * * * *")
@app.task(name=SWEEP, pass_context=True, queueing_lock=SWEEP, lock=SWEEP)
async def sweep(context: JobContext, timestamp: int) -> None:
    """Every minute."""
    made = tools(context)
    if done := await Sweep(made.sessions, made.settings, locality(made.settings.locality)).run():
        log.info("desk.swept", tick=timestamp, **done)
