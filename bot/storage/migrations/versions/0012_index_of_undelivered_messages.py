"""index of undelivered messages"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision: str = "0012"
down_revision: str | None = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """To this revision."""
    op.create_index(
        "ix_outbox_undelivered",
        "outbox",
        ["id"],
        unique=False,
        postgresql_where=sa.text("state IN ('failed', 'unknown', 'opted_out')"),
    )


def downgrade() -> None:
    """Back from it."""
    op.drop_index("ix_outbox_undelivered", table_name="outbox")
