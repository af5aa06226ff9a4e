"""The job queue of procrastinate and the engine's schema, which are not in our models."""

from __future__ import annotations

from alembic import op
from procrastinate.schema import SchemaManager

revision: str = "0000"
down_revision: str | None = None
branch_labels = None
depends_on = None

QUEUE_VERSION = "3.10"
"""The library's version whose schema this makes; a test fails when the lock moves on without a migration."""
TRACKERS = """
CREATE SCHEMA IF NOT EXISTS engine;
CREATE TABLE IF NOT EXISTS engine.trackers (
    sender_id text PRIMARY KEY,
    version bigint NOT NULL,
    state jsonb NOT NULL,
    last_message_id text,
    last_response jsonb,
    updated_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX IF NOT EXISTS ix_trackers_updated_at ON engine.trackers (updated_at);
"""


def upgrade() -> None:
    """To this revision."""
    # The driver's own connection (the same transaction): only it takes many statements at once.
    driver = op.get_bind().connection.driver_connection
    assert driver is not None  # noqa: S101 - for mypy; an open connection has one
    driver.execute(SchemaManager.get_schema().encode())
    driver.execute(TRACKERS)


def downgrade() -> None:
    """Back from it: not offered, it would drop what is queued."""
    raise NotImplementedError("restore a backup instead")
