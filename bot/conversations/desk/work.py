"""What officers do with live chats. Each operation is one transaction; its event, what the citizen is told and the row
of the audit log are in it.

Exactly one officer holds a chat: whoever takes it locks the conversation's row first, then the chat's. Every take
raises the chat's epoch; what an earlier holder's page still sends is refused. Where the holder is silent while the
citizen waits, the lease ends, and somebody else may take it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import structlog
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from bot.conversations.desk.errors import HeldError, LostError, RefusedError, ReservedError, UnknownChatError
from bot.conversations.desk.telling import happened, stars, tell
from bot.locality import LocalitySource
from bot.settings import Settings
from bot.tickets import Desk as Counter
from bot.tickets.people import Actor

log = structlog.get_logger(__name__)

Also = Callable[[AsyncSession], None]
"""Adds the audit log's row to the session of the change."""

LONGEST = 1800
LONGEST_REASON = 500
TURN_ENDS_WITHIN = 3.0
"""Seconds for which taking over waits for a turn that is under way, so that its answer comes first."""
TYPING_EVERY = 3.0
"""Seconds between two signs to the citizen that somebody types; platforms show one for about five."""

OVERDUE = """(l.state = 'taken' AND l.lease_until < now() AND (l.spoke_at IS NULL OR EXISTS (
    SELECT 1 FROM messages m WHERE m.conversation_id = l.conversation_id AND m.received_at > l.spoke_at
        AND m.received_at < now() - make_interval(mins => :silence))))"""
"""Of a chat `l`: its holder has been silent for `:silence` minutes although the citizen waits for an answer."""

_LOCK = text(
    "SELECT id, channel, opted_out_at IS NOT NULL AS gone, claimed_by IS NOT NULL AND lease_until > now() AS busy"
    " FROM conversations WHERE id = :conversation FOR NO KEY UPDATE"
)
_OPEN = text(f"""
SELECT l.*, {OVERDUE} AS overdue, l.waiting_since < now() - make_interval(mins => :wait) AS long_waited
FROM live_chats l WHERE l.conversation_id = :conversation AND l.state IN ('waiting', 'taken') FOR UPDATE
""")  # noqa: S608  a constant of this module
_NEW = text("INSERT INTO live_chats (conversation_id, why) VALUES (:conversation, 'staff') RETURNING id, epoch")
_TAKE = text("""
UPDATE live_chats SET state = 'taken', holder = :by, wanted = NULL, epoch = epoch + 1, taken_at = now(),
    spoke_at = NULL, first_taken_at = coalesce(first_taken_at, now()),
    lease_until = now() + make_interval(mins => :silence)
WHERE id = :chat RETURNING epoch
""")
_HOLD = text("UPDATE conversations SET live_chat = :chat WHERE id = :conversation")
_ALIVE = text("UPDATE live_chats SET lease_until = now() + make_interval(mins => :silence) WHERE id = :chat")
_SPOKE = text(
    "UPDATE live_chats SET spoke_at = now(), typing_at = NULL, lease_until = now() + make_interval(mins => :silence)"
    " WHERE id = :chat"
)
_TYPES = text("""
UPDATE live_chats SET typing_at = now() WHERE id = :chat
    AND (typing_at IS NULL OR typing_at < now() - make_interval(secs => :every)) RETURNING conversation_id
""")
_WAIT = text("""
UPDATE live_chats SET state = 'waiting', holder = NULL, epoch = epoch + 1, lease_until = NULL, waiting_since = now(),
    delayed_at = NULL, wanted = :wanted, agency = coalesce(:agency, agency)
WHERE id = :chat
""")
_CLOSE = text("""
UPDATE live_chats SET state = 'closed', holder = NULL, epoch = epoch + 1, lease_until = NULL, closed_at = now(),
    "end" = :end, rating_asked_at = CASE WHEN :ask THEN now() END
WHERE id = :chat
""")


@dataclass(frozen=True)
class Held:
    """A chat that one holds.

    Attributes:
        epoch: under which its holder works; sent back with everything that they do.
    """

    chat: int
    epoch: int


