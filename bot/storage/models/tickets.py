"""Tickets and what happened to them. The meaning of each column for other packages: docs/tickets.md."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Index, LargeBinary, SmallInteger, UniqueConstraint, func
from sqlalchemy import text as sql
from sqlalchemy.dialects.postgresql import TSVECTOR
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
    # Lists run backwards over the id under one leading filter (keyset paging); those of the clock over due_at.
    __table_args__ = (
        Index("ix_tickets_status_id", "status", "id"),
        Index("ix_tickets_agency_status_id", "agency", "status", "id"),
        Index("ix_tickets_category_id", "category", "id"),
        Index("ix_tickets_ward_id", "ward", "id"),
        Index("ix_tickets_officer_id", "officer", "id"),
        Index(
            "ix_tickets_due",
            "due_at",
            "id",
            postgresql_where=sql("status IN ('received', 'sorting', 'forwarded', 'in_progress')"),
        ),
        Index("ix_tickets_due_all", "due_at", "id"),
        Index("ix_tickets_created_at_id", "created_at", "id"),
        Index(
            "ix_tickets_open",
            "id",
            postgresql_where=sql("status IN ('received', 'sorting', 'forwarded', 'in_progress')"),
        ),
        Index(
            "ix_tickets_open_agency",
            "agency",
            "id",
            postgresql_where=sql("status IN ('received', 'sorting', 'forwarded', 'in_progress')"),
        ),
        Index("ix_tickets_paused", "id", postgresql_where=sql("paused_at IS NOT NULL")),
        Index("ix_tickets_check_at", "check_at", postgresql_where=sql("check_at IS NOT NULL")),
        Index("ix_tickets_place", "category", "lat", "long", postgresql_where=sql("lat IS NOT NULL")),
        Index("ix_tickets_updated", "updated_at", "id"),
        Index("ix_tickets_restricted", "id", postgresql_where=sql("restricted")),
        Index("ix_tickets_words", "words", postgresql_using="gin"),
        UniqueConstraint("source", "external_id"),
    )

    id: Mapped[int] = identity()
    code: Mapped[str] = mapped_column(unique=True)
    """`PA-YYYY-NNNNNN`."""
    idempotency_key: Mapped[str] = mapped_column(unique=True)
    """Conversation and message that filed it: filing again returns the same ticket."""
    conversation_id: Mapped[int | None] = mapped_column(ForeignKey("conversations.id", ondelete="SET NULL"), index=True)
    channel: Mapped[str]
    """`web`, `telegram`, `zalo`, `cli`; `phone`, `counter` … for a ticket that staff made; `open311`."""
    source: Mapped[str] = mapped_column(server_default=sql("'citizen'"))
    """`citizen`, `staff`, `open311`."""
    external_id: Mapped[str | None]
    """The report's id at its source, where that has one."""
    locality: Mapped[str]
    category: Mapped[str]
    description: Mapped[str]
    """Masked text."""
    answers: Mapped[dict[str, Any]] = mapped_column(server_default=sql("'{}'::jsonb"))
    """Answers to the category's own questions, by their code; masked text, or a list of option keys."""
    place: Mapped[str]
    """As the citizen wrote it, masked."""
    address: Mapped[str | None]
    """As resolved: today's ward and province in it."""
    ward: Mapped[str | None]
    """The code of today's ward, of the locality file."""
    lat: Mapped[float | None]
    long: Mapped[float | None]
    """Degrees, WGS 84."""
    contact: Mapped[bytes | None] = mapped_column(LargeBinary)
    """Encrypted JSON `{"name", "phone", "email"}`; none for an anonymous report."""
    anonymous: Mapped[bool]
    restricted: Mapped[bool] = mapped_column(server_default=sql("false"))
    private: Mapped[bool] = mapped_column(server_default=sql("false"))
    """Never published (Open311, open data), though every officer may read it."""
    status: Mapped[str]
    """One of the nine statuses; `bot/tickets/states.py`."""
    agency: Mapped[str | None]
    officer: Mapped[str | None]
    """The account of who works on it."""
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    updated_at: Mapped[datetime] = mapped_column(server_default=func.now())
    updated_by: Mapped[str] = mapped_column(server_default=sql("'system'"))
    """An account, or `citizen`, `system`, `remote`."""
    status_at: Mapped[datetime] = mapped_column(server_default=func.now())
    """Since when it has its status."""
    due_at: Mapped[datetime | None]
    """The deadline; none where the category has no clock."""
    paused_at: Mapped[datetime | None]
    """Since when the clock stands because the citizen was asked something."""
    paused_seconds: Mapped[int] = mapped_column(server_default=sql("0"))
    """Working time for which the clock stood so far."""
    check_at: Mapped[datetime | None]
    """When the sweep has to look at it next: a reminder, the deadline, an escalation, the end of a silence."""
    answered_at: Mapped[datetime | None]
    """The first official reply."""
    resolved_at: Mapped[datetime | None]
    """When the office said that the matter is done; none again after a reopening."""
    closed_at: Mapped[datetime | None]
    """When it came to its end: closed, refused or escalated."""
    reopened: Mapped[int] = mapped_column(SmallInteger, server_default=sql("0"))
    """How often the citizen brought it back, by reopening or by saying that it is not solved."""
    rating: Mapped[int | None] = mapped_column(SmallInteger)
    """1 to 5, by the citizen."""
    comment: Mapped[str | None]
    """The citizen's, with the rating; masked."""
    words: Mapped[str | None] = mapped_column(TSVECTOR)
    """Folded words of code, description, place and address, for searching."""
    pin_failures: Mapped[int] = mapped_column(server_default=sql("0"))
    pin_locked_until: Mapped[datetime | None]


