"""Putting cases into groups in the database: new ones as they come, all of them anew when the words' weights change.

One process groups at a time (an advisory lock of the transaction); its index in memory is brought up to date by the
exemplars that others added, and what it finds is checked against the database before it is used.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from typing import Any

import structlog
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from bot.knowledge.search import SearchIndex
from bot.review import regrouping
from bot.review.index import CaseIndex
from bot.review.placing import NEAR_ENOUGH, Loose, Placed, place, rank_of
from bot.review.suggesting import nearest_procedure
from bot.review.terms import Terms, terms_of, version, weighed

log = structlog.get_logger(__name__)

BATCH = 100
"""Cases a transaction."""
LOCK = text("SELECT pg_advisory_xact_lock(hashtext('review.grouping'))")
TERMS = "terms"
"""The mark of the version of terms by which the groups were made."""

_LOOSE = """
SELECT u.id, u.conversation_id, u.text, u.created_at, c.channel, coalesce(u.intent, m.intent),
    m.result -> 'understanding' -> 'aspects', u.procedure, u.state = 'open'
FROM unresolved_cases u JOIN messages m ON m.id = u.message_id JOIN conversations c ON c.id = u.conversation_id
WHERE u.group_id IS NULL ORDER BY u.id LIMIT :limit
"""
_NEW = text("SELECT id, case_id, group_id, terms, anchor FROM case_exemplars WHERE id > :last ORDER BY id")
_IS = text("SELECT group_id FROM case_exemplars WHERE id = :id")
_OF_CASE = text("SELECT e.terms, u.text FROM unresolved_cases u LEFT JOIN case_exemplars e ON e.case_id = u.id"
                " WHERE u.id = :id")  # fmt: skip
_GROUP = text("SELECT state, citizens, last_at FROM case_groups WHERE id = :id FOR UPDATE")
_KNOWN = text(
    "SELECT count(*), count(*) FILTER (WHERE state = 'open') FROM unresolved_cases"
    " WHERE group_id = :group AND conversation_id = :conversation"
)
_FOUND = text(
    "INSERT INTO case_groups (leader, first_at, last_at, rank, procedure) VALUES (:case, :at, :at, :rank, :procedure)"
    " RETURNING id"
)
_JOIN = text("""
UPDATE case_groups SET cases = cases + 1, citizens = citizens + :citizens, waiting = waiting + :waiting,
    last_at = greatest(last_at, :at), first_at = least(first_at, :at), rank = :rank,
    state = CASE WHEN state = 'answered' AND :open THEN 'open' ELSE state END
WHERE id = :group RETURNING cases
""")
_PUT = text("""
UPDATE unresolved_cases SET group_id = :group, channel = :channel, intent = :intent, procedure = :procedure,
    aspects = :aspects, likeness = :likeness, why = :why, state = CASE WHEN :closed THEN 'closed' ELSE state END
