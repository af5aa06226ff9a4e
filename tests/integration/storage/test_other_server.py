"""A PostgreSQL server of the operator's, of the oldest version that is supported, where this machine has one."""

from __future__ import annotations

import os
import pwd
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from pydantic import SecretStr

from bot.runtime.check import OLDEST
from bot.settings import Settings
from bot.storage import jobs, migrations
from bot.storage.database import connect_async, connect_sync, sessions
from bot.storage.models import Base
from tests.support.folders import public_folder

PROGRAMS = Path(f"/usr/lib/postgresql/{OLDEST}/bin")

pytestmark = pytest.mark.skipif(not (PROGRAMS / "postgres").exists(), reason=f"no PostgreSQL {OLDEST} on this machine")


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with public_folder() as folder:
        user: dict[str, object] = {}
        if os.geteuid() == 0:
            account = pwd.getpwnam("nobody")
            os.chown(folder, account.pw_uid, account.pw_gid)
            user = {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}
        data = folder / "data"
        initdb = [PROGRAMS / "initdb", "-D", data, "-U", "me", "--auth=trust", "-E", "UTF8", "--locale=C.UTF-8", "-N"]
        subprocess.run(initdb, check=True, capture_output=True, cwd="/", **user)  # type: ignore[call-overload]  # user by name
        server = subprocess.Popen(
            [PROGRAMS / "postgres", "-D", data, "-k", folder, "-c", "listen_addresses=", "-c", "fsync=off"],
            cwd="/",
            stderr=subprocess.DEVNULL,
            **user,  # type: ignore[arg-type]  # user by name
        )
        address = f"postgresql://me@/postgres?host={folder}"
        end = time.monotonic() + 20
        while True:
            try:
                psycopg.connect(address).close()
                break
            except psycopg.OperationalError:
                assert time.monotonic() < end
                time.sleep(0.1)
        try:
            yield address
        finally:
            server.terminate()
            server.wait(20)


def test_all_tables_are_made_and_are_what_the_models_say(url: str) -> None:
    assert migrations.upgrade(url)
    engine = connect_sync(url)
    with engine.connect() as connection:
        context = MigrationContext.configure(
            connection, opts={"include_name": lambda name, kind, _: kind != "table" or name in Base.metadata.tables}
        )
        assert compare_metadata(context, Base.metadata) == []
    engine.dispose()


async def test_jobs_are_queued_and_run(url: str) -> None:
    engine = connect_async(url)
    async with sessions(engine).begin() as session:
        job = await jobs.defer_in(session, "housekeeping.expire", {"timestamp": 0})
    assert job is not None
    await engine.dispose()
    await jobs.run(Settings(database_url=SecretStr(url)), wait=False)
    with psycopg.connect(url) as connection:
        # A job that succeeded is deleted; a new minute may have brought jobs of the timetable meanwhile.
        assert connection.execute("select status from procrastinate_jobs where id = %s", [job]).fetchall() == []
