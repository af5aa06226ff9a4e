"""`bot catalogue …`, and `bot answer`."""

from __future__ import annotations

import contextlib
import dataclasses
import json
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Engine

from bot import settings
from bot.cli.failure import CommandError
from bot.settings import Settings
from bot.storage import migrations
from bot.storage.database import connect_sync
from bot.storage.embedded import ensure_running

if TYPE_CHECKING:
    from bot.knowledge.verify import VerifySummary


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


def export(file: Path) -> int:
    """Write the catalogue in the project's own form."""
    from bot.knowledge.export import ExportError
    from bot.knowledge.export import export as write

    with database() as (engine, _):
        try:
            count = write(engine, file)
        except ExportError as error:
            raise CommandError(str(error)) from error
    print(f"{count} thủ tục: {file}")
    return 0


def verify(file: Path | None, *, as_json: bool, show: int) -> int:
    """Count what is parsed, of a source file or of what is stored, and list the rest."""
    from bot.knowledge.importing.importer import SourceError
    from bot.knowledge.verify import verify_file, verify_stored

    if file is not None:
        try:
            found = verify_file(file, progress=_progress(file.name))
        except SourceError as error:
            raise CommandError(str(error)) from error
        finally:
            _end_line()
    else:
        with database() as (engine, _):
            found = verify_stored(engine)
    print(json.dumps(_plain(found), ensure_ascii=False, indent=2) if as_json else _table(found, show))
    return 0


def answer(code: str, aspect: str, *, channel: str, full: bool) -> int:
    """Show what a citizen would read about one aspect of one procedure."""
    from bot.knowledge.answers import texts
    from bot.knowledge.answers.preview import LIMITS, newest, preview
    from bot.knowledge.records import ASPECTS
    from bot.knowledge.store import load_procedures
    from bot.locality import load as load_locality
    from bot.runtime import project

    if aspect not in ASPECTS:
        raise CommandError(f"Không có khía cạnh {aspect}. Chọn một trong: {', '.join(ASPECTS)}.")
    if channel not in LIMITS:
        raise CommandError(f"Không có kênh {channel}. Chọn một trong: {', '.join(LIMITS)}.")
    with database() as (engine, config), engine.connect() as connection:
        catalogue = {found.record.code: found for found in load_procedures(connection)}
        stored = catalogue.get(code)
        if stored is None:
            raise CommandError(f"Danh mục không có thủ tục {code}.")
        stored = newest(stored, catalogue)
        if stored.record.code != code:
            print(texts.REPLACES.format(old=code, new=stored.record.code))
        place = load_locality(project.locality(config))
        print(preview(stored, aspect, channel, today=place.now().date(), province=place.province.name, full=full))
    return 0


def _plain(found: VerifySummary) -> dict[str, object]:
    return dataclasses.asdict(found) | {"share": found.share, "character_share": found.character_share}


def _table(found: VerifySummary, show: int) -> str:
    lines = [f"{found.total} bản ghi, {found.accepted} đọc được, {len(found.rejected)} bị loại.", ""]
    lines += [
        f"  {count:>6}  {100 * count / max(1, found.accepted):5.1f} %  {name}" for name, count in found.parts.items()
    ]
    if found.columns:
        lines += ["", "  Cột của nguồn: bản ghi có nội dung, đọc trọn, tỉ lệ chữ giữ được"]
        for column in found.columns:
            kept = 100 * column.covered / max(1, column.characters)
            lines.append(f"  {column.filled:>6}  {column.full:>6}  {kept:6.2f} %  {column.column}")
        lines += ["", f"  Giữ được {100 * found.character_share:.2f} % chữ của nguồn."]
    lines += ["", f"Đọc trọn mọi phần: {found.full_records} bản ghi ({100 * found.share:.1f} %)."]
    if found.reasons:
        lines += ["", "Lý do loại hay nghi ngờ:", *(f"  {count:>6}  {name}" for name, count in found.reasons.items())]
    if found.unparsed:
        lines += ["", f"Chưa trọn ({len(found.unparsed)}):"]
        lines += [f"  {code}  {column}: {lacking}" for code, column, lacking in found.unparsed[:show]]
        if len(found.unparsed) > show:
            lines.append(f"  … và {len(found.unparsed) - show} mục nữa (--all để xem hết)")
    return "\n".join(lines)


def _progress(name: str) -> Callable[[str, int, int], None]:
    """A line that counts, on a terminal only."""
    words = {"read": "đọc", "write": "ghi", "compare": "so với nguồn"}

    def show(stage: str, count: int, total: int) -> None:
        if sys.stderr.isatty():
            of = f"/{total}" if total else ""
            print(f"\r{name}: {words.get(stage, stage)} {count}{of} …   ", end="", file=sys.stderr, flush=True)

    return show


def _end_line() -> None:
    if sys.stderr.isatty():
        print("\r\x1b[K", end="", file=sys.stderr, flush=True)
