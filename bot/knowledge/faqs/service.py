"""FAQs as staff work with them.

FaqError
├── UnknownFaqError    there is no such FAQ
├── StaleFaqError      somebody else has changed it meanwhile
└── InvalidFaqError    a field does not hold (`field` says which, `code` why)
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import count
from typing import Any

from sqlalchemy import delete, func, select, text, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.knowledge.faqs.matching import OWN
from bot.storage.models import CorpusChange, FaqQuestion
from bot.storage.models import Faq as Row
from bot.text import fold, normalise

LONGEST_ANSWER, LONGEST_SOURCE, LONGEST_QUESTION = 3000, 300, 200
MOST_QUESTIONS = 100
_RAISE = text(
    "INSERT INTO faq_revision (id, revision) VALUES (1, 1)"
    " ON CONFLICT (id) DO UPDATE SET revision = faq_revision.revision + 1"
)
_TOLD = text("SELECT pg_notify('faqs', '')")
_OWN = re.compile(rf"{OWN}[a-z0-9][a-z0-9_]{{0,55}}")


class FaqError(Exception):
    """Base of all."""


class UnknownFaqError(FaqError):
    """There is no such FAQ."""


class StaleFaqError(FaqError):
    """Somebody else has changed it meanwhile."""


class InvalidFaqError(FaqError):
    """A field does not hold."""

    def __init__(self, field: str, code: str) -> None:
        super().__init__(f"{field}: {code}")
        self.field = field
        self.code = code


@dataclass(frozen=True)
class FaqDraft:
    """What somebody wants saved; `checked` makes it tidy or refuses it."""

    questions: Sequence[str]
    answer: str
    source: str
    valid_until: date | None = None

    def checked(self) -> FaqDraft:
        """The same without blanks and doubles.

        Raises:
            InvalidFaqError
        """
        seen: dict[str, str] = {}
        for line in self.questions:
            question = " ".join(line.replace("\x00", " ").split())
            if question:
                seen.setdefault(" ".join(token.folded for token in normalise(question).tokens).lower(), question)
        questions = list(seen.values())
        answer = self.answer.replace("\r\n", "\n").replace("\x00", " ").strip()
        source = " ".join(self.source.replace("\x00", " ").split())
        if not questions:
            raise InvalidFaqError("questions", "missing")
        if len(questions) > MOST_QUESTIONS:
            raise InvalidFaqError("questions", "too_many")
        if any(len(item) > LONGEST_QUESTION for item in questions):
            raise InvalidFaqError("questions", "too_long")
        for field, value, longest in (("answer", answer, LONGEST_ANSWER), ("source", source, LONGEST_SOURCE)):
            if not value:
                raise InvalidFaqError(field, "missing")
            if len(value) > longest:
                raise InvalidFaqError(field, "too_long")
        return FaqDraft(questions, answer, source, self.valid_until)

    def as_json(self) -> dict[str, Any]:
        """For the list of changes."""
        return {
            "questions": list(self.questions),
            "answer": self.answer,
            "source": self.source,
            "valid_until": self.valid_until.isoformat() if self.valid_until else None,
        }


@dataclass(frozen=True)
class Faq:
    """A stored FAQ."""

    id: int
    questions: tuple[str, ...]
    answer: str
    source: str
    valid_until: date | None
    retired: bool
    version: int
    updated_by: str
    updated_at: datetime
    intent: str | None = None

    @property
    def draft(self) -> FaqDraft:
        """As it would be saved."""
        return FaqDraft(self.questions, self.answer, self.source, self.valid_until)


class Faqs:
    """Reads and changes FAQs in the caller's transaction; whoever changes one also writes its audit row there."""

    async def read(self, session: AsyncSession, number: int) -> Faq:
        """One of them.

        Raises:
            UnknownFaqError
        """
        row = await session.get(Row, number)
        if row is None:
            raise UnknownFaqError(str(number))
        return (await self._whole(session, [row]))[0]

    async def listed(
        self, session: AsyncSession, *, text: str = "", retired: bool = False, after: int | None = None, limit: int = 50
    ) -> list[Faq]:
        """The newest first.

        Args:
            text: folded words that a question or the answer must hold.
            after: the number of the last one seen.
        """
        query = select(Row).where(Row.retired.is_(retired)).order_by(Row.id.desc())
        if after is not None:
            query = query.where(Row.id < after)
        if not text:
            return await self._whole(session, list(await session.scalars(query.limit(limit))))
        found = await self._whole(session, list(await session.scalars(query)))
        words = fold(text).lower().split()
        return [
            item
            for item in found
            if all(word in fold(" ".join((*item.questions, item.answer))).lower() for word in words)
        ][:limit]

    async def add(self, session: AsyncSession, draft: FaqDraft, *, by: str) -> int:
        """Make one; returns its number.

        Raises:
            InvalidFaqError
        """
        good = draft.checked()
        row = Row(answer=good.answer, source=good.source, valid_until=good.valid_until, created_by=by, updated_by=by)
        session.add(row)
        await session.flush()
        session.add_all(FaqQuestion(faq_id=row.id, text=question) for question in good.questions)
        await self._changed(session, row.id, "add", by, {}, good.as_json())
        return row.id

    async def save(self, session: AsyncSession, number: int, version: int, draft: FaqDraft, *, by: str) -> None:
        """Change one.

        Args:
            version: of what the changes were made on.

        Raises:
            UnknownFaqError, StaleFaqError, InvalidFaqError
        """
        good = draft.checked()
        before = await self.read(session, number)
        await self._set(
            session, number, version, by, answer=good.answer, source=good.source, valid_until=good.valid_until
        )
        await session.execute(delete(FaqQuestion).where(FaqQuestion.faq_id == number))
        session.add_all(FaqQuestion(faq_id=number, text=question) for question in good.questions)
        await self._changed(session, number, "edit", by, before.draft.as_json(), good.as_json())

    async def extend(self, session: AsyncSession, number: int, question: str, *, by: str) -> None:
        """One more way of asking; nothing where it is there already.

        Raises:
            UnknownFaqError, InvalidFaqError
        """
        faq = await self.read(session, number)
        draft = FaqDraft((*faq.questions, question), faq.answer, faq.source, faq.valid_until).checked()
        if len(draft.questions) > len(faq.questions):
            await self.save(session, number, faq.version, draft, by=by)

    async def retire(self, session: AsyncSession, number: int, version: int, *, by: str, retired: bool = True) -> None:
        """End one, or take it up again.

        Raises:
            UnknownFaqError, StaleFaqError
        """
        await self.read(session, number)
        await self._set(session, number, version, by, retired=retired)
        await self._changed(session, number, "edit", by, {"retired": not retired}, {"retired": retired})

    async def name(self, session: AsyncSession, number: int, said: str, *, by: str) -> str:
        """Give one the name of a trained intent that it answers; the name that it has already stays.

        Args:
            said: what citizens want, in words.

        Returns:
            The intent.

        Raises:
            UnknownFaqError
            InvalidFaqError: the words hold no letter.
        """
        faq = await self.read(session, number)
        if faq.intent:
            return faq.intent
        stem = "_".join(re.findall(r"[a-z0-9]+", fold(said).lower()))[:40].strip("_")
        if not stem:
            raise InvalidFaqError("intent", "missing")
        taken = set(await session.scalars(select(Row.intent).where(Row.intent.startswith(OWN + stem, autoescape=True))))
        intent = next(name for name in _numbered(OWN + stem) if name not in taken)
        await self._link(session, faq, intent, by)
        return intent

    async def link(self, session: AsyncSession, number: int, version: int, intent: str, *, by: str) -> None:
        """Give one exactly this intent, as another installation, or this one before, had named it.

        Args:
            version: of what the change was made on.

        Raises:
            UnknownFaqError, StaleFaqError
            InvalidFaqError: `invalid`: no name of an intent of staff; `taken`: another FAQ answers it; `named`: it
                answers another one.
        """
        faq = await self.read(session, number)
        if faq.version != version:
            raise StaleFaqError(str(number))
        if not is_own(intent):
            raise InvalidFaqError("intent", "invalid")
        if faq.intent not in (None, intent):
            raise InvalidFaqError("intent", "named")
        if await session.scalar(select(Row.id).where(Row.intent == intent, Row.id != number)) is not None:
            raise InvalidFaqError("intent", "taken")
        if faq.intent is None:
            await self._link(session, faq, intent, by)

    async def _link(self, session: AsyncSession, faq: Faq, intent: str, by: str) -> None:
        await self._set(session, faq.id, faq.version, by, intent=intent)
        await self._changed(session, faq.id, "edit", by, {"intent": None}, {"intent": intent})

    async def _set(self, session: AsyncSession, number: int, version: int, by: str, **values: Any) -> None:
        changed = await session.execute(
            update(Row)
            .where(Row.id == number, Row.version == version)
            .values(version=version + 1, updated_by=by, updated_at=func.now(), **values)
            .returning(Row.id)
        )
        if changed.scalar() is None:
            raise StaleFaqError(str(number))

    async def _changed(
        self, session: AsyncSession, number: int, action: str, by: str, before: dict[str, Any], after: dict[str, Any]
    ) -> None:
        change = CorpusChange(account=by, kind="faq", target=str(number), action=action, before=before, after=after)
        session.add(change)
        await session.execute(_RAISE)
        await session.execute(_TOLD)

    async def _whole(self, session: AsyncSession, rows: Sequence[Row]) -> list[Faq]:
        questions: dict[int, list[str]] = {row.id: [] for row in rows}
        found = await session.scalars(
            select(FaqQuestion).where(FaqQuestion.faq_id.in_(questions)).order_by(FaqQuestion.id)
        )
        for item in found:
            questions[item.faq_id].append(item.text)
        return [
            Faq(
                id=row.id,
                questions=tuple(questions[row.id]),
                answer=row.answer,
                source=row.source,
                valid_until=row.valid_until,
                retired=row.retired,
                version=row.version,
                updated_by=row.updated_by,
                updated_at=row.updated_at,
                intent=row.intent,
            )
            for row in rows
        ]


def is_own(intent: str) -> bool:
    """Whether it may be the name of an intent of staff; it is also the name of a file."""
    return _OWN.fullmatch(intent) is not None


def _numbered(name: str) -> Iterator[str]:
    yield name
    yield from (f"{name}_{number}" for number in count(2))
