"""The one service behind every answer about procedures: a question with its context in, an answer out.

The way of a question, in order: pressed button → choice among what was offered → follow-up on the procedure in hand
→ several procedures in one message → search → answer, ask which, or say that nothing was found.
"""

from __future__ import annotations

import asyncio
import datetime as dt
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.knowledge import said
from bot.knowledge.answers import Here, Reply, compose, texts
from bot.knowledge.choices import chosen
from bot.knowledge.deciding import decider
from bot.knowledge.records import ASPECTS, Aspect
from bot.knowledge.said import Answer
from bot.knowledge.search import Candidate, Match, Query, SearchIndex
from bot.knowledge.store import StoredProcedure, read_procedures
from bot.text import fold, normalise

_ALSO = re.compile(
    r"\s*(?:[,;.?!]+\s*)?\b(?:rồi|roi|xong|sau đó|sau do|đồng thời|dong thoi|và|va|với lại|voi lai|với|voi|vừa|vua"
    r"|luôn cả|luon ca|kèm|kem|cùng|cung)\b|[;?!]",
    re.IGNORECASE,
)
_CARRIES_ON = re.compile(r"^(?:(?:the|vay|a|a ma|u|ua)\s+)*(?:con|the con|vay con)\b")
_CORRECTS = re.compile(r"\b(?:khong phai|chu khong|y (?:toi|minh|em|la)|khong,)\b")
_REACHABLE = 4
"""Tries to read the database, so that its restart costs a citizen a moment and not the answer."""


class CatalogueUnavailableError(Exception):
    """The catalogue has never been read since the start; the turn should be tried again."""


class Records(Protocol):
    """Where whole records come from."""

    async def read(self, codes: Sequence[str]) -> Mapping[str, StoredProcedure]:
        """The records that there are, by code."""


class DatabaseRecords:
    """Records from the catalogue's tables; a database that restarts is waited for."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def read(self, codes: Sequence[str]) -> Mapping[str, StoredProcedure]:
        """The records that there are, by code.

        Raises:
            sqlalchemy.exc.DBAPIError: the database stayed away.
        """
        for attempt in range(1, _REACHABLE):
            try:
                return await self._once(codes)
            except DBAPIError:
                await asyncio.sleep(0.2 * 2**attempt)
        return await self._once(codes)

    async def _once(self, codes: Sequence[str]) -> Mapping[str, StoredProcedure]:
        async with self._engine.connect() as connection:
            return await read_procedures(connection, codes)


class Index(Protocol):
    """What the service needs of the live index."""

    @property
    def current(self) -> SearchIndex:
        """The newest index."""

    @property
    def revision(self) -> int:
        """Below 0 until the catalogue has been read."""


@dataclass(frozen=True, slots=True)
class Question:
    """A citizen's message with what the dialogue knows.

    `offered`: what the last reply asked to choose from, `[{"code", "aspects", "name"}]`. `code`, `aspect`, `full`
    come from a pressed button, whose strings are the citizen's and not to be trusted.
    """

    text: str
    intent: str
    today: dt.date
    aspects: tuple[Aspect, ...] = ()
    procedure: str | None = None
    last_aspect: Aspect | None = None
    offered: tuple[Mapping[str, Any], ...] = ()
    code: str | None = None
    aspect: Aspect | None = None
    full: bool = False
    province: str | None = None

    @property
    def asked(self) -> tuple[Aspect, ...]:
        """The aspects asked for: the cues, else the intent's own."""
        if self.aspects:
            return self.aspects
        own = self.intent.removeprefix("ask_")
        return (own,) if self.intent.startswith("ask_") and own in ASPECTS and own != "overview" else ()


@dataclass(frozen=True, slots=True)
class _Turn:
    question: Question
    index: SearchIndex
    query: Query
    aspects: tuple[Aspect, ...]
    remarks: list[str] = field(default_factory=list)


