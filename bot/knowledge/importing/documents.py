"""The table of papers, un-flattened: cases, documents with their forms and numbers, and the notes between them.

The portal stores every remark as a "document" with 0 originals and 0 copies, and puts the general case,
with the declaration form, last and without a name.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from bot.knowledge.importing.forms import separate_forms
from bot.knowledge.importing.issues import Issue, doubtful
from bot.knowledge.importing.sections import DOCUMENTS_HEAD
from bot.knowledge.importing.texts import LOWER, has_letters, one_line, without_bullet
from bot.knowledge.records import Document, DocumentCase

_COUNT = re.compile(r"(?P<originals>\d+) bản chính(?:, ?(?P<copies>\d+) bản sao)?")
_NO_TITLE = re.compile(
    r"^(?:[-\s.:]|(?:các |gồm |thành phần |hồ sơ )*thành phần hồ sơ\b(?: gồm| bao gồm)?)*$", re.IGNORECASE
)
_NOTES = re.compile(r"^\W*(?:lưu ý|ghi chú|chú ý)\b", re.IGNORECASE)
_TELLS = re.compile(
    r"^\W*(?:số lượng (?:mỗi )?(?:thành phần )?hồ sơ\b"
    r"|trường hợp (?:nộp hồ sơ|đăng ký)[^.;:]{0,12}(?:trực tuyến|môi trường điện tử)(?!.*\bkèm theo\b)"
    r"|(?:trường hợp|nếu|khi)\b[^.;:]{0,200}\bthì (?:không|không phải|không cần) (?:phải )?(?:nộp|gửi|xuất trình)\b)",
    re.IGNORECASE | re.DOTALL,
)
"""Sentences about the papers that are no paper, though some pages count them "1 bản chính"."""
_SHOW = re.compile(r"xuất trình", re.IGNORECASE)
_HAND_IN = re.compile(r"\b(?:nộp|gửi)\b", re.IGNORECASE)
_OWN_COUNT = re.compile(r"\d+\s*(?:\([^)]*\)\s*)?(?:bản|bộ|ảnh|tờ)\b", re.IGNORECASE)
_PAPER = re.compile(
    r"^(?:[a-zđ0-9]{1,2}[.)]\s*)?(?:tờ khai|đơn|giấy (?!tờ)|phiếu|bản (?!chụp các|sao các)|hóa đơn|hoá đơn|vận đơn"
    r"|chứng từ|chứng thư|hợp đồng|danh sách|danh mục|báo cáo|văn bản (?:đề nghị|[ủu]y quyền|chấp thuận|thông báo)"
    r"|quyết định|biên bản|hộ chiếu|thẻ|sơ đồ|lý lịch|sổ|ảnh|hồ sơ|tài liệu|công văn|điều lệ|đề án|phương án|dự thảo"
    r"|tờ trình|hình ảnh|mẫu|kê khai|thông báo|chứng chỉ|catalogue|bảng)\b",
    re.IGNORECASE,
)
_SENTENCE = re.compile(
    r"\bthì\b|có trách nhiệm|không phải|phải bảo đảm|phải đảm bảo|phải được|có quyền|được sử dụng|:$"
    r"|không được|không quá|từ chối|hủy bỏ|như sau|^số lượng",
    re.IGNORECASE,
)
_NUMBERED = re.compile(r"^\(?(?:(\d{1,2})|([a-zđ])|([ivx]{1,4}))[.)]\s", re.IGNORECASE)
_LETTERS = "aăâbcdđeêghiklmnoôơpqrstuưvxyz"


@dataclass(frozen=True, slots=True)
class DocumentsReading:
    """The cases, what was doubtful, and what was not understood."""

    cases: tuple[DocumentCase, ...]
    issues: tuple[Issue, ...]
    unparsed: str | None = None


@dataclass(frozen=True, slots=True)
class _Row:
    text: str
    originals: int
    copies: int

    @property
    def counted(self) -> bool:
        return self.originals > 0 or self.copies > 0


def read_documents(column: str) -> DocumentsReading:
    """Un-flatten the column "Thành phần hồ sơ"."""
    if DOCUMENTS_HEAD not in column:
        rest = one_line(column)
        return DocumentsReading((), (), rest if has_letters(rest) else None)
    tables = list(_tables(column))
    every_zero = not any(row.counted for _, rows, _ in tables for row in rows)
    cases: list[DocumentCase] = []
    issues: list[Issue] = []
    for title, rows, rest in tables:
        name = None if _NO_TITLE.match(title) else without_bullet(one_line(title)).rstrip(":").strip() or None
        documents = [item for row in rows for item in _documents(row, title, every_zero, issues)]
        if has_letters(rest):
            documents.append(Document(name=without_bullet(one_line(rest)), kind="note"))
        if documents or name:
            cases.append(DocumentCase(name=name, documents=tuple(_in_order(documents))))
    if every_zero and any(item.kind == "document" for case in cases for item in case.documents):
        issues.append(
            doubtful("documents_without_count", "; ".join(row.text for _, rows, _ in tables for row in rows)[:400])
        )
    cases.sort(key=lambda case: case.name is not None)
    return DocumentsReading(tuple(cases), tuple(issues))


def _tables(column: str) -> Iterator[tuple[str, list[_Row], str]]:
    """Each table's title, its rows, and what stands behind its last row."""
    parts = column.split(DOCUMENTS_HEAD)
    title = parts[0]
    for index, part in enumerate(parts[1:], start=1):
        rows, rest = _rows(part)
        last = index == len(parts) - 1
        yield title, rows, rest if last else ""
        title = rest


