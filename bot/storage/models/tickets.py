"""Tickets and what happened to them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, LargeBinary, UniqueConstraint, func, text
from sqlalchemy.orm import Mapped, mapped_column

from bot.storage.models.base import Base, identity


class TicketCounter(Base):
    """The last number given out in a year."""

    __tablename__ = "ticket_counters"

    year: Mapped[int] = mapped_column(primary_key=True)
    last: Mapped[int] = mapped_column(BigInteger)


class Ticket(Base):
    """A citizen's report that an office works on."""

    __tablename__ = "tickets"

    id: Mapped[int] = identity()
    code: Mapped[str] = mapped_column(unique=True)
    """`PA-YYYY-NNNNNN`."""
    idempotency_key: Mapped[str] = mapped_column(unique=True)
    """Conversation and message that filed it: filing again returns the same ticket."""
    conversation_id: Mapped[int | None] = mapped_column(ForeignKey("conversations.id", ondelete="SET NULL"), index=True)
    channel: Mapped[str]
    locality: Mapped[str]
    category: Mapped[str]
    description: Mapped[str]
    """Masked text."""
    place: Mapped[str]
    contact: Mapped[bytes | None] = mapped_column(LargeBinary)
    """Encrypted JSON `{"name", "phone", "email"}`; none for an anonymous report."""
    anonymous: Mapped[bool]
    restricted: Mapped[bool] = mapped_column(server_default=text("false"))
    status: Mapped[str]
    """One of the nine statuses; `bot/tickets/states.py`."""
    agency: Mapped[str | None]
    created_at: Mapped[datetime] = mapped_column(server_default=func.now(), index=True)
    updated_at: Mapped[datetime] = mapped_column(server_default=func.now())
    pin_failures: Mapped[int] = mapped_column(server_default=text("0"))
    pin_locked_until: Mapped[datetime | None]


class TicketEvent(Base):
    """Something that happened to a ticket, with its actor; never changed afterwards."""

    __tablename__ = "ticket_events"
    __table_args__ = (UniqueConstraint("ticket_id", "seq"),)

    id: Mapped[int] = identity()
    ticket_id: Mapped[int] = mapped_column(ForeignKey("tickets.id", ondelete="CASCADE"))
    seq: Mapped[int]
    kind: Mapped[str]
    """`TicketFiled`, `TicketRouted`, …"""
    status: Mapped[str]
    """The ticket's status after the event."""
    actor: Mapped[str]
    """`citizen`, `system`, or a staff account."""
    at: Mapped[datetime] = mapped_column(server_default=func.now())
    data: Mapped[dict[str, Any]] = mapped_column(server_default=text("'{}'::jsonb"))
