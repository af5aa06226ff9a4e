"""Lists as CSV and XLSX for spreadsheets, with nothing in a cell that a spreadsheet would run."""

from __future__ import annotations

import asyncio
import csv
import io
import re
from collections.abc import Iterable, Sequence

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from bot.console import texts

MOST_ROWS, MOST_PERSONAL = 50_000, 2_000
"""Rows of a file; of one with contacts, each of which is decrypted and written down."""

TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}

_DANGEROUS = re.compile(r"^\s*[=+\-@\t\r|%＝＋－＠]")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f￾￿]")

Cell = str | int | float | None


def safe(value: Cell) -> Cell:
    """A value that a spreadsheet shows and never computes (OWASP: CSV injection)."""
    if not isinstance(value, str):
        return value
    value = _CONTROL.sub(" ", value)
    return f"'{value}" if _DANGEROUS.match(value) else value


def to_csv(head: Sequence[str], rows: Iterable[Sequence[Cell]], title: str = "") -> bytes:  # noqa: ARG001  as to_xlsx
    """UTF-8 with a byte order mark, without which Excel reads Vietnamese wrongly."""
    made = io.StringIO()
    writer = csv.writer(made, quoting=csv.QUOTE_MINIMAL, lineterminator="\r\n")
    writer.writerow(head)
    writer.writerows([safe(value) for value in row] for row in rows)
    return made.getvalue().encode("utf-8-sig")


def to_xlsx(head: Sequence[str], rows: Iterable[Sequence[Cell]], title: str = "Phản ánh") -> bytes:
    """A workbook of one sheet; every text is a text, never a formula."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet(title)
    sheet.freeze_panes = "A2"
    names = [WriteOnlyCell(sheet, value=name) for name in head]
    for name in names:
        name.font = Font(bold=True)
    sheet.append(names)
    for row in rows:
        cells = []
        for value in row:
            cell = WriteOnlyCell(sheet, value=safe(value))
            if isinstance(value, str):
                cell.data_type = "s"
            cells.append(cell)
        sheet.append(cells)
    made = io.BytesIO()
    book.save(made)
    return made.getvalue()


def form_asked(request: Request) -> str:
    """Which kind of file an address asks for, `csv` or `xlsx`.

    Raises:
        HTTPException: 404, there is no such kind.
    """
    form = request.query_params.get("format", "csv")
    if form not in TYPES:
        raise HTTPException(404, texts.NOT_FOUND)
    return form


async def table(form: str, head: Sequence[str], rows: Iterable[Sequence[Cell]], title: str, name: str) -> Response:
    """A table as a file to be saved.

    Args:
        form: one of `TYPES`.
        title: of the sheet.
        name: of the file, without its ending.
    """
    body = await asyncio.to_thread(to_csv if form == "csv" else to_xlsx, head, rows, title)
    return file(body, TYPES[form], f"{name}.{form}")


def file(body: bytes, kind: str, name: str) -> Response:
    """A file to be saved, never shown in the page's place.

    Args:
        name: one of ours, of plain letters.
    """
    return Response(body, media_type=kind, headers={"Content-Disposition": f'attachment; filename="{name}"'})
