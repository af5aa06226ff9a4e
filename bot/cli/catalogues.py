"""`bot catalogue …`, and `bot answer`."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

from sqlalchemy import Engine

from bot import settings
from bot.cli.failure import CommandError
from bot.settings import Settings
from bot.storage import migrations
from bot.storage.database import connect_sync
from bot.storage.embedded import ensure_running


@contextlib.contextmanager
def database() -> Iterator[tuple[Engine, Settings]]:
    """The database with all tables, started for the while where it does not run."""
    config = settings.load()
    with ensure_running(config) as urls:
        migrations.upgrade(urls.owner)
        engine = connect_sync(urls.owner)
        try:
            yield engine, config
        finally:
            engine.dispose()


def import_files(files: list[Path], *, report: Path | None) -> int:
    """Import files one after the other; 1 when a file could not be read."""
    from bot.knowledge.importing.importer import SourceError, import_file

    with database() as (engine, config):
        for file in files:
            try:
                done = import_file(
                    engine, file, report_dir=report or config.data / "reports", progress=_progress(file.name)
                )
            except SourceError as error:
                _end_line()
                raise CommandError(str(error)) from error
            _end_line()
            print(
                f"{file.name}: {done.total} bản ghi trong {done.seconds:.1f} giây:"
                f" {done.new} mới, {done.changed} đổi, {done.unchanged} không đổi, {done.kept} giữ bản đã có,"
                f" {done.rejected} bị loại, {done.doubtful} có điểm nghi ngờ."
            )
            if done.issues:
                for reason, count in done.reasons.items():
                    print(f"  {count:>6}  {reason}")
            if done.report:
                print(f"  Chi tiết: {done.report} (bảng: {done.report.with_suffix('.csv').name})")
    return 0


def _progress(name: str) -> Callable[[str, int, int], None]:
    """A line that counts, on a terminal only."""
    words = {"read": "đọc", "write": "ghi"}

    def show(stage: str, count: int, total: int) -> None:
        if sys.stderr.isatty():
            of = f"/{total}" if total else ""
            print(f"\r{name}: {words.get(stage, stage)} {count}{of} …   ", end="", file=sys.stderr, flush=True)

    return show


def _end_line() -> None:
    if sys.stderr.isatty():
        print("\r\x1b[K", end="", file=sys.stderr, flush=True)
