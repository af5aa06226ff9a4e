"""What the bot did not answer well: cases, groups of them, and what citizens were told afterwards."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ARRAY, BigInteger, ForeignKey, Index, Text, UniqueConstraint
from sqlalchemy import func as sql
from sqlalchemy import text as literal
from sqlalchemy.orm import Mapped, mapped_column

from bot.storage.models.base import Base, identity


class CaseGroup(Base):
    """Cases that ask the same thing, for staff to work on together."""

    __tablename__ = "case_groups"
    __table_args__ = (
        Index("ix_case_groups_queue", "state", literal("rank DESC"), literal("id DESC")),
        Index("ix_case_groups_rank", literal("rank DESC"), literal("id DESC")),
        Index(
            "ix_case_groups_unsuggested",
            literal("rank DESC"),
            postgresql_where=literal("cases >= 2 * suggested_for AND suggested_for < 64"),
        ),
    )

    id: Mapped[int] = identity()
    state: Mapped[str] = mapped_column(server_default=literal("'open'"))
    """`open`, `labelled` (taught; waits for a model or record that answers), `answered` (the citizens were told),
    `dismissed` (out of scope), `merged`."""
    merged_into: Mapped[int | None] = mapped_column(ForeignKey("case_groups.id", ondelete="SET NULL"))
    leader: Mapped[int | None] = mapped_column(BigInteger)
    """The case whose words stand for the group; no foreign key, because each points to the other."""
    cases: Mapped[int] = mapped_column(server_default=literal("0"))
    citizens: Mapped[int] = mapped_column(server_default=literal("0"))
    waiting: Mapped[int] = mapped_column(server_default=literal("0"))
    """Citizens of open cases: who would be told."""
    first_at: Mapped[datetime] = mapped_column(server_default=sql.now())
    last_at: Mapped[datetime] = mapped_column(server_default=sql.now())
    rank: Mapped[float] = mapped_column(server_default=literal("0"))
    """Citizens affected and recency in one number that does not age by itself (bot/review/grouping.py)."""
    procedure: Mapped[str | None] = mapped_column(index=True)
    """The first suggested one, for the filter."""
    suggestions: Mapped[list[Any]] = mapped_column(server_default=literal("'[]'::jsonb"))
    """`[{"kind", "code" | "intent" | "faq", "aspect", "name", "score", "why": [words]}]`, best first."""
    suggested_for: Mapped[int] = mapped_column(server_default=literal("0"))
    """How many cases there were when they were made; twice as many get new ones."""
    label: Mapped[dict[str, Any] | None]
    """What staff decided: `{"kind": "procedure" | "intent" | "faq" | "alias" | "scope", …, "by", "at"}`."""
    assigned_to: Mapped[str | None]
    touched: Mapped[bool] = mapped_column(server_default=literal("false"))
    """A person has decided something about it: grouping anew leaves it as it is."""
    version: Mapped[int] = mapped_column(server_default=literal("1"))
    """Raised by every decision, so that two people do not overwrite one another."""
    changed_by: Mapped[str | None]
    changed_at: Mapped[datetime | None]
    answerable: Mapped[dict[str, Any] | None]
    """Found since: `{"status", "procedures", "aspects", "text", "at"}`; the waiting citizens may be told."""


class UnresolvedCase(Base):
    """A citizen's question that was not answered well, kept for review; one a message."""

    __tablename__ = "unresolved_cases"
    __table_args__ = (
        Index("ix_unresolved_cases_open", "created_at", postgresql_where=literal("state = 'open'")),
        Index("ix_unresolved_cases_ungrouped", "id", postgresql_where=literal("group_id IS NULL")),
        Index("ix_unresolved_cases_group_id", "group_id", "id"),
        Index("ix_unresolved_cases_group_conversation", "group_id", "conversation_id"),
        Index("ix_unresolved_cases_signals", "signals", postgresql_using="gin"),
    )

    id: Mapped[int] = identity()
    message_id: Mapped[int] = mapped_column(ForeignKey("messages.id", ondelete="CASCADE"), unique=True)
    conversation_id: Mapped[int] = mapped_column(ForeignKey("conversations.id", ondelete="CASCADE"), index=True)
    text: Mapped[str]
    """The citizen's words, masked."""
    reason: Mapped[str]
    """`no_match`, `gap:…`, `out_of_scope`, `no_data`, `handoff`, `doubt`, `thumbs_down`, `repeated`."""
    candidates: Mapped[list[Any]]
    """What the search came nearest to: codes, or `[{"code", "score"}, …]`."""
    state: Mapped[str] = mapped_column(server_default=literal("'open'"))
    """`open`, `told` (the citizen got the answer), `closed` (nothing is to be told)."""
    created_at: Mapped[datetime] = mapped_column(server_default=sql.now())
    signals: Mapped[list[str]] = mapped_column(server_default=literal("'[]'::jsonb"))
    """Why it is here: `unresolved`, `low_confidence`, `thumbs_down`, `handoff`, `repeated`."""
    confidence: Mapped[float | None]
    """How sure the answer was, 0 to 1: of the link to a procedure, else of the intent."""
    group_id: Mapped[int | None] = mapped_column(ForeignKey("case_groups.id", ondelete="SET NULL"))
    channel: Mapped[str | None]
    intent: Mapped[str | None]
    procedure: Mapped[str | None]
    """What the search came nearest to when the case was grouped."""
    aspects: Mapped[list[str]] = mapped_column(server_default=literal("'[]'::jsonb"))
    likeness: Mapped[float | None]
    """To the case that it was put beside; none for the first of a group, or where a person put it."""
    why: Mapped[dict[str, Any] | None]
    """`{"case", "words"}`: beside which case, for which words in common; `{"by"}`: who put it there."""


