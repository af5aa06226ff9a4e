"""The history of the tables. `upgrade(url)` brings a database to the newest state.

Two processes that start at once do not migrate at once: the second waits at an advisory lock and
then finds nothing to do. `make migration` makes a new one (`generate.py`).
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from sqlalchemy import Connection, text

from bot.storage.database import connect_sync

FOLDER = Path(__file__).parent
_LOCK = 0x4D43_0001  # any number of ours; "MC"


def configuration(connection: Connection | None = None) -> Any:
    """Alembic's configuration, on a connection of ours when it is to touch a database."""
    from alembic.config import Config  # late: it takes a tenth of a second, and not every user migrates

    config = Config()
    config.set_main_option("script_location", str(FOLDER))
    config.attributes["connection"] = connection
    return config


def head() -> str:
    """The newest revision that the code knows."""
    from alembic.script import ScriptDirectory

    revision = ScriptDirectory.from_config(configuration()).get_current_head()
    if revision is None:
        raise RuntimeError("no migrations in the package")
    return revision


def current(url: str) -> str | None:
    """The revision that a database is at; None for one that was never migrated."""
    from alembic.migration import MigrationContext

    engine = connect_sync(url)
    try:
        with engine.connect() as connection:
            return MigrationContext.configure(connection).get_current_revision()
    finally:
        engine.dispose()


def upgrade(url: str, revision: str = "head") -> bool:
    """Bring a database to the newest (or the given) state, in one transaction.

    Returns:
        Whether there was something to do.
    """
    from alembic import command

    engine = connect_sync(url)
    try:
        with engine.begin() as connection:
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})
            from alembic.migration import MigrationContext

            wanted = head() if revision == "head" else revision
            if MigrationContext.configure(connection).get_current_revision() == wanted:
                return False
            command.upgrade(configuration(connection), revision)
            return True
    finally:
        engine.dispose()