def _rows(table: str) -> tuple[list[_Row], str]:
    rows: list[_Row] = []
    start = 0
    for match in _COUNT.finditer(table):
        if not _is_count(table, match, start):
            continue
        ours, number = _split_number(table, match)
        text = table[start : match.start()] + ours
        if has_letters(text):
            rows.append(_Row(text, int(number), int(match["copies"] or 0)))
        start = match.end()
    return rows, table[start:]


def _is_count(table: str, match: re.Match[str], row: int) -> bool:
    """Whether "1 bản chính" is the number's cell and not words of the document's name.

    A cell stands without a blank before it or after it, and never has a leading zero. `row` is where the
    row begins.
    """
    after = table[match.end() :]
    if after[:1] and after[0] in ".;:,)/" and not after.startswith("..."):
        return False
    if re.match(rf"\s+[{LOWER}(]", after) or (match.start() == row and match["originals"].startswith("0") and after):
        return False
    blank_before = match.start() > 0 and table[match.start() - 1].isspace()
    if blank_before and (after[:1].isspace() or _COUNT.match(after)):
        return False
    return not (blank_before and len(match["originals"]) == 2 and match["originals"].startswith("0"))


def _split_number(table: str, match: re.Match[str]) -> tuple[str, str]:
    """The digits that end the name ("Mẫu số 01" + "1 bản chính") and those of the number."""
    digits = match["originals"]
    before = table[match.start() - 1 : match.start()]
    if len(digits) == 1 or (len(digits) == 2 and digits[0] != "0" and (before.islower() or before in ';.)"”')):
        return "", digits
    return digits[:-1], digits[-1]


def _documents(row: _Row, title: str, every_zero: bool, issues: list[Issue]) -> Iterator[Document]:
    text, forms, sure = separate_forms(row.text)
    name = without_bullet(one_line(text))
    form = "; ".join(forms) or None
    if not sure:
        issues.append(doubtful("form_not_separated", one_line(row.text)[-200:]))
    if not has_letters(name):
        name, form = form or "", None
    if not has_letters(name):
        return
    kind = _kind(row, name, title, form is not None, every_zero)
    counted = row.counted or kind == "note"
    show = (_SHOW.search(title) and not _HAND_IN.search(title)) or name.lower().startswith("xuất trình")
    yield Document(
        name=name,
        kind=kind,
        originals=row.originals if counted else None,
        copies=row.copies if counted else None,
        form=form,
        present="show" if show else "submit",
    )


def _kind(row: _Row, name: str, title: str, has_form: bool, every_zero: bool) -> Literal["document", "note"]:
    if _NOTES.match(name) or (not has_form and _TELLS.match(name)):
        return "note"
    if row.counted or has_form or name.lower().startswith("xuất trình"):
        return "document"
    if _PAPER.match(name) and _OWN_COUNT.search(name) and not name.endswith(":"):
        return "document"
    if _NOTES.match(title) or _SENTENCE.search(name):
        return "note"
    return "document" if every_zero or _OWN_COUNT.search(name) or _PAPER.match(name) else "note"


def _in_order(documents: Sequence[Document]) -> list[Document]:
    """Documents by their own numbers or letters where all have one (the portal shuffles them), then the notes."""
    papers = [item for item in documents if item.kind == "document"]
    notes = [item for item in documents if item.kind == "note"]
    keys = _keys([item.name for item in papers])
    if keys is not None:
        papers = [item for _, item in sorted(zip(keys, papers, strict=True), key=lambda pair: pair[0])]
    return papers + notes


def _keys(names: Sequence[str]) -> list[int] | None:
    marks = [_NUMBERED.match(name) for name in names]
    if len(names) < 2 or not all(marks):
        return None
    found = [match for match in marks if match]
    keys: list[int]
    if all(match[1] for match in found):
        keys = [int(match[1]) for match in found]
    elif all(match[2] and match[2].lower() in _LETTERS for match in found):
        keys = [_LETTERS.index(match[2].lower()) for match in found]
    else:
        return None
    return keys if len(set(keys)) == len(keys) else None
