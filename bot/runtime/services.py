"""The processes of the system: what runs each, and how we know that it serves."""

from __future__ import annotations

import sys
from collections.abc import Awaitable, Callable
from pathlib import Path

import psycopg

from bot.runtime import environment, probe, project
from bot.runtime.child import Spec
from bot.runtime.environment import Resolved
from bot.runtime.project import StartError
from bot.storage.embedded import EmbeddedPostgres, Urls
from bot.storage.embedded.server import FAST, SUPERUSER
from bot.storage.urls import libpq_url

VERSIONS = project.ROOT / "bot" / "storage" / "migrations" / "versions"
_STARTING = ("the database system is starting up", "the database system is shutting down")


def postgres(server: EmbeddedPostgres) -> Spec:
    """The embedded database."""

    async def ready() -> bool:
        try:
            url = server.url(SUPERUSER, "postgres")
            await (await psycopg.AsyncConnection.connect(url, connect_timeout=2)).close()
        except psycopg.Error:
            return False
        return True

    popen = server.popen
    return Spec(
        name="postgres",
        command=server.command(),
        environment=popen.pop("env"),
        ready=ready,
        stop_signal=FAST,
        stop_timeout=30.0,
        whole_group=False,  # the postmaster ends its own
        popen=popen,
        show=lambda line: not (line.startswith(("LOG:", "HINT:")) or line.endswith(_STARTING)),
    )


def engine(resolved: Resolved, model: Path) -> Spec:
    """Rasa behind its wall."""
    url = f"http://127.0.0.1:{resolved.engine_port}/webhooks/turn/health"
    secret = resolved.settings.engine_secret.get_secret_value()
    return Spec(
        name="engine",
        command=[str(project.engine_python(resolved.settings)), "-m", "bot.engine.serve"],
        environment=environment.engine(resolved, model),
        ready=_answers(url, {"X-Engine-Secret": secret}),
        stop_timeout=4.0,  # a turn is saved whole or not at all, so nothing is lost
    )


def bot(resolved: Resolved) -> list[Spec]:
    """The processes of the bot's own environment."""
    settings = resolved.settings
    host = "127.0.0.1" if settings.host in ("0.0.0.0", "::", "localhost") else settings.host  # noqa: S104 - compared
    plain = environment.bot(resolved)
    full = environment.bot(resolved, telegram=True)
    specs = [
        Spec(
            name="web",
            command=[sys.executable, "-m", "bot.channels.server"],
            environment=full,
            ready=_answers(f"http://{f'[{host}]' if ':' in host else host}:{settings.port}/health/live"),
        )
    ]
    if not settings.actions_url:
        specs.append(
            Spec(
                name="actions",
                command=[sys.executable, "-m", "actions"],
                environment=plain,
                ready=_answers(f"http://127.0.0.1:{resolved.actions_port}/health"),
                stop_timeout=5.0,
            )
        )
    for number in range(1, settings.workers + 1):
        specs.append(
            Spec(
                name="worker" if number == 1 else f"worker-{number}",
                command=[sys.executable, "-m", "bot.conversations.worker", "--slot", str(number - 1)],
                environment=full,
                ready=_at_once,
            )
        )
    return specs


def require_database(url: str) -> None:
    """Try the operator's database.

    Raises:
        StartError: it cannot be used.
    """
    try:
        psycopg.connect(libpq_url(url), connect_timeout=10).close()
    except psycopg.ProgrammingError as error:  # its text would show the password
        raise StartError(
            "BOT_DATABASE_URL không phải địa chỉ PostgreSQL: postgresql://ai:mật-khẩu@máy:5432/tên"
        ) from error
    except psycopg.Error as error:
        reason = " ".join(str(error).split()) or type(error).__name__
        raise StartError(f"Không dùng được cơ sở dữ liệu của BOT_DATABASE_URL: {reason}") from error


def tables_are_current(urls: Urls) -> bool:
    """Whether the tables are as this code wants them, so that nobody has to wait for the migrations.

    The newest migration is told by the file names: Alembic itself takes a while to import.
    """
    newest = max(path.name.partition("_")[0] for path in VERSIONS.glob("[0-9]*_*.py"))
    with psycopg.connect(libpq_url(urls.owner), connect_timeout=5) as connection:
        found = connection.execute("SELECT to_regclass('alembic_version')").fetchone()
        if found is None or found[0] is None:
            return False
        row = connection.execute("SELECT version_num FROM alembic_version").fetchone()
    return row is not None and row[0] == newest


def has_no_staff(urls: Urls) -> bool:
    """Whether nobody can log in to the console yet."""
    try:
        with psycopg.connect(libpq_url(urls.owner), connect_timeout=5) as connection:
            return connection.execute("SELECT 1 FROM staff LIMIT 1").fetchone() is None
    except psycopg.Error:  # only a hint hangs on it
        return False


async def _at_once() -> bool:
    return True


def _answers(url: str, headers: dict[str, str] | None = None) -> Callable[[], Awaitable[bool]]:
    async def ready() -> bool:
        return await probe.status(url, headers) == 200

    return ready
