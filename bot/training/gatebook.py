"""The gates that staff set, in the database; while there are none, the usual ones hold."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from bot.storage.models import ModelGate
from bot.training.gates import DEFAULTS, Kind, Rule, known

Also = Callable[[AsyncSession], None]
MOST = 100


class GateError(Exception):
    """A gate cannot be set: `code` is `measure`, `bound`, `double`, `many`."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class GateBook:
    """Reads and changes the gates."""

    def __init__(self, sessions: async_sessionmaker[AsyncSession]) -> None:
        self._sessions = sessions

    async def rows(self) -> list[ModelGate]:
        """Those that staff set."""
        async with self._sessions() as session:
            return list(await session.scalars(select(ModelGate).order_by(ModelGate.id)))

    async def rules(self) -> tuple[Rule, ...]:
        """Those that hold."""
        rows = await self.rows()
        return tuple(Rule(row.held_out, row.style, row.measure, _kind(row.kind), row.value) for row in rows) or DEFAULTS

    async def add(self, rule: Rule, author: str, also: Also | None = None) -> int:
        """Set a gate. The first that is set takes the usual ones along, which can then be changed one by one.

        Raises:
            GateError: there is no such measure, the bound is none, or it is there.
        """
        if not known(rule.measure, rule.style):
            raise GateError("measure")
        if not 0 <= rule.bound <= 100:
            raise GateError("bound")
        try:
            async with self._sessions.begin() as session:
                there = len(list(await session.scalars(select(ModelGate.id))))
                if there >= MOST:
                    raise GateError("many")
                rules = [rule] if there else [one for one in DEFAULTS if _key(one) != _key(rule)] + [rule]
                rows = [_row(one, author) for one in rules]
                session.add_all(rows)
                await session.flush()
                if also is not None:
                    also(session)
                return rows[-1].id
        except IntegrityError as error:
            raise GateError("double") from error

    async def remove(self, number: int, also: Also | None = None) -> ModelGate | None:
        """Take a gate away; None: there is none of that number."""
        async with self._sessions.begin() as session:
            found = await session.get(ModelGate, number)
            if found is not None:
                await session.delete(found)
                if also is not None:
                    also(session)
            return found


def _row(rule: Rule, author: str) -> ModelGate:
    return ModelGate(
        held_out=rule.held_out,
        style=rule.style,
        measure=rule.measure,
        kind=rule.kind,
        value=rule.bound,
        author=author,
    )


def _key(rule: Rule) -> tuple[str, str, str, str]:
    return rule.held_out, rule.style, rule.measure, rule.kind


def _kind(word: str) -> Kind:
    return "drop" if word == "drop" else "floor"
