"""How much of a page's text is in its record: the honest measure of whether text was lost.

Letters and digits are counted, signs and blanks are not. A stretch of the page counts as covered where a
text of the record occurs in it, or where it is known to be no content: a table's header, a result's code,
the page's own controls. Nothing here knows how the parser read the page.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from bot.knowledge.importing.fees import CURRENCIES
from bot.knowledge.importing.legal import KIND
from bot.knowledge.importing.methods import CHANNELS, UNITS
from bot.knowledge.importing.results import CHROME, CODE
from bot.knowledge.importing.sections import COLUMNS, DOCUMENTS_HEAD, LEGAL_HEAD, METHODS_HEAD, read_page
from bot.knowledge.importing.steps import OWN_TITLE
from bot.knowledge.importing.texts import stated
from bot.knowledge.records import Fee, Method, ProcedureRecord

_HEADS: Final = {
    "trinh_tu_thuc_hien": OWN_TITLE,
    "cach_thuc_thuc_hien": re.compile(re.escape(METHODS_HEAD)),
    "thanh_phan_ho_so": re.compile(re.escape(DOCUMENTS_HEAD)),
    "can_cu_phap_ly": re.compile(re.escape(LEGAL_HEAD)),
}
_NOTHING: Final = "Không có thông tin"
_SAYS_NOTHING: Final = {"không", "khôngcó", "khôngquyđịnh", "khôngcóthôngtin"}
_FOOT: Final = re.compile(r"Từ khóa.{0,600}?Mô tả(?:\s*Không có thông tin)?", re.DOTALL)
_KIND_LEFT: Final = re.compile(rf"(?:(?:{KIND.replace(' ', '')})?(?:số)?)+", re.IGNORECASE)
_CHANNEL_NAMES: Final = {channel: name for name, channel in CHANNELS.items()}
_UNIT_NAMES: Final = {unit: name for name, unit in UNITS.items()}


@dataclass(frozen=True, slots=True)
class Coverage:
    """One column of one page: its letters and digits, how many of them the record has, and the rest."""

    column: str
    characters: int
    covered: int
    left: tuple[str, ...]
    """The stretches that the record lacks, without signs and blanks."""

    @property
    def full(self) -> bool:
        """Whether nothing is lacking."""
        return self.covered == self.characters


def coverage(raw: Mapping[str, Any], record: ProcedureRecord) -> list[Coverage]:
    """The coverage of each column that says anything."""
    columns = read_page({key: value for key, value in raw.items() if isinstance(value, str)}).columns
    pieces = dict(_pieces(record))
    found: list[Coverage] = []
    for column in COLUMNS:
        text = columns[column]
        if column in _HEADS:
            text = _HEADS[column].sub("\n", text)
        if column == "ket_qua_xu_ly":
            text = _FOOT.sub("\n", CODE.sub("\n", CHROME.sub("\n", text)))
        if stated(text.strip(" -\n")) is not None and (compact := _compact(text)):
            found.append(_measure(column, compact, pieces[column]))
    return found


def _measure(column: str, text: str, pieces: Iterable[str]) -> Coverage:
    marks = bytearray(len(text))
    for piece in sorted({_compact(piece) for piece in pieces} - {""}, key=len, reverse=True):
        start = text.find(piece)
        while start >= 0:
            marks[start : start + len(piece)] = b"\1" * len(piece)
            start = text.find(piece, start + len(piece))
    left = [text[match.start() : match.end()] for match in re.finditer(b"\0+", bytes(marks))]
    left = [rest for rest in left if not _no_content(column, rest)]
    return Coverage(column, len(text), len(text) - sum(map(len, left)), tuple(left))


def _no_content(column: str, rest: str) -> bool:
    """Whether a stretch says nothing: "Không quy định", or the kind of act before a number ("Thông tư số")."""
    return rest.lower() in _SAYS_NOTHING or (column == "can_cu_phap_ly" and _KIND_LEFT.fullmatch(rest) is not None)


def _compact(text: str) -> str:
    return "".join(filter(str.isalnum, unicodedata.normalize("NFC", text)))


def _pieces(record: ProcedureRecord) -> Iterator[tuple[str, list[str]]]:
    """For each column the texts of the record that may stand in it."""
    yield (
        "trinh_tu_thuc_hien",
        [
            text
            for step in record.steps
            for text in (f"{step.name or ''}{step.text}", step.text, step.name or "")
            if text
        ],
    )
    yield "cach_thuc_thuc_hien", [piece for method in record.methods for piece in _of_method(method)]
    yield "thanh_phan_ho_so", list(_of_documents(record))
    yield "can_cu_phap_ly", [text for basis in record.legal_basis for text in (basis.title, basis.number or "")]
    yield "co_quan_thuc_hien", [record.agency.receives or ""]
    yield "yeu_cau_dieu_kien", (record.conditions or "").split("\n")
    yield "ket_qua_xu_ly", [*record.results, *(record.conditions or "").split("\n")]


def _of_method(method: Method) -> Iterator[str]:
    channel, time = _CHANNEL_NAMES[method.channel], method.time
    if time.quantity is not None:
        told = f"{time.quantity.normalize():f} {_UNIT_NAMES[time.unit] if time.unit else ''}"
    else:
        told = time.text or _NOTHING
        yield f"{channel}Không"
    for fee in method.fees:
        for printed in _printed(fee):
            yield f"{channel}{told}{printed}{fee.text or ''}{method.note or ''}"
            yield f"{channel}{told}{printed}"
    yield method.note or ""
    yield from (fee.text or "" for fee in method.fees)


def _printed(fee: Fee) -> Iterator[str]:
    """The ways in which the page may print a fee."""
    if fee.amount is not None:
        for amount in (fee.amount, fee.amount / Decimal(1000)):
            for name, code in CURRENCIES.items():
                if code == fee.currency:
                    yield f"{amount.normalize():,f} {name}"
    elif fee.status in {"not_published", "set_by_council"}:
        yield from (_NOTHING, "Miễn phí", "")
    else:
        yield "Miễn phí"


def _of_documents(record: ProcedureRecord) -> Iterator[str]:
    for case in record.cases:
        if case.name:
            yield case.name
        for document in case.documents:
            counts = f"{document.originals or 0} bản chính"
            if document.copies:
                counts += f"{document.copies} bản sao"
            yield f"{document.name}{document.form or ''}{counts}"
            yield f"{document.name}{document.form or ''}"
    yield from ("Thành phần hồ sơ", "gồm", "bao gồm")
