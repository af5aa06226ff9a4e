"""One embedded PostgreSQL server: its cluster, its passwords, its process."""

from __future__ import annotations

import os
import secrets
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

from bot import processes
from bot.settings import Settings
from bot.storage.embedded import place as places
from bot.storage.embedded.errors import EmbeddedError

SUPERUSER, OWNER, ENGINE = "postgres", "motcua", "engine"
DATABASE = "motcua"
# Modest memory: every process of the bot together stays small. fsync and synchronous_commit stay on.
OPTIONS: Mapping[str, str] = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "max_connections": "100",
    "shared_buffers": "64MB",
    "work_mem": "8MB",
    "maintenance_work_mem": "64MB",
    "max_wal_size": "256MB",
    "io_method": "sync",
    "jit": "off",
    "max_parallel_workers_per_gather": "0",
    "password_encryption": "scram-sha-256",
    "timezone": "UTC",
    "log_timezone": "UTC",
    # A failed statement or its detail may carry what a citizen wrote.
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
    "log_line_prefix": "",
}
FAST, IMMEDIATE = signal.SIGINT, signal.SIGQUIT  # the two ways to stop a postmaster


@dataclass(frozen=True)
class Urls:
    """How to reach the database, with passwords: never to be logged."""

    owner: str
    """The bot's: owns its tables, no superuser."""
    engine: str
    """The engine's: sees only the schema `engine`."""
    admin: str
    """The superuser's; empty for a server that is not ours."""


class EmbeddedPostgres:
    """The embedded server of one data directory; nothing runs until it is told to.

    Args:
        settings: of which the data directory and the PostgreSQL settings are read.
        options: further server parameters, such as `{"fsync": "off"}` in tests.
    """

    def __init__(self, settings: Settings, *, options: Mapping[str, str] | None = None) -> None:
        self._settings = settings
        self._options = {**OPTIONS, **(options or {})}
        self._place: places.Place | None = None

    @property
    def place(self) -> places.Place:
        """The folders; found (and the outer ones made) at first use."""
        if self._place is None:
            self._place = places.find(self._settings)
        return self._place

    @property
    def urls(self) -> Urls:
        """The URLs over the unix socket."""
        return Urls(
            owner=self.url(OWNER, DATABASE), engine=self.url(ENGINE, DATABASE), admin=self.url(SUPERUSER, "postgres")
        )

    def url(self, role: str, database: str) -> str:
        """The URL of one role and database."""
        password = self.password(role)
        return f"postgresql://{role}:{password}@/{database}?host={quote(str(self.place.sockets), safe='')}&port=5432"

    def password(self, role: str) -> str:
        """The role's password, generated at first use and kept in a file that only we can read."""
        path = self.place.keys / f"{role}.password"
        try:
            return path.read_text(encoding="ascii").strip()
        except FileNotFoundError:
            value = secrets.token_urlsafe(24)
            partial = path.with_suffix(f".{os.getpid()}")
            with os.fdopen(
                os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="ascii"
            ) as file:
                file.write(value)
            partial.replace(path)
            return value

    def prepare(self) -> None:
        """Make the cluster when there is none, and the socket's folder.

        Raises:
            EmbeddedError: initdb failed, or the data is of another version of PostgreSQL.
        """
        cluster = self.place.cluster
        places.own(self.place.sockets, self.place.user)
        version = cluster / "PG_VERSION"
        if not version.exists():
            self._initdb()
        elif (found := version.read_text(encoding="ascii").strip()) != places.MAJOR:
            raise EmbeddedError(
                f"Dữ liệu ở {cluster} là của PostgreSQL {found}, bản này dùng {places.MAJOR}:"
                " xuất bằng bản cũ (bot backup) rồi nạp lại."
            )

    def command(self) -> list[str]:
        """The command that runs the server in the foreground."""
        arguments = [
            str(self.place.programs / "postgres"),
            "-D",
            str(self.place.cluster),
            "-k",
            str(self.place.sockets),
        ]
        for name, value in self._options.items():
            arguments += ["-c", f"{name}={value}"]
        return arguments

    @property
    def popen(self) -> dict[str, Any]:
        """Arguments for subprocess (or asyncio) beside the command: user, environment, end with the parent."""
        return {
            **self.place.popen,
            "cwd": "/",
            "env": {"PATH": os.defpath, "LANG": "C.UTF-8", "TZ": "UTC"},
            "stdin": subprocess.DEVNULL,
            "start_new_session": True,
            "preexec_fn": processes.die_with_parent(FAST),
        }

    def postmaster(self) -> int | None:
        """The process number of the server that runs on this cluster, whoever started it."""
        try:
            pid = int((self.place.cluster / "postmaster.pid").read_text(encoding="utf-8").split("\n", 1)[0])
        except (FileNotFoundError, ValueError):
            return None
        arguments = processes.command_line(pid)
        ours = str(self.place.cluster) in arguments or not Path("/proc/self").exists()
        return pid if ours and processes.alive(pid) else None

    def stop_leftover(self, *, timeout: float = 30.0) -> bool:
        """Stop a server that a killed run left behind; the caller holds the owner's lock.

        Returns:
            Whether there was one.
        """
        pid = self.postmaster()
        if pid is None:
            # PostgreSQL trusts this file's number, which by now may be any other program's.
            (self.place.cluster / "postmaster.pid").unlink(missing_ok=True)
            return False
        for number, seconds in ((FAST, timeout), (IMMEDIATE, 10.0), (signal.SIGKILL, 5.0)):
            try:
                os.kill(pid, number)
            except ProcessLookupError:
                return True
            if _wait_until(lambda: not processes.alive(pid), seconds):
                return True
        raise EmbeddedError(f"Không dừng được PostgreSQL còn sót lại (tiến trình {pid}).")

    def remove_sockets(self) -> None:
        """Remove the socket's folder when it is one of the temp folder."""
        if self.place.sockets.parent != self.place.cluster.parent:
            shutil.rmtree(self.place.sockets, ignore_errors=True)

    def _initdb(self) -> None:
        cluster, user = self.place.cluster, self.place.user
        partial = cluster.with_name("cluster.partial")  # renamed when whole: a start that is cut short leaves no half
        shutil.rmtree(partial, ignore_errors=True)
        places.own(partial, user)
        handle, name = tempfile.mkstemp(dir=self.place.sockets)
        password = Path(name)
        try:
            with os.fdopen(handle, "w", encoding="ascii") as file:
                file.write(self.password(SUPERUSER))
                if user:
                    os.fchown(file.fileno(), user.uid, user.gid)
            arguments = [
                *(str(self.place.programs / "initdb"), "-D", str(partial), "-U", SUPERUSER, "--pwfile", str(password)),
                *("--auth=scram-sha-256", "--encoding=UTF8", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"),
                *("--locale=C", "--no-instructions"),
            ]
            popen = {**self.popen, "preexec_fn": None}
            result = subprocess.run(arguments, **popen, capture_output=True, text=True, check=False)  # noqa: S603 - fixed program
        except OSError as error:
            raise EmbeddedError(f"Không chạy được initdb: {error}") from error
        finally:
            password.unlink(missing_ok=True)
        if result.returncode != 0:
            raise EmbeddedError(f"initdb thất bại:\n{(result.stderr or result.stdout).strip()}")
        if cluster.exists():
            cluster.rmdir()
        partial.rename(cluster)


def _wait_until(condition: Any, seconds: float, step: float = 0.05) -> bool:
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            return False
        time.sleep(step)
    return True
