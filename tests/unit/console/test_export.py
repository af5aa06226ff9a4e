"""Nothing in a cell is run by a spreadsheet."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook

from bot.console.export import safe, to_csv, to_xlsx

DANGEROUS = [
    "=1+1",
    "+84",
    "-1",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    "\n=1",
    "  =1",
    "＝1",
    "|calc",
    "%0A=1",
    "\x00=1",
    "\x1b=1",
]


@pytest.mark.parametrize("text", DANGEROUS)
def test_what_could_be_a_formula_becomes_text(text: str) -> None:
    made = safe(text)
    assert isinstance(made, str)
    assert made.startswith("'")


@pytest.mark.parametrize("value", ["ổ gà", "12 Hoa Mai", "PA-2026-000001", "", 5, None, 1.5])
def test_what_is_harmless_stays(value: object) -> None:
    assert safe(value) == value  # type: ignore[arg-type]


@given(st.text())
def test_no_text_begins_like_a_formula(text: str) -> None:
    made = safe(text)
    assert isinstance(made, str)
    assert not made.lstrip().startswith(("=", "+", "-", "@", "|", "%"))


@given(st.lists(st.text(alphabet=st.characters(codec="utf-8"), max_size=40), min_size=2, max_size=2))
def test_files_are_read_again_as_they_were_meant(row: list[str]) -> None:
    wanted = [safe(value) for value in row]
    body = to_csv(["a", "b"], [row])
    assert body.startswith(b"\xef\xbb\xbf")
    assert list(csv.reader(io.StringIO(body.decode("utf-8-sig"), newline="")))[1] == wanted
    sheet = load_workbook(io.BytesIO(to_xlsx(["a", "b"], [row]))).active
    assert sheet is not None
    cells = list(sheet[2]) if sheet.max_row > 1 else []
    assert all(cell.data_type in ("s", "n", "inlineStr") for cell in cells)
