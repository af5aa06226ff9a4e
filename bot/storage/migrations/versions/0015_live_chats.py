"""live chats"""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "0015"
down_revision: str | None = "0014"
branch_labels = None
depends_on = None

_NOW = sa.text("now()")


def _when(name: str, *, always: bool = False) -> sa.Column[datetime]:
    return sa.Column(name, sa.DateTime(timezone=True), server_default=_NOW if always else None, nullable=not always)


def upgrade() -> None:
    """To this revision."""
    op.add_column("conversations", sa.Column("live_chat", sa.BigInteger(), nullable=True))
    op.create_table(
        "live_chats",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("conversation_id", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.Text(), server_default=sa.text("'waiting'"), nullable=False),
        sa.Column("why", sa.Text(), server_default=sa.text("'asked'"), nullable=False),
        sa.Column("agency", sa.Text(), nullable=True),
        sa.Column("wanted", sa.Text(), nullable=True),
        sa.Column("holder", sa.Text(), nullable=True),
        sa.Column("epoch", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        _when("lease_until"),
        _when("opened_at", always=True),
        _when("waiting_since", always=True),
        *(_when(name) for name in ("delayed_at", "first_taken_at", "taken_at", "spoke_at", "typing_at", "closed_at")),
        sa.Column("end", sa.Text(), nullable=True),
        _when("rating_asked_at"),
        sa.Column("rating", sa.SmallInteger(), nullable=True),
        _when("rated_at"),
        sa.ForeignKeyConstraint(
            ["conversation_id"],
            ["conversations.id"],
            name=op.f("fk_live_chats_conversation_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_live_chats")),
    )
    op.create_index(
        "ux_live_chats_open",
        "live_chats",
        ["conversation_id"],
        unique=True,
        postgresql_where=sa.text("state IN ('waiting', 'taken')"),
    )
    op.create_index("ix_live_chats_conversation", "live_chats", ["conversation_id", "id"])
    op.create_index("ix_live_chats_closed", "live_chats", ["closed_at"])
    op.create_table(
        "live_chat_events",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("chat_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("account", sa.Text(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column(
            "data", postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'{}'::jsonb"), nullable=False
        ),
        sa.Column("outbox_id", sa.BigInteger(), nullable=True),
        _when("created_at", always=True),
        sa.ForeignKeyConstraint(
            ["chat_id"], ["live_chats.id"], name=op.f("fk_live_chat_events_chat_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_live_chat_events")),
    )
    op.create_index(op.f("ix_live_chat_events_chat_id"), "live_chat_events", ["chat_id"])


def downgrade() -> None:
    """Back from it."""
    op.drop_table("live_chat_events")
    op.drop_table("live_chats")
    op.drop_column("conversations", "live_chat")
