"""Writing the catalogue into files that an import takes back without loss."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, Final, TextIO

import yaml
from sqlalchemy import Engine

from bot.knowledge.records import ProcedureRecord
from bot.knowledge.store import Source, StoredProcedure, load_procedures

SUFFIXES: Final = (".yml", ".yaml", ".jsonl", ".jsonl.gz")
"""What a file of an export may be called, and so what it holds."""


class ExportError(Exception):
    """The file's name does not say what it should hold, or it cannot be written."""


def export(engine: Engine, out: Path, *, sources: Iterable[Source] | None = None) -> int:
    """Write every stored record, by code, with its source; returns how many.

    Args:
        engine: the database.
        out: a file with one of `SUFFIXES`. It is written beside its place and moved there when complete.
        sources: only records from these sources.

    Raises:
        ExportError: the name has another suffix, or the file cannot be written.
    """
    name = out.name.lower()
    if not name.endswith(SUFFIXES):
        raise ExportError(f"{out}: the name must end in one of {', '.join(SUFFIXES)}")
    wanted = None if sources is None else set(sources)
    half = out.with_name(f".{out.name}.half")
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        with engine.connect() as connection, _open(half, zipped=name.endswith(".gz")) as file:
            rows = (row for row in load_procedures(connection) if wanted is None or row.source in wanted)
            number = _write_yaml(file, rows) if name.endswith((".yml", ".yaml")) else _write_lines(file, rows)
        half.replace(out)
    except OSError as error:
        raise ExportError(f"{out}: {error}") from error
    finally:
        half.unlink(missing_ok=True)
    return number


def plain(record: ProcedureRecord, source: Source | None = None) -> dict[str, Any]:
    """A record as plain data, without what is as always; reading it gives the same record."""
    data = record.model_dump(mode="json", exclude_defaults=True, exclude_none=True)
    return data if source is None else {"code": data.pop("code"), "source": source, **data}


def _write_yaml(file: TextIO, rows: Iterator[StoredProcedure]) -> int:
    number = 0
    for number, row in enumerate(rows, start=1):  # noqa: B007  # the last number is the count
        yaml.dump(
            [plain(row.record, row.source)],
            file,
            Dumper=getattr(yaml, "CSafeDumper", yaml.SafeDumper),
            allow_unicode=True,
            sort_keys=False,
            width=110,
        )
    return number


def _write_lines(file: TextIO, rows: Iterator[StoredProcedure]) -> int:
    number = 0
    for number, row in enumerate(rows, start=1):  # noqa: B007  # the last number is the count
        file.write(json.dumps(plain(row.record, row.source), ensure_ascii=False) + "\n")
    return number


def _open(path: Path, *, zipped: bool) -> TextIO:
    return gzip.open(path, "wt", encoding="utf-8") if zipped else path.open("w", encoding="utf-8", newline="\n")
