"""The monthly report as a PDF that can be printed: key numbers, then every figure as a table."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path

from bot.figures.queries import Asked, Cell, Figure, KeyNumber
from bot.locality import Locality
from bot.tickets.letters import Letters

WIDTH, HEIGHT, MARGIN = 210.0, 297.0, 15.0
INNER = WIDTH - 2 * MARGIN
FIRST = 78.0
"""Millimetres: A4, its margins, and the column of names."""


def report(
    place: Locality, asked: Asked, numbers: Sequence[KeyNumber], sections: Sequence[tuple[str, Sequence[Figure]]]
) -> bytes:
    """The report.

    Args:
        numbers: for its top, with those of the period before.
        sections: the figures; those without rows are left out.
    """
    with tempfile.TemporaryDirectory(prefix="motcua-report-") as folder:
        sheet = Letters(Path(folder), (WIDTH, HEIGHT), MARGIN)
        title = f"Báo cáo phục vụ người dân, {asked.first:%d/%m/%Y} đến {asked.last:%d/%m/%Y}"
        sheet.set_lang("vi")
        sheet.set_title(title)
        sheet.add_page()
        sheet.ink(10)
        sheet.say(f"{place.name}, {place.province.name}", INNER, 5)
        sheet.ink(15, "B")
        sheet.say(title, INNER, 9)
        for item in numbers:
            unit = " %" if item.percent else ""
            now, before = (_told(value) + (unit if value is not None else "") for value in (item.now, item.before))
            sheet.ink(10.5)
            sheet.say(f"{item.label}: {now} (kỳ trước {before})", INNER, 6)
        for name, figures in sections:
            shown = [figure for figure in figures if figure.rows]
            if shown:
                sheet.ink(13, "B")
                sheet.ln(4)
                sheet.say(name, INNER, 8)
            for figure in shown:
                _table(sheet, figure)
        return bytes(sheet.output())


def _table(sheet: Letters, figure: Figure) -> None:
    rest = (INNER - FIRST) / max(1, len(figure.head) - 1)
    sheet.ink(10.5, "B")
    sheet.ln(2)
    sheet.say(figure.title, INNER, 6)
    for row in (figure.head, *figure.rows):
        if sheet.get_y() > HEIGHT - 30:
            sheet.add_page()
        sheet.ink(7.5 if row is figure.head else 9, "B" if row is figure.head else "")
        sheet.cell(FIRST, 5, sheet.clean(_told(row[0]))[:52])
        for value in row[1:]:
            sheet.cell(rest, 5, sheet.clean(_told(value))[: max(6, int(rest / 1.5))], align="R")
        sheet.ln(5)


def _told(value: Cell) -> str:
    if value is None:
        return "–"
    return f"{value:,}".replace(",", " ").replace(".", ",") if isinstance(value, int | float) else value
