"""Making all groups anew: read, place in memory by the same rule as new cases, write in bulk.

What a person has touched (labelled, assigned, merged, split, answered) keeps its cases. A group that begins with the
same case as before keeps its number, so that addresses of pages and the suggestions stay good.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import TextClause, text
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from bot.review.index import CaseIndex
from bot.review.placing import Loose, Placed, place
from bot.review.terms import Terms, terms_of, version

TRIES = 3
"""People may decide something while the groups are made; then it is begun again."""
CHUNK = 5000

_ALL = text("""
SELECT u.id, u.conversation_id, u.text, u.created_at, c.channel, coalesce(u.intent, m.intent),
    m.result -> 'understanding' -> 'aspects', u.procedure, u.state = 'open'
FROM unresolved_cases u JOIN messages m ON m.id = u.message_id JOIN conversations c ON c.id = u.conversation_id
LEFT JOIN case_groups g ON g.id = u.group_id
WHERE g.id IS NULL OR NOT g.touched ORDER BY u.id
""")
_KEPT = text("""
SELECT e.id, e.case_id, e.group_id, u.text, u.procedure, u.aspects, e.anchor
FROM case_exemplars e JOIN unresolved_cases u ON u.id = e.case_id JOIN case_groups g ON g.id = e.group_id
WHERE g.touched ORDER BY e.id
""")
_TOUCHED = text("SELECT id FROM case_groups WHERE touched ORDER BY id")
_UNTOUCHED = text("SELECT id, leader FROM case_groups WHERE NOT touched ORDER BY id FOR UPDATE")
_CLEAR = (
    text("UPDATE unresolved_cases u SET group_id = NULL FROM case_groups g WHERE g.id = u.group_id AND NOT g.touched"),
    text("DELETE FROM case_exemplars e USING case_groups g WHERE g.id = e.group_id AND NOT g.touched"),
)
_DROP = text("DELETE FROM case_groups WHERE NOT touched AND id <> ALL(:kept)")
_AGAIN = text("""
UPDATE case_groups g SET state = 'open', leader = v.leader, cases = 0, citizens = 0, waiting = 0
FROM unnest(CAST(:ids AS bigint[]), CAST(:leaders AS bigint[])) AS v (id, leader) WHERE g.id = v.id
""")
_NEW = text("""
INSERT INTO case_groups (leader, procedure) SELECT v.leader, v.procedure
FROM unnest(CAST(:leaders AS bigint[]), CAST(:procedures AS text[])) WITH ORDINALITY AS v (leader, procedure, place)
ORDER BY v.place RETURNING id, leader
""")
_PUT = text("""
UPDATE unresolved_cases u SET group_id = v.group_id, channel = v.channel, intent = v.intent, procedure = v.procedure,
    aspects = v.aspects, likeness = v.likeness, why = v.why
FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS v ("case" bigint, group_id bigint, channel text, intent text,
    procedure text, aspects jsonb, likeness float8, why jsonb)
WHERE u.id = v."case"
""")
_EXEMPLARS = text("""
INSERT INTO case_exemplars (case_id, group_id, terms, anchor)
SELECT v."case", v.group_id, ARRAY(SELECT jsonb_array_elements_text(v.terms)), v.anchor
FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS v ("case" bigint, group_id bigint, terms jsonb, anchor boolean)
ORDER BY v."case"
""")
COUNT = """
WITH counted AS (
    SELECT u.group_id, count(*) AS cases, count(DISTINCT u.conversation_id) AS citizens,
        count(DISTINCT u.conversation_id) FILTER (WHERE u.state = 'open') AS waiting,
        min(u.created_at) AS first_at, max(u.created_at) AS last_at
    FROM unresolved_cases u {where} GROUP BY u.group_id
)
UPDATE case_groups g SET cases = c.cases, citizens = c.citizens, waiting = c.waiting, first_at = c.first_at,
    last_at = c.last_at, rank = round(log(greatest(1, c.citizens)::numeric) + extract(epoch FROM c.last_at) / 604800, 6)
FROM counted c WHERE g.id = c.group_id
"""
"""Reckons the figures of groups from their cases; the rank as `placing.rank_of`."""
_TERMS = text("UPDATE case_exemplars SET terms = :terms WHERE id = :id")
_MARK = text(
    "INSERT INTO review_marks (name, value) VALUES (:name, :value) ON CONFLICT (name) DO UPDATE SET value = :value"
)


class DisturbedError(Exception):
    """People decided things all the time; the job is tried again later."""


@dataclass
class Plan:
    """What was placed: cases by group, where a group is an id that exists, or the (negative) number of a new one."""

    placed: list[tuple[Placed, int]] = field(default_factory=list)
    leaders: list[Placed] = field(default_factory=list)
    terms: list[dict[str, Any]] = field(default_factory=list)
    """The exemplars of touched groups, as today's words make them."""


