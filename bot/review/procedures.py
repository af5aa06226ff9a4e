"""Finding a procedure by code or by words of its name, for staff who link a question to one."""

from __future__ import annotations

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from bot.knowledge.names import bare_name
from bot.knowledge.store import read_revision
from bot.text import fold, normalise

MOST = 8

_ACTIVE = text("SELECT code, name, plain_name FROM procedures WHERE status = 'active' ORDER BY code")
_EVERY = text("SELECT code, name, plain_name FROM procedures ORDER BY code")


class Procedures:
    """The names of the catalogue, read anew when it has changed.

    Args:
        every: also those that no longer hold.
    """

    def __init__(self, *, every: bool = False) -> None:
        self._query = _EVERY if every else _ACTIVE
        self._revision: int | None = None
        self._rows: list[tuple[str, str, frozenset[str]]] = []

    async def find(self, session: AsyncSession, said: str, most: int = MOST) -> list[tuple[str, str]]:
        """Codes with names that have all the words (as starts of words, in any diacritics), the shortest first."""
        await self._refresh(session)
        typed = said.strip()
        wanted = [token.folded.lower() for token in normalise(typed).tokens] or fold(typed).split()
        if not wanted:
            return []
        found = [
            (code, name)
            for code, name, words in self._rows
            if code.startswith(typed) or all(any(word.startswith(part) for word in words) for part in wanted)
        ]
        return sorted(found, key=lambda item: (not item[0].startswith(typed), len(item[1]), item[0]))[:most]

    async def name(self, session: AsyncSession, code: str) -> str | None:
        """What a procedure is called; none where the catalogue has no such."""
        await self._refresh(session)
        return next((name for known, name, _ in self._rows if known == code), None)

    async def _refresh(self, session: AsyncSession) -> None:
        revision = await read_revision(await session.connection())
        if revision != self._revision:
            self._rows = []
            for code, name, plain in await session.execute(self._query):
                shown = plain or bare_name(name.rstrip(" ."))
                self._rows.append((code, shown, frozenset(fold(f"{shown} {name}").split())))
            self._revision = revision
