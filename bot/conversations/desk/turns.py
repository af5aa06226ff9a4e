"""Turns that are not the engine's: while an officer holds the conversation, and the buttons of the desk.

While it is held, what a citizen writes is stored for the officer and answered by nobody else; but a cry for help, a
crime or a denunciation gets the safety answer at once, as always: an officer may be looking elsewhere. The engine is
asked what the words mean, without taking a turn; where it cannot be reached, the officer has the message all the same.
"""

from __future__ import annotations

import re

import structlog
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from bot.conversations.desk.telling import LEAVE, RATE, happened
from bot.conversations.engine_client import EngineClient
from bot.conversations.errors import EngineError
from bot.conversations.pool import Pool, fetch, repeat
from bot.conversations.turns import Claim, Turn, no_understanding
from bot.tickets import Desk as Counter

log = structlog.get_logger(__name__)

PRESSED = "desk:"
"""How the payloads of the desk's buttons begin."""
TRIES = 3
"""Tries to learn whether a message is an emergency; then it goes on without: its officer has it already."""
GUIDED = ("emergency", "crime", "denunciation")
FORGOTTEN = "denunciation"

UNANSWERED = Turn([], no_understanding("handoff"), form_active=True)
"""The officer answers. A report may be under way, which goes on afterwards: its masked values stay."""

_RATING = re.compile(rf"{RATE}(\d{{1,18}}):([1-5])")
_RATE = """
WITH rated AS (
    UPDATE live_chats SET rating = %(rating)s, rated_at = now()
    WHERE id = %(chat)s AND conversation_id = %(conversation)s AND rating IS NULL AND rating_asked_at IS NOT NULL
    RETURNING id
), told AS (
    INSERT INTO live_chat_events (chat_id, kind, data)
    SELECT id, 'rated', jsonb_build_object('rating', %(rating)s::int) FROM rated
)
SELECT coalesce((SELECT %(rating)s::int FROM rated), l.rating)
FROM live_chats l WHERE l.id = %(chat)s AND l.conversation_id = %(conversation)s AND l.rating_asked_at IS NOT NULL
"""
_LOCK = text("SELECT 1 FROM conversations WHERE id = :conversation FOR NO KEY UPDATE")
_LEFT = text("""
UPDATE live_chats SET state = 'closed', "end" = 'left', holder = NULL, epoch = epoch + 1, lease_until = NULL,
    closed_at = now()
WHERE conversation_id = :conversation AND state IN ('waiting', 'taken') RETURNING id
""")
_FREE = text("UPDATE conversations SET live_chat = NULL WHERE id = :conversation")


class DeskTurns:
    """Answers, or leaves unanswered, what is not the engine's to answer."""

    def __init__(
        self, pool: Pool, engine: EngineClient, counter: Counter, sessions: async_sessionmaker[AsyncSession]
    ) -> None:
        self._pool = pool
        self._engine = engine
        self._counter = counter
        self._sessions = sessions

    async def for_staff(self, claim: Claim, said: str | None, payload: str | None) -> Turn:
        """A message while an officer holds the conversation.

        Raises:
            EngineError: not yet known whether it is an emergency; to be tried again.
        """
        if payload is not None:
            return await self.pressed(claim, payload) if payload.startswith(PRESSED) else UNANSWERED
        if not said:
            return UNANSWERED
        try:
            meaning = await self._engine.meaning(claim.key, said)
        except EngineError as error:
            if claim.tries < TRIES:
                raise
            log.warning("desk.meaning.unknown", code=error.code, row=claim.message)
            return UNANSWERED
        if meaning.intent not in GUIDED:
            return UNANSWERED
        log.info("desk.guided", intent=meaning.intent, row=claim.message)
        lines = self._counter.guidance.of(meaning.intent, meaning.emergency_kind)
        return _turn("guided", *lines, intent=meaning.intent, forget=meaning.intent == FORGOTTEN)

    async def pressed(self, claim: Claim, payload: str) -> Turn:
        """A button of the desk: stars for a chat that is over, or back to the bot."""
        if payload == LEAVE:
            return await self._leave(claim)
        if (found := _RATING.fullmatch(payload)) is None:
            return self._say("smalltalk", "desk_stale")
        rating = int(found[2])
        values = {"chat": int(found[1]), "conversation": claim.conversation_id, "rating": rating}
        rows = await repeat(self._pool, lambda: fetch(self._pool, _RATE, values))
        if not rows:  # of another conversation, or never asked
            return self._say("smalltalk", "desk_stale")
        if rows[0][0] == rating:  # also where the same press is taken a second time
            return self._say("smalltalk", "desk_rated", rating=rating)
        return self._say("smalltalk", "desk_rated_before")

    async def _leave(self, claim: Claim) -> Turn:
        values = {"conversation": claim.conversation_id}
        async with self._sessions.begin() as session:
            await session.execute(_LOCK, values)
            left = (await session.execute(_LEFT, values)).scalar()
            await session.execute(_FREE, values)
            if left is not None:
                happened(session, left, "closed", end="left")
        turn = self._say("smalltalk", "desk_left")
        turn.replies[0]["desk"] = {"state": "closed", "who": ""}
        return turn

    def _say(self, status: str, name: str, **values: object) -> Turn:
        return _turn(status, self._counter.texts.say(name, **values))


def _turn(status: str, *said: str, intent: str | None = None, forget: bool = False) -> Turn:
    return Turn(
        [{"text": line, "buttons": [], "image": None} for line in said],
        no_understanding(status) | {"intent": intent},
        form_active=not forget,
        forget=forget,
    )
