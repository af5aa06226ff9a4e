"""Reading intent data sets as others lay them out: Rasa's YAML, two columns, PhoATIS's folders."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable
from pathlib import Path

import yaml

from bench.flights import Rows

# Rasa marks entities in its sentences: [hà nội](city), [hà nội]{"entity": "city"}, and groups with [ … ].
_ENTITY = re.compile(r"\[([^\]]+)\](?:\([^)]*\)|\{[^}]*\})(?:\[[^\]]*\])?")
# Word-level sets join the syllables of a word: chuyến_bay.
_JOINED = re.compile(r"(?<=[^\W_])_(?=[^\W_])")
_HEADERS = frozenset({"text", "utterance", "sentence", "query", "label", "intent", "câu"})


class NoData(Exception):  # noqa: N818  # reads as the reason that it is
    """A folder does not hold a data set in a layout that is known, or a file of it does not hold together."""


def read_set(folder: Path, part: str) -> Rows:
    """The rows of one part ("train", "dev", "test") of a data set.

    Looked for in this order: `<part>/seq.in` with `<part>/label` (PhoATIS), `<part>.tsv` or `.csv` (two columns, either
    order), `<part>.yml`, and any Rasa NLU file under the folder `<part>` or in `nlu/<part>…`.

    Raises:
        NoData: no such part, or a file that cannot be read as one.
    """
    inner = folder / part
    if (inner / "seq.in").is_file():
        return _clean(_two_files(inner / "seq.in", inner / "label"), inner)
    for name, delimiter in ((f"{part}.tsv", "\t"), (f"{part}.csv", ",")):
        if (folder / name).is_file():
            return _clean(_two_columns(folder / name, delimiter), folder / name)
    files = [path for path in (folder / f"{part}.yml", folder / f"{part}.yaml") if path.is_file()]
    for place in (inner, folder / "nlu"):
        if place.is_dir():
            found = sorted(path for path in place.rglob("*.y*ml") if place == inner or path.stem.startswith(part))
            files += found
    rows = [row for path in files for row in _rasa(path)]
    if not rows:
        raise NoData(f"{folder}: no {part}/seq.in, {part}.tsv, {part}.csv, {part}.yml or {part}/*.yml with rows")
    return _clean(rows, folder)


def _clean(pairs: Iterable[tuple[str, str]], where: Path) -> Rows:
    kept = [(" ".join(_JOINED.sub(" ", text).split()), label.strip()) for text, label in pairs]
    kept = [(text, label) for text, label in kept if text and label]
    if not kept:
        raise NoData(f"{where}: no rows")
    return Rows([text for text, _ in kept], [label for _, label in kept])


def _two_files(texts: Path, labels: Path) -> list[tuple[str, str]]:
    if not labels.is_file():
        raise NoData(f"{labels}: missing")
    said, named = (path.read_text(encoding="utf-8").splitlines() for path in (texts, labels))
    if len(said) != len(named):
        raise NoData(f"{texts}: {len(said)} lines, {labels.name}: {len(named)}")
    return list(zip(said, named, strict=True))


def _two_columns(path: Path, delimiter: str) -> list[tuple[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as stream:
        if delimiter == "\t":  # quotation marks are a sentence's own
            rows = [line.rstrip("\r\n").split(delimiter) for line in stream if line.strip()]
        else:
            rows = [row for row in csv.reader(stream, delimiter=delimiter) if row]
    if rows and {cell.strip().lower() for cell in rows[0]} <= _HEADERS:
        rows = rows[1:]
    if short := next((at for at, row in enumerate(rows, 1) if len(row) != 2), None):
        raise NoData(f"{path}: row {short} has not two columns")
    # The labels are the column with fewer different values: sets are written either way.
    first, second = ({row[at] for row in rows} for at in (0, 1))
    text, label = (1, 0) if len(first) < len(second) else (0, 1)
    return [(row[text], row[label]) for row in rows]


def _rasa(path: Path) -> list[tuple[str, str]]:
    """Sentences and intents of a Rasa NLU file, entity marks taken off; nothing of files of other kinds."""
    try:
        data = yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
    except yaml.YAMLError as error:
        raise NoData(f"{path}: {error}") from error
    rows: list[tuple[str, str]] = []
    for block in (data or {}).get("nlu") or []:
        examples = block.get("examples") if isinstance(block, dict) and "intent" in block else None
        lines = examples.splitlines() if isinstance(examples, str) else examples or []
        for line in lines:
            text = line.get("text", "") if isinstance(line, dict) else str(line)
            text = text.strip().removeprefix("- ").strip()
            rows.append((_ENTITY.sub(r"\1", text), str(block["intent"])))
    return rows


def write_rasa(path: Path, rows: Rows) -> None:
    """Write rows as a Rasa NLU file."""
    grouped: dict[str, list[str]] = {}
    for text, label in zip(rows.texts, rows.labels, strict=True):
        grouped.setdefault(label, []).append(text)
    blocks = [
        {"intent": label, "examples": "".join(f"- {text}\n" for text in texts)} for label, texts in grouped.items()
    ]
    content = yaml.dump(
        {"version": "3.1", "nlu": blocks}, Dumper=yaml.CSafeDumper, allow_unicode=True, sort_keys=False, width=10_000
    )
    path.write_text(content, encoding="utf-8")