class CaseExemplar(Base):
    """A case by which others find its group, as weighted terms."""

    __tablename__ = "case_exemplars"
    __table_args__ = (Index("ix_case_exemplars_terms", "terms", postgresql_using="gin"),)

    id: Mapped[int] = identity()
    case_id: Mapped[int] = mapped_column(ForeignKey("unresolved_cases.id", ondelete="CASCADE"), unique=True)
    group_id: Mapped[int] = mapped_column(ForeignKey("case_groups.id", ondelete="CASCADE"), index=True)
    anchor: Mapped[bool] = mapped_column(server_default=literal("false"))
    """It began a group, or was put into this one by a person: who is far from all anchors does not belong."""
    terms: Mapped[list[str]] = mapped_column(ARRAY(Text()))


class CaseComment(Base):
    """What staff say to one another about a group."""

    __tablename__ = "case_comments"

    id: Mapped[int] = identity()
    group_id: Mapped[int] = mapped_column(ForeignKey("case_groups.id", ondelete="CASCADE"), index=True)
    account: Mapped[str]
    text: Mapped[str]
    created_at: Mapped[datetime] = mapped_column(server_default=sql.now())


class GroupAnswer(Base):
    """What was written once for every citizen of a group who waits."""

    __tablename__ = "group_answers"

    id: Mapped[int] = identity()
    group_id: Mapped[int] = mapped_column(ForeignKey("case_groups.id", ondelete="CASCADE"), index=True)
    text: Mapped[str]
    account: Mapped[str]
    told: Mapped[int] = mapped_column(server_default=literal("0"))
    created_at: Mapped[datetime] = mapped_column(server_default=sql.now())


class AnswerDelivery(Base):
    """One citizen's copy of a group's answer; once a citizen and answer."""

    __tablename__ = "answer_deliveries"
    __table_args__ = (UniqueConstraint("answer_id", "conversation_id"),)

    id: Mapped[int] = identity()
    answer_id: Mapped[int] = mapped_column(ForeignKey("group_answers.id", ondelete="CASCADE"))
    conversation_id: Mapped[int] = mapped_column(ForeignKey("conversations.id", ondelete="CASCADE"), index=True)
    outbox_id: Mapped[int | None] = mapped_column(ForeignKey("outbox.id", ondelete="SET NULL"), index=True)
    """The last part of it; what became of that is what became of the answer."""


class MessageFeedback(Base):
    """A thumb for an answer."""

    __tablename__ = "message_feedback"

    message_id: Mapped[int] = mapped_column(ForeignKey("messages.id", ondelete="CASCADE"), primary_key=True)
    value: Mapped[str]
    """`up` or `down`."""
    created_at: Mapped[datetime] = mapped_column(server_default=sql.now(), index=True)


class ReviewMark(Base):
    """How far a job of the review has come."""

    __tablename__ = "review_marks"

    name: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[str]
