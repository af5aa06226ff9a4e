"""The corpus taken out and brought in: what a file would change is told first, then done, each change attributed."""

from __future__ import annotations

import asyncio
import hashlib
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Literal

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from bot.console import faq_lines, texts_corpus
from bot.console.faq_lines import FaqLine
from bot.console.sheets import Kind, Line, RefusedError
from bot.knowledge.faqs import Faq, FaqError, Faqs
from bot.storage.models import Procedure
from bot.training.curation import Curation, CurationError, TakenElsewhereError
from bot.training.curation.checks import key_of

Mode = Literal["add", "replace"]
MOST_FAQS = 5000
Audit = Callable[[AsyncSession, str, str, int, int], None]
"""Adds the audit row of one target's change: session, kind, target, how many came, how many went."""


@dataclass
class Plan:
    """What a file would change.

    Attributes:
        add, remove: texts by target (intent, code of a procedure), in the order of the file.
        faqs: FAQs to make or to change.
        same: lines that change nothing.
        refused: lines that cannot be taken: number, text, reason for people.
        spared: targets of which nothing is taken out, because lines of theirs were refused: what was to come in place
            of the old would be lacking.
    """

    kind: Kind
    add: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    remove: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    faqs: list[FaqLine] = field(default_factory=list)
    same: int = 0
    refused: list[tuple[int, str, str]] = field(default_factory=list)
    spared: set[str] = field(default_factory=set)

    @property
    def digest(self) -> str:
        """What is known by it: whether a plan is still the one that was looked at."""
        faqs = [
            (item.known and (item.known.id, item.known.version), item.draft, item.retired, item.intent)
            for item in self.faqs
        ]
        told = repr((self.kind, sorted(self.add.items()), sorted(self.remove.items()), faqs))
        return hashlib.sha256(told.encode()).hexdigest()

    @property
    def added(self) -> int:
        """How many texts or FAQs come."""
        return sum(map(len, self.add.values())) + sum(item.known is None for item in self.faqs)

    @property
    def removed(self) -> int:
        """How many texts go."""
        return sum(map(len, self.remove.values()))

    @property
    def changed(self) -> int:
        """How many FAQs change."""
        return sum(item.known is not None for item in self.faqs)

    @property
    def empty(self) -> bool:
        """Whether it changes nothing."""
        return not (self.added or self.removed or self.changed)


@dataclass
class Done:
    """What was done of a plan.

    Attributes:
        failed: what could not be done after all, because somebody changed it meanwhile: target and reason.
    """

    added: int = 0
    removed: int = 0
    changed: int = 0
    failed: list[tuple[str, str]] = field(default_factory=list)


