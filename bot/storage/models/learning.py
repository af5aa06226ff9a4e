"""What the bot could not answer."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index
from sqlalchemy import func as sql
from sqlalchemy import text as literal
from sqlalchemy.orm import Mapped, mapped_column

from bot.storage.models.base import Base, identity


class UnresolvedCase(Base):
    """A citizen's question without an answer, kept for review; one a message."""

    __tablename__ = "unresolved_cases"
    __table_args__ = (Index("ix_unresolved_cases_open", "created_at", postgresql_where=literal("state = 'open'")),)

    id: Mapped[int] = identity()
    message_id: Mapped[int] = mapped_column(ForeignKey("messages.id", ondelete="CASCADE"), unique=True)
    conversation_id: Mapped[int] = mapped_column(ForeignKey("conversations.id", ondelete="CASCADE"), index=True)
    text: Mapped[str]
    """The citizen's words, masked."""
    reason: Mapped[str]
    """`no_match`, `known_gap`, `out_of_scope`, `no_data`, `handoff`."""
    candidates: Mapped[list[Any]]
    """What the search came nearest to: `[{"code", "score"}, …]`."""
    state: Mapped[str] = mapped_column(server_default=literal("'open'"))
    created_at: Mapped[datetime] = mapped_column(server_default=sql.now())
