"""Every aspect of every real procedure, where the portal's file is beside the project: what no answer may say."""

from __future__ import annotations

import datetime as dt
import gzip
import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.knowledge.answers import Here, Reply, compose
from bot.knowledge.answers.compose import CHUNK
from bot.knowledge.importing.parsed import Fetched
from bot.knowledge.importing.portal import read_scraped
from bot.knowledge.records import ASPECTS, Aspect, ProcedureRecord
from bot.knowledge.store import StoredProcedure
from tests.support.catalogue import TODAY, stored

FILES = sorted((Path(__file__).parents[4] / "shared" / "data").glob("procedures-*.jsonl.gz"))
DISTRICT = re.compile(r"\b(?:huyện|quận|thị xã|thị trấn)\b", re.IGNORECASE)
SHORT = 1000
"""Characters of the longest short answer, its source line included."""
HERE = Here(TODAY, "Hải Phòng")

pytestmark = pytest.mark.skipif(not FILES, reason="the portal's file is not part of the project")


@pytest.fixture(scope="module")
def catalogue() -> list[StoredProcedure]:
    found = []
    with gzip.open(FILES[-1], "rt", encoding="utf-8") as lines:
        for number, line in enumerate(lines, 1):
            parsed = read_scraped(json.loads(line), number, Fetched(dt.date(2026, 7, 31), "test"))
            if parsed.record is not None:
                found.append(stored(parsed.record))
    assert len(found) > 2_500
    return found


def answers(catalogue: list[StoredProcedure]) -> Iterator[tuple[ProcedureRecord, Aspect, bool, list[Reply]]]:
    for item in catalogue:
        for aspect in ASPECTS:
            for full in (False, True):
                yield item.record, aspect, full, compose(item, (aspect,), HERE, full=full)


def test_all_answers_hold(catalogue: list[StoredProcedure]) -> None:
    faults: list[str] = []
    count = 0
    for record, aspect, full, replies in answers(catalogue):
        count += 1
        faults += [f"{record.code} {aspect} full={full}: {fault}" for fault in _faults(record, aspect, full, replies)]
    assert count == len(catalogue) * len(ASPECTS) * 2
    assert not faults, "\n".join(faults[:40])


def _faults(record: ProcedureRecord, aspect: Aspect, full: bool, replies: list[Reply]) -> Iterator[str]:
    text = "\n".join(reply.text for reply in replies)
    fees = [fee.status for method in record.methods for fee in method.fees]
    if "zero_unconfirmed" in fees and "miễn phí" in text.lower():
        yield "says free"
    if found := DISTRICT.search(text):
        yield f"names the abolished level: {text[max(0, found.start() - 40) : found.end() + 20]!r}"
    if not re.search(
        rf"Theo .+, (?:cập nhật 31/07/2026|nguồn không ghi).*; mã thủ tục {re.escape(record.code)}\.$", text
    ):
        yield "lacks its source"
    if not full and len(text) > SHORT:
        yield f"is {len(text)} long"
    if any(len(reply.text) > CHUNK + 400 for reply in replies):
        yield "has a message that is too long"
    if any(len(button.payload.encode()) > 64 for reply in replies for button in reply.buttons):
        yield "has a payload that is too long"
    if not text.splitlines()[0].strip():
        yield "has no first line"
    if aspect in ("documents", "form"):
        yield from _notes_as_papers(record, text)


def _notes_as_papers(record: ProcedureRecord, text: str) -> Iterator[str]:
    items = [item for case in record.cases for item in case.documents]
    papers = {item.name for item in items if item.kind == "document"}
    for item in items:
        # A text that one case has as a paper and another as a note may stand as a paper.
        is_paper_too = any(paper.startswith(item.name[:60]) for paper in papers)
        if item.kind == "note" and not is_paper_too and f"• {item.name[:60]}" in text:
            yield f"shows a note as a paper: {item.name[:60]}"