class TicketEvent(Base):
    """Something that happened to a ticket, with its actor; never changed afterwards."""

    __tablename__ = "ticket_events"
    __table_args__ = (
        UniqueConstraint("ticket_id", "seq"),
        UniqueConstraint("ticket_id", "key"),
        Index("ix_ticket_events_at", "at", "id", postgresql_where=sql("public")),
    )

    id: Mapped[int] = identity()
    ticket_id: Mapped[int] = mapped_column(ForeignKey("tickets.id", ondelete="CASCADE"))
    seq: Mapped[int]
    kind: Mapped[str]
    """`TicketFiled`, `TicketRouted`, … (bot/tickets/kinds.py)."""
    status: Mapped[str]
    """The ticket's status after the event."""
    actor: Mapped[str]
    """`citizen`, `officer`, `system`, `remote`."""
    account: Mapped[str | None]
    """The officer's account, or the remote backend's name."""
    public: Mapped[bool] = mapped_column(server_default=sql("true"))
    """Whether the citizen sees it."""
    text: Mapped[str | None]
    """What was said: an answer, a reason, a question, a note. Masked."""
    at: Mapped[datetime] = mapped_column(server_default=func.now())
    data: Mapped[dict[str, Any]] = mapped_column(server_default=sql("'{}'::jsonb"))
    key: Mapped[str | None]
    """Names what may happen only once to a ticket, such as a reminder."""


class TicketPhoto(Base):
    """A picture of a ticket. The file lies outside the web root, `<data>/photos/<key[:2]>/<key>.<ending>`."""

    __tablename__ = "ticket_photos"
    __table_args__ = (Index("ix_ticket_photos_unattached", "created_at", postgresql_where=sql("ticket_id IS NULL")),)

    id: Mapped[int] = identity()
    key: Mapped[str] = mapped_column(unique=True)
    """Unguessable, hexadecimal."""
    ticket_id: Mapped[int | None] = mapped_column(ForeignKey("tickets.id", ondelete="CASCADE"), index=True)
    """None until the report is filed; then never changed."""
    conversation_id: Mapped[int | None] = mapped_column(ForeignKey("conversations.id", ondelete="SET NULL"))
    """Whose citizen sent it; none for a picture by staff or by a program."""
    account: Mapped[str | None]
    """The officer who took it."""
    stage: Mapped[str]
    """`before` (of the report), `after` (of what was done)."""
    type: Mapped[str]
    """`image/jpeg`, …"""
    size: Mapped[int]
    """Bytes."""
    width: Mapped[int]
    height: Mapped[int]
    sha256: Mapped[str]
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())


