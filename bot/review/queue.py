"""Reading the queue: groups by citizens affected and recency, with filters; one group with its cases."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from bot.review.errors import InvalidError, UnknownGroupError
from bot.review.terms import terms_of, weighed, weight_of

STATES = ("open", "labelled", "answered", "dismissed")
SIGNALS = ("unresolved", "low_confidence", "thumbs_down", "handoff", "repeated")
CONFIDENCE = {"low": (0.0, 0.35), "middle": (0.35, 0.65), "high": (0.65, 1.01)}
PAGE, CASES = 50, 50
SIMILAR = 8
"""Other groups that are offered for merging."""
LEAST_SIMILAR = 0.25
_RAREST = 4
_LOOKED_AT = 300


@dataclass(frozen=True)
class QueueFilter:
    """What to show; everything that is set must hold.

    Attributes:
        state: of `STATES`; none: all but merged ones.
        signal, channel, confidence, since, until: of at least one of the group's cases (one and the same case).
        procedure: the first suggestion's code.
        assigned: an account; "": nobody.
        answerable: where an answer was found since.
        words: groups with a case of these words, in any diacritics.
    """

    state: str | None = "open"
    signal: str | None = None
    channel: str | None = None
    confidence: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    procedure: str | None = None
    assigned: str | None = None
    answerable: bool = False
    words: str | None = None


@dataclass(frozen=True)
class GroupRow:
    """A line of the queue."""

    id: int
    state: str
    text: str
    cases: int
    citizens: int
    waiting: int
    first_at: datetime
    last_at: datetime
    rank: float
    procedure: str | None
    suggestions: list[dict[str, Any]]
    label: dict[str, Any] | None
    assigned_to: str | None
    version: int
    changed_by: str | None
    changed_at: datetime | None
    answerable: dict[str, Any] | None
    merged_into: int | None

    @property
    def place(self) -> str:
        """Where it stands in the queue."""
        return f"{self.rank!r}:{self.id}"


@dataclass(frozen=True)
class CaseRow:
    """A case of a group."""

    id: int
    text: str
    state: str
    reason: str
    signals: list[str]
    channel: str | None
    confidence: float | None
    created_at: datetime
    likeness: float | None
    why: dict[str, Any] | None
    like: str | None
    """The words of the case that it was put beside."""


@dataclass(frozen=True)
class Page:
    """A page of the queue."""

    rows: list[GroupRow]
    after: str | None


@dataclass(frozen=True)
class Comment:
    """What a colleague said."""

    account: str
    text: str
    at: datetime


@dataclass
class GroupView:
    """One group in full."""

    row: GroupRow
    cases: list[CaseRow]
    more: int | None
    """The case before which the next page begins."""
    channels: dict[str, int] = field(default_factory=dict)
    """Citizens who wait, by channel."""
    comments: list[Comment] = field(default_factory=list)


_COLUMNS = """
SELECT g.id, g.state, coalesce(u.text, (SELECT text FROM unresolved_cases WHERE group_id = g.id ORDER BY id LIMIT 1),
    ''), g.cases, g.citizens, g.waiting, g.first_at, g.last_at, g.rank, g.procedure, g.suggestions, g.label,
    g.assigned_to, g.version, g.changed_by, g.changed_at, g.answerable, g.merged_into