async def rebuild(sessions: async_sessionmaker[AsyncSession], lock: TextClause, mark: str) -> int:
    """Make them anew; returns how many groups were made of untouched cases.

    Raises:
        DisturbedError: it could not be done without losing what somebody decided meanwhile.
    """
    for _ in range(TRIES):
        async with sessions.begin() as session:
            await session.execute(lock)
            touched = (await session.scalars(_TOUCHED)).all()
            kept = (await session.execute(_KEPT)).all()
            rows = (await session.execute(_ALL)).all()
            plan = await asyncio.to_thread(_plan, kept, rows)
            before = {leader: number for number, leader in await session.execute(_UNTOUCHED)}
            if (await session.scalars(_TOUCHED)).all() != touched:
                continue
            await _write(session, plan, before)
            if plan.terms:
                await session.execute(_TERMS, plan.terms)
            await session.execute(_MARK, {"name": mark, "value": version()})
            return len(plan.leaders)
    raise DisturbedError


def _plan(kept: Sequence[Any], rows: Sequence[Any]) -> Plan:
    index, plan, terms = CaseIndex(), Plan(), dict[int, Terms]()
    for number, case, group, said, procedure, aspects, anchor in kept:
        terms[case] = terms_of(said, procedure=procedure, aspects=aspects or ())
        index.add(number, case, group, terms[case], anchor=anchor)
        plan.terms.append({"id": number, "terms": list(terms[case].weights)})
    # Exemplars of this run are numbered after all that there are.
    next_exemplar = index.last + 1
    for row in rows:
        placed = place(_loose(row), index, terms.get)
        group = placed.group
        if group is None:
            plan.leaders.append(placed)
            group = -len(plan.leaders)
        plan.placed.append((placed, group))
        if placed.exemplar:
            terms[placed.case.id] = placed.terms
            index.add(next_exemplar, placed.case.id, group, placed.terms, anchor=placed.group is None)
            next_exemplar += 1
    return plan


async def _write(session: AsyncSession, plan: Plan, before: dict[int | None, int]) -> None:
    for statement in _CLEAR:
        await session.execute(statement)
    numbers: dict[int, int] = {}
    new: list[tuple[int, Placed]] = []
    for place_, placed in enumerate(plan.leaders, 1):
        if (old := before.get(placed.case.id)) is not None:
            numbers[-place_] = old
        else:
            new.append((-place_, placed))
    await session.execute(_DROP, {"kept": list(numbers.values())})
    again = {"ids": list(numbers.values()), "leaders": [plan.leaders[-place_ - 1].case.id for place_ in numbers]}
    await session.execute(_AGAIN, again)
    for part in _chunks(new):
        values = {
            "leaders": [placed.case.id for _, placed in part],
            "procedures": [placed.case.procedure for _, placed in part],
        }
        made = {leader: number for number, leader in await session.execute(_NEW, values)}
        numbers |= {place_: made[placed.case.id] for place_, placed in part}
    for part in _chunks(plan.placed):
        rows = [_row(placed, numbers.get(group, group)) for placed, group in part]
        await session.execute(_PUT, {"rows": json.dumps(rows, ensure_ascii=False)})
        exemplars = [
            {
                "case": placed.case.id,
                "group_id": numbers.get(group, group),
                "terms": list(placed.terms.weights),
                "anchor": placed.group is None,
            }
            for placed, group in part
            if placed.exemplar
        ]
        await session.execute(_EXEMPLARS, {"rows": json.dumps(exemplars, ensure_ascii=False)})
    await session.execute(text(COUNT.format(where="WHERE u.group_id IS NOT NULL")))


def _row(placed: Placed, group: int) -> dict[str, Any]:
    case = placed.case
    return {
        "case": case.id, "group_id": group, "channel": case.channel, "intent": case.intent,
        "procedure": case.procedure, "aspects": list(case.aspects), "likeness": placed.likeness,
        "why": placed.why or None,
    }  # fmt: skip


def _chunks(items: Sequence[Any]) -> Iterator[Sequence[Any]]:
    for start in range(0, len(items), CHUNK):
        yield items[start : start + CHUNK]


def _loose(row: Any) -> Loose:
    number, conversation, said, at, channel, intent, aspects, procedure, is_open = row
    assert isinstance(at, datetime)  # noqa: S101  the column's type
    asked = tuple(str(aspect) for aspect in aspects) if isinstance(aspects, list) else ()
    return Loose(number, conversation, said, at, channel, intent, asked, procedure, is_open)
