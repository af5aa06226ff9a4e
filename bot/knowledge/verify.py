"""Verifying a catalogue: how much of it is parsed, counted over a source file or over what is stored."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from sqlalchemy import Engine

from bot.knowledge.importing.coverage import Coverage, coverage
from bot.knowledge.importing.importer import REPLACED, read_all
from bot.knowledge.importing.issues import Issue
from bot.knowledge.importing.sections import COLUMNS
from bot.knowledge.records import ProcedureRecord
from bot.knowledge.store import load_procedures
from bot.knowledge.writing import Progress

PARTS: Final[Mapping[str, Callable[[ProcedureRecord], bool]]] = {
    "methods": lambda record: bool(record.methods),
    "times": lambda record: any(m.time.quantity is not None or m.time.text for m in record.methods),
    "times_with_unit": lambda record: any(m.time.unit for m in record.methods),
    "fees": lambda record: any(m.fees for m in record.methods),
    "documents": lambda record: any(d.kind == "document" for c in record.cases for d in c.documents),
    "legal_basis": lambda record: bool(record.legal_basis),
    "steps": lambda record: bool(record.steps),
    "results": lambda record: bool(record.results),
    "conditions": lambda record: record.conditions is not None,
    "agency": lambda record: record.agency != type(record.agency)(),
}
"""The parts of a record that are counted, and when a record has them."""


@dataclass(frozen=True, slots=True)
class ColumnSummary:
    """One column over all records of a source file."""

    column: str
    filled: int
    """Records in which the column says anything."""
    full: int
    """Of them, those whose record has every letter and digit of it."""
    characters: int
    covered: int


@dataclass(frozen=True, slots=True)
class VerifySummary:
    """What a verification counted."""

    total: int
    """Pieces read."""
    accepted: int
    parts: Mapping[str, int]
    """Records with each part, see `PARTS`."""
    columns: tuple[ColumnSummary, ...]
    """Coverage by column; empty where there is no source text to compare with."""
    full_records: int
    """Records of which every column that says anything is fully parsed."""
    unparsed: tuple[tuple[str, str, str], ...] = field(repr=False)
    """(code, column, what is lacking) for the others."""
    rejected: tuple[Issue, ...] = field(repr=False)
    reasons: Mapping[str, int]

    @property
    def share(self) -> float:
        """The share of accepted records that are fully parsed."""
        return self.full_records / self.accepted if self.accepted else 0.0

    @property
    def character_share(self) -> float:
        """The share of the source's letters and digits that are in the records."""
        characters = sum(column.characters for column in self.columns)
        return sum(column.covered for column in self.columns) / characters if characters else 0.0


def verify_file(
    path: Path,
    *,
    fetched_at: dt.datetime | dt.date | None = None,
    replaced: Path = REPLACED,
    progress: Progress | None = None,
) -> VerifySummary:
    """Parse a file without storing anything and compare each record with its source's text.

    Raises:
        SourceError: the file cannot be read.
    """
    pieces = read_all(path, fetched_at=fetched_at, replaced=replaced, progress=progress)
    records: list[ProcedureRecord] = []
    measured: dict[str, list[Coverage]] = {}
    for done, piece in enumerate(pieces, start=1):
        if piece.record is None:
            continue
        records.append(piece.record)
        if piece.raw is not None:
            measured[piece.record.code] = coverage(piece.raw, piece.record)
        if progress and done % 50 == 0:
            progress("compare", done, len(pieces))
    issues = [issue for piece in pieces for issue in piece.issues]
    unparsed = [
        (code, item.column, " … ".join(item.left)[:300])
        for code, items in measured.items()
        for item in items
        if not item.full
    ]
    lacking = {code for code, _, _ in unparsed}
    return VerifySummary(
        total=len(pieces),
        accepted=len(records),
        parts=_parts(records),
        columns=tuple(_column(name, measured.values()) for name in COLUMNS) if measured else (),
        full_records=len(records) - len(lacking),
        unparsed=tuple(unparsed),
        rejected=tuple(issue for issue in issues if issue.severity == "rejected"),
        reasons=dict(Counter(issue.reason for issue in issues).most_common()),
    )


def verify_stored(engine: Engine) -> VerifySummary:
    """Count the parts of the records that are stored; their source's text is not stored, so nothing is compared."""
    with engine.connect() as connection:
        records = [stored.record for stored in load_procedures(connection)]
    lacking = [
        (record.code, part, "none")
        for record in records
        for part in ("methods", "steps", "documents")
        if not PARTS[part](record)
    ]
    return VerifySummary(
        total=len(records),
        accepted=len(records),
        parts=_parts(records),
        columns=(),
        full_records=len(records) - len({code for code, _, _ in lacking}),
        unparsed=tuple(lacking),
        rejected=(),
        reasons={},
    )


def verify(target: Path | Engine, *, progress: Progress | None = None) -> VerifySummary:
    """Verify a source file, or the stored catalogue."""
    return verify_stored(target) if isinstance(target, Engine) else verify_file(target, progress=progress)


def _parts(records: Iterable[ProcedureRecord]) -> dict[str, int]:
    records = list(records)
    return {name: sum(map(has, records)) for name, has in PARTS.items()}


def _column(name: str, measured: Iterable[list[Coverage]]) -> ColumnSummary:
    items = [item for found in measured for item in found if item.column == name]
    return ColumnSummary(
        column=name,
        filled=len(items),
        full=sum(item.full for item in items),
        characters=sum(item.characters for item in items),
        covered=sum(item.covered for item in items),
    )
