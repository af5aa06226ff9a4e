"""Every aspect of every real procedure, where the portal's file is beside the project: what no answer may say."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.knowledge.answers import Here, Reply, compose
from bot.knowledge.answers.compose import HEADING
from bot.knowledge.answers.section import FIRST
from bot.knowledge.importing.importer import read_all
from bot.knowledge.records import ASPECTS, Aspect, ProcedureRecord
from bot.knowledge.store import StoredProcedure
from tests.support.catalogue import TODAY, fee, method, record, stored

FILES = sorted((Path(__file__).parents[4] / "shared" / "data").glob("procedures-*.jsonl.gz"))
FETCHED = dt.date(2026, 7, 31)
HERE = Here(TODAY, "Hải Phòng")

SHORT = 1000
"""Characters of the longest short answer, its source line included."""
ZALO = 2000
"""Characters that the narrowest channel takes in one message."""

FREE = re.compile(r"miễn\s+phí|không\s+mất\s+(?:phí|tiền)", re.IGNORECASE)
DISTRICT = re.compile(r"\b(?:huyện|quận|thị\s+xã|thị\s+trấn)\b", re.IGNORECASE)
HELD = re.compile(
    r"^• (?!.*(?:không bắt buộc nếu cán bộ tra được|\(trừ |, trừ ))(?:.*sổ (?:hộ khẩu|tạm trú)"
    r"|(?:bản sao|bản chụp)[^.;]{0,60}(?<!kiểu )(?<!số )(?:căn cước|chứng minh nhân dân|cccd|cmnd)"
    r"|(?:thẻ |giấy )*(?:căn cước|chứng minh nhân dân|cccd|cmnd))",
    re.IGNORECASE,
)
"""A line that lists a household book or a copy of the identity card as if it had to be handed in."""
ARTEFACTS = {
    "a doubled sign": re.compile(r"(?<!\.)\.\.(?!\.)|…[.,]|[.,]…|,,|;;|[,;:]\.(?!\w)|;,|\.;|\?\."),
    "a blank before a sign": re.compile(r"\S [,;:](?:\s|$)|\w \.(?:\s|$)", re.MULTILINE),
    "empty brackets": re.compile(r"\(\s*\)|“\s*”"),
    "a doubled word of ours": re.compile(r"có thẩm quyền,? có thẩm quyền|QĐ QĐ|bước bước|ngày ngày làm việc"),
    "an office without its noun": re.compile(r"(?:^|\b(?:tại|từ|ở) )có thẩm quyền\b(?! để| quyết)", re.MULTILINE),
    "a doubled bullet": re.compile(r"^[•–] ?[-–+*•·]", re.MULTILINE),
    "an empty item": re.compile(r"^(?:[•–]|\d+\.)\s*[^\w“\"(\[]*$", re.MULTILINE),
    "a line that begins with a sign": re.compile(r"^[,;.:)]", re.MULTILINE),
    "an unfilled template": re.compile(r"\{\w*\}|\bNone\b|\bnull\b|\bnan\b"),
    "a raw name": re.compile(
        r"\b(?:zero_unconfirmed|free_stated|set_by_council|not_published|legal_basis|working_day|(?:ten|ma|co|dia|can)_\w+|\w+_(?:old|new)"
        r"|overview|eligibility|replaced_by|commune|province|postal|unconfirmed)\b"
    ),
    "a sign of a word processor": re.compile("[\ue000-\uf8ff\u200b\ufeff]"),
}
URL = re.compile(r"https?://\S+|\bwww\.\S+|\S+@\S+|\S+\.(?:docx?|pdf|xlsx?)\b\S*")


@pytest.fixture(scope="module")
def catalogue() -> list[StoredProcedure]:
    if not FILES:
        pytest.skip("the portal's file is not part of the project")
    found = [stored(piece.record) for piece in read_all(FILES[-1], fetched_at=FETCHED) if piece.record is not None]
    assert len(found) > 2_600
    return found


def answers(item: StoredProcedure) -> Iterator[tuple[Aspect, bool, list[Reply]]]:
    for aspect in ASPECTS:
        for full in (False, True):
            yield aspect, full, compose(item, (aspect,), HERE, full=full)


def test_all_answers_hold(catalogue: list[StoredProcedure]) -> None:
    faults: list[str] = []
    count = 0
    for item in catalogue:
        for aspect, full, replies in answers(item):
            count += 1
            found = faults_of(item.record, aspect, full, replies)
            faults += [f"{item.record.code} {aspect} full={full}: {fault}" for fault in found]
    assert count == len(catalogue) * len(ASPECTS) * 2
    assert not faults, f"{len(faults)} faults\n" + "\n".join(faults[:40])


def test_several_aspects_at_once_fit_every_channel_too(catalogue: list[StoredProcedure]) -> None:
    for item in catalogue[::7]:
        for aspects in (ASPECTS, ASPECTS[:3], ASPECTS[5:8]):
            replies = compose(item, aspects, HERE)
            assert all(0 < len(reply.text) <= ZALO for reply in replies), item.record.code
            assert replies[-1].text.count("mã thủ tục ") == 1


@pytest.mark.parametrize(
    ("aspect", "text", "fault"),
    [
        ("fee", "Đăng ký thử: miễn  phí.", "says free"),
        ("place", "Đăng ký thử: nộp tại Công an Quận 1.", "names the abolished level"),
        ("documents", "Đăng ký thử: cần 2 loại.\n• Nộp qua mạng thì không cần bản giấy", "shows a note as a paper"),
        ("documents", "Đăng ký thử: cần 1 loại.\n• Sổ hộ khẩu (1 bản chính)", "asks for what the databases hold"),
        ("documents", "Đăng ký thử: cần 1 loại.\n• Bản sao thẻ căn cước", "asks for what the databases hold"),
        ("steps", "Đăng ký thử: 1 bước..", "has a doubled sign"),
        ("fee", "Đăng ký thử: zero_unconfirmed.", "has a raw name"),
        ("fee", "Đăng ký thử: None đồng.", "has an unfilled template"),
        ("fee", "x" * 201, "has a first line of 201"),
        ("fee", "Đăng ký thử.\n" + "x" * 2000, "has a message of"),
        ("fee", "", "is empty"),
    ],
)
def test_each_rule_would_catch_its_fault(aspect: Aspect, text: str, fault: str) -> None:
    """The rules themselves, on answers that break them."""
    papers = [
        {"name": "Tờ khai", "originals": 1},
        {"name": "Nộp qua mạng thì không cần bản giấy", "kind": "note"},
    ]
    broken = record(methods=[method("direct", fee("zero_unconfirmed"))], cases=[{"documents": papers}])
    assert any(told.startswith(fault) for told in faults_of(broken, aspect, False, [Reply(text)]))


def faults_of(record: ProcedureRecord, aspect: Aspect, full: bool, replies: list[Reply]) -> Iterator[str]:
    """What is wrong with an answer."""
    text = "\n".join(reply.text for reply in replies)
    states = {fee.status for method in record.methods for fee in method.fees}
    if "zero_unconfirmed" in states and FREE.search(text):
        yield "says free"
    if found := DISTRICT.search(text):
        yield f"names the abolished level: {around(text, found)}"
    if aspect == "documents":
        yield from (f"asks for what the databases hold: {line[:90]}" for line in _must(text) if HELD.match(line))
    if aspect in ("documents", "form"):
        yield from _notes_as_papers(record, text)
    yield from _form(record, full, text, replies)
    words = URL.sub("", text)
    for name, pattern in ARTEFACTS.items():
        if found := pattern.search(words):
            yield f"has {name}: {around(words, found)}"


def _form(record: ProcedureRecord, full: bool, text: str, replies: list[Reply]) -> Iterator[str]:
    if any(not reply.text.strip() for reply in replies):
        yield "is empty"
        return
    first = text.splitlines()[0]
    if not first.strip() or len(first) > FIRST:
        yield f"has a first line of {len(first)}"
    if first.count("“") != first.count("”"):
        yield f"has an open quotation: {first}"
    yield from (f"has a message of {len(reply.text)}" for reply in replies if len(reply.text) > ZALO)
    if not full and len(text) > SHORT:
        yield f"is {len(text)} long"
    source = r"Theo .+, (?:cập nhật 31/07/2026|nguồn không ghi).*; mã thủ tục "
    if not re.search(rf"{source}{re.escape(record.code)}\.$", text):
        yield "lacks its source"
    if any(len(button.payload.encode()) > 64 for reply in replies for button in reply.buttons):
        yield "has a payload that is too long"
    lasts = [reply.text.splitlines()[-1] for reply in replies]
    if any(last.endswith(":") and len(last) <= HEADING for last in lasts):
        yield "parts a heading from what it heads"


def _must(text: str) -> Iterator[str]:
    """The lines of papers that are neither shown only nor for some cases."""
    must = True
    for line in text.splitlines():
        if not line.startswith("•"):
            must = not re.match(r"(?:Tùy trường hợp|Đưa xem|Lưu ý)", line)
        elif must:
            yield line


def _notes_as_papers(record: ProcedureRecord, text: str) -> Iterator[str]:
    items = [item for case in record.cases for item in case.documents]
    papers = {_bare(item.name) for item in items if item.kind == "document"}
    listed = {_bare(line)[:50] for line in text.splitlines() if line.startswith("•")}
    for item in items:
        # A text that one case has as a paper and another as a note may stand as a paper.
        bare = _bare(item.name)
        known = any(paper.startswith(bare[:50]) or bare.startswith(paper) for paper in papers)
        if item.kind == "note" and len(bare) > 20 and not known and bare[:50] in listed:
            yield f"shows a note as a paper: {item.name[:60]}"


def _bare(text: str) -> str:
    """The letters alone, so that a changed mark or a cut does not hide a note."""
    return "".join(
        filter(str.isalnum, re.sub(r"^\W*(?:lưu ý|ghi chú|chú ý)\W+", "", text, flags=re.IGNORECASE))
    ).lower()


def around(text: str, found: re.Match[str]) -> str:
    """What stands around a fault, to see it in the report."""
    return repr(text[max(0, found.start() - 40) : found.end() + 20])
