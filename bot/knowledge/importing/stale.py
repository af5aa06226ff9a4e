"""Words that tell that a record is behind the times: the abolished district level, discounts that have ended."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator

from bot.knowledge.importing.issues import Issue, doubtful
from bot.knowledge.importing.parsed import Fetched
from bot.knowledge.importing.texts import UPPER
from bot.knowledge.records import ProcedureRecord

_DISTRICT = re.compile(
    rf"[Cc]ấp [Hh]uyện|(?:UBND|[Uủ]y ban nhân dân|[Cc]ông an|[Tt]òa án nhân dân|[Cc]hi cục [Tt]huế|[Bb]ưu điện)"
    rf"(?: các)? (?:quận|huyện|thị xã)(?!\s+đảo)\b|(?:quận|huyện) [{UPPER}]",
)
_HINTS = ("huyện", "Huyện", "quận", "thị xã")
_UNTIL = re.compile(r"đến (?:hết )?(?:ngày )?(\d{1,2})/(\d{1,2})/(20\d\d)")


def stale_wording(record: ProcedureRecord, fetched: Fetched) -> Iterator[Issue]:
    """The doubts that a record's own words raise, against the day on which it was read."""
    for where, text in _texts(record):
        if any(word in text for word in _HINTS) and (match := _DISTRICT.search(text)):
            start = max(0, match.start() - 60)
            yield doubtful("stale_wording", f"{where}: …{text[start : match.end() + 60]}…".replace("\n", " "))
            break
    day = fetched.at.date() if isinstance(fetched.at, dt.datetime) else fetched.at
    for method in record.methods:
        for fee in method.fees:
            for match in _UNTIL.finditer(fee.text or ""):
                if (last := _date(match)) is not None and last < day:
                    yield doubtful("expired_note", f"until {last:%d/%m/%Y}: {(fee.text or '')[:300]}")
                    return


def district_pieces(text: str) -> list[tuple[str, bool]]:
    """A text in pieces: each with whether it names the abolished district level."""
    pieces, done = [], 0
    for match in _DISTRICT.finditer(text) if any(word in text for word in _HINTS) else ():
        pieces += [(text[done : match.start()], False), (match[0], True)]
        done = match.end()
    return [piece for piece in [*pieces, (text[done:], False)] if piece[0]]


def _date(match: re.Match[str]) -> dt.date | None:
    try:
        return dt.date(int(match[3]), int(match[2]), int(match[1]))
    except ValueError:
        return None


def _texts(record: ProcedureRecord) -> Iterator[tuple[str, str]]:
    for agency in (record.agency.receives, record.agency.decides, record.agency.address):
        if agency:
            yield "agency", agency
    for step in record.steps:
        yield "steps", step.text
    for method in record.methods:
        if method.note:
            yield "methods", method.note
    for case in record.cases:
        for document in case.documents:
            yield "documents", document.name
    if record.conditions:
        yield "conditions", record.conditions
    for result in record.results:
        yield "results", result