FROM case_groups g LEFT JOIN unresolved_cases u ON u.id = g.leader
"""


async def listed(session: AsyncSession, wanted: QueueFilter, after: str | None = None, limit: int = PAGE) -> Page:
    """A page of the queue.

    Args:
        after: a row's `place`; none: from the start.

    Raises:
        InvalidError: `after` is no place.
    """
    where, values = _where(wanted)
    if after is not None:
        rank, number = place_of(after)
        where.append("(g.rank, g.id) < (CAST(:rank AS float8), CAST(:number AS bigint))")
        values |= {"rank": rank, "number": number}
    statement = f"{_COLUMNS} WHERE {' AND '.join(where)} ORDER BY g.rank DESC, g.id DESC LIMIT :limit"
    found = (await session.execute(text(statement), values | {"limit": limit + 1})).all()
    rows = [GroupRow(*row) for row in found[:limit]]
    return Page(rows, rows[-1].place if len(found) > limit else None)


async def counted(session: AsyncSession, wanted: QueueFilter, most: int) -> int:
    """How many groups there are, counted up to `most`."""
    where, values = _where(wanted)
    statement = f"SELECT count(*) FROM (SELECT 1 FROM case_groups g WHERE {' AND '.join(where)} LIMIT :most) AS found"  # noqa: S608  conditions of this module
    return int(await session.scalar(text(statement), values | {"most": most}) or 0)


async def neighbours(session: AsyncSession, wanted: QueueFilter, place: str) -> tuple[int | None, int | None]:
    """The groups before and after a place of the queue."""
    rank, number = place_of(place)
    found: list[int | None] = []
    for sign, order in ((">", "ASC"), ("<", "DESC")):
        where, values = _where(wanted)
        where.append(f"(g.rank, g.id) {sign} (CAST(:rank AS float8), CAST(:number AS bigint))")
        statement = (
            f"SELECT g.id FROM case_groups g WHERE {' AND '.join(where)} ORDER BY g.rank {order}, g.id {order} LIMIT 1"  # noqa: S608  conditions of this module
        )
        found.append(await session.scalar(text(statement), values | {"rank": rank, "number": number}))
    return found[0], found[1]


async def group(session: AsyncSession, number: int, before: int | None = None) -> GroupView:
    """One group with a page of its cases, the newest first.

    Raises:
        UnknownGroupError: there is none.
    """
    row = (await session.execute(text(f"{_COLUMNS} WHERE g.id = :id"), {"id": number})).one_or_none()
    if row is None:
        raise UnknownGroupError
    values = {"id": number, "before": before or 2**62, "limit": CASES + 1}
    cases = [CaseRow(*found) for found in await session.execute(_CASES, values)]
    view = GroupView(GroupRow(*row), cases[:CASES], cases[CASES - 1].id if len(cases) > CASES else None)
    for channel, count in await session.execute(_CHANNELS, {"id": number}):
        view.channels[channel] = count
    view.comments = [Comment(*found) for found in await session.execute(_COMMENTS, {"id": number})]
    return view


async def similar(session: AsyncSession, view: GroupView) -> list[tuple[GroupRow, float, list[str]]]:
    """Other groups that are somewhat alike, for merging: with likeness and the words in common."""
    own = terms_of(view.row.text)
    rarest = sorted(own.weights, key=lambda term: (-weight_of(term), term))[:_RAREST]
    rows = await session.execute(_SIMILAR, {"id": view.row.id, "terms": rarest, "limit": _LOOKED_AT})
    best: dict[int, tuple[float, list[str]]] = {}
    for number, terms in rows:
        other = weighed(terms)
        likeness = own.alike(other)
        if likeness >= LEAST_SIMILAR and likeness > best.get(number, (0.0, []))[0]:
            best[number] = (likeness, own.shared(other, 4))
    order = sorted(best, key=lambda number: (-best[number][0], number))[:SIMILAR]
    found = await session.execute(text(f"{_COLUMNS} WHERE g.id = ANY(:ids)"), {"ids": order})
    by_id = {row.id: row for row in (GroupRow(*found) for found in found)}
    return [(by_id[number], *best[number]) for number in order if number in by_id]


def place_of(place: str) -> tuple[float, int]:
    """A place of the queue.

    Raises:
        InvalidError: it is none.
    """
    rank, _, number = place.partition(":")
    try:
        found = float(rank), int(number)
    except ValueError as error:
        raise InvalidError("place") from error
    if not math.isfinite(found[0]) or not 0 <= found[1] < 2**62:
        raise InvalidError("place")
    return found


def _where(wanted: QueueFilter) -> tuple[list[str], dict[str, Any]]:
    where: list[str] = ["g.state = :state" if wanted.state else "g.state <> 'merged'"]
    values: dict[str, Any] = {"state": wanted.state} if wanted.state else {}
    cases: list[str] = []
    if wanted.signal:
        cases.append("c.signals @> CAST(:signal AS jsonb)")
        values["signal"] = f'["{wanted.signal}"]' if wanted.signal in SIGNALS else "[]"
    if wanted.channel:
        cases.append("c.channel = :channel")
        values["channel"] = wanted.channel
    if wanted.confidence in CONFIDENCE:
        cases.append("c.confidence >= :low AND c.confidence < :high")
        values["low"], values["high"] = CONFIDENCE[wanted.confidence]
    if wanted.since:
        where.append("g.last_at >= :since")
        cases.append("c.created_at >= :since")
        values["since"] = wanted.since
    if wanted.until:
        where.append("g.first_at < :until")
        cases.append("c.created_at < :until")
        values["until"] = wanted.until
    if cases:
        where.append(f"EXISTS (SELECT 1 FROM unresolved_cases c WHERE c.group_id = g.id AND {' AND '.join(cases)})")  # noqa: S608
    if wanted.procedure:
        where.append("g.procedure = :procedure")
        values["procedure"] = wanted.procedure
    if wanted.assigned is not None:
        where.append("g.assigned_to = :assigned" if wanted.assigned else "g.assigned_to IS NULL")
        values |= {"assigned": wanted.assigned} if wanted.assigned else {}
    if wanted.answerable:
        where.append("g.answerable IS NOT NULL AND g.waiting > 0")
    if wanted.words and (terms := _searched(wanted.words)):
        where.append("g.id IN (SELECT e.group_id FROM case_exemplars e WHERE e.terms @> CAST(:terms AS text[]))")
        values["terms"] = terms
    return where, values


def _searched(words: str) -> Sequence[str]:
    """The single words of what is searched for."""
    return [term for term in terms_of(words).weights if " " not in term and term[0] not in "@!#"]


_CASES = text("""
SELECT u.id, u.text, u.state, u.reason, u.signals, u.channel, u.confidence, u.created_at, u.likeness, u.why, b.text
FROM unresolved_cases u LEFT JOIN unresolved_cases b ON b.id = CAST(u.why ->> 'case' AS bigint)
WHERE u.group_id = :id AND u.id < :before ORDER BY u.id DESC LIMIT :limit
""")
_CHANNELS = text("""
SELECT c.channel, count(DISTINCT c.id) FROM unresolved_cases u JOIN conversations c ON c.id = u.conversation_id
WHERE u.group_id = :id AND u.state = 'open' AND c.opted_out_at IS NULL GROUP BY c.channel ORDER BY c.channel
""")
_COMMENTS = text("SELECT account, text, created_at FROM case_comments WHERE group_id = :id ORDER BY id LIMIT 200")
_SIMILAR = text("""
SELECT e.group_id, e.terms FROM case_exemplars e JOIN case_groups g ON g.id = e.group_id
WHERE e.terms && CAST(:terms AS text[]) AND e.group_id <> :id AND g.state <> 'merged'
ORDER BY e.id DESC LIMIT :limit
""")
