"""Alembic's entry: runs the migrations on the connection that `bot.storage.migrations` gives."""

from __future__ import annotations

from alembic import context

from bot.storage.models import Base


def _ours(name: str | None, kind: str, _parents: object) -> bool:
    """Tables that are not in the models (the queue's, the engine's) are not ours to compare."""
    return kind != "table" or name in Base.metadata.tables


connection = context.config.attributes["connection"]
context.configure(
    connection=connection, target_metadata=Base.metadata, include_name=_ours, compare_server_default=False
)
with context.begin_transaction():
    context.run_migrations()
