"""Programs that may take long and must disturb nobody: lowest priority for processor and disk, gone with us."""

from __future__ import annotations

import asyncio
import contextlib
import os
import shutil
import signal
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from pathlib import Path

from bot import processes

NICE = 15
LINE = 1024 * 1024
"""Bytes of the longest line that a program may write."""


@contextlib.asynccontextmanager
async def running(
    command: Sequence[str], environment: Mapping[str, str], folder: Path, *, talk: bool = False
) -> AsyncIterator[asyncio.subprocess.Process]:
    """A program at low priority, killed with all that it started when the block ends.

    Args:
        talk: it reads from us; its complaints then go their own way (`stderr`), else they are part of what it says.
    """
    idle = [ionice, "-c", "3"] if (ionice := shutil.which("ionice")) else []
    process = await asyncio.create_subprocess_exec(
        *idle,
        *command,
        cwd=folder,
        env=dict(environment),
        stdin=asyncio.subprocess.PIPE if talk else asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE if talk else asyncio.subprocess.STDOUT,
        start_new_session=True,
        preexec_fn=_lowly(),
        limit=LINE,
    )
    try:
        yield process
    finally:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
        await asyncio.shield(process.wait())


def _lowly() -> Callable[[], None]:
    tie = processes.die_with_parent()

    def before_exec() -> None:
        os.nice(NICE)
        if tie is not None:
            tie()

    return before_exec


def how(code: int) -> str:
    """How a program ended, for people."""
    if code < 0:
        with contextlib.suppress(ValueError):
            return signal.Signals(-code).name
    return f"mã {code}"
