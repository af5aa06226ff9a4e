"""An embedded PostgreSQL for a test session, and fresh databases with all tables from a template."""

from __future__ import annotations

import contextlib
import itertools
import os
from collections.abc import Iterator

import psycopg
from psycopg import sql
from pydantic import SecretStr
from sqlalchemy import make_url

from bot.settings import Settings
from bot.storage import database, migrations
from bot.storage.embedded import Urls, ensure_running
from bot.storage.models import Base
from tests.support.folders import public_folder

TEMPLATE = "tables"
# A test's database need not survive a power cut.
FAST = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


class Databases:
    """Makes and drops databases on one server."""

    def __init__(self, urls: Urls) -> None:
        self._urls = urls
        self._numbers = itertools.count(1)
        with self._admin() as connection:
            connection.execute(sql.SQL("CREATE DATABASE {} OWNER motcua").format(sql.Identifier(TEMPLATE)))
        url = self.url(TEMPLATE)
        # The queue and the engine's table from the migration, ours from the models: what a test sees is
        # always the models as they are; that the migrations make the same is a test of its own.
        migrations.upgrade(url, "0000")
        engine = database.connect_sync(url)
        Base.metadata.create_all(engine)
        engine.dispose()

    def url(self, name: str) -> str:
        """The owner's URL of a database."""
        return make_url(self._urls.owner).set(database=name).render_as_string(hide_password=False)

    @contextlib.contextmanager
    def fresh(self, *, template: str = TEMPLATE) -> Iterator[str]:
        """The URL of a new database, dropped afterwards with whatever is connected to it."""
        name = f"test_{os.getpid()}_{next(self._numbers)}"
        with self._admin() as connection:
            connection.execute(
                sql.SQL("CREATE DATABASE {} TEMPLATE {} OWNER motcua STRATEGY file_copy").format(
                    sql.Identifier(name), sql.Identifier(template)
                )
            )
        try:
            yield self.url(name)
        finally:
            with self._admin() as connection:
                connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))

    def _admin(self) -> psycopg.Connection:
        return psycopg.connect(self._urls.admin, autocommit=True)


@contextlib.contextmanager
def session_databases() -> Iterator[Databases]:
    """A server for the duration of a test session."""
    with (
        public_folder() as folder,
        ensure_running(Settings(data_dir=folder / "var", database_url=SecretStr("")), options=FAST) as urls,
    ):
        yield Databases(urls)
