"""What staff decide about a group. Each change is one transaction, with its row of whoever witnesses it.

A change names the version of the group that its author saw. The group's row is locked, so of two people who decide at
once one is told that the other was quicker, and nothing is overwritten.
"""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from bot.review.anchors import anchor
from bot.review.errors import InvalidError, StaleError, UnknownGroupError
from bot.review.regrouping import COUNT
from bot.review.terms import key_of
from bot.text import fold

LONGEST_COMMENT = 2000
MOST_TAUGHT = 5
"""Sentences of a group that are taught with one decision."""
MOST_MERGED = 20
_CODES = ("kind", "code", "aspect", "intent", "faq", "taught", "refused")

_LOCK = text(
    "SELECT id, state, version, label, assigned_to, cases, waiting, merged_into, changed_by, changed_at, leader"
    " FROM case_groups WHERE id = :id FOR UPDATE"
)
_CHANGE = text("""
UPDATE case_groups SET state = :state, label = CAST(:label AS jsonb), assigned_to = :assigned_to, version = version + 1,
    touched = true, changed_by = :by, changed_at = now(), answerable = CASE WHEN :state = 'open' THEN NULL ELSE
    answerable END
WHERE id = :id
""")
_COUNT = text(COUNT.format(where="WHERE u.group_id = ANY(:ids)"))


class Witness(Protocol):
    """Writes down what was changed, in the transaction of the change."""

    async def __call__(
        self, session: AsyncSession, action: str, group: int, before: dict[str, Any], after: dict[str, Any]
    ) -> None:
        """Codes and numbers only: none of a citizen's words."""
        ...


Teach = Callable[[AsyncSession, Sequence[str]], Awaitable[dict[str, Any]]]
"""Teaches sentences of citizens, inside the transaction, so that what fails is not decided; what it says of it is kept
with the label."""


@dataclass(slots=True)
class Standing:
    """A group, locked."""

    id: int
    state: str
    version: int
    label: dict[str, Any] | None
    assigned_to: str | None
    cases: int
    waiting: int
    merged_into: int | None
    changed_by: str | None
    changed_at: datetime | None
    leader: int | None


