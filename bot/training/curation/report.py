"""What `bot corpus check` finds, for a page: worked out by a program of low priority, kept until something changes."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import structlog

from bot.training import lowly
from bot.training.checkout import ROOT
from bot.training.corpus import CorpusError, Problem, check

log = structlog.get_logger(__name__)

LONGEST = 120.0
"""Seconds that a check may take."""
MOST = 1000
"""Findings that are kept of one check."""

Stamp = tuple[tuple[str, int, int], ...]


@dataclass(frozen=True)
class Findings:
    """What a check found.

    Attributes:
        fresh: nothing has changed since.
        failed: the last try did not end well; what is told is of one before, or nothing.
    """

    problems: tuple[Problem, ...]
    at: datetime | None
    fresh: bool
    failed: bool


class CorpusReport:
    """Keeps the newest findings; one check at a time.

    Args:
        data: the folder `nlu_data`.
        held_out: the evaluation sets.
    """

    def __init__(self, data: Path, held_out: Callable[[], Sequence[Path]]) -> None:
        self._data = data
        self._held_out = held_out
        self._known: tuple[Stamp, tuple[Problem, ...], datetime] | None = None
        self._failed: Stamp | None = None
        self._task: asyncio.Task[None] | None = None

    def now(self, stamp: Stamp) -> Findings:
        """What is known; where something has changed since, a check is begun.

        Args:
            stamp: how the files are now.
        """
        fresh = self._known is not None and self._known[0] == stamp
        failed = self._failed == stamp
        if not fresh and not failed and (self._task is None or self._task.done()):
            self._task = asyncio.create_task(self._check(stamp))
        problems, at = (self._known[1], self._known[2]) if self._known else ((), None)
        return Findings(problems, at, fresh, failed and not fresh)

    async def _check(self, stamp: Stamp) -> None:
        # -P: what stands in the folder of the data must not be imported. The environment holds no secret of ours.
        command = [sys.executable, "-P", "-m", __name__, str(self._data), *map(str, self._held_out())]
        environment = {name: value for name, value in os.environ.items() if not name.startswith("BOT_")}
        environment["PYTHONPATH"] = str(ROOT)
        try:
            async with asyncio.timeout(LONGEST), lowly.running(command, environment, ROOT) as process:
                assert process.stdout is not None  # noqa: S101  asked for
                said = await process.stdout.read()
                if await process.wait():
                    raise CorpusError(said.decode(errors="replace")[-500:])
                rows = json.loads(said)
            self._known = (stamp, tuple(Problem(*row) for row in rows), datetime.now(UTC))
        except (OSError, TimeoutError, ValueError, CorpusError) as error:
            self._failed = stamp
            log.warning("corpus.check.failed", error=type(error).__name__)

    def stamp(self) -> Stamp:
        """How the files are now; reads the disk."""
        files = [*sorted(self._data.rglob("*.yml")), *sorted(self._data.rglob("*.jsonl")), *self._held_out()]
        return tuple((str(path), found.st_mtime_ns, found.st_size) for path in files if (found := path.stat()))


def main(data: str, *held_out: str) -> None:
    """Print the findings as JSON, the serious first."""
    problems = sorted(check(Path(data), list(map(Path, held_out))), key=lambda item: (not item.serious, item.finding))
    json.dump([(item.finding, item.place, item.text) for item in problems[:MOST]], sys.stdout)


if __name__ == "__main__":
    main(*sys.argv[1:])
