"""Loading the starter catalogue: at every start of the house, and in no time when nothing has changed."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from sqlalchemy import Engine, text

from bot.knowledge.importing.importer import finish_run, read_all, start_run
from bot.knowledge.importing.issues import Issue
from bot.knowledge.importing.reading import SourceError
from bot.knowledge.writing import lock_catalogue, raise_revision, remove_starter, write_records

FORMAT: Final = "1"
"""Part of the checksum: a changed way of loading loads again."""


@dataclass(frozen=True, slots=True)
class StarterSummary:
    """What loading the starter catalogue did."""

    loaded: bool
    """False where it was loaded before, in the same words."""
    records: int = 0
    new: int = 0
    changed: int = 0
    removed: int = 0
    issues: tuple[Issue, ...] = ()
    revision: int | None = None


def load_starter(engine: Engine, directory: Path) -> StarterSummary:
    """Bring the starter catalogue of a folder (`*.yml`) into the database.

    A record that has been imported since keeps its facts; it gets the starter's aliases, and its plain
    name and summary where it has none. A starter record that is no longer in the folder goes.

    Raises:
        SourceError: the folder has no records, or a file is no YAML; nothing has changed.
    """
    checksum = _checksum(directory)
    with engine.connect() as connection:
        if connection.execute(_LAST).scalar() == checksum:
            return StarterSummary(loaded=False)
    pieces = read_all(directory, source="starter", replaced=directory.parent / "replaced.yml")
    records = [piece.record for piece in pieces if piece.record is not None]
    if not records:
        raise SourceError(f"{directory}: no record could be read")
    issues = tuple(issue for piece in pieces for issue in piece.issues)
    with engine.begin() as connection:
        lock_catalogue(connection)
        run = start_run(connection, "starter", directory, checksum)
        removed = remove_starter(connection, (record.code for record in records))
        written = write_records(connection, [(record, "starter") for record in records])
        revision = written.revision
        if removed and revision is None:
            revision = raise_revision(connection)
        counts = {"total": len(pieces), "new": len(written.new), "changed": len(written.changed)}
        finish_run(connection, run, issues, {**counts, "removed": len(removed)})
    return StarterSummary(True, len(records), len(written.new), len(written.changed), len(removed), issues, revision)


def _checksum(directory: Path) -> str:
    digest = hashlib.sha256(FORMAT.encode())
    for path in [*sorted(directory.glob("*.yml")), directory.parent / "replaced.yml"]:
        if path.is_file():
            digest.update(path.name.encode() + b"\0" + hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


_LAST = text(
    "select sha256 from import_runs where source = 'starter' and finished_at is not null order by id desc limit 1"
)
