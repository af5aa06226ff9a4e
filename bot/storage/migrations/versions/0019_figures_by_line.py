"""figures by line"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.types import TypeEngine

revision: str = "0019"
down_revision: str | None = "0018"
branch_labels = None
depends_on = None

_TABLE, _BEFORE = "message_figures", "message_figures_before"
_SUMS = ", ".join(f"sum({name})" for name in ("messages", "within_2", "within_10", "within_60"))
_COUNTS = "messages, within_2, within_10, within_60"


def _remade(*key: tuple[str, TypeEngine[Any]]) -> None:
    """The table anew and empty, with these columns as its key; what it held stands beside it."""
    op.drop_constraint(op.f("pk_message_figures"), _TABLE, type_="primary")
    op.rename_table(_TABLE, _BEFORE)
    op.create_table(
        _TABLE,
        *(sa.Column(name, kind, nullable=False) for name, kind in key),
        sa.Column("ward", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("messages", sa.Integer(), nullable=False),
        *(
            sa.Column(name, sa.Integer(), server_default=sa.text("0"), nullable=False)
            for name in ("within_2", "within_10", "within_60")
        ),
        sa.PrimaryKeyConstraint(*(name for name, _ in key), "ward", name=op.f("pk_message_figures")),
    )


def upgrade() -> None:
    """To this revision: what was counted along all lines at once is added up along each."""
    text = sa.Text()
    _remade(("line", text), ("day", sa.Date()), ("key", text), ("channel", text))
    op.execute(
        f"INSERT INTO {_TABLE} (line, day, key, channel, ward, {_COUNTS})"  # noqa: S608  constants of this file
        f" SELECT along.line, b.day, along.key, b.channel, b.ward, {_SUMS} FROM {_BEFORE} b CROSS JOIN LATERAL"
        " (VALUES ('status', b.status), ('hour', b.hour::text),"
        " ('procedure', CASE WHEN b.status = 'answered' THEN nullif(b.procedure, '') END),"
        " ('aspect', CASE WHEN b.status = 'answered' THEN nullif(b.aspect, '') END)) AS along (line, key)"
        " WHERE along.key IS NOT NULL GROUP BY 1, 2, 3, 4, 5"
    )
    op.drop_table(_BEFORE)


def downgrade() -> None:
    """From this revision to the one before.

    Days whose messages are all still there are counted anew by the code of then; earlier ones keep their messages by
    channel, status and ward, at hour 0.
    """
    texts = [(name, sa.Text()) for name in ("channel", "status", "intent", "procedure", "aspect")]
    _remade(("day", sa.Date()), ("hour", sa.SmallInteger()), *texts)
    op.execute(
        f"INSERT INTO {_TABLE} (day, hour, channel, status, intent, procedure, aspect, ward, {_COUNTS})"  # noqa: S608
        f" SELECT day, 0, channel, key, '', '', '', ward, {_COUNTS} FROM {_BEFORE} WHERE line = 'status'"
    )
    op.drop_table(_BEFORE)
    op.execute("DELETE FROM figure_days WHERE day > (SELECT min(received_at)::date + 1 FROM messages)")
