"""The aspects overview, place, steps, online, eligibility, legal basis and result."""

from __future__ import annotations

import re

from bot.knowledge.answers import texts
from bot.knowledge.answers.context import Here, channels_line, office_of
from bot.knowledge.answers.fees import fee_summary, fee_words
from bot.knowledge.answers.section import Section
from bot.knowledge.answers.times import time_summary, time_words
from bot.knowledge.answers.wording import DISTRICT, Wording, date, joined, name_of, shorten, tidy, unique
from bot.knowledge.records import LegalBasis, ProcedureRecord

_LEADING = re.compile(r"^[\s\-–+*•·.]+")
_NUMBERED = re.compile(r"^(?:bước|b)\s*\d+\s*[:.)]\s*", re.IGNORECASE)


def overview(record: ProcedureRecord, here: Here, wording: Wording) -> Section:
    """What it is for, and the main facts, a line each."""
    name = name_of(record, 230)
    summary = wording.say(record.summary) if record.summary else ""
    section = Section("overview", texts.OVERVIEW_FIRST.format(name=name) + (f" {summary}" if summary else ""))
    if papers := _paper_count(record):
        section.lines.append("• " + texts.OVERVIEW_DOCUMENTS.format(documents=papers))
    if said := time_summary(record, here, wording):
        section.lines.append("• " + texts.OVERVIEW_TIME.format(time=said))
    if cost := fee_summary(record, here, wording):
        section.lines.append("• " + texts.OVERVIEW_FEE.format(fee=cost))
    if office := _office(record, wording):
        section.lines.append("• " + texts.OVERVIEW_PLACE.format(place=office))
    if channels := channels_line(record):
        section.lines.append("• " + texts.OVERVIEW_CHANNELS.format(channels=channels))
    if not section.lines and not summary:
        section.always.append(texts.ASK_OFFICE.format(office=office_of(record, wording)))
    return section


def _paper_count(record: ProcedureRecord) -> str | None:
    names = {item.name for case in record.cases for item in case.documents if item.kind == "document"}
    if not names:
        return None
    several = sum(1 for case in record.cases if any(item.kind == "document" for item in case.documents)) > 1
    return texts.OVERVIEW_DOCUMENT_COUNT.format(count=len(names), cases=texts.OVERVIEW_CASES if several else "")


def _office(record: ProcedureRecord, wording: Wording) -> str | None:
    if record.agency.receives:
        return shorten(wording.say(record.agency.receives).rstrip("."), 150)
    if record.agency.decides:
        return shorten(wording.say(record.agency.decides).rstrip("."), 150)
    levels = [texts.LEVELS[level] for level in record.levels]
    return joined(levels) if levels else None


def place(record: ProcedureRecord, wording: Wording) -> Section:
    """Where to hand in, under the government of two tiers."""
    name = name_of(record)
    office = record.agency.receives or record.agency.decides
    levels = [texts.LEVELS[level] for level in record.levels]
    if office:
        first = texts.PLACE_ONE.format(name=name, office=shorten(wording.say(office).rstrip("."), 150))
    elif levels:
        first = texts.PLACE_LEVELS.format(name=name, levels=joined(levels))
    else:
        first = texts.PLACE_NONE.format(name=name)
    section = Section("place", first)
    if record.agency.address:
        section.lines.append(texts.PLACE_ADDRESS.format(address=wording.say(record.agency.address)))
    if levels and office and not record.agency.receives:
        section.lines.append(texts.PLACE_LEVELS.format(name="Thủ tục", levels=joined(levels)).replace(":", "", 1))
    if record.agency.receives and record.agency.decides and record.agency.decides != record.agency.receives:
        decides = wording.say(record.agency.decides).rstrip(".")
        section.lines.append(texts.PLACE_DECIDES.format(agency=shorten(decides, 200)))
    if channels := channels_line(record):
        section.lines.append(texts.PLACE_CHANNELS.format(channels=channels))
    if not office:
        section.always.append(texts.ASK_OFFICE.format(office=texts.DEFAULT_OFFICE))
    return section


def steps(record: ProcedureRecord, wording: Wording) -> Section:
    """The way, step by step."""
    name = name_of(record)
    if not record.steps:
        section = Section("steps", texts.STEPS_NONE.format(name=name))
        section.always.append(texts.ASK_OFFICE.format(office=office_of(record, wording)))
        return section
    if len(record.steps) == 1:
        lines = [
            f"• {_LEADING.sub('', line)}" for line in wording.say(record.steps[0].text).splitlines() if line.strip()
        ]
        return Section("steps", texts.STEPS_ONE.format(name=name), lines)
    lines = []
    for place_, step in enumerate(record.steps, 1):
        text = _NUMBERED.sub("", _LEADING.sub("", wording.say(step.text))).replace("\n", " ")
        title = _NUMBERED.sub("", wording.say(step.name)) if step.name else ""
        title = (
            "" if not title or re.fullmatch(r"(?:bước)?\s*\d+", title, re.IGNORECASE) else f"{title.rstrip(':. ')}: "
        )
        lines.append(f"{place_}. {title}{text}")
    return Section("steps", texts.STEPS_FIRST.format(name=name, count=len(lines)), lines)