class Desk:
    """Works on live chats."""

    def __init__(
        self, sessions: async_sessionmaker[AsyncSession], settings: Settings, locality: LocalitySource
    ) -> None:
        self._sessions = sessions
        self._settings = settings
        self._counter = Counter(settings, locality)

    async def take(self, conversation: int, actor: Actor, name: str | None = None, also: Also | None = None) -> Held:
        """Take a conversation over; the citizen is told. Whoever holds it already holds it on.

        A turn that is under way is waited for, for a short while.

        Args:
            name: the officer's, told only where the locality wants that.

        Raises:
            UnknownChatError, HeldError, ReservedError, RefusedError
        """
        end = asyncio.get_running_loop().time() + TURN_ENDS_WITHIN
        while True:
            patient = asyncio.get_running_loop().time() < end
            async with self._sessions.begin() as session:
                held = await self._take(session, conversation, actor, name, also, patient=patient)
            if held is not None:
                return held
            await asyncio.sleep(0.1)

    async def _take(
        self, session: AsyncSession, number: int, actor: Actor, name: str | None, also: Also | None, *, patient: bool
    ) -> Held | None:
        conversation, chat = await self.locked(session, number)
        if conversation.gone:
            raise RefusedError("opted_out")
        if chat is not None and chat.state == "taken" and chat.holder == actor.account:
            return Held(chat.id, chat.epoch)
        if chat is not None:
            _check_free(chat, actor)
        if conversation.busy and patient:
            return None
        if chat is None:
            chat = (await session.execute(_NEW, {"conversation": number})).one()
            happened(session, chat.id, "opened", actor.account)
        values = {"chat": chat.id, "by": actor.account, "silence": self._settings.live_chat_silence}
        epoch = (await session.execute(_TAKE, values)).scalar_one()
        await session.execute(_HOLD, {"chat": chat.id, "conversation": number})
        happened(session, chat.id, "taken", actor.account)
        who = self.who(name)
        said = self._counter.texts.say("desk_taken", who=who)
        await tell(session, number, conversation.channel, said, desk={"state": "taken", "who": who})
        if also is not None:
            also(session)
        log.info("desk.taken", chat=chat.id, account=actor.account)
        return Held(chat.id, epoch)

    async def say(self, conversation: int, epoch: int, actor: Actor, said: str, also: Also | None = None) -> int:
        """Write to the citizen; returns the row of the outbox.

        Raises:
            UnknownChatError, LostError, RefusedError
        """
        said = said.replace("\r\n", "\n").strip()
        if not 0 < len(said) <= LONGEST:
            raise RefusedError("text")
        async with self._sessions.begin() as session:
            row, chat = await self._mine(session, conversation, epoch, actor)
            outbox = await tell(session, conversation, row.channel, said, by="staff")
            await session.execute(_SPOKE, {"chat": chat.id, "silence": self._settings.live_chat_silence})
            happened(session, chat.id, "said", actor.account, outbox=outbox)
            if also is not None:
                also(session)
        return outbox

    async def typing(self, conversation: int, epoch: int, actor: Actor) -> bool:
        """Show the citizen that somebody types, not more often than it is seen; a sign of life of the holder, too.

        Raises:
            UnknownChatError, LostError
        """
        async with self._sessions.begin() as session:
            _, chat = await self._mine(session, conversation, epoch, actor)
            await session.execute(_ALIVE, {"chat": chat.id, "silence": self._settings.live_chat_silence})
            shown = (await session.execute(_TYPES, {"chat": chat.id, "every": TYPING_EVERY})).scalar()
            if shown is not None:
                await session.execute(text("SELECT pg_notify('typing', :id)"), {"id": str(conversation)})
        return shown is not None

    async def hand_back(
        self, conversation: int, epoch: int, actor: Actor, name: str | None = None, also: Also | None = None
    ) -> None:
        """Give the conversation back to the bot, which answers from the next message on.

        Raises:
            UnknownChatError, LostError
        """
        said = self._counter.texts.say("desk_back", who=self.who(name))
        async with self._sessions.begin() as session:
            row, chat = await self._mine(session, conversation, epoch, actor)
            await self.end(session, row, chat.id, "handed_back", said, by=actor.account)
            if also is not None:
                also(session)

    async def close(self, conversation: int, epoch: int, actor: Actor, also: Also | None = None) -> None:
        """The matter is done: the bot answers again, and the citizen is asked how it was.

        Raises:
            UnknownChatError, LostError
        """
        async with self._sessions.begin() as session:
            row, chat = await self._mine(session, conversation, epoch, actor)
            said = self._counter.texts.say("desk_closed")
            await self.end(session, row, chat.id, "closed", said, by=actor.account, ask=True)
            if also is not None:
                also(session)

    async def forward(
        self,
        conversation: int,
        epoch: int,
        actor: Actor,
        reason: str,
        *,
        colleague: str | None = None,
        agency: str | None = None,
        also: Also | None = None,
    ) -> None:
        """Put it into the queue for a colleague, or for the officers of an agency; the bot answers meanwhile.

        Args:
            colleague: an account that may take chats, which the caller has checked.
            reason: for colleagues; the citizen does not read it.

        Raises:
            UnknownChatError, LostError, RefusedError
        """
        if not 0 < len(reason := reason.strip()) <= LONGEST_REASON:
            raise RefusedError("reason")
        named = self._counter.locality.agency(agency) if agency else None
        if (colleague is None) == (named is None) or colleague == actor.account:
            raise RefusedError("target")
        to = named.name if named else self._counter.texts.say("desk_colleague")
        async with self._sessions.begin() as session:
            row, chat = await self._mine(session, conversation, epoch, actor)
            await self.queue(session, row, chat.id, self._counter.texts.say("desk_forwarded", to=to), colleague, agency)
            happened(
                session, chat.id, "forwarded", actor.account, why=reason,
                **({"to": colleague} if colleague else {"agency": agency}),
            )  # fmt: skip
            if also is not None:
                also(session)

    async def queue(
        self,
        session: AsyncSession,
        conversation: Any,
        chat: int,
        said: str,
        wanted: str | None = None,
        agency: str | None = None,
    ) -> None:
        """(Back) into the queue, within a transaction that has locked both rows."""
        await session.execute(_WAIT, {"chat": chat, "wanted": wanted, "agency": agency})
        await session.execute(_HOLD, {"chat": None, "conversation": conversation.id})
        await tell(session, conversation.id, conversation.channel, said, desk={"state": "waiting", "who": ""})

    async def end(
        self,
        session: AsyncSession,
        conversation: Any,
        chat: int,
        end: str,
        said: str | None,
        *,
        by: str | None = None,
        ask: bool = False,
    ) -> None:
        """Close a chat within a transaction that has locked both rows.

        Args:
            said: what the citizen is told; none: they are told otherwise.
            ask: ask the citizen how it was, once.
        """
        await session.execute(_CLOSE, {"chat": chat, "end": end, "ask": ask})
        await session.execute(_HOLD, {"chat": None, "conversation": conversation.id})
        happened(session, chat, "closed", by, end=end)
        if said is not None:
            await tell(session, conversation.id, conversation.channel, said, desk={"state": "closed", "who": ""})
        if ask:
            buttons = stars(chat, self._counter.texts.say("button_rate", rating="{rating}"))
            question = self._counter.texts.say("desk_rate")
            await tell(session, conversation.id, conversation.channel, question, buttons=buttons)
        log.info("desk.closed", chat=chat, end=end, account=by)

    async def locked(self, session: AsyncSession, conversation: int) -> tuple[Any, Any]:
        """A conversation and its open chat (or none), locked in the order in which everybody locks them.

        Raises:
            UnknownChatError
        """
        row = (await session.execute(_LOCK, {"conversation": conversation})).one_or_none()
        if row is None:
            raise UnknownChatError
        values = {
            "conversation": conversation,
            "silence": self._settings.live_chat_silence,
            "wait": self._settings.live_chat_wait,
        }
        return row, (await session.execute(_OPEN, values)).one_or_none()

    async def _mine(self, session: AsyncSession, conversation: int, epoch: int, actor: Actor) -> tuple[Any, Any]:
        row, chat = await self.locked(session, conversation)
        if chat is None or chat.state != "taken" or chat.holder != actor.account or chat.epoch != epoch:
            raise LostError(None if chat is None else chat.holder)
        return row, chat

    def who(self, name: str | None) -> str:
        """Who talks to the citizen, as they are told: the office's name, or the officer's where the locality wants."""
        locality, texts = self._counter.locality, self._counter.texts
        if name and locality.live_chats.officer_name == "full":
            return texts.say("desk_who_named", name=name)
        return texts.say("desk_who", office=locality.office.name)


def _check_free(chat: Any, actor: Actor) -> None:
    """Whether somebody may take an open chat.

    Raises:
        HeldError, ReservedError
    """
    if chat.state == "taken":
        if not chat.overdue:
            raise HeldError(chat.holder)
        return
    if actor.supervises or chat.long_waited or chat.wanted == actor.account:
        return
    if chat.wanted is not None or (chat.agency is not None and actor.agency not in (None, chat.agency)):
        raise ReservedError(chat.wanted, chat.agency)
