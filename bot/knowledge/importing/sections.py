"""The columns of a scraped page.

The scraper cut the page's text at the first place where a column's title occurs, which may be the
middle of a sentence ("theo mục Thành phần hồ sơ"). The page's whole text is kept beside the columns,
so they are cut again here, at the titles that stand where the page's layout puts them.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

METHODS_HEAD = "Hình thức nộpThời gianPhí, lệ phíMô tả"
DOCUMENTS_HEAD = "Tên giấy tờMẫu đơn, tờ khaiSố lượng"
LEGAL_HEAD = "Tên văn bản pháp lýMã văn bản"

COLUMNS = (
    "trinh_tu_thuc_hien",
    "cach_thuc_thuc_hien",
    "thanh_phan_ho_so",
    "can_cu_phap_ly",
    "co_quan_thuc_hien",
    "yeu_cau_dieu_kien",
    "ket_qua_xu_ly",
)
"""The columns with text of their own, in the page's order."""

_CODE = re.compile(r"Mã thủ tục\s*(\d\.\d{6})")
_STEPS = "Trình Tự Thực Hiện"
_METHODS = "Cách Thức Thực Hiện" + METHODS_HEAD
_DOCUMENTS = re.compile(r"Thành phần hồ sơ(?![ \n:;,.)])")
_DOCUMENTS_LOOSE = re.compile(r"Thành phần hồ sơ")
_LEGAL = re.compile(rf"Căn cứ pháp lý(?={LEGAL_HEAD}|Không có thông tin)")
_AGENCY = "Cơ quan thực hiện"
_CONDITIONS = "Yêu cầu, điều kiện thực hiện"
_RESULTS = re.compile(r"Kết quả xử lý")
_TAIL = re.compile(r"Từ khóa(?=.{0,600}?Mô tả)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Page:
    """A page's columns, the code that its text shows, and which columns had been cut wrongly."""

    columns: Mapping[str, str]
    shown_code: str | None
    repaired: tuple[str, ...]


def read_page(raw: Mapping[str, str]) -> Page:
    """The columns of one scraped record; where the page's text does not lend itself, the columns as scraped."""
    given = {name: raw.get(name) or "" for name in COLUMNS}
    text = raw.get("raw_text") or ""
    match = _CODE.search(text)
    shown = match[1] if match else None
    cut = _cut(text)
    if cut is None:
        return Page(given, shown, ())
    repaired = tuple(name for name in COLUMNS if cut[name].strip() != given[name].strip())
    return Page(cut, shown, repaired)


def _cut(text: str) -> dict[str, str] | None:
    steps = text.find(_STEPS)
    methods = text.find(_METHODS, steps + 1)
    legal = [match.start() for match in _LEGAL.finditer(text, max(methods, 0))]
    if steps < 0 or methods < 0 or not legal:
        return None
    after_methods = methods + len(_METHODS)
    documents = _documents(text, after_methods, legal[-1])
    agency = text.find(_AGENCY, legal[-1])
    conditions = text.find(_CONDITIONS, agency + 1)
    if documents is None or agency < 0 or conditions < 0:
        return None
    results = list(_RESULTS.finditer(text, conditions))
    tail = list(_TAIL.finditer(text, conditions))
    end = results[-1].start() if results else tail[-1].start() if tail else len(text)
    return {
        "trinh_tu_thuc_hien": text[steps + len(_STEPS) : methods],
        "cach_thuc_thuc_hien": text[methods + len("Cách Thức Thực Hiện") : documents[0]],
        "thanh_phan_ho_so": text[documents[1] : legal[-1]],
        "can_cu_phap_ly": text[legal[-1] + len("Căn cứ pháp lý") : agency],
        "co_quan_thuc_hien": text[agency + len(_AGENCY) : conditions],
        "yeu_cau_dieu_kien": text[conditions + len(_CONDITIONS) : end],
        "ket_qua_xu_ly": text[results[-1].end() if results else end :],
    }


def _documents(text: str, start: int, stop: int) -> tuple[int, int] | None:
    match = _DOCUMENTS.search(text, start, stop)
    if match is None:
        loose = list(_DOCUMENTS_LOOSE.finditer(text, start, stop))
        match = loose[0] if loose else None
    return None if match is None else match.span()
