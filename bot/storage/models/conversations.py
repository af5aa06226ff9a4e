"""Conversations, the durable inbox, the outbox, and the vault of masked personal values."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Index, LargeBinary, SmallInteger, UniqueConstraint, func, text
from sqlalchemy.orm import Mapped, mapped_column

from bot.storage.models.base import Base, identity


class Conversation(Base):
    """One citizen on one channel; the row is also the lock under which turns are taken in order."""

    __tablename__ = "conversations"
    __table_args__ = (
        UniqueConstraint("channel", "external_id"),
        Index("ix_conversations_waiting", "not_before", postgresql_where=text("waiting > 0")),
    )

    id: Mapped[int] = identity()
    key: Mapped[uuid.UUID] = mapped_column(unique=True, default=uuid.uuid4)
    """Opaque name: the sender id in the engine, and the public half of the web capability."""
    channel: Mapped[str]
    """`web`, `telegram`, `zalo`, `cli`."""
    external_id: Mapped[str]
    """The platform's id of the citizen; on the web the same as `key`."""
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    last_message_at: Mapped[datetime] = mapped_column(server_default=func.now())
    mask_counters: Mapped[dict[str, Any]] = mapped_column(server_default=text("'{}'::jsonb"))
    """How many values of each kind were masked so far: `{"SĐT": 2}`."""
    opted_out_at: Mapped[datetime | None]

    waiting: Mapped[int] = mapped_column(server_default=text("0"))
    """How many messages wait for their turn. A counter, because only arithmetic on the row itself stays right
    when two transactions meet on it; a look at `messages` would see an older snapshot."""
    not_before: Mapped[datetime] = mapped_column(server_default=func.now())
    """Since when a turn is due; in the future while backing off after a failed try."""
    claimed_by: Mapped[str | None]
    claim_epoch: Mapped[int] = mapped_column(BigInteger, server_default=text("0"))
    """Fencing token: raised at every claim; a result is stored only under the epoch that claimed."""
    lease_until: Mapped[datetime | None]
    live_chat: Mapped[int | None] = mapped_column(BigInteger)
    """The live chat (`live_chats.id`) in which an officer holds this conversation: its messages go to them, not to the
    engine. It stands here because this row is the lock under which turns are taken."""
    ward: Mapped[str | None]
    """The ward of ours that the citizen named last, in words or with a report; for figures alone."""


class Message(Base):
    """What a citizen sent (masked), and what became of it. Unique on conversation and message id."""

    __tablename__ = "messages"
    __table_args__ = (
        UniqueConstraint("conversation_id", "message_id"),
        Index("ix_messages_pending", "conversation_id", "id", postgresql_where=text("state = 'pending'")),
        Index("ix_messages_received_at", "received_at"),
    )

    id: Mapped[int] = identity()
    conversation_id: Mapped[int] = mapped_column(ForeignKey("conversations.id", ondelete="CASCADE"))
    message_id: Mapped[str]
    kind: Mapped[str]
    """`text`, `payload`, or `held`: until its turn comes, what was sent lies with the platform."""
    body: Mapped[str]
    """Masked text, or the payload of the pressed button, or JSON that says what is held."""
    received_at: Mapped[datetime] = mapped_column(server_default=func.now())
    state: Mapped[str] = mapped_column(server_default=text("'pending'"))
    """`pending`, `done`, or `failed` (given up after the last try; the citizen was told)."""
    tries: Mapped[int] = mapped_column(SmallInteger, server_default=text("0"))
    result: Mapped[dict[str, Any] | None]
    """`{"replies": […], "understanding": {…}}` as the API returns it."""
    status: Mapped[str | None]
    intent: Mapped[str | None]
    confidence: Mapped[float | None]
    ward: Mapped[str | None]
    """The conversation's ward as it was known when the turn ended; none: not known then."""
    finished_at: Mapped[datetime | None]
    notice_at: Mapped[datetime | None]
    """When the citizen was told that the answer is still coming."""


class Outbox(Base):
    """A message that a push channel still has to deliver, or has delivered."""

    __tablename__ = "outbox"
    __table_args__ = (
        UniqueConstraint("message_id", "seq"),
        Index("ix_outbox_open", "conversation_id", "id", postgresql_where=text("state IN ('queued', 'sending')")),
        Index("ix_outbox_undelivered", "id", postgresql_where=text("state IN ('failed', 'unknown', 'opted_out')")),
    )

    id: Mapped[int] = identity()
    conversation_id: Mapped[int] = mapped_column(ForeignKey("conversations.id", ondelete="CASCADE"), index=True)
    message_id: Mapped[int | None] = mapped_column(ForeignKey("messages.id", ondelete="SET NULL"))
    """The citizen's message that it answers; none for what we send unasked."""
    seq: Mapped[int] = mapped_column(SmallInteger, server_default=text("0"))
    channel: Mapped[str]
    body: Mapped[dict[str, Any]]
    """One reply: `{"text", "buttons", "image"}`."""
    state: Mapped[str] = mapped_column(server_default=text("'queued'"))
    """`queued`, `sending`, `sent`, `failed`, `unknown` (may have arrived), `opted_out`."""
    tries: Mapped[int] = mapped_column(SmallInteger, server_default=text("0"))
    not_before: Mapped[datetime] = mapped_column(server_default=func.now())
    """Queued: not sent before this time. Sending: when the sender counts as dead, and the message as unknown."""
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    sent_at: Mapped[datetime | None]
    platform_id: Mapped[str | None]
    error: Mapped[str | None]
    """A stable word for why it was not sent."""


class MaskedValue(Base):
    """A personal value that was masked in a message, encrypted; kept only while a report may need it."""

    __tablename__ = "masked_values"
    __table_args__ = (UniqueConstraint("conversation_id", "token"),)

    id: Mapped[int] = identity()
    conversation_id: Mapped[int] = mapped_column(ForeignKey("conversations.id", ondelete="CASCADE"))
    message_id: Mapped[int | None] = mapped_column(ForeignKey("messages.id", ondelete="CASCADE"), index=True)
    token: Mapped[str]
    """What stands in the text instead, such as `[SĐT_1]`."""
    kind: Mapped[str]
    """`phone`, `email`, `identity`."""
    ciphertext: Mapped[bytes] = mapped_column(LargeBinary)
    created_at: Mapped[datetime] = mapped_column(server_default=func.now(), index=True)