class AnswerService:
    """Answers questions about procedures from the catalogue."""

    def __init__(self, records: Records, index: Index) -> None:
        self._records = records
        self._index = index

    async def answer(self, question: Question) -> Answer:
        """Answer a question, ask back, or say that nothing is known.

        Raises:
            CatalogueUnavailableError: the catalogue has not been read yet.
            sqlalchemy.exc.DBAPIError: the database stayed away.
        """
        index = self._index.current
        if self._index.revision < 0:
            raise CatalogueUnavailableError
        answer = await self._answer(question, index)
        if not answer.outcome["aspects"] and question.intent == "ask_overview":
            answer.outcome["aspects"] = ["overview"]  # asked, also where no procedure was found to tell of
        return answer

    async def _answer(self, question: Question, index: SearchIndex) -> Answer:
        if question.intent == "pick":
            return await self._picked(question, index)
        turn = self._turn(question, index)
        if (code := self._choice(turn)) is not None:
            aspects = turn.aspects or _offered_aspects(question, code)
            return await self._about([code], aspects, turn)
        if not turn.query.codes:
            if (code := self._follow_up(turn)) is not None:
                if turn.aspects or question.intent == "ask_overview":
                    return await self._about([code], turn.aspects, turn)
                return said.ask_aspect(code, index.name(code) or code)
            if both := self._several_procedures(turn):
                return await self._about(both, turn.aspects, turn)
        return await self._decide(index.match(turn.query), turn)

    def _turn(self, question: Question, index: SearchIndex) -> _Turn:
        query = index.analyse(question.text)
        aspects = question.asked
        line = fold(question.text)
        if not aspects and question.last_aspect and (_CORRECTS.search(line) or _CARRIES_ON.match(line)):
            aspects = (question.last_aspect,)
        hints = normalise(question.text).hints
        remarks = [texts.TODAY_TERM.format(old=hint.term, new=" hoặc ".join(hint.today)) for hint in hints[:1]]
        return _Turn(question, index, query, aspects, remarks)

    async def _picked(self, question: Question, index: SearchIndex) -> Answer:
        code = question.code or question.procedure
        turn = _Turn(question, index, index.analyse(""), (question.aspect,) if question.aspect else ())
        if code is None:
            return said.ask_procedure(turn.aspects)
        if code not in index:
            return said.not_found((), turn.aspects, "no_such_code", code)
        return await self._about([code], turn.aspects, turn)

    def _choice(self, turn: _Turn) -> str | None:
        offered = {
            str(item["code"]): str(item.get("name") or turn.index.name(str(item["code"])))
            for item in turn.question.offered
            if item.get("code") in turn.index
        }
        return chosen(turn.query, offered, turn.index) if offered and not turn.query.codes else None

    def _follow_up(self, turn: _Turn) -> str | None:
        """The code of the procedure in hand where the message adds no other; its sister where a fact decides."""
        code = turn.question.procedure
        if code is None or code not in turn.index or _CORRECTS.search(fold(turn.question.text)):
            return None
        query = turn.query
        if query.content and (len(query.content) > 1 or turn.index.match(query).kind != "none"):
            return None
        told = query.features
        decides = told.age is not None or told.child or told.foreign or told.actions
        return turn.index.sister(code, query) if decides else code

    def _several_procedures(self, turn: _Turn) -> list[str]:
        """The codes of two procedures (or three) that one message clearly names; empty where it does not.

        One is enough where the other part names a known gap: the gap is told with the answer.
        """
        parts = [part for part in _ALSO.split(normalise(turn.question.text).text) if part and part.strip()]
        if not 2 <= len(parts) <= 6:
            return []
        found: list[str] = []
        gaps: list[str] = []
        for part in parts:
            query = turn.index.analyse(part)
            match = turn.index.match(query) if query.content else Match("none")
            best = match.best
            if match.gap:
                gaps.append(texts.GAP.format(name=match.gap.name, ask=match.gap.ask))
            if match.kind == "one" and best and best.score >= turn.index.tuning.clearly and best.code not in found:
                found.append(best.code)
        whole = turn.index.match(turn.query)
        if whole.kind == "one" and whole.best and whole.best.code not in found and not gaps:
            return []  # "kết hôn với người nước ngoài" is one thing
        distinct = len(found) in (2, 3) and not any(
            turn.index.related(one, other) for place, one in enumerate(found) for other in found[:place]
        )
        if len(found) == 1 and gaps:
            turn.remarks.extend(gaps[:1])
            return found
        return found if distinct else []

    async def _decide(self, match: Match, turn: _Turn) -> Answer:
        tuning, guessed = turn.index.tuning, turn.question.intent == "nlu_fallback"
        best = match.best
        if match.kind == "one" and best and (not guessed or best.score >= tuning.guess):
            if best.replaces:
                turn.remarks.append(texts.REPLACES.format(old=best.replaces, new=best.code))
            answer = await self._about([best.code], turn.aspects, turn)
            return said.or_else(answer, self._others(match, turn), turn.aspects)
        if match.question and turn.question.procedure in [candidate.code for candidate in match.candidates]:
            return await self._about([str(turn.question.procedure)], turn.aspects, turn)
        if match.kind == "several" and best and (not guessed or match.question or best.score >= tuning.guess):
            told = None if match.question else decider(match.candidates, turn.query.features, turn.index)
            return said.ask_which(match.candidates, turn.aspects, match.question, told)
        if match.gap:
            return said.gap(match.gap, turn.aspects)
        if match.empty and not guessed:
            return said.ask_procedure(turn.aspects)
        if turn.query.codes:
            return said.not_found((), turn.aspects, "no_such_code", turn.query.codes[0])
        near: Sequence[Candidate] = [c for c in match.candidates if c.score >= tuning.near] if not guessed else ()
        return said.not_found(near, turn.aspects, "no_match" if not match.empty else "not_understood")

    def _others(self, match: Match, turn: _Turn) -> list[Candidate]:
        """What else may have been meant, where the first is not beyond doubt."""
        first, tuning = match.candidates[0], turn.index.tuning
        if first.score >= tuning.doubt or turn.query.codes:
            return []
        return [c for c in match.candidates[1:] if c.share >= tuning.maybe and c.code != first.code][:2]

    async def _about(self, codes: Sequence[str], aspects: tuple[Aspect, ...], turn: _Turn) -> Answer:
        """Answer the aspects of each procedure, in order."""
        question = turn.question
        current = [turn.index.current(code) for code in codes]
        for old, new in zip(codes, current, strict=True):
            if old != new:
                turn.remarks.append(texts.REPLACES.format(old=old, new=new))
        records = await self._records.read(current)
        here = Here(question.today, question.province)
        replies: list[Reply] = []
        for code in current:
            stored = records.get(code)
            if stored is None:
                return said.not_found((), aspects, "no_such_code", code)
            replies += compose(stored, aspects, here, full=question.full, remarks=turn.remarks if not replies else ())
        shown = aspects or ("overview",)
        return Answer(
            tuple(replies),
            said.outcome("answered", shown, current),
            {"procedure": current[-1], "aspect": shown[-1], "offered": None},
        )


def out_of_scope() -> Answer:
    """Say that something is not ours to answer; it is recorded all the same."""
    unresolved = {"reason": "out_of_scope", "candidates": []}
    reply = Reply(texts.OUT_OF_SCOPE, (said.HANDOFF,))
    return Answer((reply,), said.outcome("unresolved", unresolved=unresolved))


def _offered_aspects(question: Question, code: str) -> tuple[Aspect, ...]:
    for item in question.offered:
        if item.get("code") == code:
            return tuple(aspect for aspect in item.get("aspects", ()) if aspect in ASPECTS)
    return ()