WHERE id = :case AND group_id IS NULL
""")
_EXEMPLAR = text(
    "INSERT INTO case_exemplars (case_id, group_id, terms, anchor) VALUES (:case, :group, :terms, :anchor) RETURNING id"
)
_MARK = text("SELECT value FROM review_marks WHERE name = :name")


class Grouper:
    """Groups cases in one process.

    Args:
        search: the newest index of the catalogue, none where there is none yet.
    """

    def __init__(self, sessions: async_sessionmaker[AsyncSession], search: Callable[[], SearchIndex | None]) -> None:
        self._sessions = sessions
        self._search = search
        self._index: CaseIndex | None = None

    def use(self, sessions: async_sessionmaker[AsyncSession]) -> None:
        """Go on with another pool of the same database."""
        self._sessions = sessions

    async def group_new(self) -> int:
        """Put every case that has no group into one; returns how many.

        Where the groups were made by other weights of words than today's, all are made anew first.
        """
        async with self._sessions() as session:
            made_by = await session.scalar(_MARK, {"name": TERMS})
        if made_by != version():
            await self.rebuild()
        total = 0
        while True:
            count = await self._batch()
            total += count
            if count < BATCH:
                return total

    async def rebuild(self) -> int:
        """Make all groups anew that nobody has touched; returns how many groups there are then."""
        self._index = None
        count = await regrouping.rebuild(self._sessions, LOCK, TERMS)
        log.info("review.regrouped", groups=count)
        return count

    async def _batch(self) -> int:
        try:
            async with self._sessions.begin() as session:
                await session.execute(LOCK)
                index = await self._current(session)
                rows = (await session.execute(text(_LOOSE), {"limit": BATCH})).all()
                for row in rows:
                    await self._put(session, index, _loose(row))
        except BaseException:
            self._index = None  # it may know exemplars that were never committed
            raise
        return len(rows)

    async def _current(self, session: AsyncSession) -> CaseIndex:
        """The index with what others have added since."""
        index = self._index or CaseIndex()
        rows = (await session.execute(_NEW, {"last": index.last})).all()
        if len(rows) > BATCH:
            await asyncio.to_thread(_fill, index, rows)
        else:
            _fill(index, rows)
        self._index = index
        return index

    async def _put(self, session: AsyncSession, index: CaseIndex, case: Loose) -> None:
        search = self._search()
        if case.procedure is None and search is not None:
            case.procedure = nearest_procedure(case.text, search, NEAR_ENOUGH)
        placed = await self._placed(session, index, case)
        group, closed = placed.group, False
        if group is None:
            values = {"case": case.id, "at": case.created_at, "rank": rank_of(1, case.created_at)}
            group = int((await session.execute(_FOUND, values | {"procedure": case.procedure})).scalar_one())
            known, waiting, citizens, last = 0, 0, 0, case.created_at
        else:
            state, citizens, last = (await session.execute(_GROUP, {"id": group})).one()
            closed = state == "dismissed"
            mine = {"group": group, "conversation": case.conversation}
            known, waiting = (await session.execute(_KNOWN, mine)).one()
        is_open = case.is_open and not closed
        new = int(not known)
        await session.execute(
            _JOIN,
            {
                "group": group, "citizens": new, "waiting": int(is_open and not waiting), "at": case.created_at,
                "rank": rank_of(citizens + new, max(last, case.created_at)), "open": is_open,
            },
        )  # fmt: skip
        await session.execute(_PUT, _values(placed, group, closed=closed and case.is_open))
        if placed.exemplar:
            anchor = placed.group is None
            values = {"case": case.id, "group": group, "terms": list(placed.terms.weights), "anchor": anchor}
            exemplar = int((await session.execute(_EXEMPLAR, values)).scalar_one())
            index.add(exemplar, case.id, group, placed.terms, anchor=anchor)

    async def _placed(self, session: AsyncSession, index: CaseIndex, case: Loose) -> Placed:
        """Where it belongs, as the database has it."""
        while True:
            found = index.nearest(case.terms(), 1)
            beside: dict[int, Terms] = {}
            if found:
                near = found[0]
                group = await session.scalar(_IS, {"id": near.exemplar})
                if group is None:
                    index.hide(near.exemplar)
                    continue
                if group != near.group:
                    index.move(near.exemplar, int(group))
                    continue
                terms, said = (await session.execute(_OF_CASE, {"id": near.case})).one()
                beside[near.case] = weighed(terms) if terms else terms_of(said)
            return place(case, index, beside.get, found)


def _fill(index: CaseIndex, rows: Any) -> None:
    for number, case, group, terms, anchor in rows:
        index.add(number, case, group, weighed(terms), anchor=anchor)


def _loose(row: Any) -> Loose:
    number, conversation, said, at, channel, intent, aspects, procedure, is_open = row
    asked = tuple(str(aspect) for aspect in aspects) if isinstance(aspects, list) else ()
    return Loose(number, conversation, said, at, channel, intent, asked, procedure, is_open)


def _values(placed: Placed, group: int, *, closed: bool) -> dict[str, Any]:
    case = placed.case
    return {
        "group": group,
        "case": case.id,
        "channel": case.channel,
        "intent": case.intent,
        "procedure": case.procedure,
        "aspects": json.dumps(list(case.aspects)),
        "likeness": placed.likeness,
        "why": json.dumps(placed.why, ensure_ascii=False) if placed.why else None,
        "closed": closed,
    }
