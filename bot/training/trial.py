"""Asking a model that is not published: a process of its own, the whole way, nothing kept (`bot.engine.trial`)."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.training import lowly

SILENCE = 120.0
"""Seconds without an answer after which the trial counts as stuck."""
FAILED_SHARE = 0.05
"""From this share of unanswered rows on, the figures would say more about the system than about the model."""


class TrialError(Exception):
    """The trial gave no figures; the text says why."""


@dataclass(frozen=True)
class Question:
    """What is asked: the last of the texts, after the others."""

    key: str
    texts: tuple[str, ...]


@dataclass(frozen=True)
class Bench:
    """Where models are tried.

    Attributes:
        python: of the engine's environment.
        root: the checkout.
        environment: of the process.
        actions_url: the action server that answers.
    """

    python: Path
    root: Path
    environment: Mapping[str, str]
    actions_url: str

    async def ask(
        self, model: Path, questions: Sequence[Question], progress: Callable[[int], None] = lambda _done: None
    ) -> dict[str, dict[str, Any]]:
        """The responses by key; a question that failed is missing.

        Raises:
            TrialError: the model cannot be loaded, or too many questions failed.
        """
        command = [str(self.python), "-m", "bot.engine.trial", "--model", str(model), "--actions", self.actions_url]
        answers: dict[str, dict[str, Any]] = {}
        failed: list[str] = []
        async with lowly.running(command, self.environment, self.root, talk=True) as process:
            said = asyncio.create_task(_last_words(process))
            feeding = asyncio.create_task(_feed(process, questions))
            try:
                for done in range(1, len(questions) + 1):
                    line = await _line(process)
                    if not line:
                        raise TrialError(f"phép thử dừng giữa chừng ({await _ending(process)}): {await said}")
                    row = json.loads(line)
                    if "response" in row:
                        answers[row["id"]] = row["response"]
                    else:
                        failed.append(str(row.get("error")))
                    progress(done)
            finally:
                feeding.cancel()
                said.cancel()
        if len(failed) > max(1, FAILED_SHARE * len(questions)):
            raise TrialError(f"{len(failed)} trong {len(questions)} câu không được trả lời; câu đầu tiên: {failed[0]}")
        return answers


async def _feed(process: asyncio.subprocess.Process, questions: Sequence[Question]) -> None:
    assert process.stdin is not None  # noqa: S101  it was started with a pipe
    for question in questions:
        process.stdin.write(json.dumps({"id": question.key, "texts": question.texts}).encode() + b"\n")
        await process.stdin.drain()
    process.stdin.close()


async def _line(process: asyncio.subprocess.Process) -> bytes:
    assert process.stdout is not None  # noqa: S101  as above
    try:
        async with asyncio.timeout(SILENCE):
            return await process.stdout.readline()
    except TimeoutError as error:
        raise TrialError(f"phép thử không trả lời trong {SILENCE:.0f} giây") from error


async def _ending(process: asyncio.subprocess.Process) -> str:
    return lowly.how(await process.wait())


async def _last_words(process: asyncio.subprocess.Process) -> str:
    """The end of what it complained about."""
    assert process.stderr is not None  # noqa: S101  as above
    last = b""
    while chunk := await process.stderr.read(4096):
        last = (last + chunk)[-600:]
    return last.decode("utf-8", "replace").strip()
