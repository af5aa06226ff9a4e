"""What a reader makes of one piece of a source: a record, or the reason why there is none."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import yaml

from bot.knowledge.importing.issues import Issue, doubtful, rejected
from bot.knowledge.records import ProcedureRecord
from bot.knowledge.store import Source


@dataclass(frozen=True, slots=True)
class Parsed:
    """One record of a source file, with what there is to say about it.

    `record` is none where it was refused; `line` counts from 1 (a line, or an item of a list).
    """

    line: int
    code: str | None
    record: ProcedureRecord | None
    issues: tuple[Issue, ...]
    source: Source
    raw: Mapping[str, Any] | None = None

    def refused(self, reason: str, detail: str) -> Parsed:
        """The same piece without its record."""
        issue = rejected(reason, detail, self.code, self.line)
        return replace(self, record=None, issues=(*self.issues, issue))

    def doubted(self, reason: str, detail: str) -> Parsed:
        """The same piece with one more doubt."""
        return replace(self, issues=(*self.issues, doubtful(reason, detail, self.code, self.line)))


@dataclass(frozen=True, slots=True)
class Fetched:
    """When the source was read, and how that is known."""

    at: dt.datetime | dt.date
    known_from: str


def read_replacements(path: Path) -> dict[str, str | None]:
    """Codes that have been replaced (or abolished: none) from `nlu_data/replaced.yml`; empty without the file."""
    if not path.is_file():
        return {}
    rows: list[dict[str, str]] = yaml.safe_load(path.read_text(encoding="utf-8")) or []
    return {str(row["code"]): row.get("replaced_by") for row in rows}


def mark_replaced(parsed: Parsed, replacements: Mapping[str, str | None]) -> Parsed:
    """Give a record whose code is known to be replaced its status, unless the record says it itself."""
    record = parsed.record
    if record is None or record.code not in replacements or record.status != "active":
        return parsed
    successor = replacements[record.code]
    status = "replaced" if successor else "abolished"
    changed = record.model_copy(update={"status": status, "replaced_by": successor})
    return replace(parsed, record=changed).doubted("replaced_code", f"now {successor}" if successor else "abolished")
