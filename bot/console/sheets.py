"""Tables of the corpus as files that people edit: CSV, XLSX, and Rasa's YAML for sentences.

What is written is read back alike. Every file is read as a stranger's: sizes are known before anything is unpacked,
nothing in it is computed, and each line that cannot be used is named.
"""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal

import yaml
from openpyxl import load_workbook

from bot.console import export

Kind = Literal["intents", "aliases", "faqs"]
HEADS: dict[Kind, tuple[str, ...]] = {
    "intents": ("Ý định", "Câu"),
    "aliases": ("Mã thủ tục", "Tên gọi"),
    "faqs": ("Số", "Các cách hỏi", "Câu trả lời", "Nguồn", "Có hiệu lực đến", "Ngừng dùng", "Ý định"),
}
_BEFORE: dict[Kind, tuple[str, ...]] = {"faqs": HEADS["faqs"][:-1]}
"""Columns as earlier versions wrote them; what they lack is read as empty."""
TITLES: dict[Kind, str] = {"intents": "Câu mẫu", "aliases": "Tên gọi", "faqs": "Câu hỏi thường gặp"}
FORMATS = ("xlsx", "csv", "yml")
MOST_BYTES = 6 * 1024 * 1024
MOST_UNPACKED = 60 * 1024 * 1024
MOST_PARTS = 200
MOST_LINES = 60_000
LONGEST_CELL = 32_000
TYPES = export.TYPES | {"yml": "application/yaml; charset=utf-8"}

_GUARDED = re.compile(r"^'*\s*[=+\-@\t\r|%＝＋－＠]")


class SheetError(Exception):
    """A file cannot be read; the text says why, for people."""


class RefusedError(Exception):
    """A line cannot be taken; the text says why, for people."""


@dataclass(frozen=True)
class Line:
    """A line of a file, with its number there (the first is 1)."""

    number: int
    cells: tuple[str, ...]


def write(kind: Kind, rows: Iterable[Sequence[str]], form: str) -> bytes:
    """A file of rows.

    Args:
        form: one of `FORMATS`; `yml` for sentences alone.
    """
    if form == "yml":
        return _to_yaml(rows)
    guarded = ([_guard(cell) for cell in row] for row in rows)
    make = export.to_csv if form == "csv" else export.to_xlsx
    return make(HEADS[kind], guarded, TITLES[kind])


def read(name: str, content: bytes) -> tuple[Kind, list[Line]]:
    """What a file holds, and of which kind it is by the names of its columns.

    Args:
        name: of the file; its ending says how it is read.

    Raises:
        SheetError
    """
    if len(content) > MOST_BYTES:
        raise SheetError(f"Tệp lớn quá {MOST_BYTES // 1024 // 1024} MB.")
    form = name.lower().rpartition(".")[2]
    if form in ("yml", "yaml"):
        return "intents", _from_yaml(content)
    if form not in ("csv", "xlsx"):
        raise SheetError("Chỉ nhận tệp .xlsx, .csv, .yml.")
    lines = _from_csv(content) if form == "csv" else _from_xlsx(content)
    head = next(lines, None)
    names = tuple(cell.strip() for cell in head.cells) if head else ()
    while names and not names[-1]:
        names = names[:-1]
    for kind, wanted in HEADS.items():
        if names in (wanted, _BEFORE.get(kind, wanted)):
            return kind, _body(lines, len(wanted))
    told = "; ".join(", ".join(columns) for columns in HEADS.values())
    raise SheetError(f"Dòng đầu phải là tên các cột, đúng một trong các bộ: {told}.")


def _body(lines: Iterable[Line], width: int) -> list[Line]:
    found = []
    for line in lines:
        cells = tuple(_unguard(cell.strip()) for cell in (*line.cells, *[""] * width)[:width])
        if any(cells):
            found.append(Line(line.number, cells))
            if len(found) > MOST_LINES:
                raise SheetError(f"Tệp có hơn {MOST_LINES} dòng.")
    return found