class ReviewWork:
    """The work of one member of staff.

    Args:
        by: the account.
    """

    def __init__(self, sessions: async_sessionmaker[AsyncSession], by: str, witness: Witness) -> None:
        self.sessions = sessions
        self.by = by
        self._witness = witness

    async def label(
        self, number: int, version: int, label: dict[str, Any], teach: Teach | None = None
    ) -> dict[str, Any]:
        """Decide what the group is about, and teach it; returns the label as it is kept."""
        async with self.sessions.begin() as session:
            group = await lock(session, number, version)
            told = await teach(session, await self.sentences(session, number)) if teach else {}
            kept = {**label, "by": self.by, **told}
            state = "dismissed" if label["kind"] == "scope" else "labelled"
            await self._change(session, group, "review.label", state=state, label=kept)
            if state == "dismissed":
                await self._close(session, number)
            return kept

    async def reopen(self, number: int, version: int) -> None:
        """Back among the open ones; who was told stays told, who was not is waited for again."""
        async with self.sessions.begin() as session:
            group = await lock(session, number, version)
            await session.execute(
                text("UPDATE unresolved_cases SET state = 'open' WHERE group_id = :id AND state = 'closed'"),
                {"id": number},
            )
            await self._change(session, group, "review.reopen", state="open", label=None)
            await session.execute(_COUNT, {"ids": [number]})

    async def assign(self, number: int, version: int, account: str | None) -> None:
        """To somebody, or to nobody."""
        async with self.sessions.begin() as session:
            group = await lock(session, number, version)
            await self._change(session, group, "review.assign", assigned_to=account)

    async def comment(self, number: int, said: str) -> None:
        """Say something to colleagues: disturbs nobody, so it needs no version."""
        said = said.strip()
        if not 0 < len(said) <= LONGEST_COMMENT:
            raise InvalidError("comment")
        async with self.sessions.begin() as session:
            await lock(session, number, None)
            await session.execute(
                text("INSERT INTO case_comments (group_id, account, text) VALUES (:id, :by, :text)"),
                {"id": number, "by": self.by, "text": said},
            )
            await self._witness(session, "review.comment", number, {}, {"length": len(said)})

    async def merge(self, number: int, version: int, others: Sequence[int]) -> None:
        """Put the cases of other groups into this one; their pages lead here from now on."""
        wanted = sorted(set(others) - {number})[:MOST_MERGED]
        if not wanted:
            raise InvalidError("nothing")
        async with self.sessions.begin() as session:
            # In the order of their numbers, so that two people who merge crosswise wait and do not block each other.
            locked = {one: await lock(session, one, version if one == number else None)
                      for one in sorted([*wanted, number])}  # fmt: skip
            ids = {"to": number, "ids": wanted}
            why = json.dumps({"by": self.by})
            await session.execute(
                text("UPDATE unresolved_cases SET group_id = :to, likeness = NULL, why = CAST(:why AS jsonb)"
                     " WHERE group_id = ANY(:ids)"), ids | {"why": why},
            )  # fmt: skip
            for table in ("case_exemplars", "case_comments", "group_answers"):
                await session.execute(
                    text(f"UPDATE {table} SET group_id = :to WHERE group_id = ANY(:ids)"),  # noqa: S608  our own names
                    ids,
                )
            await session.execute(
                text("UPDATE case_groups SET state = 'merged', merged_into = :to, cases = 0, citizens = 0, waiting = 0,"
                     " touched = true, version = version + 1, changed_by = :by, changed_at = now()"
                     " WHERE id = ANY(:ids)"), ids | {"by": self.by},
            )  # fmt: skip
            here = locked[number]
            state = "open" if here.state == "answered" else here.state
            await self._change(session, here, "review.merge", state=state, note={"merged": wanted})
            await session.execute(_COUNT, {"ids": [number]})

    async def split(self, number: int, version: int, cases: Sequence[int]) -> int:
        """Take cases out into a group of their own; its number."""
        wanted = sorted(set(cases))
        async with self.sessions.begin() as session:
            group = await lock(session, number, version)
            mine = (
                await session.execute(
                    text("SELECT id, text, procedure, aspects FROM unresolved_cases"
                         " WHERE group_id = :id AND id = ANY(:cases) ORDER BY id FOR UPDATE"),
                    {"id": number, "cases": wanted},
                )
            ).all()  # fmt: skip
            if not mine or len(mine) >= group.cases:
                raise InvalidError("split")
            first = mine[0]
            new = int(
                (
                    await session.execute(
                        text("INSERT INTO case_groups (leader, touched, procedure, changed_by, changed_at)"
                             " VALUES (:leader, true, :procedure, :by, now()) RETURNING id"),
                        {"leader": first.id, "procedure": first.procedure, "by": self.by},
                    )
                ).scalar_one()
            )  # fmt: skip
            numbers = [row.id for row in mine]
            moved = {"to": new, "cases": numbers, "why": json.dumps({"by": self.by})}
            await session.execute(
                text("UPDATE unresolved_cases SET group_id = :to, likeness = NULL, why = CAST(:why AS jsonb)"
                     " WHERE id = ANY(:cases)"), moved,
            )  # fmt: skip
            await session.execute(text("DELETE FROM case_exemplars WHERE case_id = ANY(:cases)"), moved)
            for row in mine[:3]:
                await anchor(session, new, row)
            if group.leader in numbers:
                await session.execute(
                    text("UPDATE case_groups SET leader = (SELECT min(id) FROM unresolved_cases WHERE group_id = :id)"
                         " WHERE id = :id"), {"id": number},
                )  # fmt: skip
                await self._exemplar(session, number)
            await self._change(session, group, "review.split", note={"new": new, "cases": len(mine)})
            await session.execute(_COUNT, {"ids": [number, new]})
            return new

    async def _exemplar(self, session: AsyncSession, number: int) -> None:
        """See that a group can still be found: by its first case, if by no other."""
        row = (
            await session.execute(
                text("SELECT u.id, u.text, u.procedure, u.aspects FROM unresolved_cases u"
                     " JOIN case_groups g ON g.leader = u.id WHERE g.id = :id"
                     " AND NOT EXISTS (SELECT 1 FROM case_exemplars e WHERE e.group_id = g.id)"), {"id": number},
            )
        ).one_or_none()  # fmt: skip
        if row is not None:
            await anchor(session, number, row)

    async def _close(self, session: AsyncSession, number: int) -> None:
        await session.execute(
            text("UPDATE unresolved_cases SET state = 'closed' WHERE group_id = :id AND state = 'open'"),
            {"id": number},
        )
        await session.execute(_COUNT, {"ids": [number]})

    async def sentences(self, session: AsyncSession, number: int) -> list[str]:
        """Different ways in which the citizens of a group asked, none with a masked personal value."""
        rows = await session.execute(
            text("SELECT u.text FROM unresolved_cases u JOIN case_groups g ON g.id = u.group_id WHERE g.id = :id"
                 " ORDER BY u.id = g.leader DESC, u.id LIMIT 200"), {"id": number},
        )  # fmt: skip
        found: dict[str, str] = {}
        for (said,) in rows:
            if "[" not in said:
                found.setdefault(key_of(said) or fold(said), " ".join(said.split()))
        return list(found.values())[:MOST_TAUGHT]

    async def _change(
        self, session: AsyncSession, group: Standing, action: str, *, note: dict[str, Any] | None = None, **new: Any
    ) -> None:
        old = {"state": group.state, "label": group.label, "assigned_to": group.assigned_to}
        now = old | new
        values = now | {"label": json.dumps(now["label"], ensure_ascii=False) if now["label"] else None}
        await session.execute(_CHANGE, values | {"id": group.id, "by": self.by})
        changed = [name for name in now if now[name] != old[name]]
        before = {name: _codes(old[name]) for name in changed}
        await self._witness(
            session, action, group.id, before, {name: _codes(now[name]) for name in changed} | (note or {})
        )

    async def changed(
        self, session: AsyncSession, group: Standing, action: str, note: dict[str, Any], **new: Any
    ) -> None:
        """For what is decided elsewhere in the same manner (answers)."""
        await self._change(session, group, action, note=note, **new)


def _codes(value: Any) -> Any:
    """Of a label what is a code or a number: nobody's words."""
    return {key: value[key] for key in _CODES if key in value} if isinstance(value, dict) else value


async def lock(session: AsyncSession, number: int, version: int | None) -> Standing:
    """A group's row, for this transaction alone.

    Raises:
        UnknownGroupError: there is none, or it was merged.
        StaleError: it is not as its author saw it.
    """
    row = (await session.execute(_LOCK, {"id": number})).one_or_none()
    if row is None:
        raise UnknownGroupError
    group = Standing(*row)
    if group.state == "merged":
        raise UnknownGroupError(group.merged_into)
    if version is not None and group.version != version:
        raise StaleError(group.changed_by, group.changed_at)
    return group
