"""figures"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision: str = "0016"
down_revision: str | None = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """To this revision."""
    op.create_table(
        "figure_days",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("counted_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("day", name=op.f("pk_figure_days")),
    )
    op.create_table(
        "message_figures",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("hour", sa.SmallInteger(), nullable=False),
        *(
            sa.Column(name, sa.Text(), nullable=False)
            for name in ("channel", "status", "intent", "procedure", "aspect")
        ),
        sa.Column("messages", sa.Integer(), nullable=False),
        *(
            sa.Column(name, sa.Integer(), server_default=sa.text("0"), nullable=False)
            for name in ("within_2", "within_10", "within_60")
        ),
        sa.PrimaryKeyConstraint(
            *("day", "hour", "channel", "status", "intent", "procedure", "aspect"), name=op.f("pk_message_figures")
        ),
    )


def downgrade() -> None:
    """From this revision to the one before."""
    op.drop_table("message_figures")
    op.drop_table("figure_days")
