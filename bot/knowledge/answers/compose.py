"""An answer from a record: sections by aspect, warnings, the source line, buttons."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import chain
from urllib.parse import urlsplit

from bot.knowledge.answers import fees, papers, rest, texts, times
from bot.knowledge.answers.context import Here, office_of
from bot.knowledge.answers.section import Section
from bot.knowledge.answers.wording import Wording, date, tidy
from bot.knowledge.records import Aspect, ProcedureRecord
from bot.knowledge.store import StoredProcedure

SHORT = 700
"""Characters of a short answer before its source line."""
LEAST = 260
"""Characters that an aspect keeps when several are asked at once."""
CHUNK = 1500
"""Characters of one message of a full answer."""
MESSAGE = 1900
"""Characters of the longest message; Zalo takes 2,000, the other channels more."""
SOURCE_ROOM = 300
"""Characters kept free for what closes the last message: where the rest stands, and the source line."""
HEADING = 300
"""Characters of the longest line that is a heading when it ends in a colon, and not a paragraph."""
MOST_CHUNKS = 6
_NUMBERED = re.compile(r"^(?:(?:quyết định|qđ)\s+)?(?:số[\s:]+)?(?!qđ)", re.IGNORECASE)
STALE_AFTER = dt.timedelta(days=365)
MOST_BUTTONS = 3


@dataclass(frozen=True, slots=True)
class Button:
    """A button and what pressing it sends."""

    title: str
    payload: str


@dataclass(frozen=True, slots=True)
class Reply:
    """One message to the citizen."""

    text: str
    buttons: tuple[Button, ...] = ()


def compose(
    stored: StoredProcedure,
    aspects: Sequence[Aspect],
    here: Here,
    *,
    full: bool = False,
    remarks: Sequence[str] = (),
) -> list[Reply]:
    """Answer the aspects of one procedure, in order.

    Args:
        aspects: what was asked; nothing means the overview.
        full: everything the record says, in as many messages as it takes, instead of the short answer.
        remarks: lines to add before the source, such as today's name of an old term.
    """
    record = stored.record
    asked = tuple(dict.fromkeys(aspects)) or ("overview",)
    wording = Wording(record, here.today, here.province)
    sections = [SECTIONS[aspect](record, here, wording) for aspect in asked]
    source = source_line(stored)
    ended, warnings = _ended(record), _warnings(stored, here, wording)
    if full:
        return _full(record, sections, ended, [*warnings, *remarks], source)
    limit = max(LEAST, SHORT // len(sections))
    parts: list[str] = []
    left_out: list[Aspect] = []
    for section in sections:
        text, cut = section.short(limit)
        parts.append(text)
        if cut:
            left_out.append(section.aspect)
    messages = _packed([*ended, *parts, *warnings, *remarks, source])
    last = Reply(messages[-1], _buttons(record.code, asked, left_out))
    return [*(Reply(message) for message in messages[:-1]), last]


def _packed(parts: Sequence[str]) -> list[str]:
    """The parts of a short answer in as few messages as take them."""
    messages: list[str] = []
    for part in chain.from_iterable(_pieces(part, MESSAGE) for part in parts):
        if messages and len(messages[-1]) + 2 + len(part) <= MESSAGE:
            messages[-1] += f"\n\n{part}"
        else:
            messages.append(part)
    return messages


SECTIONS: dict[Aspect, Callable[[ProcedureRecord, Here, Wording], Section]] = {
    "overview": rest.overview,
    "documents": lambda record, _, wording: papers.documents(record, wording),
    "fee": fees.fee,
    "duration": times.time,
    "place": lambda record, _, wording: rest.place(record, wording),
    "steps": lambda record, _, wording: rest.steps(record, wording),
    "online": rest.online,
    "form": lambda record, _, wording: papers.forms(record, wording),
    "eligibility": lambda record, _, wording: rest.eligibility(record, wording),
    "legal_basis": rest.legal_basis,
    "result": lambda record, _, wording: rest.result(record, wording),
}


def source_line(stored: StoredProcedure) -> str:
    """Where the facts come from, as of when, by which decision."""
    record = stored.record
    host = urlsplit(record.provenance.source_url or "").hostname
    if stored.source in ("portal", "api") or (host and host.endswith(texts.PORTAL_HOST)):
        source = texts.PORTAL
    else:
        source = host or texts.OWN_SOURCE
    fetched = stored.fetched_on
    return texts.SOURCE.format(
        source=source,
        date=texts.SOURCE_DATE.format(date=date(fetched)) if fetched else texts.SOURCE_NO_DATE,
        decision=_decision(record),
        code=record.code,
    )


def _decision(record: ProcedureRecord) -> str:
    if not record.decision.number:
        return texts.SOURCE_NO_DECISION
    number = _NUMBERED.sub(f"{texts.DECISION} ", tidy(record.decision.number))
    day = texts.SOURCE_DECISION_DATE.format(date=date(record.decision.date)) if record.decision.date else ""
    return texts.SOURCE_DECISION.format(number=number, date=day)


def _ended(record: ProcedureRecord) -> list[str]:
    """What comes before everything else: that the procedure is no more."""
    if record.status == "abolished":
        return [texts.ABOLISHED]
    if record.status == "replaced":
        return [texts.REPLACED.format(code=record.replaced_by) if record.replaced_by else texts.ABOLISHED]
    return []


def _warnings(stored: StoredProcedure, here: Here, wording: Wording) -> list[str]:
    record = stored.record
    found = []
    office = office_of(record, Wording(record, province=here.province))
    fetched = stored.fetched_on
    expires = record.provenance.expires_at
    if stored.expired(here.today) and expires is not None:
        found.append(texts.EXPIRED.format(date=date(expires), office=office))
    elif fetched and here.today - fetched > STALE_AFTER:
        found.append(texts.STALE.format(office=office))
    if wording.old_level:
        found.append(texts.OLD_LEVEL)
    return found


def _buttons(code: str, asked: Sequence[Aspect], left_out: Sequence[Aspect]) -> tuple[Button, ...]:
    buttons = [Button(texts.FULL, f"full:{code}:{left_out[0]}")] if left_out else []
    for aspect in texts.FOLLOW_UPS[asked[-1]]:
        if aspect not in asked and len(buttons) < MOST_BUTTONS:
            buttons.append(Button(texts.ASPECT_TITLES[aspect], f"aspect:{aspect}"))
    return tuple(buttons)


def _full(
    record: ProcedureRecord, sections: Sequence[Section], ended: Sequence[str], remarks: Sequence[str], source: str
) -> list[Reply]:
    lines = [*ended, *(line for section in sections for line in section.full()), *remarks]
    chunks = _chunks(lines)
    if len(chunks) > MOST_CHUNKS:
        chunks = chunks[:MOST_CHUNKS]
        url = record.provenance.source_url
        chunks[-1] += "\n" + (texts.REST_ON_PORTAL.format(url=url) if url else "…")
    chunks[-1] += f"\n\n{source}"
    asked = [section.aspect for section in sections]
    last = Reply(chunks[-1], _buttons(record.code, asked, ()))
    return [*(Reply(chunk) for chunk in chunks[:-1]), last]


def _chunks(lines: Sequence[str]) -> list[str]:
    """The lines in messages of at most `CHUNK` characters, no heading parted from what it heads."""
    chunks: list[list[str]] = [[]]
    room = CHUNK
    for line in chain.from_iterable(_pieces(line, CHUNK - SOURCE_ROOM) for line in lines):
        if chunks[-1] and len(line) + 1 > room:
            headings = _headings_at_end(chunks[-1])
            if len(line) + sum(len(heading) + 1 for heading in headings) > MESSAGE - SOURCE_ROOM:
                headings = []
            del chunks[-1][len(chunks[-1]) - len(headings) :]
            chunks.append(headings)
            room = CHUNK - sum(len(heading) + 1 for heading in headings)
        chunks[-1].append(line)
        room -= len(line) + 1
    return ["\n".join(chunk) for chunk in chunks]


def _headings_at_end(chunk: Sequence[str]) -> list[str]:
    """The headings with which a message ends; all but its first line may go over to the next."""
    count = 0
    while count < len(chunk) - 1 and chunk[-1 - count].endswith(":") and len(chunk[-1 - count]) <= HEADING:
        count += 1
    return list(chunk[len(chunk) - count :])


def _pieces(line: str, limit: int) -> list[str]:
    """A line that is too long for a message, cut between words."""
    pieces = []
    while len(line) > limit:
        cut = line.rfind(" ", limit // 2, limit)
        cut = limit if cut < 0 else cut
        pieces.append(line[:cut])
        line = line[cut:].lstrip()
    return [*pieces, line]
