"""wards of messages"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision: str = "0018"
down_revision: str | None = "0017"
branch_labels = None
depends_on = None

_KEY = ("day", "hour", "channel", "status", "intent", "procedure", "aspect")


def _rekey(*columns: str) -> None:
    op.drop_constraint(op.f("pk_message_figures"), "message_figures", type_="primary")
    op.create_primary_key(op.f("pk_message_figures"), "message_figures", list(columns))


def upgrade() -> None:
    """To this revision."""
    op.add_column("conversations", sa.Column("ward", sa.Text(), nullable=True))
    op.add_column("messages", sa.Column("ward", sa.Text(), nullable=True))
    op.add_column("message_figures", sa.Column("ward", sa.Text(), server_default=sa.text("''"), nullable=False))
    _rekey(*_KEY, "ward")


def downgrade() -> None:
    """From this revision to the one before; counts by ward are added up."""
    op.execute(
        "CREATE TEMPORARY TABLE counted ON COMMIT DROP AS SELECT day, hour, channel, status, intent, procedure, aspect,"
        " sum(messages) AS messages, sum(within_2) AS within_2, sum(within_10) AS within_10,"
        " sum(within_60) AS within_60 FROM message_figures GROUP BY 1, 2, 3, 4, 5, 6, 7"
    )
    op.execute("DELETE FROM message_figures")
    _rekey(*_KEY)
    op.drop_column("message_figures", "ward")
    op.execute(
        "INSERT INTO message_figures (day, hour, channel, status, intent, procedure, aspect, messages,"
        " within_2, within_10, within_60) SELECT * FROM counted"
    )
    op.drop_column("messages", "ward")
    op.drop_column("conversations", "ward")
