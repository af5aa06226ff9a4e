"""`bot evaluate` and `bot corpus check`."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bot import settings
from bot.cli.failure import CommandError

if TYPE_CHECKING:
    from bot.training.rows import Row
    from bot.training.scoring import Judged

CONCURRENCY = 4


def corpus_check(evaluation: list[Path] | None, *, show: int) -> int:
    """Print what is wrong with the corpus, the serious first; 1 where something serious is."""
    from collections import Counter

    from bot.knowledge.importing.reading import SourceError
    from bot.runtime.project import ROOT
    from bot.training import corpus, heldout

    sets = evaluation
    if sets is None:
        own = sorted((ROOT / "tests" / "understanding").glob("*.jsonl"))
        sets = own + [held.path for held in heldout.staffs(settings.load())]
    try:
        problems = corpus.check(ROOT / "nlu_data", sets)
    except (corpus.CorpusError, SourceError) as error:
        raise CommandError(str(error)) from error
    problems.sort(key=lambda problem: (not problem.serious, problem.finding, problem.place))
    for problem in problems[:show]:
        print(f"{problem.finding:<14}{problem.place}: {problem.text}")
    if len(problems) > show:
        print(f"… và {len(problems) - show} mục nữa (--all để xem hết).")
    counts = Counter(problem.finding for problem in problems)
    told = ", ".join(f"{count} {finding}" for finding, count in counts.most_common())
    print(f"Kiểm tra với {len(sets)} tập đánh giá: {told or 'không có gì đáng nói'}.")
    return 1 if any(problem.serious for problem in problems) else 0


def evaluate(file: Path, *, misses: Path | None, as_json: bool, noise: str | None, floors: Path | None) -> int:
    """Ask every row of the file, print the figures, and leave no trace in the database; 1 below a floor."""
    from rich.console import Console as RichConsole

    from bot.cli import client
    from bot.cli.catalogues import database
    from bot.text.noise import KINDS
    from bot.training import evaluate as evaluation
    from bot.training import floors as gates
    from bot.training import ladder
    from bot.training.render import show
    from bot.training.rows import RowsError, load
    from bot.training.scoring import score

    try:
        rows = load(file)
        wanted = gates.load(floors, file.name) if floors else gates.Floors()
        kinds = tuple(KINDS) if noise == "all" else tuple(part for part in (noise or "").split(",") if part)
        rows += ladder.climb(rows, tuple(dict.fromkeys((*kinds, *wanted.noises))))
    except (RowsError, gates.FloorsError, ladder.UnknownNoiseError) as error:
        raise CommandError(str(error)) from error
    with client.connect() as bot:
        asked = Asked(bot.url)
        try:
            judged = asyncio.run(asked.all(rows))
        except evaluation.AskError as error:
            raise CommandError(str(error)) from error
        finally:
            with database() as (engine, config):
                codes = _codes(engine)
                _forget(engine, config, asked.conversations)
    report = score(judged, codes)
    if misses is not None:
        count = evaluation.write_misses(report, misses)
        print(f"{count} dòng sai: {misses}", file=sys.stderr)
    if as_json:
        print(json.dumps(report.as_json(), ensure_ascii=False, indent=2))
    else:
        show(report, RichConsole())
    short = gates.below(report, wanted)
    for line in short:
        print(f"DƯỚI NGƯỠNG: {line}", file=sys.stderr)
    return 1 if short else 0


class Asked:
    """Asks rows, and remembers the conversations that came of it.

    Args:
        url: of the web process.
    """

    def __init__(self, url: str) -> None:
        self._url = url
        self.conversations: set[str] = set()

    async def all(self, rows: Sequence[Row]) -> list[Judged]:
        """Every row, judged."""
        import httpx

        from bot.training import evaluate as evaluation

        async with httpx.AsyncClient(timeout=90, trust_env=False) as web:
            ask = evaluation.over_http(web, self._url)

            async def remembered(text: str, conversation: str | None) -> dict[str, Any]:
                answer = await ask(text, conversation)
                self.conversations.add(answer["conversation"])
                return answer

            return await evaluation.run(
                rows, remembered, concurrency=CONCURRENCY, progress=lambda done: _progress(done, len(rows))
            )


def _progress(done: int, total: int) -> None:
    if sys.stderr.isatty():
        end = "\r\x1b[K" if done == total else ""
        print(f"\r{done}/{total} …{end}", end="", file=sys.stderr, flush=True)


def _codes(engine: Any) -> list[str]:
    from bot.knowledge.store import load_index

    with engine.connect() as connection:
        return [row.code for row in load_index(connection)]


def _forget(engine: Any, config: settings.Settings, tokens: set[str]) -> None:
    """Questions of an evaluation are no citizens' questions: nothing of them stays."""
    from bot.conversations.capability import Capabilities
    from bot.privacy import erasure
    from bot.runtime import secret_files

    capabilities = Capabilities(secret_files.resolve(config, make=False).secret_key)
    for token in tokens:
        key = capabilities.verify(token)
        if key is not None:
            erasure.conversation(engine, key)
