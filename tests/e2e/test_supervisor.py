"""`bot run` as a person meets it: start, second start, kills, stop. One system of its own for this file."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator

import psycopg
import pytest

from bot import processes
from bot.runtime import probe, project
from bot.storage.embedded import EmbeddedPostgres
from tests.support.databases import Databases
from tests.support.folders import public_folder
from tests.support.system import System, new_system

PARTS = ("postgres", "engine", "actions", "worker", "web")


@pytest.fixture(scope="module")
def own() -> Iterator[System]:
    """A running system that tests may hurt."""
    with new_system() as made:
        yield made


def until(condition: Callable[[], bool], seconds: float = 20) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it did not come to that in time"
        time.sleep(0.05)


def family(system: System) -> list[int]:
    """Every process of the system."""
    assert system.process is not None
    found = [system.process.pid, *(system.pid(name) for name in PARTS)]
    for pid in found[1:]:
        listed = subprocess.run(["pgrep", "-P", str(pid)], capture_output=True, text=True, check=False)
        found += [int(line) for line in listed.stdout.split()]
    return found


def test_it_tells_where_it_is(own: System) -> None:
    assert f"{own.url}/" in own.logs()
    assert "đã sẵn sàng" in own.logs()
    assert own.instance()["url"] == own.url


def test_its_lines_carry_the_name_of_the_part(own: System) -> None:
    names = {line.partition("|")[0].strip() for line in own.logs().splitlines() if "|" in line}
    assert {"bot", "prepare", "engine"} <= names


def test_no_secret_is_in_the_lines_or_in_the_list_of_processes(own: System) -> None:
    server = EmbeddedPostgres(own.settings())
    secrets = [server.password(role) for role in ("postgres", "motcua", "engine")]
    secrets += [(own.data_dir / "secrets" / name).read_text() for name in ("secret_key", "engine_secret")]
    told = own.logs() + " ".join(" ".join(processes.command_line(pid)) for pid in family(own))
    assert not [secret for secret in secrets if secret in told]


def test_internal_services_listen_on_loopback_only(own: System) -> None:
    found = own.instance()
    for url in (*found["engine_urls"], found["actions_url"]):
        port = int(url.split(":")[2].split("/")[0])
        with pytest.raises(OSError), socket.create_connection((_outer_address(), port), timeout=2):
            pass


def _outer_address() -> str:
    """An address of this machine that is not loopback."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe_socket:
        try:
            probe_socket.connect(("192.0.2.1", 9))
        except OSError:
            pytest.skip("this machine has no other address")
        address: str = probe_socket.getsockname()[0]
    return address


def test_a_second_start_on_the_same_data_is_refused(own: System) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "bot.cli", "run"],
        cwd=project.ROOT,
        env=own.environment | {"BOT_PORT": str(probe.free_port())},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 1
    assert "Đã có một Một Cửa đang chạy" in done.stdout
    assert own.url in done.stdout
    assert "Traceback" not in done.stdout + done.stderr
    own.wait_ready(5)


def test_a_taken_port_is_said(own: System) -> None:
    with public_folder() as folder:
        other = System(folder / "var", own.port)
        other.start()
        assert other.process is not None
        assert other.process.wait(60) == 1
        other.stop()
        assert f"cổng {own.port}" in other.logs()


@pytest.mark.parametrize("part", PARTS)
def test_a_killed_part_comes_back_and_answers(own: System, part: str) -> None:
    before = own.pid(part)
    os.kill(before, signal.SIGKILL)
    until(lambda: own.instance().get("children", {}).get(part) not in (None, before))
    own.wait_ready(60)
    until(lambda: own.say("xin chào")["understanding"]["status"] == "smalltalk", 30)


def test_check_finds_a_running_system_in_order(own: System) -> None:
    done = own.bot("check")
    assert done.returncode == 0, done.stdout
    assert "HỎNG" not in done.stdout
    assert own.url in done.stdout


def test_ask_answers_from_the_running_system(own: System) -> None:
    done = own.bot("ask", "đăng ký khai sinh cần giấy tờ gì")
    assert done.returncode == 0, done.stderr
    assert "chứng sinh" in done.stdout


def test_chat_presses_buttons_by_number(own: System) -> None:
    done = own.bot("chat", input="xin chào\n1\n")
    assert done.returncode == 0, done.stderr
    assert "[1]" in done.stdout
    assert done.stdout.count("\n\n") >= 2


def test_sigterm_stops_everything_and_the_next_start_is_quick(own: System) -> None:
    pids = family(own)
    assert own.stop() == 0
    assert [pid for pid in pids if processes.alive(pid)] == []
    assert own.instance() == {}
    assert not (own.data_dir / "postgres" / "cluster" / "postmaster.pid").exists()
    started = time.monotonic()
    own.start()
    own.wait_ready()
    seconds = time.monotonic() - started
    assert seconds < 60, "a second start takes seconds (15 on a quiet machine)"
    assert "Huấn luyện" not in own.logs().rpartition("khởi động; dữ liệu")[2]


def test_kill_9_of_the_supervisor_ends_everything_and_the_next_start_works(own: System) -> None:
    pids = family(own)
    own.kill()
    until(lambda: not any(processes.alive(pid) for pid in pids))
    own.start()
    own.wait_ready()
    assert own.say("xin chào")["understanding"]["status"] == "smalltalk"


def test_ctrl_c_stops_everything(own: System) -> None:
    pids = family(own)
    assert own.stop(signal.SIGINT) == 0
    assert not any(processes.alive(pid) for pid in pids)


def test_ask_starts_a_system_for_the_while(own: System) -> None:
    assert own.instance() == {}
    done = own.bot("ask", "--json", "giờ làm việc thế nào", timeout=200)
    assert done.returncode == 0, done.stderr
    assert '"status": "smalltalk"' in done.stdout
    assert own.instance() == {}
    assert EmbeddedPostgres(own.settings()).postmaster() is None


def test_it_runs_on_a_database_server_of_the_operators(databases: Databases, own: System) -> None:
    with databases.fresh(template="template1") as url, new_system({"BOT_DATABASE_URL": url}) as system:
        assert not (system.data_dir / "postgres").exists()
        assert system.say("xin chào")["understanding"]["status"] == "smalltalk"
        with psycopg.connect(url) as connection:
            row = connection.execute("select count(*) from messages where state = 'done'").fetchone()
        assert row == (1,)
