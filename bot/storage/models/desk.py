"""Live chats: conversations that a person of the office takes over from the bot, and what happened to them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Index, SmallInteger, func, text
from sqlalchemy.orm import Mapped, mapped_column

from bot.storage.models.base import Base, identity


class LiveChat(Base):
    """One time that a citizen talks (or waits to talk) to an officer. A conversation has at most one that is open.

    While one is `taken`, `conversations.live_chat` names it, and the citizen's messages are not answered by the engine.
    """

    __tablename__ = "live_chats"
    __table_args__ = (
        Index(
            "ux_live_chats_open", "conversation_id", unique=True, postgresql_where=text("state IN ('waiting', 'taken')")
        ),
        Index("ix_live_chats_conversation", "conversation_id", "id"),
        Index("ix_live_chats_closed", "closed_at"),
    )

    id: Mapped[int] = identity()
    conversation_id: Mapped[int] = mapped_column(ForeignKey("conversations.id", ondelete="CASCADE"))
    state: Mapped[str] = mapped_column(server_default=text("'waiting'"))
    """`waiting`, `taken`, `closed`."""
    why: Mapped[str] = mapped_column(server_default=text("'asked'"))
    """`asked`: the citizen asked for a person; `staff`: an officer stepped in."""
    agency: Mapped[str | None]
    """Whose officers are to take it; none: anybody's."""
    wanted: Mapped[str | None]
    """The colleague to whom it was forwarded, until somebody takes it."""
    holder: Mapped[str | None]
    """The account that holds it; set exactly while it is taken."""
    epoch: Mapped[int] = mapped_column(BigInteger, server_default=text("0"))
    """Fencing token: raised whenever it changes hands; what a page of an earlier holder sends is refused."""
    lease_until: Mapped[datetime | None]
    """Renewed by every sign of life of the holder. When it is over and the citizen waits for an answer, somebody else
    may take it, and the sweep puts it back into the queue."""
    opened_at: Mapped[datetime] = mapped_column(server_default=func.now())
    waiting_since: Mapped[datetime] = mapped_column(server_default=func.now())
    """Since when it stands in the queue (again)."""
    delayed_at: Mapped[datetime | None]
    """When the citizen was told that it takes longer, in this stay in the queue."""
    first_taken_at: Mapped[datetime | None]
    taken_at: Mapped[datetime | None]
    """By its last holder."""
    spoke_at: Mapped[datetime | None]
    """When its last holder wrote last."""
    typing_at: Mapped[datetime | None]
    """When the citizen was last shown that somebody is typing."""
    closed_at: Mapped[datetime | None]
    end: Mapped[str | None]
    """`closed` (by the holder), `handed_back` (to the bot), `idle`, `out_of_hours`, `left` (by the citizen)."""
    rating_asked_at: Mapped[datetime | None]
    rating: Mapped[int | None] = mapped_column(SmallInteger)
    """1 to 5, given once by the citizen."""
    rated_at: Mapped[datetime | None]


class LiveChatEvent(Base):
    """What happened to a live chat, by whom and when."""

    __tablename__ = "live_chat_events"

    id: Mapped[int] = identity()
    chat_id: Mapped[int] = mapped_column(ForeignKey("live_chats.id", ondelete="CASCADE"), index=True)
    kind: Mapped[str]
    """`opened taken said forwarded returned delayed closed rated`."""
    account: Mapped[str | None]
    """Of staff; none: the citizen, or by itself."""
    reason: Mapped[str | None]
    """Why it was forwarded, for colleagues."""
    data: Mapped[dict[str, Any]] = mapped_column(server_default=text("'{}'::jsonb"))
    outbox_id: Mapped[int | None] = mapped_column(BigInteger)
    """What was said: the (last) row of the outbox; it may be gone before this row is."""
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
