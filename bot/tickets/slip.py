"""The slip for people without a smartphone: one sheet with code, PIN, what was reported, and how to follow it.

A PDF of A5, which prints on A4 as well. The letters are Noto Sans (SIL Open Font License 1.1), of which the used ones
are embedded, so that Vietnamese looks the same on every machine. The QR code opens the ticket page with the code in the
fragment of the address, which browsers do not send: it stands in no log.
"""

from __future__ import annotations

import tempfile
from pathlib import Path
from textwrap import shorten

import segno

from bot.locality import Locality
from bot.tickets.letters import Letters
from bot.tickets.records import TicketDetail
from bot.tickets.states import OPEN

PAGE = "/phan-anh"
"""The path of the ticket page."""

TITLE = "PHIẾU PHẢN ÁNH"
KEEP = "Giữ kín mã PIN: ai có mã phản ánh và mã PIN thì xem được phản ánh này."
SECRET = "(không in, vì phản ánh này được giữ kín)"  # noqa: S105  a text
NO_PROMISE = "khi có kết quả, nơi xử lý sẽ trả lời"
FOLLOW = (
    "Quét mã QR, hoặc mở {address}, rồi nhập mã phản ánh và mã PIN.",
    "Không có điện thoại thông minh: gọi {phone} hoặc đến {office}, đọc mã phản ánh và mã PIN.",
    "Khi được báo đã xử lý xong: xác nhận giúp là đã xong hay chưa xong, cũng bằng những cách này.",
)

LONGEST_WHAT, LONGEST_WHERE = 270, 120
"""Characters; the whole text stands on the ticket page."""
WIDTH, MARGIN = 148.0, 11.0
INNER = WIDTH - 2 * MARGIN
LABEL = 27.0
QR = 34.0
"""Millimetres."""
_LACQUER, _SOFT, _HAIR = (124, 29, 31), (94, 84, 75), (205, 192, 175)


def ticket_address(base: str, code: str = "") -> str:
    """The address of the ticket page; with a code, of that ticket's.

    Args:
        base: of the site, such as `https://hoi.phuong-mau.gov.vn`.
    """
    return f"{base.rstrip('/')}{PAGE}{f'#{code}' if code else ''}"


def slip(ticket: TicketDetail, pin: str, locality: Locality, url: str) -> bytes:
    """The PDF for one ticket.

    Args:
        ticket: as its citizen sees it.
        pin: its PIN.
        url: the address of the site.
    """
    with tempfile.TemporaryDirectory(prefix="motcua-slip-") as folder:
        sheet = _Sheet(Path(folder))
        _fill(sheet, ticket, pin, locality, url)
        return bytes(sheet.output())


def facts(ticket: TicketDetail, locality: Locality) -> list[tuple[str, str]]:
    """What the slip says about the report: labels and values."""
    row, now = ticket.row, locality.now
    category, agency = locality.category(row.category), locality.agency(row.agency)
    what, where = (SECRET, SECRET) if row.restricted else (row.description, ticket.address or row.place)
    found = [
        ("Lĩnh vực", category.label if category else row.category),
        ("Nội dung", shorten(what, LONGEST_WHAT, placeholder=" …")),
        ("Địa điểm", shorten(where, LONGEST_WHERE, placeholder=" …")),
        ("Ngày gửi", f"{now(row.created_at):%Hh%M ngày %d/%m/%Y}"),
    ]
    if row.status in OPEN:
        due = f"{now(row.due_at):%Hh%M ngày %d/%m/%Y}" if row.due_at and not row.paused else NO_PROMISE
        found.append(("Thời hạn", due))
    if agency:
        found.append(("Nơi xử lý", agency.name))
    return found


