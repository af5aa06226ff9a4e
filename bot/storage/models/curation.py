"""What staff teach the bot: answers of their own, and every change to the corpus."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Index, UniqueConstraint, func, text
from sqlalchemy.orm import Mapped, mapped_column

from bot.storage.models.base import Base, identity


class Faq(Base):
    """A question that no procedure answers, with the answer that staff wrote. Live without training."""

    __tablename__ = "faqs"

    id: Mapped[int] = identity()
    answer: Mapped[str]
    source: Mapped[str]
    """Whom or what the answer is from; shown to citizens."""
    valid_until: Mapped[date | None]
    """The last day on which it is given; none: until somebody ends it."""
    intent: Mapped[str | None] = mapped_column(unique=True)
    """The trained intent (`own_…`) that it answers as well; none: it is found by its ways of asking alone."""
    retired: Mapped[bool] = mapped_column(server_default=text("false"))
    version: Mapped[int] = mapped_column(server_default=text("1"))
    """Raised by every change: who saves an older one is told."""
    created_by: Mapped[str]
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    updated_by: Mapped[str]
    updated_at: Mapped[datetime] = mapped_column(server_default=func.now())


class FaqQuestion(Base):
    """One way of asking it."""

    __tablename__ = "faq_questions"
    __table_args__ = (UniqueConstraint("faq_id", "text"),)

    id: Mapped[int] = identity()
    faq_id: Mapped[int] = mapped_column(ForeignKey("faqs.id", ondelete="CASCADE"))
    text: Mapped[str]


class FaqRevision(Base):
    """A single row, raised with every change: what a cache compares itself with."""

    __tablename__ = "faq_revision"

    id: Mapped[int] = mapped_column(primary_key=True)
    revision: Mapped[int] = mapped_column(BigInteger)


class CorpusChange(Base):
    """One change to what the bot is taught: who, when, what before and after. It can be undone by another one."""

    __tablename__ = "corpus_changes"
    __table_args__ = (Index("ix_corpus_changes_target", "kind", "target", "id"),)

    id: Mapped[int] = identity()
    at: Mapped[datetime] = mapped_column(server_default=func.now())
    account: Mapped[str]
    kind: Mapped[str]
    """`intent`, `alias` or `faq`."""
    target: Mapped[str]
    """The intent, the code of the procedure, or the number of the FAQ."""
    action: Mapped[str]
    """`add`, `remove`, `edit`, `move`, `import`, `revert`."""
    before: Mapped[dict[str, Any]] = mapped_column(server_default=text("'{}'::jsonb"))
    after: Mapped[dict[str, Any]] = mapped_column(server_default=text("'{}'::jsonb"))
    reverts: Mapped[int | None] = mapped_column(ForeignKey("corpus_changes.id"))
    """The change that this one undoes."""
