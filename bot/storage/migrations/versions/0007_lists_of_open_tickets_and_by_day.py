"""lists of open tickets and by day"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision: str = "0007"
down_revision: str | None = "0006"
branch_labels = None
depends_on = None

_OPEN = "status IN ('received', 'sorting', 'forwarded', 'in_progress')"


def upgrade() -> None:
    """To this revision."""
    op.create_index("ix_tickets_created_at_id", "tickets", ["created_at", "id"], unique=False)
    op.drop_index("ix_tickets_created_at", table_name="tickets")
    op.create_index("ix_tickets_open", "tickets", ["id"], unique=False, postgresql_where=sa.text(_OPEN))
    op.create_index(
        "ix_tickets_open_agency", "tickets", ["agency", "id"], unique=False, postgresql_where=sa.text(_OPEN)
    )


def downgrade() -> None:
    """Back from it."""
    op.drop_index("ix_tickets_open_agency", table_name="tickets", postgresql_where=sa.text(_OPEN))
    op.drop_index("ix_tickets_open", table_name="tickets", postgresql_where=sa.text(_OPEN))
    op.create_index("ix_tickets_created_at", "tickets", ["created_at"], unique=False)
    op.drop_index("ix_tickets_created_at_id", table_name="tickets")