def _from_csv(content: bytes) -> Iterator[Line]:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise SheetError("Tệp CSV không phải UTF-8: trong Excel hãy lưu kiểu “CSV UTF-8”.") from error
    first = text.partition("\n")[0]
    delimiter = max(",;\t", key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)

    def lines() -> Iterator[Line]:
        try:
            for row in reader:
                yield Line(reader.line_num, tuple(row))
        except csv.Error as error:
            raise SheetError(f"Dòng {reader.line_num}: không đọc được như CSV.") from error

    return lines()


def _from_xlsx(content: bytes) -> Iterator[Line]:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            parts = packed.infolist()
            if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > MOST_UNPACKED:
                raise SheetError("Tệp Excel giải nén ra lớn quá giới hạn.")
        book = load_workbook(io.BytesIO(content), read_only=True, data_only=False, keep_links=False)
        sheet = book.worksheets[0]
    except SheetError:
        raise
    except Exception as error:  # whatever a broken file brings out of the library
        raise SheetError("Không đọc được tệp như một bảng tính Excel (.xlsx).") from error

    def lines() -> Iterator[Line]:
        rows = sheet.iter_rows(max_col=max(map(len, HEADS.values())))
        number = 0
        while True:
            try:
                row = next(rows, None)
            except Exception as error:
                raise SheetError(f"Dòng {number + 1}: không đọc được như bảng tính Excel.") from error
            if row is None:
                return
            number += 1
            for cell in row:
                if cell.data_type == "f":
                    raise SheetError(f"Dòng {number}: ô có công thức. Hãy dán giá trị thay cho công thức.")
            yield Line(number, tuple(_cell(cell.value) for cell in row))

    return lines()


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime | date):
        return (value.date() if isinstance(value, datetime) else value).isoformat()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)[:LONGEST_CELL].replace("_x000D_", "").replace("\r\n", "\n")


def _to_yaml(rows: Iterable[Sequence[str]]) -> bytes:
    lines, last = ['version: "3.1"', "nlu:"], None
    for intent, text in rows:
        if intent != last:
            lines += [f"- intent: {intent}", "  examples: |"]
            last = intent
        lines.append(f"    - {text}")
    return ("\n".join(lines) + "\n").encode()


def _from_yaml(content: bytes) -> list[Line]:
    try:
        text = content.decode("utf-8-sig")
        root = yaml.compose(text, Loader=yaml.SafeLoader)
    except UnicodeDecodeError as error:
        raise SheetError("Tệp YAML không phải UTF-8.") from error
    except (yaml.YAMLError, RecursionError) as error:
        mark = getattr(error, "problem_mark", None)
        raise SheetError(f"Dòng {mark.line + 1 if mark else '?'}: không đúng YAML.") from error
    entries = _value(root, "nlu")
    if not isinstance(entries, yaml.SequenceNode):
        raise SheetError("Tệp YAML phải có mục nlu với các ý định (kiểu của Rasa).")
    found = []
    for entry in entries.value:
        intent, examples = _value(entry, "intent"), _value(entry, "examples")
        if not isinstance(intent, yaml.ScalarNode) or not isinstance(examples, yaml.ScalarNode):
            raise SheetError(f"Dòng {entry.start_mark.line + 1}: mỗi mục cần intent và examples.")
        for offset, row in enumerate(examples.value.splitlines()):
            if row.strip():
                words = row.strip().removeprefix("- ").strip()
                found.append(Line(examples.start_mark.line + 2 + offset, (str(intent.value).strip(), words)))
    if len(found) > MOST_LINES:
        raise SheetError(f"Tệp có hơn {MOST_LINES} câu.")
    return found


def _value(node: Any, key: str) -> Any:
    if not isinstance(node, yaml.MappingNode):
        return None
    return next((value for name, value in node.value if name.value == key), None)


def _guard(cell: str) -> str:
    """A cell that a spreadsheet would compute gets an apostrophe; so does one that has apostrophes already, so that
    reading takes away exactly what writing has put there."""
    return f"'{cell}" if _GUARDED.match(cell) else cell


def _unguard(cell: str) -> str:
    return cell[1:] if cell.startswith("'") and _GUARDED.match(cell[1:]) else cell
