"""`bot train` and `bot evaluate`."""

from __future__ import annotations

import asyncio
import json
import sys
from pathlib import Path

from bot import settings
from bot.cli.failure import CommandError
from bot.runtime import model, training
from bot.runtime.console import Console
from bot.storage.embedded.place import make_data_dir


def train(*, force: bool) -> int:
    """Train where there is no current model, or in any case."""
    config = settings.load()
    make_data_dir(config)
    current = model.current(config)
    if current and not force:
        print(f"Mô hình hiện tại vẫn đúng với dữ liệu: {current.name}. Thêm --force để huấn luyện lại.")
        return 0
    asyncio.run(training.train(config, Console()))
    return 0


def evaluate(file: Path, *, misses: Path | None, as_json: bool) -> int:
    """Ask every row of a file, print the tables, write the misses.

    The running system is asked; where none runs, one is started for the while.
    """
    import httpx
    from rich.console import Console as Screen

    from bot.cli import catalogues, client
    from bot.knowledge.store import load_index
    from bot.training import evaluate as evaluating
    from bot.training import render, rows, scoring

    try:
        wanted = rows.load(file)
    except rows.RowsError as error:
        raise CommandError(str(error)) from error

    def progress(done: int) -> None:
        if sys.stderr.isatty() or done == len(wanted):
            print(f"\r{done}/{len(wanted)}", end="\n" if done == len(wanted) else "", file=sys.stderr, flush=True)

    async def ask_all(url: str) -> list[scoring.Judged]:
        async with httpx.AsyncClient(timeout=client.ANSWER_TIMEOUT, trust_env=False) as http:
            return await evaluating.run(wanted, evaluating.over_http(http, url), progress=progress)

    with client.connect() as bot:
        with catalogues.database() as (engine, _), engine.connect() as connection:
            codes = {row.code for row in load_index(connection)}
        try:
            judged = asyncio.run(ask_all(bot.url))
        except (evaluating.AskError, httpx.HTTPError) as error:
            raise CommandError(f"Hệ thống không trả lời: {error}") from error
    report = scoring.score(judged, codes)
    if as_json:
        print(json.dumps(report.as_json(), ensure_ascii=False, indent=1))
    else:
        render.show(report, Screen())
    target = misses or file.with_suffix(".misses.jsonl").name
    count = evaluating.write_misses(report, Path(target))
    print(f"{count} dòng chưa đúng: {target}", file=sys.stderr)
    return 0
