"""The slip: read back as text, its QR code decoded from the picture of the page."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pypdfium2
import pytest
import zxingcpp
from PIL import Image

from bot.locality import Locality, load
from bot.tickets.records import TicketDetail, TicketRow, TicketView
from bot.tickets.slip import FOLLOW, KEEP, NO_PROMISE, SECRET, TITLE, facts, slip, ticket_address
from bot.tickets.states import Status

EXAMPLES = Path(__file__).parents[3] / "localities"
URL = "https://hoi.phuong-mau.example"
CODE, PIN = "PA-2026-001234", "048213"
FILED = datetime(2026, 11, 25, 2, 5, tzinfo=UTC)
DUE = datetime(2026, 11, 27, 10, 0, tzinfo=UTC)
EVERY_LETTER = "".join(
    sorted(
        {
            unicodedata.normalize("NFC", base + tone)
            for base in "aăâeêioôơuưyđAĂÂEÊIOÔƠUƯYĐ"
            for tone in ("", "\u0300", "\u0301", "\u0303", "\u0309", "\u0323")
            if len(unicodedata.normalize("NFC", base + tone)) == 1
        }
    )
)


def locality(name: str = "phuong-mau") -> Locality:
    return load(EXAMPLES / f"{name}.yml")


def ticket(**values: object) -> TicketDetail:
    row = TicketRow(
        id=1, code=CODE, category="chieu_sang", status=Status.FORWARDED, agency="ha_tang", officer=None, ward=None,
        place="trước số 7 đường Hoa Mai, tổ 3", description="Đèn đường hỏng cả tuần nay, tối om, trẻ con đi học về sợ.",
        created_at=FILED, updated_at=FILED, due_at=DUE, paused=False, overdue=False, restricted=False, anonymous=True,
        source="citizen", channel="web", rating=None, reopened=0, resolved_at=None, closed_at=None,
    )  # fmt: skip
    row = replace(row, **values)  # type: ignore[arg-type]
    view = TicketView(CODE, row.category, row.status, row.agency, FILED, FILED, row.due_at)
    return TicketDetail(
        row=row, view=view, address=None, lat=None, long=None, private=False, answers={}, comment=None,
        has_contact=False, answered_at=None, paused_at=None, paused_seconds=0, external_id=None, events=(), photos=(),
        followers=0, transitions=(),
    )  # fmt: skip


def text_of(made: bytes) -> str:
    """All text of all pages, one blank between words."""
    pages = [page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(made)]
    return " ".join("\n".join(pages).split())


def picture_of(made: bytes, dpi: int = 150) -> Image.Image:
    return pypdfium2.PdfDocument(made)[0].render(scale=dpi / 72).to_pil()


@pytest.mark.parametrize("name", ["phuong-mau", "tinh-mau"])
def test_text_is_there_letter_for_letter(name: str) -> None:
    place = locality(name)
    said = text_of(slip(ticket(), PIN, place, URL))
    office = place.office
    wanted = [TITLE, CODE, PIN, KEEP, office.name, office.address, *(line.phone for line in place.hotlines)]
    wanted += [value for fact in facts(ticket(), place) for value in fact]
    wanted += [line.format(address="hoi.phuong-mau.example/phan-anh", phone=office.phone, office=office.name)
               for line in FOLLOW]  # fmt: skip
    wanted += [hours for _, hours in office.hours.week()]
    assert [part for part in wanted if " ".join(part.split()) not in said] == []


def test_deadline_is_local_time_and_only_where_it_is_promised() -> None:
    assert ("Thời hạn", "17h00 ngày 27/11/2026") in facts(ticket(), locality())
    assert ("Thời hạn", NO_PROMISE) in facts(ticket(due_at=None), locality())
    assert "Thời hạn" not in dict(facts(ticket(status=Status.CLOSED), locality()))
    assert "17h00 ngày 27/11/2026" in text_of(slip(ticket(), PIN, locality(), URL))


def test_every_vietnamese_letter_is_printed() -> None:
    said = text_of(slip(ticket(description=EVERY_LETTER[:70] + " " + EVERY_LETTER[70:]), PIN, locality(), URL))
    assert [letter for letter in EVERY_LETTER if letter not in said] == []


def test_decomposed_letters_are_joined_and_pictures_are_left_out() -> None:
    typed = unicodedata.normalize("NFD", "Đường ngập ở tổ 5") + " 😡🚧"
    said = text_of(slip(ticket(description=typed), PIN, locality(), URL))
    assert "Đường ngập ở tổ 5" in said
    assert "😡" not in said


@pytest.mark.parametrize("dpi", [100, 200])
def test_qr_code_opens_the_ticket_page_and_holds_nothing_secret(dpi: int) -> None:
    found = zxingcpp.read_barcodes(picture_of(slip(ticket(), PIN, locality(), URL), dpi))
    assert [code.text for code in found] == [f"{URL}/phan-anh#{CODE}"]
    assert PIN not in found[0].text
    assert re.fullmatch(r"[^#]*/phan-anh#PA-2026-001234", ticket_address(URL + "/", CODE))


def test_restricted_report_is_not_printed_in_words() -> None:
    said = text_of(slip(ticket(restricted=True), PIN, locality(), URL))
    assert "Đèn đường" not in said
    assert "Hoa Mai" not in said
    assert SECRET in said


@pytest.mark.parametrize("description", ["rất dài " * 500, "x" * 4000], ids=["words", "one word"])
def test_however_long_the_report_is_it_is_one_sheet(description: str) -> None:
    made = slip(ticket(description=description, place="hẻm " * 900), PIN, locality(), URL)
    assert len(pypdfium2.PdfDocument(made)) == 1
    assert len(made) < 120_000


def test_letters_are_embedded() -> None:
    made = slip(ticket(), PIN, locality(), URL)
    assert made.startswith(b"%PDF-")
    assert made.count(b"/FontFile2") == 2