class TicketSubmission(Base):
    """A ticket's counterpart in another system, and how far handing it over has come."""

    __tablename__ = "ticket_submissions"
    __table_args__ = (
        UniqueConstraint("ticket_id", "backend"),
        UniqueConstraint("backend", "remote_id"),
        Index("ix_ticket_submissions_poll", "backend", "polled_at", postgresql_where=sql("state = 'accepted'")),
        Index("ix_ticket_submissions_open", "backend", "id", postgresql_where=sql("state <> 'accepted'")),
    )

    id: Mapped[int] = identity()
    ticket_id: Mapped[int] = mapped_column(ForeignKey("tickets.id", ondelete="CASCADE"))
    backend: Mapped[str]
    """The backend's name of the locality file."""
    idempotency_key: Mapped[str] = mapped_column(unique=True)
    state: Mapped[str] = mapped_column(server_default=sql("'waiting'"))
    """`waiting`, `unknown` (sent, no answer: to be looked up), `token` (accepted without an id yet), `accepted`,
    `refused` (for good; staff are told)."""
    remote_id: Mapped[str | None]
    token: Mapped[str | None]
    remote_status: Mapped[str | None]
    remote_updated_at: Mapped[datetime | None]
    """Of the newest update that was applied: an older one never changes anything."""
    polled_at: Mapped[datetime | None]
    tries: Mapped[int] = mapped_column(server_default=sql("0"))
    last_error: Mapped[str | None]
    """A stable word."""
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    updated_at: Mapped[datetime] = mapped_column(server_default=func.now())


class TicketFollower(Base):
    """A conversation that is told about a ticket which another one filed, or nobody's conversation did."""

    __tablename__ = "ticket_followers"
    __table_args__ = (UniqueConstraint("ticket_id", "conversation_id"),)

    id: Mapped[int] = identity()
    ticket_id: Mapped[int] = mapped_column(ForeignKey("tickets.id", ondelete="CASCADE"))
    conversation_id: Mapped[int] = mapped_column(ForeignKey("conversations.id", ondelete="CASCADE"), index=True)
    proof: Mapped[str]
    """`pin`: the same citizen, with all of the filer's rights; `joined`: has the same trouble, only told."""
    since: Mapped[datetime] = mapped_column(server_default=func.now())


class StaffNotice(Base):
    """Something that staff have to know, shown in the console until read."""

    __tablename__ = "staff_notices"
    __table_args__ = (
        UniqueConstraint("ticket_id", "key"),
        Index("ix_staff_notices_unread", "agency", "id", postgresql_where=sql("read_at IS NULL")),
        Index("ix_staff_notices_account", "account", "id", postgresql_where=sql("read_at IS NULL")),
    )

    id: Mapped[int] = identity()
    ticket_id: Mapped[int] = mapped_column(ForeignKey("tickets.id", ondelete="CASCADE"))
    kind: Mapped[str]
    """`assigned`, `citizen_replied`, `not_solved`, `reopened`, `due_soon`, `overdue`, `escalation`, `silent`,
    `submission`."""
    key: Mapped[str]
    agency: Mapped[str | None]
    """Whose officers see it; none: supervisors alone."""
    account: Mapped[str | None]
    """One officer alone."""
    role: Mapped[str]
    """The least role that sees it: `officer`, `supervisor`."""
    data: Mapped[dict[str, Any]] = mapped_column(server_default=sql("'{}'::jsonb"))
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    read_at: Mapped[datetime | None]
    read_by: Mapped[str | None]
