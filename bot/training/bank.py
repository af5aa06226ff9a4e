"""The model bank: every model with its version, author, notes and figures; which is live; which may go."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from bot.settings import Settings
from bot.storage.models import AnswerChange, Evaluation, Model, Publication, TrainingRun
from bot.training import modelfile
from bot.training.modelfile import Entry

PAGE = 30
STARTER = "hệ thống"
"""Author of the model that the first start made."""


class UnknownModelError(LookupError):
    """There is no such model."""


@dataclass(frozen=True)
class Shelved:
    """A model of the list."""

    model: Model
    live: bool
    before: bool
    """Whether it was live before the live one: what a rollback goes back to."""
    evaluation: Evaluation | None
    rejected: int
    """Changed answers that somebody rejected."""
    last_live_at: datetime | None

    @property
    def failed(self) -> list[dict[str, object]]:
        """Gates that it did not reach."""
        return [gate for gate in (self.evaluation.gates if self.evaluation else []) if not gate["ok"]]


class Bank:
    """Reads and keeps the models."""

    def __init__(self, sessions: async_sessionmaker[AsyncSession], settings: Settings) -> None:
        self._sessions = sessions
        self._settings = settings

    async def adopt(self) -> Model | None:
        """The published model, given a row where it has none: the first start trains before there are tables."""
        entry = modelfile.published(self._settings)
        path = modelfile.folder(self._settings) / entry.model if entry else None
        if entry is None or path is None or not path.is_file():
            return None
        async with self._sessions.begin() as session:
            found = await session.scalar(select(Model).where(Model.file == entry.model))
            if found is not None:
                return found
            # Two processes may look at once; the second waits here and then finds the row.
            await session.execute(select(func.pg_advisory_xact_lock(func.hashtext("models.adopt"))))
            found = await session.scalar(select(Model).where(Model.file == entry.model))
            if found is None:
                found = Model(**_row(self._settings, entry), author=STARTER, notes="Huấn luyện lúc khởi động.")
                session.add(found)
                await session.flush()
                now = datetime.now(UTC)
                first = Publication(model_id=found.id, kind="first", author=STARTER, state="live", finished_at=now)
                session.add(first)
            return found

    async def add(self, entry: Entry, *, run: int, author: str, notes: str, sentences: int | None) -> Model:
        """A model that a run made; the run is told its number."""
        async with self._sessions.begin() as session:
            made = Model(**_row(self._settings, entry), author=author, notes=notes, sentences=sentences)
            session.add(made)
            await session.flush()
            found = await session.get(TrainingRun, run)
            if found is not None:
                found.model_id = made.id
            return made

    async def live(self) -> Model | None:
        """The published model."""
        return await self.adopt()

    async def listed(self, before: int | None = None, most: int = PAGE) -> list[Shelved]:
        """Models, the newest first.

        Args:
            before: only those with smaller numbers.
        """
        await self.adopt()
        async with self._sessions() as session:
            query = select(Model).order_by(Model.id.desc()).limit(most)
            if before is not None:
                query = query.where(Model.id < before)
            return await self._shelved(session, list(await session.scalars(query)))

    async def one(self, number: int) -> Shelved:
        """A model.

        Raises:
            UnknownModelError: there is none.
        """
        await self.adopt()
        async with self._sessions() as session:
            found = await session.get(Model, number)
            if found is None:
                raise UnknownModelError(number)
            return (await self._shelved(session, [found]))[0]

    async def rollback_target(self) -> Model | None:
        """The model that was live before the live one, where its file is still there."""
        entry = modelfile.previous(self._settings)
        if entry is None:
            return None
        async with self._sessions() as session:
            found: Model | None = await session.scalar(select(Model).where(Model.file == entry.model))
            return found

    async def prune(self) -> list[str]:
        """Delete the files of old models; never of the live one, the one before, or of one that is being published."""
        async with self._sessions.begin() as session:
            newest = select(Model.file).where(Model.pruned_at.is_(None)).order_by(Model.id.desc())
            keep = set(await session.scalars(newest.limit(self._settings.models_kept)))
            changing = select(Model.file).join(Publication, Publication.model_id == Model.id)
            keep |= set(await session.scalars(changing.where(Publication.state == "changing")))
            ours = set(await session.scalars(select(Model.file)))
            # A file without a row is being trained, or was left by a run that was killed; the run's next try goes on.
            on_disk = {path.name for path in modelfile.folder(self._settings).glob("model-*.tar.gz")}
            gone = modelfile.prune(self._settings, keep | (on_disk - ours))
            for found in await session.scalars(select(Model).where(Model.file.in_(gone))):
                found.pruned_at = datetime.now(UTC)
        return gone

    async def _shelved(self, session: AsyncSession, models: Sequence[Model]) -> list[Shelved]:
        entry, before = modelfile.published(self._settings), modelfile.previous(self._settings)
        numbers = [model.id for model in models]
        newest = select(func.max(Evaluation.id)).where(Evaluation.model_id.in_(numbers)).group_by(Evaluation.model_id)
        judged = {
            found.model_id: found
            for found in await session.scalars(select(Evaluation).where(Evaluation.id.in_(newest)))
        }
        counted = await session.execute(
            select(AnswerChange.evaluation_id, func.count())
            .where(AnswerChange.evaluation_id.in_([found.id for found in judged.values()]))
            .where(AnswerChange.verdict == "rejected")
            .group_by(AnswerChange.evaluation_id)
        )
        rejected = dict(counted.all())
        dated = await session.execute(
            select(Publication.model_id, func.max(Publication.finished_at))
            .where(Publication.model_id.in_(numbers), Publication.state.in_(("live", "partial", "over")))
            .group_by(Publication.model_id)
        )
        published = dict(dated.all())
        return [
            Shelved(
                model,
                live=entry is not None and entry.model == model.file,
                before=before is not None and before.model == model.file,
                evaluation=judged.get(model.id),
                rejected=rejected.get(judged[model.id].id, 0) if model.id in judged else 0,
                last_live_at=published.get(model.id),
            )
            for model in models
        ]


def entry_of(model: Model) -> Entry:
    """A model as the pointer names it."""
    return Entry(model.file, model.checksum, model.code, model.sha256, model.created_at.timestamp())


def _row(settings: Settings, entry: Entry) -> dict[str, object]:
    path = modelfile.folder(settings) / entry.model
    return {
        "file": entry.model,
        "sha256": entry.sha256 or modelfile.digest_of(path),
        "checksum": entry.checksum,
        "code": entry.code,
        "size": path.stat().st_size,
    }