def online(record: ProcedureRecord, wording: Wording) -> Section:
    """Whether it can be handed in over the net, and what then differs."""
    name = name_of(record)
    channels = unique(texts.CHANNELS[m.channel] for m in record.methods if m.channel != "online")
    rows = [method for method in record.methods if method.channel == "online"]
    if not record.methods:
        section = Section("online", texts.ONLINE_UNKNOWN.format(name=name))
        section.always.append(texts.ASK_OFFICE.format(office=office_of(record, wording)))
        return section
    if not rows:
        return Section("online", texts.ONLINE_NO.format(name=name, channels=joined(channels)))
    section = Section("online", (texts.ONLINE_YES if channels else texts.ONLINE_ONLY).format(name=name))
    section.lines.append(texts.ONLINE_WHERE)
    if record.provenance.source_url and texts.PORTAL_HOST in record.provenance.source_url:
        section.lines.append(texts.ONLINE_LINK.format(url=record.provenance.source_url))
    times = unique(said for row in rows if (said := time_words(row.time, wording)))
    if times:
        section.lines.append(texts.ONLINE_TIME.format(time=shorten("; ".join(times), 250)))
    fees = unique(fee_words(fee, wording) for row in rows for fee in row.fees)
    if fees:
        section.lines.append(texts.ONLINE_FEE.format(fee=shorten("; ".join(fees), 200)))
    if channels:
        section.lines.append(texts.ONLINE_OTHERS.format(channels=joined(channels)))
    return section


def eligibility(record: ProcedureRecord, wording: Wording) -> Section:
    """Who may, and under which conditions."""
    name = name_of(record)
    audience = [texts.AUDIENCE.format(audience=", ".join(map(wording.say, record.audience)))] if record.audience else []
    if not record.conditions:
        section = Section("eligibility", texts.CONDITIONS_NONE.format(name=name), audience)
        section.always.append(texts.ASK_OFFICE.format(office=office_of(record, wording)))
        return section
    parts = [_LEADING.sub("", line) for line in wording.say(record.conditions).splitlines() if line.strip()]
    return Section(
        "eligibility", texts.CONDITIONS_FIRST.format(name=name), [*(f"• {part}" for part in parts), *audience]
    )


def legal_basis(record: ProcedureRecord, here: Here, wording: Wording) -> Section:
    """The legal documents; what has ended is said to have."""
    name = name_of(record)
    laws = unique(_law(law, here) for law in record.legal_basis)
    if not laws:
        section = Section("legal_basis", texts.LEGAL_NONE.format(name=name))
        section.always.append(texts.ASK_OFFICE.format(office=office_of(record, wording)))
        return section
    if len(laws) == 1:
        return Section("legal_basis", texts.LEGAL_ONE.format(name=name, law=laws[0]))
    return Section("legal_basis", texts.LEGAL_FIRST.format(name=name, count=len(laws)), [f"• {law}" for law in laws])


def _law(law: LegalBasis, here: Here) -> str:
    # The title of a law is not ours to change: one that names an abolished office is left to its number.
    title = tidy(law.title).rstrip(".")
    if DISTRICT.search(title):
        title = Wording(ProcedureRecord(code="0.000000", name="-")).say(title) if not law.number else ""
    number = law.number if law.number and law.number not in title else ""
    said = " – ".join(part for part in (number, title) if part)
    if law.valid_to and law.valid_to < here.today:
        said += f" ({texts.LEGAL_ENDED.format(date=date(law.valid_to))})"
    return said


def result(record: ProcedureRecord, wording: Wording) -> Section:
    """What the citizen gets."""
    name = name_of(record)
    results = unique(_LEADING.sub("", wording.say(item)).replace("\n", " ").rstrip(" .;") for item in record.results)
    if not results:
        section = Section("result", texts.RESULT_NONE.format(name=name))
        section.always.append(texts.ASK_OFFICE.format(office=office_of(record, wording)))
        return section
    if len(results) == 1:
        return Section("result", texts.RESULT_ONE.format(name=name, result=results[0]))
    return Section("result", texts.RESULT_MANY.format(name=name, count=len(results)), [f"• {item}" for item in results])
