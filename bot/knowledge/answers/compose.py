"""An answer from a record: sections by aspect, warnings, the source line, buttons."""

from __future__ import annotations

import datetime as dt
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
"""Characters of one message of a full answer; every channel takes that many."""
MOST_CHUNKS = 6
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
    wording = Wording(record, here.today)
    sections = [SECTIONS[aspect](record, here, wording) for aspect in asked]
    source = source_line(stored)
    if full:
        return _full(record, sections, [*_warnings(stored, here, wording), *remarks], source)
    limit = max(LEAST, SHORT // len(sections))
    parts: list[str] = []
    left_out: list[Aspect] = []
    for section in sections:
        text, cut = section.short(limit)
        parts.append(text)
        if cut:
            left_out.append(section.aspect)
    text = "\n\n".join([*parts, *_warnings(stored, here, wording), *remarks, source])
    return [Reply(text, _buttons(record.code, asked, left_out))]


SECTIONS: dict[Aspect, Callable[[ProcedureRecord, Here, Wording], Section]] = {
    "overview": rest.overview,
    "documents": lambda record, _, wording: papers.documents(record, wording),
    "fee": fees.fee,
    "duration": times.time,
    "place": lambda record, _, wording: rest.place(record, wording),
    "steps": lambda record, _, wording: rest.steps(record, wording),
    "online": lambda record, _, wording: rest.online(record, wording),
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
    number = tidy(record.decision.number) if record.decision.number else None
    return texts.SOURCE.format(
        source=source,
        date=texts.SOURCE_DATE.format(date=date(fetched)) if fetched else texts.SOURCE_NO_DATE,
        decision=texts.SOURCE_DECISION.format(number=number) if number else texts.SOURCE_NO_DECISION,
        code=record.code,
    )


def _warnings(stored: StoredProcedure, here: Here, wording: Wording) -> list[str]:
    record = stored.record
    found = []
    if record.status == "abolished":
        found.append(texts.ABOLISHED)
    elif record.status == "replaced" and record.replaced_by:
        found.append(texts.REPLACED.format(code=record.replaced_by))
    office = office_of(record, Wording(record))
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


def _full(record: ProcedureRecord, sections: Sequence[Section], remarks: Sequence[str], source: str) -> list[Reply]:
    lines = [*(line for section in sections for line in section.full()), *remarks]
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
    """The lines in messages of at most `CHUNK` characters; a longer line is cut between words."""
    chunks: list[str] = []
    room = 0
    for line in chain.from_iterable(map(_pieces, lines)):
        if chunks and len(line) + 1 <= room:
            chunks[-1] += f"\n{line}"
            room -= len(line) + 1
        else:
            chunks.append(line)
            room = CHUNK - len(line)
    return chunks or [""]


def _pieces(line: str) -> list[str]:
    pieces = []
    while len(line) > CHUNK:
        cut = line.rfind(" ", CHUNK // 2, CHUNK)
        cut = CHUNK if cut < 0 else cut
        pieces.append(line[:cut])
        line = line[cut:].lstrip()
    return [*pieces, line]
