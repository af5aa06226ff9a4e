"""Training runs, the models that came of them, how they were judged, and which was published when."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Index, SmallInteger, UniqueConstraint, func, text
from sqlalchemy.orm import Mapped, mapped_column

from bot.storage.models.base import Base, identity


class TrainingRun(Base):
    """One attempt to make a better model: queued → training → evaluating → ready, failed or cancelled."""

    __tablename__ = "training_runs"
    __table_args__ = (
        Index("ix_training_runs_open", "id", postgresql_where=text("state IN ('queued', 'training', 'evaluating')")),
    )

    id: Mapped[int] = identity()
    state: Mapped[str] = mapped_column(server_default=text("'queued'"))
    source: Mapped[str]
    """Who wanted it: `staff`, `nightly`, `cli`."""
    author: Mapped[str]
    notes: Mapped[str] = mapped_column(server_default=text("''"))
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    started_at: Mapped[datetime | None]
    beat_at: Mapped[datetime | None]
    """The last sign of life of the process that works on it."""
    finished_at: Mapped[datetime | None]
    tries: Mapped[int] = mapped_column(SmallInteger, server_default=text("0"))
    """How often it was begun; a run whose process was killed is taken up again once."""
    progress: Mapped[int] = mapped_column(SmallInteger, server_default=text("0"))
    """Percent."""
    step: Mapped[str] = mapped_column(server_default=text("''"))
    """What is being done, for people."""
    log: Mapped[str] = mapped_column(server_default=text("''"))
    """The end of what the trainer said."""
    error: Mapped[str | None]
    """Why it failed, for people."""
    cancelled_by: Mapped[str | None]
    checksum: Mapped[str | None]
    """Of everything that it trained from."""
    model_id: Mapped[int | None] = mapped_column(ForeignKey("models.id"))


class Model(Base):
    """A model of the bank. The row stays when the file is pruned."""

    __tablename__ = "models"

    id: Mapped[int] = identity()
    """The version that people speak of."""
    file: Mapped[str] = mapped_column(unique=True)
    sha256: Mapped[str]
    checksum: Mapped[str]
    """Of everything that it was trained from."""
    code: Mapped[str]
    """Of the software among that."""
    size: Mapped[int] = mapped_column(BigInteger)
    sentences: Mapped[int | None]
    """How many it was trained on."""
    author: Mapped[str]
    notes: Mapped[str] = mapped_column(server_default=text("''"))
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    pruned_at: Mapped[datetime | None]
    """When the file was deleted to save space."""


class Evaluation(Base):
    """A model judged on the held-out sets and on real messages, beside the model that was live then."""

    __tablename__ = "evaluations"

    id: Mapped[int] = identity()
    model_id: Mapped[int] = mapped_column(ForeignKey("models.id", ondelete="CASCADE"), index=True)
    live_id: Mapped[int | None] = mapped_column(ForeignKey("models.id", ondelete="SET NULL"))
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    sets: Mapped[dict[str, Any]]
    """By set: the figures of the candidate, and of the live model where there was one (bot/training/figures.py)."""
    messages: Mapped[int] = mapped_column(server_default=text("0"))
    """How many real messages both were asked."""
    gates: Mapped[list[Any]]
    """Every gate with its value and whether it was reached (bot/training/gates.py)."""
    seconds: Mapped[float]


class AnswerChange(Base):
    """One question that candidate and live model answer differently, and what staff say to that."""

    __tablename__ = "answer_changes"
    __table_args__ = (UniqueConstraint("evaluation_id", "origin", "key"),)

    id: Mapped[int] = identity()
    evaluation_id: Mapped[int] = mapped_column(ForeignKey("evaluations.id", ondelete="CASCADE"))
    origin: Mapped[str]
    """The held-out set, or `messages`."""
    key: Mapped[str]
    """The row's id in the set, or the message's number."""
    message_id: Mapped[int | None] = mapped_column(ForeignKey("messages.id", ondelete="CASCADE"), index=True)
    """A citizen's message is shown from where it is kept, and goes when that goes."""
    text: Mapped[str | None]
    """Of a held-out row."""
    before: Mapped[dict[str, Any]]
    after: Mapped[dict[str, Any]]
    """`{"understanding", "replies"}` of the live model and of the candidate."""
    effect: Mapped[str]
    """By the row's label: `better`, `worse`, `neither`; `unknown` without a label."""
    verdict: Mapped[str | None]
    """`accepted` or `rejected`; a rejected one is a gate that is not reached."""
    verdict_by: Mapped[str | None]
    verdict_at: Mapped[datetime | None]


class Publication(Base):
    """A model that was, or was to be, put in use by all engines."""

    __tablename__ = "publications"
    __table_args__ = (Index("ix_publications_open", "state", unique=True, postgresql_where=text("state = 'changing'")),)

    id: Mapped[int] = identity()
    model_id: Mapped[int] = mapped_column(ForeignKey("models.id"), index=True)
    previous_id: Mapped[int | None] = mapped_column(ForeignKey("models.id"))
    kind: Mapped[str]
    """`first` (trained at the first start), `publish`, `rollback`."""
    author: Mapped[str]
    reason: Mapped[str | None]
    """Why it was published although a gate was not reached."""
    state: Mapped[str]
    """`changing`, `live` (all engines report it), `partial` (some do not yet), `failed` (nothing changed), `over`."""
    engines: Mapped[list[Any]] = mapped_column(server_default=text("'[]'::jsonb"))
    """`[{"url", "state", "detail"}]`"""
    error: Mapped[str | None]
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    finished_at: Mapped[datetime | None]


class ModelGate(Base):
    """A floor that staff set: the least (or, of what should be rare, the most) that a measure may be."""

    __tablename__ = "model_gates"
    __table_args__ = (UniqueConstraint("held_out", "style", "measure", "kind"),)

    id: Mapped[int] = identity()
    held_out: Mapped[str] = mapped_column(server_default=text("''"))
    """The set; empty: every set of the staff's."""
    style: Mapped[str] = mapped_column(server_default=text("''"))
    """Empty: over all styles."""
    measure: Mapped[str]
    kind: Mapped[str]
    """`floor`: percent; `drop`: the most points that the measure may be worse than the live model's."""
    value: Mapped[float]
    author: Mapped[str]
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
