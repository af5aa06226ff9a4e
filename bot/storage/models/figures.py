"""Counts of messages by hour, which outlive the messages and hold nothing of what anybody wrote."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import SmallInteger, func, text
from sqlalchemy.orm import Mapped, mapped_column

from bot.storage.models.base import Base


class MessageFigure(Base):
    """How many messages of one kind came in one hour of one day (of the locality's time), and how quickly answered."""

    __tablename__ = "message_figures"

    day: Mapped[date] = mapped_column(primary_key=True)
    hour: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    channel: Mapped[str] = mapped_column(primary_key=True)
    status: Mapped[str] = mapped_column(primary_key=True)
    """Of the turn; `failed` where it was given up; `staff` where an officer held the conversation."""
    intent: Mapped[str] = mapped_column(primary_key=True)
    procedure: Mapped[str] = mapped_column(primary_key=True)
    """The first procedure that was answered about or offered; empty where none was."""
    aspect: Mapped[str] = mapped_column(primary_key=True)
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
