"""Roles, database and schema of the embedded server: what a database administrator does on a real one."""

from __future__ import annotations

import time
from collections.abc import Callable

import psycopg
from psycopg import sql

from bot.storage.embedded.errors import EmbeddedError
from bot.storage.embedded.server import DATABASE, ENGINE, OWNER, SUPERUSER, EmbeddedPostgres


def wait_ready(server: EmbeddedPostgres, *, timeout: float = 60.0, running: Callable[[], bool] = lambda: True) -> None:
    """Wait until the server takes connections.

    Raises:
        EmbeddedError: it ended, or did not answer in time (seconds).
    """
    end = time.monotonic() + timeout
    url = server.url(SUPERUSER, "postgres")
    while True:
        try:
            psycopg.connect(url, connect_timeout=5).close()
        except psycopg.OperationalError as error:
            if not running():
                raise EmbeddedError("PostgreSQL đã dừng khi khởi động; xem nhật ký ở trên.") from error
            if time.monotonic() > end:
                raise EmbeddedError(f"PostgreSQL không trả lời sau {timeout:.0f} giây.") from error
            time.sleep(0.05)
        else:
            return


def ensure(server: EmbeddedPostgres) -> None:
    """Make the roles, the database and the engine's schema where they are missing."""
    with psycopg.connect(server.url(SUPERUSER, "postgres"), autocommit=True) as connection:
        for role in (OWNER, ENGINE):
            create = sql.SQL("ALTER" if _exists(connection, "pg_roles", "rolname", role) else "CREATE")
            connection.execute(
                sql.SQL("{} ROLE {} LOGIN PASSWORD {}").format(create, sql.Identifier(role), server.password(role))
            )
        if not _exists(connection, "pg_database", "datname", DATABASE):
            connection.execute(
                sql.SQL("CREATE DATABASE {} OWNER {}").format(sql.Identifier(DATABASE), sql.Identifier(OWNER))
            )
            connection.execute(sql.SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(sql.Identifier(DATABASE)))
            connection.execute(
                sql.SQL("GRANT CONNECT ON DATABASE {} TO {}").format(sql.Identifier(DATABASE), sql.Identifier(ENGINE))
            )
    with psycopg.connect(server.url(SUPERUSER, DATABASE)) as connection:
        prepare_engine_schema(connection)


def prepare_engine_schema(connection: psycopg.Connection) -> None:
    """Make the schema `engine`, owned by the bot; the engine's role may use its tables and nothing else."""
    owner, engine = sql.Identifier(OWNER), sql.Identifier(ENGINE)
    for statement in (
        "CREATE SCHEMA IF NOT EXISTS engine AUTHORIZATION {owner}",
        "REVOKE ALL ON SCHEMA public FROM PUBLIC",
        "GRANT ALL ON SCHEMA public TO {owner}",
        "GRANT USAGE ON SCHEMA engine TO {engine}",
        "GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA engine TO {engine}",
        "ALTER DEFAULT PRIVILEGES FOR ROLE {owner} IN SCHEMA engine"
        " GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO {engine}",
        "ALTER ROLE {engine} SET search_path = engine",
    ):
        connection.execute(sql.SQL(statement).format(owner=owner, engine=engine))


def _exists(connection: psycopg.Connection, catalogue: str, column: str, name: str) -> bool:
    query = sql.SQL("SELECT 1 FROM {} WHERE {} = {}").format(sql.Identifier(catalogue), sql.Identifier(column), name)
    return connection.execute(query).fetchone() is not None
