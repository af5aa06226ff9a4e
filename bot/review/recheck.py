"""Whether what a group asks is answered by now: asked again after a model was published or records were imported.

The job is deferred by `bot.review.newer`, or by whoever knows that more can be answered. The question that stands for a
group is put to the engine in a conversation of its own, which is deleted afterwards; nobody is told by this, staff are
offered to.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Any, Final

import structlog
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from bot.conversations.engine_client import EngineClient
from bot.conversations.errors import EngineError, EngineRefusedError
from bot.conversations.turns import Turn

log = structlog.get_logger(__name__)

RECHECK: Final = "review.recheck"
"""The job's name."""
MOST = 500
"""Groups asked again at a time, those of most citizens first."""
LONGEST = 900

Ask = Callable[[str], Awaitable[Turn]]

_WAITING = text("""
SELECT g.id, u.text, g.label FROM case_groups g JOIN unresolved_cases u ON u.id = g.leader
WHERE g.state IN ('open', 'labelled') AND g.waiting > 0 ORDER BY g.rank DESC, g.id DESC LIMIT :limit
""")
_FOUND = text("""
UPDATE case_groups SET answerable = CAST(:found AS jsonb)
WHERE id = :id AND state IN ('open', 'labelled') AND waiting > 0
""")


async def recheck(sessions: async_sessionmaker[AsyncSession], ask: Ask, *, most: int = MOST) -> int:
    """Ask for every group with waiting citizens again; returns how many can be answered now.

    Raises:
        EngineError: the engine is away; what was asked so far is kept.
    """
    async with sessions() as session:
        groups = (await session.execute(_WAITING, {"limit": most})).all()
    answered = 0
    for number, said, label in groups:
        try:
            turn = await ask(said)
        except EngineRefusedError:
            continue
        found = _answer(turn, label)
        answered += found is not None
        async with sessions.begin() as session:
            await session.execute(_FOUND, {"id": number, "found": json.dumps(found, ensure_ascii=False)
                                           if found else None})  # fmt: skip
    log.info("review.rechecked", groups=len(groups), answered=answered)
    return answered


def through_engine(engine: EngineClient, sessions: async_sessionmaker[AsyncSession]) -> Ask:
    """Asks the engine as a citizen would; nothing of it is kept."""

    async def ask(said: str) -> Turn:
        key = uuid.uuid4()
        try:
            return await engine.take_turn(key, uuid.uuid4().hex, text=said, payload=None, channel="cli")
        finally:
            async with sessions.begin() as session:
                await session.execute(text("DELETE FROM engine.trackers WHERE sender_id = :key"), {"key": str(key)})

    return ask


def _answer(turn: Turn, label: dict[str, Any] | None) -> dict[str, Any] | None:
    """What staff are shown, where it is an answer that is sure enough.

    Args:
        label: what staff decided about the group. Where they said that it is an intent with a ready answer (working
            hours, address), that answer is one, though its status is `smalltalk`.
    """
    meant = (label or {}).get("intent")
    ready = turn.status == "smalltalk" and meant is not None and turn.understanding.get("intent") == meant
    if not (turn.status == "answered" or ready) or turn.doubt is not None:
        return None
    said = "\n\n".join(str(reply["text"]) for reply in turn.replies)
    return {
        "status": turn.status,
        "procedures": turn.understanding["procedures"][:1],
        "aspects": turn.understanding["aspects"],
        "text": said[:LONGEST],
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
    }


__all__ = ["RECHECK", "Ask", "EngineError", "recheck", "through_engine"]
