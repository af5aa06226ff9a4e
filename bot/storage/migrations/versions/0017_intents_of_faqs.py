"""intents of faqs"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision: str = "0017"
down_revision: str | None = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """To this revision."""
    op.add_column("faqs", sa.Column("intent", sa.Text(), nullable=True))
    op.create_unique_constraint(op.f("uq_faqs_intent"), "faqs", ["intent"])


def downgrade() -> None:
    """From this revision to the one before."""
    op.drop_constraint(op.f("uq_faqs_intent"), "faqs", type_="unique")
    op.drop_column("faqs", "intent")
