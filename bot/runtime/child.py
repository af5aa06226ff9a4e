"""One child process under supervision: its log, its restarts, its end."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from bot import processes
from bot.runtime.console import Console
from bot.runtime.project import ROOT, StartError

WELL_AFTER = 60.0
"""Seconds of life after which a death counts as the first again."""
LONGEST_PAUSE = 30.0
DEATHS_BEFORE_READY = 5


@dataclass(frozen=True)
class Spec:
    """What to run and how to know that it is there.

    `popen` holds further arguments of subprocess; `ready` asks whether it serves.
    """

    name: str
    command: Sequence[str]
    environment: Mapping[str, str]
    ready: Callable[[], Awaitable[bool]]
    stop_signal: signal.Signals = signal.SIGTERM
    stop_timeout: float = 10.0
    whole_group: bool = True
    popen: Mapping[str, Any] = field(default_factory=dict)
    show: Callable[[str], bool] = lambda _line: True
    """Which lines of its log are shown."""


class Child:
    """Runs a program for as long as it is wanted; one that dies is started again.

    The first death is answered at once; a program that keeps dying waits 1, 2, 4 … 30 seconds.
    """

    def __init__(self, spec: Spec, console: Console, changed: Callable[[str, int | None], None]) -> None:
        self.spec = spec
        self._console = console
        self._changed = changed
        self._process: asyncio.subprocess.Process | None = None
        self._task: asyncio.Task[None] | None = None
        self._stopping = False
        self._deaths = 0
        self._was_ready = False

    def start(self) -> None:
        """Start it, and keep it running."""
        self._task = asyncio.create_task(self._keep_running(), name=f"child {self.spec.name}")

    async def wait_ready(self, timeout: float) -> None:  # noqa: ASYNC109 - a start has a limit
        """Wait until it serves.

        Raises:
            StartError: it kept dying, or did not serve within `timeout` seconds.
        """
        end = time.monotonic() + timeout
        while not (self._process and self._process.returncode is None and await self.spec.ready()):
            if self._task and self._task.done() and (error := self._task.exception()):
                raise StartError(f"{self.spec.name} không khởi động được: {error}") from error
            if self._deaths >= DEATHS_BEFORE_READY:
                raise StartError(f"{self.spec.name} cứ dừng ngay khi khởi động; xem các dòng của nó ở trên.")
            if time.monotonic() > end:
                raise StartError(f"{self.spec.name} không sẵn sàng sau {timeout:.0f} giây; xem các dòng của nó ở trên.")
            await asyncio.sleep(0.1)
        self._was_ready = True

    async def stop(self) -> None:
        """Stop it: asked first, then made to."""
        self._stopping = True
        process = self._process
        if process and process.returncode is None:
            self._signal(process, self.spec.stop_signal)
            try:
                await asyncio.wait_for(asyncio.shield(process.wait()), self.spec.stop_timeout)
            except TimeoutError:
                self._console.line(self.spec.name, "không dừng kịp, buộc dừng")
                self._signal(process, signal.SIGKILL)
                await process.wait()
        if process and self.spec.whole_group:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(process.pid, signal.SIGKILL)  # whatever it left behind
        if self._task:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError, OSError):
                await self._task

    def kill(self) -> None:
        """End it at once."""
        self._stopping = True
        if self._process and self._process.returncode is None:
            self._signal(self._process, signal.SIGKILL)

    async def _keep_running(self) -> None:
        pause = 0.0
        while not self._stopping:
            started = time.monotonic()
            code = await self._run_once()
            if self._stopping:
                return
            self._deaths += 1
            lived = time.monotonic() - started
            pause = 0.0 if lived > WELL_AFTER or (self._deaths == 1) else min(max(1.0, pause * 2), LONGEST_PAUSE)
            self._console.line(
                self.spec.name,
                f"đã dừng ({_how(code)}), khởi động lại" + (f" sau {pause:.0f} giây" if pause else " ngay"),
            )
            await asyncio.sleep(pause)

    async def _run_once(self) -> int:
        self._process = await asyncio.create_subprocess_exec(
            *self.spec.command,
            **{
                "cwd": ROOT,
                "env": dict(self.spec.environment),
                "stdin": asyncio.subprocess.DEVNULL,
                "stdout": asyncio.subprocess.PIPE,
                "stderr": asyncio.subprocess.STDOUT,
                "start_new_session": True,  # Ctrl-C in the terminal reaches only us: we stop them in order
                "preexec_fn": processes.die_with_parent(),
                **self.spec.popen,
            },
        )
        self._changed(self.spec.name, self._process.pid)
        pump = asyncio.create_task(self._pump(self._process))
        try:
            return await self._process.wait()
        finally:
            self._changed(self.spec.name, None)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(pump, 1.0)  # what it said last; a grandchild may hold the pipe open

    async def _pump(self, process: asyncio.subprocess.Process) -> None:
        await pump(process, lambda line: self._console.line(self.spec.name, line) if self.spec.show(line) else None)

    def _signal(self, process: asyncio.subprocess.Process, number: signal.Signals) -> None:
        with contextlib.suppress(ProcessLookupError):
            if self.spec.whole_group:
                os.killpg(process.pid, number)
            else:
                process.send_signal(number)


async def pump(process: asyncio.subprocess.Process, show: Callable[[str], None]) -> None:
    """Hand on the lines that a process writes, however long they are."""
    assert process.stdout is not None  # noqa: S101 - for mypy; it was started with a pipe
    rest = b""
    while chunk := await process.stdout.read(65536):
        *lines, rest = (rest + chunk).split(b"\n")
        for line in lines:
            show(line.decode("utf-8", "replace").rstrip("\r"))
    if rest:
        show(rest.decode("utf-8", "replace"))


async def run_to_end(name: str, command: Sequence[str], environment: Mapping[str, str], console: Console) -> None:
    """Run a program once, with its lines shown.

    Raises:
        StartError: it failed.
    """
    process = await asyncio.create_subprocess_exec(
        *command,
        cwd=ROOT,
        env=dict(environment),
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
        start_new_session=True,
        preexec_fn=processes.die_with_parent(),
    )
    try:
        await pump(process, lambda line: console.line(name, line))
        code = await process.wait()
    except asyncio.CancelledError:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        await process.wait()
        raise
    if code != 0:
        raise StartError(f"{name} thất bại ({_how(code)}); xem các dòng của nó ở trên.")


def _how(code: int) -> str:
    if code < 0:
        with contextlib.suppress(ValueError):
            return signal.Signals(-code).name
    return f"mã {code}"
