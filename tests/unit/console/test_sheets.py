"""Files of the corpus: what is written is read back alike; what is no such file is told, and nothing is unpacked."""

from __future__ import annotations

import io
import zipfile
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook

from bot.console.sheets import HEADS, MOST_BYTES, Line, SheetError, read, write

CELLS = st.text(st.characters(exclude_categories=["Cs", "Cc", "Zl", "Zp", "Cn", "Co"]), max_size=40).map(
    lambda text: " ".join(text.split())
)
ROWS = st.lists(st.tuples(CELLS.filter(bool), CELLS), min_size=1, max_size=6)


@pytest.mark.parametrize("form", ["csv", "xlsx"])
@settings(max_examples=40, deadline=None)
@given(rows=ROWS)
def test_any_text_comes_back_as_it_was(form: str, rows: list[tuple[str, str]]) -> None:
    kind, lines = read(f"x.{form}", write("aliases", rows, form))
    assert kind == "aliases"
    assert [line.cells for line in lines] == rows


@pytest.mark.parametrize("text", ["=1+1", "'=1+1", "''@x", "-3 độ", "+84", "'tis", "| a", "＝x"])
def test_what_a_spreadsheet_would_compute_is_guarded_and_unguarded(text: str) -> None:
    made = write("intents", [["greet", text]], "csv").decode("utf-8-sig")
    cell = made.splitlines()[1].partition(",")[2].strip('"')
    assert cell == text if text == "'tis" else cell.startswith("'")
    assert read("x.csv", made.encode())[1] == [Line(2, ("greet", text))]


def test_rasas_yaml_comes_back_with_the_number_of_each_line() -> None:
    rows = [["greet", "xin chào"], ["greet", "chào: bạn # nhé"], ["thanks", "cảm ơn"]]
    kind, lines = read("nlu.yml", write("intents", rows, "yml"))
    assert (kind, [list(line.cells) for line in lines]) == ("intents", rows)
    assert [line.number for line in lines] == [5, 6, 9]


def test_a_semicolon_divides_as_well_and_cells_hold_several_lines() -> None:
    made = ";".join(HEADS["faqs"]) + '\r\n7;"một\nhai";đáp;nguồn;;\r\n'
    assert read("a.csv", made.encode()) == ("faqs", [Line(3, ("7", "một\nhai", "đáp", "nguồn", "", "", ""))])


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_faqs_of_an_earlier_version_have_no_intent(form: str) -> None:
    row = ("7", "một", "đáp", "nguồn", "", "có")
    head = HEADS["faqs"][:-1]
    made = book(head, row) if form == "xlsx" else f"{','.join(head)}\r\n{','.join(row)}\r\n".encode()
    assert read(f"a.{form}", made) == ("faqs", [Line(2, (*row, ""))])


def bomb() -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("xl/worksheets/sheet1.xml", b"0" * (80 * 1024 * 1024))
    return made.getvalue()


def book(*rows: tuple[Any, ...]) -> bytes:
    made = Workbook()
    for row in rows:
        made.active.append(row)
    kept = io.BytesIO()
    made.save(kept)
    return kept.getvalue()


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("a.csv", "Câu;Ý định\nx;y".encode(), "Dòng đầu phải là tên các cột"),
        ("a.csv", "Ý định,Câu\ngreet,chào".encode("utf-16"), "không phải UTF-8"),
        ("a.csv", b"", "Dòng đầu"),
        ("a.xlsx", b"PK nothing", "Không đọc được"),
        ("a.xlsx", bomb(), "giải nén ra lớn quá"),
        ("a.xlsx", book(HEADS["intents"], ("greet", "=1+1")), "Dòng 2: ô có công thức"),
        ("a.yml", b"nlu:\n- intent: x\n  examples: [", "không đúng YAML"),
        ("a.yml", b"nlu:\n- intent: x", "Dòng 2: mỗi mục cần"),
        ("a.yml", b"- a", "phải có mục nlu"),
        ("a.yml", b"[" * 5000, "không đúng YAML"),
        ("a.pdf", b"%PDF", "Chỉ nhận"),
        ("a.csv", b"x" * (MOST_BYTES + 1), "Tệp lớn quá"),
    ],
)
def test_what_is_no_such_file_is_told_in_words(name: str, content: bytes, said: str) -> None:
    with pytest.raises(SheetError, match=said.replace("(", r"\(")):
        read(name, content)


def test_dates_and_numbers_of_a_spreadsheet_are_texts() -> None:
    from datetime import datetime

    rows = book(HEADS["faqs"], (3, "hỏi", "đáp", "nguồn", datetime(2026, 12, 31), None))  # noqa: DTZ001  as Excel has it
    assert read("a.xlsx", rows)[1][0].cells == ("3", "hỏi", "đáp", "nguồn", "2026-12-31", "", "")
