"""Whose turn it is to run the embedded server: the supervisor for long, a command for its duration."""

from __future__ import annotations

import contextlib
import fcntl
import os
import subprocess
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

from bot.settings import Settings
from bot.storage.embedded import roles
from bot.storage.embedded.errors import EmbeddedError
from bot.storage.embedded.server import FAST, IMMEDIATE, EmbeddedPostgres, Urls

START_TRIES = 20


@contextlib.contextmanager
def owner_lock(server: EmbeddedPostgres, *, wait: float) -> Iterator[None]:
    """Hold the right to run the server of a data directory.

    Raises:
        EmbeddedError: another process holds it for longer than `wait` seconds.
    """
    with _lock(server.place.keys / "owner.lock", fcntl.LOCK_EX, wait) as held:
        if not held:
            raise EmbeddedError("Một lệnh bot khác đang dùng cơ sở dữ liệu này; hãy đợi nó xong rồi chạy lại.")
        yield


@contextlib.contextmanager
def ensure_running(settings: Settings, *, options: Mapping[str, str] | None = None) -> Iterator[Urls]:
    """Give the URLs of a database that runs: the configured one, the supervisor's, or one started for the while.

    Raises:
        EmbeddedError: the server cannot be started.
    """
    configured = settings.database_url.get_secret_value()
    if configured:
        yield Urls(owner=configured, engine=settings.engine_database_url.get_secret_value() or configured, admin="")
        return
    server = EmbeddedPostgres(settings, options=options)
    users = server.place.keys / "users.lock"
    with _lock(server.place.keys / "owner.lock", fcntl.LOCK_EX, 0) as owner:
        if owner:
            with _own_server(server):
                yield server.urls
                with _lock(users, fcntl.LOCK_EX, 3600):  # others that use our server finish first
                    pass
            return
    with _lock(users, fcntl.LOCK_SH, 60):
        roles.wait_ready(server)
        yield server.urls


@contextlib.contextmanager
def _own_server(server: EmbeddedPostgres) -> Iterator[None]:
    server.stop_leftover()
    server.prepare()
    log = server.place.keys / "postgres.log"
    process = _start(server, log)
    try:
        roles.ensure(server)
        yield
    finally:
        stop(process)
        server.remove_sockets()


def _start(server: EmbeddedPostgres, log: Path) -> subprocess.Popen[bytes]:
    for _ in range(START_TRIES):
        with os.fdopen(os.open(log, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as output:
            process = subprocess.Popen(server.command(), **server.popen, stdout=output, stderr=output)  # noqa: S603 - our program
        try:
            roles.wait_ready(server, running=lambda process=process: process.poll() is None)  # type: ignore[misc]  # bound per try
        except EmbeddedError as error:
            stop(process)
            text = log.read_text(encoding="utf-8", errors="replace")
            if "shared memory block" in text:  # the last processes of a killed server are just ending
                time.sleep(0.25)
                continue
            raise EmbeddedError(f"PostgreSQL không khởi động được:\n{text.strip()}") from error
        else:
            return process
    raise EmbeddedError("Tiến trình PostgreSQL của lần chạy trước vẫn chưa kết thúc; hãy thử lại.")


def stop(process: subprocess.Popen[bytes]) -> None:
    """Stop a server cleanly, without waiting for its clients."""
    for number, seconds in ((FAST, 30.0), (IMMEDIATE, 10.0)):
        if process.poll() is not None:
            return
        with contextlib.suppress(ProcessLookupError):
            os.kill(process.pid, number)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(seconds)
            return
    process.kill()
    process.wait()


@contextlib.contextmanager
def _lock(path: Path, kind: int, wait: float) -> Iterator[bool]:
    """A lock of the kernel's, gone with its process; yields whether it was got within `wait` seconds."""
    end = time.monotonic() + wait
    with os.fdopen(os.open(path, os.O_RDWR | os.O_CREAT, 0o600), "rb") as file:
        while True:
            try:
                fcntl.flock(file, kind | fcntl.LOCK_NB)
            except BlockingIOError:
                if time.monotonic() >= end:
                    yield False
                    return
                time.sleep(0.05)
            else:
                yield True
                return
