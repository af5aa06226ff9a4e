"""second factor, single sign-on and what is known of a session"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "0009"
down_revision: str | None = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """To this revision."""
    op.add_column("staff", sa.Column("totp_secret", sa.LargeBinary(), nullable=True))
    op.add_column("staff", sa.Column("totp_step", sa.BigInteger(), nullable=True))
    op.add_column(
        "staff",
        sa.Column(
            "recovery_codes",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default=sa.text("'[]'::jsonb"),
            nullable=False,
        ),
    )
    op.add_column("staff", sa.Column("oidc_subject", sa.Text(), nullable=True))
    op.create_unique_constraint(op.f("uq_staff_oidc_subject"), "staff", ["oidc_subject"])
    op.add_column(
        "staff_sessions",
        sa.Column("second_factor_due", sa.Boolean(), server_default=sa.text("false"), nullable=False),
    )
    op.add_column(
        "staff_sessions",
        sa.Column("single_sign_on", sa.Boolean(), server_default=sa.text("false"), nullable=False),
    )
    op.add_column("staff_sessions", sa.Column("address", sa.Text(), nullable=True))
    op.add_column("staff_sessions", sa.Column("browser", sa.Text(), nullable=True))


def downgrade() -> None:
    """Back from it."""
    op.drop_column("staff_sessions", "browser")
    op.drop_column("staff_sessions", "address")
    op.drop_column("staff_sessions", "single_sign_on")
    op.drop_column("staff_sessions", "second_factor_due")
    op.drop_constraint(op.f("uq_staff_oidc_subject"), "staff", type_="unique")
    op.drop_column("staff", "oidc_subject")
    op.drop_column("staff", "recovery_codes")
    op.drop_column("staff", "totp_step")
    op.drop_column("staff", "totp_secret")
