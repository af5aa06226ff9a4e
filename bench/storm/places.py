"""Where a storm takes place: the product on its embedded PostgreSQL, or twice over on one Debian PostgreSQL server."""

from __future__ import annotations

import contextlib
import os
import pwd
import random
import secrets
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg

from tests.standins import zalo
from tests.standins.control import Standin
from tests.standins.telegram import TOKEN
from tests.support.chat_system import free_port
from tests.support.system import System, new_system

KINDS = ("worker", "engine", "actions", "web")
ROOT = Path(__file__).resolve().parents[2]
SECRET = "secret-of-the-storm"  # noqa: S105  of a stand-in
APP = zalo.App()
SPEED = 10.0
"""How much faster the stand-ins redeliver: 30 s of Zalo are 3 s."""


@dataclass
class Platforms:
    """Both stand-ins, each a process."""

    telegram: Standin
    zalo: Standin

    def settings(self) -> dict[str, str]:
        """What connects a system with them."""
        return {
            "BOT_TELEGRAM_TOKEN": TOKEN,
            "BOT_TELEGRAM_SECRET": SECRET,
            "BOT_TELEGRAM_API_BASE": self.telegram.url,
            "BOT_ZALO_APP_ID": APP.app_id,
            "BOT_ZALO_APP_SECRET": APP.app_secret,
            "BOT_ZALO_OA_SECRET": APP.oa_secret,
            "BOT_ZALO_REFRESH_TOKEN": APP.first_refresh_token,
            "BOT_ZALO_API_BASE": self.zalo.url,
            "BOT_ZALO_OAUTH_BASE": self.zalo.url,
        }


@dataclass
class Place:
    """The systems of a storm; of several, each has one process of every kind, and they share a database.

    Attributes:
        kills: how often each kind was killed.
    """

    name: str
    systems: Sequence[System]
    platforms: Platforms
    database_url: str = ""
    kills: dict[str, int] = field(default_factory=dict)

    @contextlib.contextmanager
    def database(self) -> Iterator[psycopg.Connection[Any]]:
        """A connection to the database."""
        if self.database_url:
            with psycopg.connect(self.database_url, autocommit=True) as connection:
                yield connection
        else:
            with self.systems[0].database() as connection:
                yield connection

    def connect_webhooks(self) -> None:
        """Telegram delivers to the first web process, Zalo to the last."""
        import httpx

        first, last = self.systems[0].url, self.systems[-1].url
        values = {"url": f"{first}/webhooks/telegram", "secret_token": SECRET, "max_connections": "40"}
        httpx.post(f"{self.platforms.telegram.url}/bot{TOKEN}/setWebhook", data=values).raise_for_status()
        self.platforms.zalo.webhook(url=f"{last}/webhooks/zalo")

    def kill(self, kind: str, chance: random.Random) -> None:
        """`kill -9` of one process of a kind."""
        system = chance.choice(self.systems)
        pid = system.instance().get("children", {}).get(kind)
        if pid:  # else it is being started again
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
                self.kills[kind] = self.kills.get(kind, 0) + 1


@contextlib.contextmanager
def platforms(seed: int = 1) -> Iterator[Platforms]:
    """Both stand-ins as processes."""
    with contextlib.ExitStack() as stack:

        def started(module: str) -> Standin:
            port = free_port()
            options = ["--port", str(port), "--speed", str(SPEED), "--seed", str(seed)]
            process = subprocess.Popen(
                [sys.executable, "-m", module, *options], cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
            )
            stack.callback(_end, process)
            standin = Standin(f"http://127.0.0.1:{port}")
            standin.wait_ready()
            return standin

        yield Platforms(started("tests.standins.telegram"), started("tests.standins.zalo"))


@contextlib.contextmanager
def embedded(both: Platforms) -> Iterator[Place]:
    """One of each process on the embedded PostgreSQL."""
    with new_system(both.settings()) as system:
        place = Place("embedded, one of each process", [system], both)
        place.connect_webhooks()
        yield place


@contextlib.contextmanager
def doubled(both: Platforms, database_url: str) -> Iterator[Place]:
    """Two of each process, under two supervisors as on two machines, on one server."""
    shared = {
        "BOT_DATABASE_URL": database_url,
        "BOT_SECRET_KEY": secrets.token_hex(32),
        "BOT_ENGINE_SECRET": secrets.token_hex(32),
    }
    with contextlib.ExitStack() as stack:
        # One after the other: the first makes the tables.
        systems = [stack.enter_context(new_system(both.settings() | shared)) for _ in range(2)]
        place = Place("Debian PostgreSQL, two of each process", systems, both, database_url)
        place.connect_webhooks()
        yield place


def debian_programs() -> Path | None:
    """The programs of Debian's `postgresql` package, the newest; none where it is not installed."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    return found[-1].parent if found else None


@contextlib.contextmanager
def debian_server() -> Iterator[str]:
    """A PostgreSQL server of Debian's package with its own settings, in a folder of its own; the address of a database.

    Raises:
        RuntimeError: the package is not installed.
    """
    programs = debian_programs()
    if programs is None:
        raise RuntimeError("Debian's package postgresql is not installed: apt-get install postgresql")
    user: dict[str, Any] = {}
    if os.geteuid() == 0:
        account = pwd.getpwnam("postgres")
        user = {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}
    folder = Path(tempfile.mkdtemp(prefix="motcua-storm-postgres-"))
    port = free_port()
    try:
        if user:
            os.chown(folder, user["user"], user["group"])
        data = folder / "data"
        initdb = [programs / "initdb", "--auth=trust", "--username=motcua", "--encoding=UTF8", "--locale=C.UTF-8"]
        subprocess.run([*initdb, data], check=True, stdout=subprocess.DEVNULL, cwd=folder, **user)
        options = [f"-c{one}" for one in (f"port={port}", f"unix_socket_directories={folder}", "max_connections=200")]
        process = subprocess.Popen(
            [programs / "postgres", "-D", data, *options],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            cwd=folder,
            **user,
        )
        try:
            url = f"postgresql://motcua@127.0.0.1:{port}"
            _wait_for(f"{url}/postgres")
            with psycopg.connect(f"{url}/postgres", autocommit=True) as connection:
                connection.execute("CREATE DATABASE motcua")
            yield f"{url}/motcua"
        finally:
            process.send_signal(signal.SIGINT)
            process.wait(60)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _wait_for(url: str) -> None:
    end = time.monotonic() + 60
    while True:
        try:
            psycopg.connect(url, connect_timeout=2).close()
        except psycopg.OperationalError:
            if time.monotonic() > end:
                raise
            time.sleep(0.2)
        else:
            return


def _end(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(10)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait(10)
