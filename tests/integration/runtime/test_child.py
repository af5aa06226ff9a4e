"""A child under supervision: small real programs."""

from __future__ import annotations

import asyncio
import io
import os
import signal
import sys
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from bot import processes
from bot.runtime import child as children
from bot.runtime import project
from bot.runtime.child import Child, Spec, run_to_end
from bot.runtime.console import Console
from bot.runtime.project import StartError

SLEEP = "import time; time.sleep(60)"


class Pids:
    """Remembers the process numbers of a child's lives."""

    def __init__(self) -> None:
        self.seen: list[int] = []

    def __call__(self, _name: str, pid: int | None) -> None:
        if pid is not None:
            self.seen.append(pid)


async def until(condition: Callable[[], bool], seconds: float = 10) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it did not come to that in time"
        await asyncio.sleep(0.02)


async def at_once() -> bool:
    return True


def spec(code: str, *, ready: Callable[[], Awaitable[bool]] = at_once, stop_timeout: float = 5) -> Spec:
    return Spec(
        name="part",
        command=[sys.executable, "-u", "-c", code],
        environment=dict(os.environ),
        ready=ready,
        stop_timeout=stop_timeout,
    )


@pytest.fixture
def output() -> io.StringIO:
    return io.StringIO()


@pytest.fixture
def console(output: io.StringIO) -> Console:
    return Console(output)


async def test_its_lines_are_shown_under_its_name(console: Console, output: io.StringIO) -> None:
    code = "import sys; print('một'); print('hai', file=sys.stderr); print('x' * 200_000)"
    await run_to_end("part", [sys.executable, "-u", "-c", code], dict(os.environ), console)
    lines = output.getvalue().splitlines()
    assert lines[:2] == ["part     | một", "part     | hai"]
    assert len(lines[2]) == 200_000 + len("part     | ")


async def test_a_killed_child_is_started_again_at_once(console: Console, output: io.StringIO) -> None:
    pids = Pids()
    child = Child(spec(SLEEP), console, pids)
    child.start()
    await child.wait_ready(10)
    started = time.monotonic()
    os.kill(pids.seen[0], signal.SIGKILL)
    await until(lambda: len(pids.seen) == 2)
    assert time.monotonic() - started < 1.0
    assert "SIGKILL" in output.getvalue()
    await child.stop()
    assert not processes.alive(pids.seen[1])


async def test_a_child_that_keeps_dying_is_slowed_down(console: Console, output: io.StringIO) -> None:
    pids = Pids()
    child = Child(spec("raise SystemExit(3)"), console, pids)
    child.start()
    await until(lambda: "sau 2 giây" in output.getvalue())
    assert "mã 3" in output.getvalue()
    assert len(pids.seen) == 3
    await child.stop()


async def test_a_start_that_keeps_failing_is_given_up(console: Console, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(children, "DEATHS_BEFORE_READY", 2)

    async def never() -> bool:
        return False

    child = Child(spec("raise SystemExit(1)", ready=never), console, Pids())
    child.start()
    with pytest.raises(StartError, match="cứ dừng"):
        await child.wait_ready(20)
    await child.stop()


async def test_a_program_that_is_not_there_is_said(console: Console) -> None:
    missing = Spec(name="part", command=["/khong/co"], environment={}, ready=at_once)
    child = Child(missing, console, Pids())
    child.start()
    with pytest.raises(StartError, match="khong/co"):
        await child.wait_ready(5)
    await child.stop()


async def test_one_that_will_not_stop_is_made_to(console: Console) -> None:
    code = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('deaf'); time.sleep(60)"
    pids = Pids()
    child = Child(spec(code, stop_timeout=0.3), console, pids)
    child.start()
    await child.wait_ready(5)
    await asyncio.sleep(0.5)
    await child.stop()
    assert not processes.alive(pids.seen[0])


async def test_its_own_children_end_with_it(console: Console, tmp_path: Path) -> None:
    note = tmp_path / "pid"
    code = (
        "import subprocess, sys, time, pathlib\n"
        f"p = subprocess.Popen([sys.executable, '-c', {SLEEP!r}])\n"
        f"pathlib.Path({str(note)!r}).write_text(str(p.pid)); time.sleep(60)"
    )
    child = Child(spec(code), console, Pids())
    child.start()
    await until(lambda: note.exists() and note.read_text() != "")
    await child.stop()
    grandchild = int(note.read_text())
    await until(lambda: not processes.alive(grandchild), 5)


async def test_it_ends_when_we_are_killed(tmp_path: Path) -> None:
    note = tmp_path / "pid"
    code = (
        "import asyncio, io, os, sys, pathlib\n"
        "from bot.runtime.child import Child, Spec\n"
        "from bot.runtime.console import Console\n"
        "async def yes(): return True\n"
        "async def main():\n"
        f"    spec = Spec('part', [sys.executable, '-c', {SLEEP!r}], dict(os.environ), yes)\n"
        f"    child = Child(spec, Console(), lambda n, p: pathlib.Path({str(note)!r}).write_text(str(p)))\n"
        "    child.start(); await asyncio.sleep(60)\n"
        "asyncio.run(main())\n"
    )
    process = await asyncio.create_subprocess_exec(sys.executable, "-c", code, cwd=project.ROOT)
    await until(lambda: note.exists() and note.read_text() != "")
    pid = int(note.read_text())
    assert processes.alive(pid)
    process.kill()
    await process.wait()
    await until(lambda: not processes.alive(pid), 5)


async def test_a_failed_step_says_how(console: Console) -> None:
    with pytest.raises(StartError, match="mã 7"):
        await run_to_end("step", [sys.executable, "-c", "raise SystemExit(7)"], dict(os.environ), console)