class _Sheet(Letters):
    """A page with the few shapes of the slip."""

    def __init__(self, folder: Path) -> None:
        """Take a folder for the font files."""
        super().__init__(folder, (WIDTH, 210), MARGIN)
        self.set_margins(MARGIN, 9, MARGIN)
        self.set_auto_page_break(True, 8)
        self.c_margin = 0
        self.ink(9.5)

    def row(self, label: str, value: str, label_width: float = LABEL) -> None:
        self.ink(9, color=_SOFT)
        self.cell(label_width, 4.6, label)
        self.ink(9.5)
        self.say(value, INNER - label_width, 4.6)
        self.ln(0.5)

    def ruled(self, title: str) -> None:
        self.ln(1.4)
        self.set_draw_color(*_HAIR)
        self.set_line_width(0.2)
        self.line(MARGIN, self.get_y(), WIDTH - MARGIN, self.get_y())
        self.ln(1.6)
        self.ink(10, "B", _LACQUER)
        self.say(title, INNER, 5.2)
        self.ln(0.4)

    def qr(self, text: str, x: float, y: float, size: float) -> None:
        """A QR code with its quiet zone; runs of dark modules are drawn as one, so that no hair lines show."""
        rows = [list(line) for line in segno.make(text, error="m", micro=False).matrix_iter(border=4)]
        step = size / len(rows)
        self.set_fill_color(0, 0, 0)
        for line, cells in enumerate(rows):
            start = 0
            while start < len(cells):
                end = start + 1
                while end < len(cells) and cells[end] == cells[start]:
                    end += 1
                if cells[start]:
                    self.rect(x + start * step, y + line * step, (end - start) * step, step + 0.01, style="F")
                start = end


def _fill(sheet: _Sheet, ticket: TicketDetail, pin: str, locality: Locality, url: str) -> None:
    sheet.set_lang("vi")
    sheet.set_title(f"{TITLE} {ticket.row.code}")
    sheet.set_creation_date(ticket.row.created_at)
    sheet.add_page()
    _head(sheet, locality)
    _codes(sheet, ticket.row.code, pin, url)
    for label, value in facts(ticket, locality):
        sheet.row(label, value)
    sheet.ruled("Theo dõi bằng cách nào")
    office = locality.office
    lines = FOLLOW if office.phone else (FOLLOW[0], FOLLOW[1].replace("gọi {phone} hoặc đến", "đến"), FOLLOW[2])
    for number, line in enumerate(lines, 1):
        said = line.format(address=ticket_address(url).partition("://")[2], phone=office.phone, office=office.name)
        sheet.row(f"{number}.", said, label_width=5)
    _office(sheet, locality)


def _head(sheet: _Sheet, locality: Locality) -> None:
    province = locality.province.name
    sheet.ink(9, color=_SOFT)
    if province.casefold() != locality.name.casefold():
        sheet.say(f"{locality.name}, {province}", INNER, 4.4)
    sheet.ink(10.5, "B")
    sheet.say(locality.office.name, INNER, 5)
    sheet.ln(1.2)
    sheet.set_draw_color(*_LACQUER)
    sheet.set_line_width(0.8)
    sheet.line(MARGIN, sheet.get_y(), WIDTH - MARGIN, sheet.get_y())
    sheet.ln(3)


def _codes(sheet: _Sheet, code: str, pin: str, url: str) -> None:
    top = sheet.get_y()
    sheet.qr(ticket_address(url, code), WIDTH - MARGIN - QR, top - 2, QR)
    left = INNER - QR - 3
    sheet.ink(17, "B", _LACQUER)
    sheet.say(TITLE, left, 8)
    sheet.ln(1)
    for label, value in (("Mã phản ánh", code), ("Mã PIN", pin)):
        sheet.ink(9, color=_SOFT)
        sheet.cell(LABEL, 7.4, label)
        sheet.ink(15, "B")
        sheet.say(value, left - LABEL, 7.4)
    sheet.ink(8, color=_SOFT)
    sheet.say(KEEP, left, 3.9)
    sheet.set_y(max(sheet.get_y(), top + QR - 2) + 1.5)


def _office(sheet: _Sheet, locality: Locality) -> None:
    office = locality.office
    sheet.ruled("Nơi đến hỏi")
    sheet.row("Địa chỉ", office.address)
    if office.phone:
        sheet.row("Điện thoại", office.phone)
    for number, (days, hours) in enumerate(office.hours.week()):
        sheet.row("Giờ làm việc" if number == 0 else "", f"{days[:1].upper()}{days[1:]}: {hours}")
    for line in locality.hotlines:
        note = f" ({line.note})" if line.note else ""
        sheet.row("Đường dây nóng" if line is locality.hotlines[0] else "", f"{line.phone}, {line.name}{note}")
