"""One import run: read a source, write what it holds, keep what there is to say about it; all or nothing."""

from __future__ import annotations

import csv
import datetime as dt
import json
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Connection, Engine, insert, update

from bot.knowledge.importing.issues import Issue, doubtful
from bot.knowledge.importing.parsed import Parsed, mark_replaced, read_replacements
from bot.knowledge.importing.reading import SourceError, digest_of, files_of, read_source
from bot.knowledge.store import Source
from bot.knowledge.writing import Progress, Written, write_records
from bot.storage.models import ImportIssue, ImportRun

__all__ = ["ImportSummary", "Progress", "SourceError", "import_file", "read_all"]

REPLACED: Final = Path(__file__).resolve().parents[3] / "nlu_data" / "replaced.yml"
"""The codes that are known to have been replaced."""

_TOLD_EVERY: Final = 50


@dataclass(frozen=True, slots=True)
class ImportSummary:
    """What an import did."""

    run: int
    source: str
    file: str
    total: int
    """Pieces in the file."""
    new: int
    changed: int
    unchanged: int
    kept: int
    """Left out in favour of a better record that is stored."""
    rejected: int
    doubtful: int
    """Accepted records with at least one doubt."""
    texts_changed: int
    revision: int | None
    """The catalogue's new revision; none where nothing changed."""
    seconds: float
    issues: tuple[Issue, ...] = field(repr=False)
    report: Path | None
    """The report as JSON Lines; the same as a table lies beside it with the suffix .csv."""

    @property
    def accepted(self) -> int:
        """Records that the file holds in good form."""
        return self.total - self.rejected

    @property
    def reasons(self) -> dict[str, int]:
        """How many issues there are for each reason, the most frequent first."""
        return dict(Counter(issue.reason for issue in self.issues).most_common())


def import_file(
    engine: Engine,
    path: Path,
    *,
    source: Source | None = None,
    fetched_at: dt.datetime | dt.date | None = None,
    report_dir: Path | None = None,
    progress: Progress | None = None,
    overwrite: bool = False,
    replaced: Path = REPLACED,
) -> ImportSummary:
    """Import a file (or a folder of them) of scraped pages, API answers or YAML records.

    Args:
        engine: the database.
        path: JSONL, JSON or YAML, also gzipped; the kind of each record is told by its fields.
        source: under which source YAML records are kept; none: what they say themselves, else `yaml`.
        fetched_at: when the source was read; see `fetched_of` for what is taken otherwise.
        report_dir: where the report is written; none: no report.
        progress: told of the reading and the writing.
        overwrite: also replace the operator's own records and later readings.
        replaced: the file of codes that have been replaced.

    Raises:
        SourceError: the file cannot be read; nothing has changed.
        sqlalchemy.exc.SQLAlchemyError: the database refused; nothing has changed.
    """
    started = time.perf_counter()
    pieces = read_all(path, source=source, fetched_at=fetched_at, replaced=replaced, progress=progress)
    told = source or (pieces[0].source if pieces else "yaml")
    with engine.begin() as connection:
        run = start_run(connection, told, path)
        accepted = [(piece.record, piece.source) for piece in pieces if piece.record is not None]
        written = write_records(connection, accepted, overwrite=overwrite, progress=progress)
        issues = tuple(_issues(pieces, written))
        finish_run(connection, run, issues, _counts(pieces, issues, written))
    seconds = time.perf_counter() - started
    report = _write_report(report_dir, run, path, issues) if report_dir is not None else None
    counts = _counts(pieces, issues, written)
    return ImportSummary(
        run=run, source=told, file=str(path), revision=written.revision, seconds=seconds, issues=issues,
        report=report, **counts,
    )  # fmt: skip


def read_all(
    path: Path,
    *,
    source: Source | None = None,
    fetched_at: dt.datetime | dt.date | None = None,
    replaced: Path = REPLACED,
    progress: Progress | None = None,
) -> list[Parsed]:
    """Read a source to its end: duplicates refused, replaced codes marked.

    Raises:
        SourceError: the file cannot be read.
    """
    replacements = read_replacements(replaced)
    pieces: list[Parsed] = []
    seen: dict[str, int] = {}
    for piece in read_source(path, source=source, fetched_at=fetched_at):
        if piece.record is not None and piece.record.code in seen:
            piece = piece.refused("duplicate_code", f"already at {seen[piece.record.code]}")
        elif piece.record is not None:
            seen[piece.record.code] = piece.line
        pieces.append(mark_replaced(piece, replacements))
        if progress and len(pieces) % _TOLD_EVERY == 0:
            progress("read", len(pieces), 0)
    if progress:
        progress("read", len(pieces), len(pieces))
    return pieces


def start_run(connection: Connection, source: str, path: Path, sha256: str | None = None) -> int:
    """Note the beginning of a run."""
    values = {"source": source, "file": path.name, "sha256": sha256 or digest_of(files_of(path))}
    run: int = connection.execute(insert(ImportRun).values(values).returning(ImportRun.id)).scalar_one()
    return run


def finish_run(connection: Connection, run: int, issues: Sequence[Issue], counts: Mapping[str, int]) -> None:
    """Note what a run did and what it has to say."""
    rows = [
        {
            "run_id": run,
            "code": issue.code,
            "line": issue.line,
            "severity": issue.severity,
            "reason": issue.reason,
            "detail": issue.detail.replace("\x00", ""),
        }
        for issue in issues
    ]
    if rows:
        connection.execute(insert(ImportIssue), rows)
    now = dt.datetime.now(dt.UTC)
    connection.execute(update(ImportRun).where(ImportRun.id == run).values(counts=dict(counts), finished_at=now))


def _issues(pieces: Iterable[Parsed], written: Written) -> Iterator[Issue]:
    for piece in pieces:
        yield from piece.issues
    for code, reason in written.kept:
        yield replace(doubtful(reason, "the stored record was left as it is"), code=code)


def _counts(pieces: Sequence[Parsed], issues: Sequence[Issue], written: Written) -> dict[str, int]:
    refused = sum(piece.record is None for piece in pieces)
    return {
        "total": len(pieces),
        "new": len(written.new),
        "changed": len(written.changed),
        "unchanged": len(written.unchanged),
        "kept": len(written.kept),
        "rejected": refused,
        "doubtful": len({issue.code for issue in issues if issue.severity == "doubtful"}),
        "texts_changed": written.texts_changed,
    }


def _write_report(folder: Path, run: int, path: Path, issues: Sequence[Issue]) -> Path:
    """The issues as JSON Lines for programs and as a table for people."""
    folder.mkdir(parents=True, exist_ok=True)
    report = folder / f"import-{run:05d}-{path.name.split('.')[0]}.jsonl"
    fields = ("code", "line", "severity", "reason", "detail")
    rows: list[dict[str, Any]] = [{name: getattr(issue, name) for name in fields} for issue in issues]
    report.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")
    with report.with_suffix(".csv").open("w", encoding="utf-8-sig", newline="") as table:
        writer = csv.DictWriter(table, fields)
        writer.writeheader()
        writer.writerows(rows)
    return report