class Exchange:
    """Takes out and brings in.

    Args:
        sessions: of the database.
        curation: the one writer of the corpus.
    """

    def __init__(self, sessions: async_sessionmaker[AsyncSession], curation: Curation) -> None:
        self._sessions = sessions
        self._curation = curation
        self._faqs = Faqs()
        self._fits: dict[str, str] = {}
        """Texts that were found to fit while one file is planned."""

    async def rows(self, kind: Kind) -> list[list[str]]:
        """Everything of a kind, as it is read back."""
        if kind == "intents":
            corpus = await asyncio.to_thread(self._curation.corpus)
            return [[intent, text] for intent, texts in corpus.items() for text in texts]
        if kind == "aliases":
            names = await asyncio.to_thread(self._curation.all_aliases)
            return [[code, name] for code, found in sorted(names.items()) for name in found]
        return [
            [
                *(str(item.id), "\n".join(item.questions), item.answer, item.source),
                *(item.valid_until.isoformat() if item.valid_until else "", "có" if item.retired else ""),
                item.intent or "",
            ]
            for item in sorted(await self._all_faqs(), key=lambda item: item.id)
        ]

    async def plan(self, kind: Kind, lines: Sequence[Line], mode: Mode) -> Plan:
        """What lines of a file would change; changes nothing.

        Args:
            mode: `add` adds what is new; `replace` also takes out what the intents or procedures of the file have and
                the file has not.
        """
        self._fits.clear()
        if kind == "faqs":
            known = {item.id: item for item in await self._all_faqs()}
            return Plan(kind, **faq_lines.read(lines, known)._asdict())
        if kind == "intents":
            corpus = await asyncio.to_thread(self._curation.corpus)
            # An intent of staff may come with its sentences where an FAQ that came before answers it.
            answered = {item.intent for item in await self._all_faqs() if item.intent}
            return await asyncio.to_thread(self._plan, kind, lines, mode, corpus, corpus.keys() | answered)
        names = await asyncio.to_thread(self._curation.all_aliases)
        async with self._sessions() as session:
            codes = set(await session.scalars(select(Procedure.code)))
        return await asyncio.to_thread(self._plan, kind, lines, mode, names, codes)

    async def carry_out(self, plan: Plan, *, by: str, audit: Audit) -> Done:
        """Do what a plan says, target by target, each in a transaction of its own with its audit row.

        What goes goes first: a sentence may move to another intent.
        """
        done = Done()
        if plan.kind == "aliases":
            for target in dict.fromkeys([*plan.remove, *plan.add]):
                await self._names(plan, target, by, audit, done)
        else:
            for target, gone in plan.remove.items():
                await self._take_out(target, gone, by, audit, done)
            for target, new in plan.add.items():
                await self._teach(target, new, by, audit, done)
        for item in plan.faqs:
            try:
                async with self._sessions.begin() as session:
                    audit(session, plan.kind, await self._keep(session, item, by), 1, 0)
            except FaqError as error:
                done.failed.append((item.draft.questions[0], texts_corpus.why(error)))
            else:
                done.added += item.known is None
                done.changed += item.known is not None
        return done

    async def _names(self, plan: Plan, target: str, by: str, audit: Audit, done: Done) -> None:
        gone, new = plan.remove.get(target, []), plan.add.get(target, [])
        try:
            async with self._sessions.begin() as session:
                added = await self._curation.set_aliases(session, target, add=new, remove=gone, by=by, action="import")
                audit(session, plan.kind, target, len(added), len(gone))
        except CurationError as error:
            done.failed.append((target, texts_corpus.why(error)))
        else:
            done.added, done.removed = done.added + len(added), done.removed + len(gone)

    async def _take_out(self, target: str, gone: Sequence[str], by: str, audit: Audit, done: Done) -> None:
        try:
            async with self._sessions.begin() as session:
                await self._curation.remove_examples(session, target, gone, by=by, action="import")
                audit(session, "intents", target, 0, len(gone))
        except CurationError as error:
            done.failed.append((target, texts_corpus.why(error)))
        else:
            done.removed += len(gone)

    async def _teach(self, target: str, new: Sequence[str], by: str, audit: Audit, done: Done) -> None:
        try:
            async with self._sessions.begin() as session:
                added, refused = await self._curation.add_what_fits(
                    session, target, new, by=by, action="import", new=True
                )
                if added:
                    audit(session, "intents", target, len(added), 0)
        except CurationError as error:
            done.failed.append((target, texts_corpus.why(error)))
        else:
            done.added += len(added)
            done.failed += [(text, texts_corpus.why(error)) for text, error in refused]

    async def _keep(self, session: AsyncSession, item: FaqLine, by: str) -> str:
        known = item.known
        if known is None:
            number, version, was, named = await self._faqs.add(session, item.draft, by=by), 1, False, None
        else:
            number, version, was, named = known.id, known.version, known.retired, known.intent
            if known.draft.checked() != item.draft:
                await self._faqs.save(session, number, version, item.draft, by=by)
                version += 1
        if item.intent not in ("", named):
            await self._faqs.link(session, number, version, item.intent, by=by)
            version += 1
        if item.retired != was:
            await self._faqs.retire(session, number, version, by=by, retired=item.retired)
        return str(number)

    async def _all_faqs(self) -> list[Faq]:
        async with self._sessions() as session:
            return [
                item
                for retired in (False, True)
                for item in await self._faqs.listed(session, retired=retired, limit=MOST_FAQS)
            ]

    def _plan(
        self, kind: Kind, lines: Sequence[Line], mode: Mode, known: dict[str, list[str]], targets: set[str]
    ) -> Plan:
        """As `plan`; of a target with refused lines nothing is taken out, and of none where a line names no target."""
        spared: set[str] = set()
        while True:
            plan, refused = self._try(kind, lines, mode, known, targets, spared)
            more = set(plan.remove) if "" in refused else refused & plan.remove.keys()
            if not more:
                plan.spared = spared
                return plan
            spared |= more

    def _try(
        self,
        kind: Kind,
        lines: Sequence[Line],
        mode: Mode,
        known: dict[str, list[str]],
        targets: set[str],
        spared: set[str],
    ) -> tuple[Plan, set[str]]:
        """A plan that takes nothing out of the spared targets, and the targets of the lines that it refuses."""
        plan, wanted, refused = Plan(kind), defaultdict(set), set()
        for line in lines:
            wanted[line.cells[0]].add(line.cells[1])
        there = {target: set(texts) for target, texts in known.items()}
        if mode == "replace":
            for target in (wanted.keys() & there.keys()) - spared:
                gone = [text for text in known[target] if text not in wanted[target]]
                if gone:
                    plan.remove[target] = gone
        taken = _taken(kind, known, plan.remove)
        for line in lines:
            target, text = line.cells
            if text and text in there.get(target, ()):
                plan.same += 1
                continue
            try:
                clean = self._fitting(kind, target, text, targets)
                key = (target if kind == "aliases" else "", key_of(clean))
                owner = taken.get(key)
                if owner is not None and owner != target:
                    raise RefusedError(texts_corpus.why(TakenElsewhereError(text, owner)))
            except RefusedError as error:
                plan.refused.append((line.number, text if target in targets else f"{target}: {text}", str(error)))
                refused.add(target)
                continue
            if owner is None:
                taken[key] = target
                plan.add[target].append(clean)
            else:
                plan.same += 1
        return plan, refused

    def _fitting(self, kind: Kind, target: str, text: str, targets: set[str]) -> str:
        """A line's text as it would be kept.

        Raises:
            RefusedError
        """
        if not target:
            raise RefusedError("thiếu cột đầu (ô gộp thì tách ra, mỗi dòng ghi đủ)")
        if target not in targets:
            raise RefusedError("không có ý định này" if kind == "intents" else "danh mục không có thủ tục này")
        if text not in self._fits:
            try:
                self._fits[text] = self._curation.fit(text)
            except CurationError as error:
                raise RefusedError(texts_corpus.why(error)) from error
        return self._fits[text]


def _taken(kind: Kind, known: dict[str, list[str]], gone: dict[str, list[str]]) -> dict[tuple[str, str], str]:
    """Whose each text is once what goes is gone: of sentences one intent, of names each procedure its own."""
    return {
        (target if kind == "aliases" else "", key_of(text)): target
        for target, texts in known.items()
        for text in _but(texts, gone.get(target, ()))
    }


def _but(texts: Iterable[str], gone: Iterable[str]) -> list[str]:
    without = set(gone)
    return [text for text in texts if text not in without]
