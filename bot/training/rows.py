"""Evaluation rows: the file format of `bot evaluate`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from bot.knowledge.records import Aspect

Kind = Literal[
    "question",
    "followup",
    "multi",
    "complaint",
    "emergency",
    "crime",
    "denunciation",
    "complaint_decision",
    "ticket_status",
    "dossier_status",
    "handoff",
    "smalltalk",
    "out_of_scope",
]
QUESTIONS: frozenset[str] = frozenset({"question", "followup", "multi"})


class RowsError(Exception):
    """The file cannot be evaluated; the text names the line and what is wrong with it."""


class Row(BaseModel):
    """One labelled message."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    id: str
    text: str = Field(min_length=1)
    procedure: str | tuple[str, ...] | None = None
    """A code; several codes: any of them for an ambiguous question, all of them for `multi`."""
    aspect: Aspect | None = None
    aspect_ok: tuple[Aspect, ...] = ()
    """Other aspects that a person would accept."""
    kind: Kind
    category: str | None = None
    style: str = "clean"
    context: str | None = None
    """A message sent before, in the same conversation."""
    ambiguous: bool = False
    """The right thing is to ask back."""
    in_catalogue: bool = True
    """False: the catalogue has no such procedure, and the right thing is to say so."""

    @property
    def codes(self) -> tuple[str, ...]:
        """The procedures that the label names."""
        if self.procedure is None:
            return ()
        return (self.procedure,) if isinstance(self.procedure, str) else self.procedure


def load(path: Path) -> list[Row]:
    """Read a JSONL file of rows.

    Raises:
        RowsError: the file cannot be read, or a line is no row.
    """
    rows: list[Row] = []
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise RowsError(f"không đọc được {path}: {error}") from error
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            rows.append(Row.model_validate(json.loads(line)))
        except (ValueError, ValidationError) as error:
            raise RowsError(f"{path}, dòng {number}: {_first(error)}") from error
    if not rows:
        raise RowsError(f"{path} không có dòng nào")
    return rows


def _first(error: ValueError) -> str:
    if isinstance(error, ValidationError):
        item = error.errors(include_url=False)[0]
        return f"{'.'.join(map(str, item['loc']))}: {item['msg']}"
    return str(error)
