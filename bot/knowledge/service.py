"""The one service behind every answer about procedures: a question with its context in, an answer out.

The way of a question, in order: pressed button → choice among what was offered → follow-up on the procedure in hand
→ several procedures in one message → search → answer, ask which, or say that nothing was found.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Protocol

from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.knowledge import said
from bot.knowledge.answers import Here, Reply, compose, texts
from bot.knowledge.deciding import decider
from bot.knowledge.dialogue import (
    RECENT,
    Question,
    Turn,
    bare_topic,
    choice,
    corrected,
    follow_up,
    offered_aspects,
    others,
    returned,
    says_little,
    several,
    talked_about,
    turn_of,
)
from bot.knowledge.faqs import OWN, FaqAnswer, FaqIndex, Found
from bot.knowledge.records import Aspect
from bot.knowledge.said import Answer
from bot.knowledge.search import Candidate, Match, SearchIndex
from bot.knowledge.store import StoredProcedure, read_procedures

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


class FaqSource(Protocol):
    """Where answers of the staff come from."""

    @property
    def current(self) -> FaqIndex:
        """The newest index."""


class AnswerService:
    """Answers questions about procedures from the catalogue, and others as staff have answered them."""

    def __init__(self, records: Records, index: Index, faqs: FaqSource | None = None) -> None:
        self._records = records
        self._index = index
        self._faqs = faqs

    async def answer(self, question: Question) -> Answer:
        """Answer a question, ask back, or say that nothing is known.

        Raises:
            CatalogueUnavailableError: the catalogue has not been read yet.
            sqlalchemy.exc.DBAPIError: the database stayed away.
        """
        index = self._index.current
        if self._index.revision < 0:
            raise CatalogueUnavailableError
        found = self._faq(question)
        if found is not None and found.sure:
            return said.faq(found.faq)
        if question.intent.startswith(OWN):
            if (faq := self._of_intent(question)) is not None:
                return said.faq(faq)
            question = replace(question, intent="nlu_fallback")  # its FAQ has ended, or is another database's
        answer = await self._answer(question, index)
        if found is not None and answer.outcome["status"] == "unresolved":
            return said.faq(found.faq)
        if not answer.outcome["aspects"] and question.intent == "ask_overview":
            answer.outcome["aspects"] = ["overview"]  # asked, also where no procedure was found to tell of
        return answer

    def written(self, question: Question) -> Answer | None:
        """What staff have written for just this question; none where nothing fits surely.

        It goes before what the bot says of itself, such as the office's hours: "mấy giờ" may ask for the pool's.
        """
        found = self._faq(question)
        return said.faq(found.faq) if found is not None and found.sure else None

    def out_of_scope(self, question: Question) -> Answer:
        """Answer as staff have, or say that it is not ours to answer; that is recorded all the same."""
        found = self._faq(question)
        return said.faq(found.faq) if found is not None else said.out_of_scope()

    def _faq(self, question: Question) -> Found | None:
        if self._faqs is None or question.intent == "pick" or not question.text:
            return None
        return self._faqs.current.match(question.text, question.today)

    def _of_intent(self, question: Question) -> FaqAnswer | None:
        return self._faqs.current.of_intent(question.intent, question.today) if self._faqs is not None else None

    async def answer_beside(self, question: Question) -> Answer | None:
        """Answer a question that was asked beside a report; none where it names no procedure for sure."""
        index = self._index.current
        best = index.search(question.text).best if self._index.revision >= 0 else None
        if best is None or best.score < index.tuning.clearly:
            return None
        return await self.answer(question)

    async def _answer(self, question: Question, index: SearchIndex) -> Answer:
        if question.intent == "pick":
            return await self._picked(question, index)
        turn = turn_of(question, index)
        if (code := choice(turn)) is not None:
            aspects = turn.aspects or offered_aspects(question, code)
            return await self._about([code], aspects, turn)
        if not turn.query.codes:
            if (code := returned(turn)) is not None:
                return await self._about([code], turn.aspects, turn)
            if turn.aspects and not turn.query.content and not question.procedure and (known := turn.offered):
                return said.ask_again(known, turn.aspects)
            if (code := follow_up(turn)) is not None:
                if turn.aspects or question.intent == "ask_overview":
                    return await self._about([code], turn.aspects, turn)
                return said.ask_aspect(code, index.name(code) or code)
            if both := several(turn):
                return await self._about(both, turn.aspects, turn)
        return await self._decide(index.match(turn.query), turn)

    async def _picked(self, question: Question, index: SearchIndex) -> Answer:
        code = question.code or question.procedure
        turn = Turn(question, index, index.analyse(""), (question.aspect,) if question.aspect else ())
        if code is None:
            return said.ask_procedure(turn.aspects)
        if code not in index:
            return said.not_found((), turn.aspects, "no_such_code", code)
        return await self._about([code], turn.aspects, turn)

    async def _decide(self, match: Match, turn: Turn) -> Answer:
        tuning, guessed = turn.index.tuning, turn.question.intent == "nlu_fallback"
        best = match.best
        if match.kind == "one" and best and (not guessed or best.score >= tuning.guess):
            if best.replaces:
                turn.remarks.append(texts.REPLACES.format(old=best.replaces, new=best.code))
            if bare := bare_topic(match, turn):
                return said.ask_which(bare, turn.aspects, None)
            answer = await self._about([best.code], turn.aspects, turn)
            if best.score < tuning.review:
                answer.outcome["doubt"] = said.doubt(match)
            return said.or_else(answer, others(match, turn), turn.aspects)
        if match.kind != "one" and (code := talked_about(match, turn)) is not None:
            return await self._about([code], turn.aspects, turn)
        if match.question and turn.question.procedure in [candidate.code for candidate in match.candidates]:
            return await self._about([str(turn.question.procedure)], turn.aspects, turn)
        if match.kind == "several" and best and (not guessed or match.question or best.score >= tuning.guess):
            told = None if match.question else decider(match.candidates, turn.query.features, turn.index)
            return said.ask_which(match.candidates, turn.aspects, match.question, told)
        if match.kind == "none" and (code := corrected(match, turn)) is not None:
            return await self._about([code], turn.aspects, turn)
        if match.gap:
            return said.gap(match.gap, turn.aspects)
        if match.empty and not guessed:
            return said.ask_procedure(turn.aspects)
        if turn.query.codes:
            return said.not_found((), turn.aspects, "no_such_code", turn.query.codes[0])
        near: Sequence[Candidate] = [c for c in match.candidates if c.score >= tuning.near] if not guessed else ()
        if len(near) > 1 and says_little(turn):
            asked = said.ask_which(near, turn.aspects, None)
            asked.outcome["doubt"] = said.doubt(match)
            return asked
        return said.not_found(near, turn.aspects, "no_match" if not match.empty else "not_understood")

    async def _about(self, codes: Sequence[str], aspects: tuple[Aspect, ...], turn: Turn) -> Answer:
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
            {
                "procedure": current[-1],
                "aspect": shown[-1],
                "offered": None,
                "recent": [*(code for code in question.recent if code not in current), *current][-RECENT:],
            },
        )
