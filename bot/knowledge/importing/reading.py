"""Opening a source of procedures, whatever it is, and reading it record by record."""

from __future__ import annotations

import calendar
import datetime as dt
import gzip
import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml

from bot.knowledge.importing.api import is_api, read_api
from bot.knowledge.importing.parsed import Fetched, Parsed
from bot.knowledge.importing.portal import is_scraped, read_scraped
from bot.knowledge.importing.yamlfile import load_yaml, read_record
from bot.knowledge.store import VIETNAM, Source

_MONTH = re.compile(r"(20\d\d)-(0[1-9]|1[0-2])(?:-(0[1-9]|[12]\d|3[01]))?(?!\d)")
_YAML = {".yml", ".yaml"}


class SourceError(Exception):
    """The file is not there, or is nothing that can be read as procedures."""


def files_of(path: Path) -> list[Path]:
    """The files of a source: the file itself, or a folder's YAML and JSON files by name.

    Raises:
        SourceError: there is nothing.
    """
    if path.is_file():
        return [path]
    found = sorted(p for p in path.glob("*") if p.is_file() and {*p.suffixes} & {*_YAML, ".json", ".jsonl"})
    if not found:
        raise SourceError(f"{path}: no file, and no folder with YAML or JSON files")
    return found


def digest_of(files: list[Path]) -> str:
    """The sha256 of a source's files: of the one file, or of all with their names."""
    if len(files) == 1:
        return hashlib.sha256(files[0].read_bytes()).hexdigest()
    whole = hashlib.sha256()
    for file in files:
        whole.update(file.name.encode() + b"\0" + hashlib.sha256(file.read_bytes()).digest())
    return whole.hexdigest()


def fetched_of(path: Path, given: dt.datetime | dt.date | None) -> Fetched:
    """When a file's content was read from its source.

    The scraped records carry no date. So: what the caller says; else the day or, of a month alone, its
    last day in the file's name ("procedures-2026-07" was complete by 31 July 2026); else the day on
    which the file was written.
    """
    if given is not None:
        return Fetched(given, "given")
    if match := _MONTH.search(path.name):
        year, month = int(match[1]), int(match[2])
        last = calendar.monthrange(year, month)[1]
        return Fetched(dt.date(year, month, min(int(match[3] or last), last)), "file name")
    written = dt.datetime.fromtimestamp(path.stat().st_mtime, VIETNAM)
    return Fetched(written.date(), "file time")


def read_source(path: Path, *, source: Source | None, fetched_at: dt.datetime | dt.date | None) -> Iterator[Parsed]:
    """Every record of a file or folder, in order, each accepted or refused with its reason.

    Raises:
        SourceError: the file is not there, is broken, or holds nothing of any known kind.
    """
    for file in files_of(path):
        fetched = fetched_of(file, fetched_at)
        for line, item in _items(file):
            yield _parsed(item, line, source, fetched)


def _parsed(item: Any, line: int, source: Source | None, fetched: Fetched) -> Parsed:
    if isinstance(item, Mapping) and is_scraped(item):
        return read_scraped(item, line, fetched)
    if isinstance(item, Mapping) and is_api(item):
        return read_api(item, line, fetched)
    if isinstance(item, Mapping) and "code" in item:
        return read_record(item, line, source)
    what = item if isinstance(item, _Broken) else f"not a procedure: {str(item)[:120]}"
    return Parsed(line, None, None, (), source or "yaml").refused("unreadable", str(what))


class _Broken(str):
    """What is wrong with a line that is no JSON."""

    __slots__ = ()


def _items(file: Path) -> Iterator[tuple[int, Any]]:
    text = _text(file)
    suffixes = set(file.suffixes)
    if suffixes & _YAML:
        try:
            yield from enumerate(load_yaml(text), start=1)
        except yaml.YAMLError as error:
            raise SourceError(f"{file}: {error}") from error
    elif ".jsonl" in suffixes or ".ndjson" in suffixes:
        yield from _lines(text)
    else:
        try:
            yield from enumerate(_unwrapped(json.loads(text)), start=1)
        except json.JSONDecodeError as error:
            lines = list(_lines(text))
            if not lines or all(isinstance(item, _Broken) for _, item in lines):
                raise SourceError(f"{file}: {error}") from error
            yield from lines


def _lines(text: str) -> Iterator[tuple[int, Any]]:
    for number, line in enumerate(text.split("\n"), start=1):
        if line.strip():
            try:
                item: Any = json.loads(line)
            except json.JSONDecodeError as error:
                item = _Broken(f"no JSON: {error}")
            yield number, item


def _unwrapped(data: Any) -> list[Any]:
    """The objects of an answer: itself, its list, or what lies under `data`, `items` or `content`."""
    if isinstance(data, list):
        return data
    if isinstance(data, dict) and "code" not in data and "ma_thu_tuc" not in data:
        for key in ("data", "items", "content", "result"):
            if isinstance(data.get(key), (list, dict)):
                return _unwrapped(data[key])
    return [data]


def _text(file: Path) -> str:
    try:
        data = file.read_bytes()
        if data[:2] == b"\x1f\x8b":
            data = gzip.decompress(data)
        return data.decode("utf-8-sig")
    except (OSError, EOFError, UnicodeDecodeError, gzip.BadGzipFile) as error:
        raise SourceError(f"{file}: {error}") from error
