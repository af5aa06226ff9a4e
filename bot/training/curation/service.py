"""Changes to what the bot is taught, each in one transaction with its row in the list of changes."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, TypeVar

import structlog
from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession

from bot.knowledge.aliases import change_aliases
from bot.storage.models import CorpusChange, Procedure
from bot.training.curation.checks import HeldOut, free, key_of, owners, tidy
from bot.training.curation.errors import CurationError, MissingExampleError, UnknownTargetError
from bot.training.curation.files import AliasFiles, IntentFile
from bot.training.curation.history import Change
from bot.training.curation.reading import Corpus

log = structlog.get_logger(__name__)

_LOCK = text("SELECT pg_advisory_xact_lock(1296236576)")
"""One writer of the files, of all processes."""
T = TypeVar("T")


class Curation(Corpus):
    """Reads and changes `nlu_data/`, each change inside the caller's transaction, which also holds its audit row.

    Args:
        data: the folder.
        held_out: the evaluation sets, asked at each change.
    """

    def __init__(self, data: Path, held_out: Callable[[], Sequence[Path]]) -> None:
        super().__init__(data)
        self.held_out = held_out
        self._known: tuple[list[tuple[Path, int]], HeldOut] | None = None

    async def add_examples(
        self,
        session: AsyncSession,
        intent: str,
        texts: Sequence[str],
        *,
        by: str,
        action: str = "add",
        new: bool = False,
    ) -> list[str]:
        """Teach sentences; those that the intent has already are left out.

        Args:
            new: the intent is one of staff, and may begin with these.

        Returns:
            What was added.

        Raises:
            UnknownTargetError, InvalidExampleError, TakenElsewhereError, LeakError: nothing was added.
        """

        def work() -> list[str]:
            file = IntentFile(self._intents, intent, new=new)
            fresh = free([self.fit(item) for item in texts], intent, self.owners())
            if fresh:
                file.add(fresh)
                file.write()
            return fresh

        added = await self._alone(session, work)
        if added:
            await self._note(session, by, "intent", intent, action, {}, {"examples": added})
        return added

    async def add_what_fits(
        self,
        session: AsyncSession,
        intent: str,
        texts: Sequence[str],
        *,
        by: str,
        action: str = "add",
        new: bool = False,
    ) -> tuple[list[str], list[tuple[str, CurationError]]]:
        """Teach those sentences that may be taught.

        Args:
            new: the intent is one of staff, and may begin with these.

        Returns:
            What was added, and each that was refused with the reason. One that the intent has already is in neither.

        Raises:
            UnknownTargetError
        """

        def work() -> tuple[list[str], list[tuple[str, CurationError]]]:
            file, taken = IntentFile(self._intents, intent, new=new), self.owners()
            fresh: list[str] = []
            refused: list[tuple[str, CurationError]] = []
            for item in texts:
                try:
                    good = free([self.fit(item)], intent, taken)
                except CurationError as error:
                    refused.append((item, error))
                else:
                    fresh += good
                    taken |= dict.fromkeys(map(key_of, good), intent)
            if fresh:
                file.add(fresh)
                file.write()
            return fresh, refused

        added, refused = await self._alone(session, work)
        if added:
            await self._note(session, by, "intent", intent, action, {}, {"examples": added})
        return added, refused

    async def remove_examples(
        self, session: AsyncSession, intent: str, texts: Sequence[str], *, by: str, action: str = "remove"
    ) -> None:
        """Take sentences out.

        Raises:
            UnknownTargetError
            MissingExampleError: one is not there any more; nothing was taken out.
        """

        def work() -> None:
            file = IntentFile(self._intents, intent)
            for item in texts:
                file.remove(item)
            file.write()

        await self._alone(session, work)
        await self._note(session, by, "intent", intent, action, {"examples": list(texts)}, {})

    async def edit_example(self, session: AsyncSession, intent: str, old: str, new: str, *, by: str) -> str:
        """Change one sentence; returns it as it now stands.

        Raises:
            UnknownTargetError, MissingExampleError, InvalidExampleError, TakenElsewhereError, LeakError
        """

        def work() -> str:
            file = IntentFile(self._intents, intent)
            good = self.fit(new)
            if not free([good], intent, self.owners(but=old)):
                raise MissingExampleError(good, "double")
            file.replace(old, good)
            file.write()
            return good

        good = await self._alone(session, work)
        await self._note(session, by, "intent", intent, "edit", {"examples": [old]}, {"examples": [good]})
        return good

    async def move_examples(
        self, session: AsyncSession, intent: str, to: str, texts: Sequence[str], *, by: str
    ) -> None:
        """Sentences of one intent to another.

        Raises:
            UnknownTargetError, MissingExampleError: nothing was moved.
        """
        if to == intent:
            return

        def work() -> None:
            source, target = IntentFile(self._intents, intent), IntentFile(self._intents, to)
            for item in texts:
                source.remove(item)
            target.add([item for item in texts if item not in target.examples])
            target.write()  # first: a sentence may stand twice for a moment, never nowhere
            source.write()

        await self._alone(session, work)
        moved = list(texts)
        await self._note(
            session,
            by,
            "intent",
            intent,
            "move",
            {"intent": intent, "examples": moved},
            {"intent": to, "examples": moved},
        )

    async def set_aliases(
        self,
        session: AsyncSession,
        code: str,
        *,
        add: Sequence[str] = (),
        remove: Sequence[str] = (),
        by: str,
        action: str = "",
    ) -> list[str]:
        """Add and take away names of a procedure; returns what was added.

        Raises:
            UnknownTargetError: the catalogue has no such procedure.
            InvalidExampleError, LeakError
            MissingExampleError: one that was to go is not there any more.
        """
        if await session.scalar(select(Procedure.code).where(Procedure.code == code)) is None:
            raise UnknownTargetError(code)

        def work() -> list[str]:
            files = AliasFiles(self._aliases)
            names = files.of(code)
            for item in remove:
                if item not in names:
                    raise MissingExampleError(item)
                names.remove(item)
            fresh = free([self.fit(item) for item in add], code, owners({code: names}))
            files.set(code, [*names, *fresh])
            files.write()
            return fresh

        fresh = await self._alone(session, work)
        if fresh or remove:
            action = action or ("edit" if fresh and remove else "remove" if remove else "add")
            before = {"aliases": list(remove)} if remove else {}
            after = {"aliases": fresh} if fresh else {}
            await self._note(session, by, "alias", code, action, before, after)
            await session.run_sync(lambda made: change_aliases(made.connection(), code, add=fresh, remove=remove))
        return fresh

    async def revert(self, session: AsyncSession, number: int, *, by: str) -> Change:
        """Undo one change to sentences or names, if what it left is still there.

        Raises:
            UnknownTargetError: no such change, or one that cannot be undone here (`code`: `faq`, `done`).
            MissingExampleError: what it left was changed again since.
            TakenElsewhereError, LeakError
        """
        row = await session.get(CorpusChange, number)
        if row is None:
            raise UnknownTargetError(str(number))
        if row.kind == "faq":
            raise UnknownTargetError(str(number), "faq")
        if await session.scalar(select(CorpusChange.id).where(CorpusChange.reverts == number)) is not None:
            raise UnknownTargetError(str(number), "done")
        before, after = row.before.get("examples", []), row.after.get("examples", [])
        if row.kind == "alias":
            await self.set_aliases(
                session,
                row.target,
                add=row.before.get("aliases", []),
                remove=row.after.get("aliases", []),
                by=by,
                action="revert",
            )
        elif row.after.get("intent"):
            await self.move_examples(session, row.after["intent"], row.before["intent"], after, by=by)
        elif before and after:
            await self.edit_example(session, row.target, after[0], before[0], by=by)
        elif after:
            await self.remove_examples(session, row.target, after, by=by)
        else:
            await self.add_examples(session, row.target, before, by=by, new=True)
        await session.flush()
        made = await session.scalar(select(CorpusChange).order_by(CorpusChange.id.desc()).limit(1))
        assert made is not None  # noqa: S101  the change that was just made
        made.reverts, made.action = number, "revert"
        return Change.of(made, reverted=False)

    def fit(self, item: str) -> str:
        """A sentence or name as it would be kept; it may be taught.

        Raises:
            InvalidExampleError, LeakError
        """
        clean = tidy(item)
        files = [(path, path.stat().st_mtime_ns) for path in self.held_out()]
        if self._known is None or self._known[0] != files:  # thousands of sentences: read once
            self._known = (files, HeldOut([path for path, _ in files]))
        self._known[1].check(clean)
        return clean

    async def _alone(self, session: AsyncSession, work: Callable[[], T]) -> T:
        """Do something with the files while nobody else does; the lock is held until the caller's transaction ends."""
        await session.execute(_LOCK)
        return await asyncio.to_thread(work)

    async def _note(
        self,
        session: AsyncSession,
        by: str,
        kind: str,
        target: str,
        action: str,
        before: dict[str, Any],
        after: dict[str, Any],
    ) -> None:
        session.add(CorpusChange(account=by, kind=kind, target=target, action=action, before=before, after=after))
        await session.flush()
        log.info("corpus.changed", account=by, kind=kind, target=target, action=action)
