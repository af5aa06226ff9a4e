"""Answers that a candidate gives otherwise than the live model: listed side by side, accepted or rejected."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from bot.storage.models import AnswerChange, Evaluation, Message

Verdict = Literal["accepted", "rejected"]
Also = Callable[[AsyncSession], None]
PAGE = 25
EFFECTS = ("worse", "better", "neither", "unknown")


@dataclass(frozen=True)
class Shown:
    """A change with the question that it is about."""

    change: AnswerChange
    text: str


@dataclass(frozen=True)
class Counts:
    """How many changes of an evaluation there are, by effect and by verdict."""

    effects: dict[str, int]
    verdicts: dict[str, int]

    @property
    def all(self) -> int:
        """All of them."""
        return sum(self.effects.values())


class Changes:
    """Reads changes, and keeps what staff say about them."""

    def __init__(self, sessions: async_sessionmaker[AsyncSession]) -> None:
        self._sessions = sessions

    async def counts(self, evaluation: int) -> Counts:
        """How many of which kind."""
        async with self._sessions() as session:
            query = select(AnswerChange.effect, AnswerChange.verdict, func.count())
            of = AnswerChange.evaluation_id == evaluation
            rows = (await session.execute(query.where(of).group_by(AnswerChange.effect, AnswerChange.verdict))).all()
        effects: dict[str, int] = {}
        verdicts: dict[str, int] = {}
        for effect, verdict, count in rows:
            effects[effect] = effects.get(effect, 0) + count
            verdicts[verdict or "open"] = verdicts.get(verdict or "open", 0) + count
        return Counts(effects, verdicts)

    async def listed(
        self, evaluation: int, *, effect: str = "", verdict: str = "", after: int = 0, most: int = PAGE
    ) -> list[Shown]:
        """Changes in order.

        Args:
            effect: of `EFFECTS`; empty: all.
            verdict: `open`, `accepted`, `rejected`; empty: all.
            after: only those with greater numbers.
        """
        query = (
            select(AnswerChange, Message.body)
            .outerjoin(Message, Message.id == AnswerChange.message_id)
            .where(AnswerChange.evaluation_id == evaluation, AnswerChange.id > after)
            .order_by(AnswerChange.id)
            .limit(most)
        )
        if effect:
            query = query.where(AnswerChange.effect == effect)
        if verdict:
            query = query.where(
                AnswerChange.verdict.is_(None) if verdict == "open" else AnswerChange.verdict == verdict
            )
        async with self._sessions() as session:
            rows = (await session.execute(query)).all()
        return [Shown(change, change.text or body or "") for change, body in rows]

    async def decide(
        self, model: int, number: int, verdict: Verdict | None, by: str, also: Also | None = None
    ) -> AnswerChange | None:
        """Keep a verdict, or take it back.

        Args:
            model: whose evaluation it must belong to.

        Returns:
            The change; None: there is none of that number.
        """
        async with self._sessions.begin() as session:
            query = select(AnswerChange).join(Evaluation, Evaluation.id == AnswerChange.evaluation_id)
            found: AnswerChange | None = await session.scalar(
                query.where(AnswerChange.id == number, Evaluation.model_id == model).with_for_update(of=AnswerChange)
            )
            if found is None:
                return None
            found.verdict, found.verdict_by = verdict, by
            found.verdict_at = datetime.now(UTC)
            if also is not None:
                also(session)
            return found
