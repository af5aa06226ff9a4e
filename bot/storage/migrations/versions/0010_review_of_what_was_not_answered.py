"""review of what was not answered"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "0010"
down_revision: str | None = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """To this revision."""
    op.create_table(
        "case_groups",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("state", sa.Text(), server_default=sa.text("'open'"), nullable=False),
        sa.Column("merged_into", sa.BigInteger(), nullable=True),
        sa.Column("leader", sa.BigInteger(), nullable=True),
        sa.Column("cases", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("citizens", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("waiting", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("first_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("last_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("rank", sa.Double(), server_default=sa.text("0"), nullable=False),
        sa.Column("procedure", sa.Text(), nullable=True),
        sa.Column(
            "suggestions",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default=sa.text("'[]'::jsonb"),
            nullable=False,
        ),
        sa.Column("suggested_for", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("label", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("assigned_to", sa.Text(), nullable=True),
        sa.Column("touched", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("changed_by", sa.Text(), nullable=True),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answerable", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.ForeignKeyConstraint(
            ["merged_into"], ["case_groups.id"], name=op.f("fk_case_groups_merged_into"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_groups")),
    )
    op.create_index(op.f("ix_case_groups_procedure"), "case_groups", ["procedure"], unique=False)
    op.create_index(
        "ix_case_groups_queue",
        "case_groups",
        ["state", sa.literal_column("rank DESC"), sa.literal_column("id DESC")],
        unique=False,
    )
    op.create_index(
        "ix_case_groups_rank",
        "case_groups",
        [sa.literal_column("rank DESC"), sa.literal_column("id DESC")],
        unique=False,
    )
    op.create_index(
        "ix_case_groups_unsuggested",
        "case_groups",
        [sa.literal_column("rank DESC")],
        unique=False,
        postgresql_where=sa.text("cases >= 2 * suggested_for AND suggested_for < 64"),
    )
    op.create_table(
        "review_marks",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_review_marks")),
    )
    op.create_table(
        "case_comments",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("group_id", sa.BigInteger(), nullable=False),
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["group_id"], ["case_groups.id"], name=op.f("fk_case_comments_group_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_comments")),
    )
    op.create_index(op.f("ix_case_comments_group_id"), "case_comments", ["group_id"], unique=False)
    op.create_table(
        "group_answers",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("group_id", sa.BigInteger(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("told", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["group_id"], ["case_groups.id"], name=op.f("fk_group_answers_group_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_group_answers")),
    )
    op.create_index(op.f("ix_group_answers_group_id"), "group_answers", ["group_id"], unique=False)
    op.create_table(
        "message_feedback",
        sa.Column("message_id", sa.BigInteger(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["message_id"], ["messages.id"], name=op.f("fk_message_feedback_message_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("message_id", name=op.f("pk_message_feedback")),
    )
    op.create_index(op.f("ix_message_feedback_created_at"), "message_feedback", ["created_at"], unique=False)
    op.create_table(
        "answer_deliveries",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("answer_id", sa.BigInteger(), nullable=False),
        sa.Column("conversation_id", sa.BigInteger(), nullable=False),
        sa.Column("outbox_id", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["answer_id"], ["group_answers.id"], name=op.f("fk_answer_deliveries_answer_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["conversation_id"],
            ["conversations.id"],
            name=op.f("fk_answer_deliveries_conversation_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["outbox_id"], ["outbox.id"], name=op.f("fk_answer_deliveries_outbox_id"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_answer_deliveries")),
        sa.UniqueConstraint(
            "answer_id", "conversation_id", name=op.f("uq_answer_deliveries_answer_id_conversation_id")
        ),
    )
    op.create_index(
        op.f("ix_answer_deliveries_conversation_id"), "answer_deliveries", ["conversation_id"], unique=False
    )
    op.create_index(op.f("ix_answer_deliveries_outbox_id"), "answer_deliveries", ["outbox_id"], unique=False)
    op.create_table(
        "case_exemplars",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("case_id", sa.BigInteger(), nullable=False),
        sa.Column("group_id", sa.BigInteger(), nullable=False),
        sa.Column("anchor", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("terms", sa.ARRAY(sa.Text()), nullable=False),
        sa.ForeignKeyConstraint(
            ["case_id"], ["unresolved_cases.id"], name=op.f("fk_case_exemplars_case_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["group_id"], ["case_groups.id"], name=op.f("fk_case_exemplars_group_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_exemplars")),
        sa.UniqueConstraint("case_id", name=op.f("uq_case_exemplars_case_id")),
    )
    op.create_index(op.f("ix_case_exemplars_group_id"), "case_exemplars", ["group_id"], unique=False)
    op.create_index("ix_case_exemplars_terms", "case_exemplars", ["terms"], unique=False, postgresql_using="gin")
    op.add_column(
        "unresolved_cases",
        sa.Column(
            "signals", postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'[]'::jsonb"), nullable=False
        ),
    )
    op.add_column("unresolved_cases", sa.Column("confidence", sa.Double(), nullable=True))
    op.add_column("unresolved_cases", sa.Column("group_id", sa.BigInteger(), nullable=True))
    op.add_column("unresolved_cases", sa.Column("channel", sa.Text(), nullable=True))
    op.add_column("unresolved_cases", sa.Column("intent", sa.Text(), nullable=True))
    op.add_column("unresolved_cases", sa.Column("procedure", sa.Text(), nullable=True))
    op.add_column(
        "unresolved_cases",
        sa.Column(
            "aspects", postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'[]'::jsonb"), nullable=False
        ),
    )
    op.add_column("unresolved_cases", sa.Column("likeness", sa.Double(), nullable=True))
    op.add_column("unresolved_cases", sa.Column("why", postgresql.JSONB(astext_type=sa.Text()), nullable=True))
    op.create_index(
        "ix_unresolved_cases_group_conversation", "unresolved_cases", ["group_id", "conversation_id"], unique=False
    )
    op.create_index("ix_unresolved_cases_group_id", "unresolved_cases", ["group_id", "id"], unique=False)
    op.create_index(
        "ix_unresolved_cases_signals", "unresolved_cases", ["signals"], unique=False, postgresql_using="gin"
    )
    op.create_index(
        "ix_unresolved_cases_ungrouped",
        "unresolved_cases",
        ["id"],
        unique=False,
        postgresql_where=sa.text("group_id IS NULL"),
    )
    op.create_foreign_key(
        op.f("fk_unresolved_cases_group_id"),
        "unresolved_cases",
        "case_groups",
        ["group_id"],
        ["id"],
        ondelete="SET NULL",
    )


def downgrade() -> None:
    """Back from it."""
    op.drop_constraint(op.f("fk_unresolved_cases_group_id"), "unresolved_cases", type_="foreignkey")
    op.drop_index(
        "ix_unresolved_cases_ungrouped", table_name="unresolved_cases", postgresql_where=sa.text("group_id IS NULL")
    )
    op.drop_index("ix_unresolved_cases_signals", table_name="unresolved_cases", postgresql_using="gin")
    op.drop_index("ix_unresolved_cases_group_id", table_name="unresolved_cases")
    op.drop_index("ix_unresolved_cases_group_conversation", table_name="unresolved_cases")
    op.drop_column("unresolved_cases", "why")
    op.drop_column("unresolved_cases", "likeness")
    op.drop_column("unresolved_cases", "aspects")
    op.drop_column("unresolved_cases", "procedure")
    op.drop_column("unresolved_cases", "intent")
    op.drop_column("unresolved_cases", "channel")
    op.drop_column("unresolved_cases", "group_id")
    op.drop_column("unresolved_cases", "confidence")
    op.drop_column("unresolved_cases", "signals")
    op.drop_index(op.f("ix_case_exemplars_group_id"), table_name="case_exemplars")
    op.drop_table("case_exemplars")
    op.drop_index(op.f("ix_answer_deliveries_outbox_id"), table_name="answer_deliveries")
    op.drop_index(op.f("ix_answer_deliveries_conversation_id"), table_name="answer_deliveries")
    op.drop_table("answer_deliveries")
    op.drop_index(op.f("ix_message_feedback_created_at"), table_name="message_feedback")
    op.drop_table("message_feedback")
    op.drop_index(op.f("ix_group_answers_group_id"), table_name="group_answers")
    op.drop_table("group_answers")
    op.drop_index(op.f("ix_case_comments_group_id"), table_name="case_comments")
    op.drop_table("case_comments")
    op.drop_table("review_marks")
    op.drop_index("ix_case_groups_rank", table_name="case_groups")
    op.drop_index("ix_case_groups_queue", table_name="case_groups")
    op.drop_index(op.f("ix_case_groups_procedure"), table_name="case_groups")
    op.drop_table("case_groups")
