"""Counts of messages by day, which outlive the messages and hold nothing of what anybody wrote."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import func, text
from sqlalchemy.orm import Mapped, mapped_column

from bot.storage.models.base import Base


class MessageFigure(Base):
    """How many messages of one kind came on one day (of the locality's time), and how quickly they were answered.

    Each message is counted once along each line that it has a key of; lines are never crossed.
    """

    __tablename__ = "message_figures"

    line: Mapped[str] = mapped_column(primary_key=True)
    """Along what: `status`, `hour`; of those that were answered also `procedure`, `aspect`."""
    day: Mapped[date] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True)
    """The status of the turn (`failed`: given up; `staff`: an officer held the conversation); the hour, from 0; the
    first procedure, the first aspect that was answered about."""
    channel: Mapped[str] = mapped_column(primary_key=True)
    ward: Mapped[str] = mapped_column(primary_key=True, server_default=text("''"))
    """The ward that the citizen had named by then; empty where none was known."""
    messages: Mapped[int]
    within_2: Mapped[int] = mapped_column(server_default=text("0"))
    within_10: Mapped[int] = mapped_column(server_default=text("0"))
    within_60: Mapped[int] = mapped_column(server_default=text("0"))
    """Answered within so many seconds; each counts the quicker ones as well."""


class FigureDay(Base):
    """A day that was counted, and when."""

    __tablename__ = "figure_days"

    day: Mapped[date] = mapped_column(primary_key=True)
    counted_at: Mapped[datetime] = mapped_column(server_default=func.now())
