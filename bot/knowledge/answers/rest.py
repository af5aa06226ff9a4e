"""The aspects overview, place, steps, online, eligibility, legal basis and result."""

from __future__ import annotations

import re

from bot.knowledge.answers import texts
from bot.knowledge.answers.context import Here, channels_line, office_of, offices
from bot.knowledge.answers.fees import channel_fees, fee_summary
from bot.knowledge.answers.section import FIRST, Section, one_or_list
from bot.knowledge.answers.times import channel_times, time_summary
from bot.knowledge.answers.wording import DISTRICT, Wording, date, joined, name_of, shorten, tidy, unique
from bot.knowledge.records import LegalBasis, ProcedureRecord, Step

_LEADING = re.compile(r"^[\s\-–+*•·.!)]+")
_MARKED = re.compile(r"^\(?(?:[a-zđ]|[ivx]{1,4}|\d{1,2}(?:\.\d{1,2})*)[.)]\s", re.IGNORECASE)
_NUMBER_ONLY = re.compile(r"(?:[a-zđ\d]{1,2}[.)]\s*)?(?:bước)?\s*\d+", re.IGNORECASE)
_NO_STEP = re.compile(r"^(?:trường hợp|nếu|đối với|lưu ý|ghi chú)\b", re.IGNORECASE)
_TITLE = 80
_OFFICES = 150
_NUMBERED = re.compile(r"^(?:bước|b)\s*\d+\s*[:.)]\s*", re.IGNORECASE)


def overview(record: ProcedureRecord, here: Here, wording: Wording) -> Section:
    """What it is for, and the main facts, a line each."""
    first = texts.OVERVIEW_FIRST.format(name=name_of(record, FIRST - 10))
    summary = wording.say(record.summary) if record.summary else ""
    if summary and len(first) + 1 + len(summary) <= FIRST:
        section = Section("overview", f"{first} {summary}")
    else:
        section = Section("overview", first, [summary] if summary else [])
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
    if record.agency.receives and (named := offices(record.agency.receives, wording)):
        said = joined(named)
        return said if len(said) <= _OFFICES else texts.OVERVIEW_PLACES.format(count=len(named))
    levels = [texts.LEVELS[level] for level in record.levels]
    return joined(levels) if levels else None


def place(record: ProcedureRecord, wording: Wording) -> Section:
    """Where to hand in, under the government of two tiers."""
    name = name_of(record)
    named = offices(record.agency.receives, wording) if record.agency.receives else []
    levels = [texts.LEVELS[level] for level in record.levels]
    if named:
        section = _received(name, named)
    elif levels:
        section = Section("place", texts.PLACE_LEVELS.format(name=name, levels=joined(levels)))
    else:
        section = Section("place", texts.PLACE_NONE.format(name=name))
    if record.agency.address:
        address = wording.say(record.agency.address).replace("\n", " ").rstrip(" .;")
        section.lines.append(texts.PLACE_ADDRESS.format(address=address))
    if record.agency.decides and record.agency.decides != record.agency.receives:
        decides = wording.say(record.agency.decides).rstrip(" .;")
        section.lines.append(texts.PLACE_DECIDES.format(agency=shorten(decides, 200)))
    if channels := channels_line(record):
        section.lines.append(texts.PLACE_CHANNELS.format(channels=channels))
    if not named:
        section.always.append(texts.ASK_OFFICE.format(office=texts.DEFAULT_OFFICE))
    return section


def _received(name: str, named: list[str]) -> Section:
    """The first line with the office, or with the few that take the file; a list where they are many."""
    template = texts.PLACE_ONE if len(named) == 1 else texts.PLACE_SOME
    first = template.format(name=name, office=joined(named))
    if len(first) <= FIRST:
        return Section("place", first)
    first = (texts.PLACE_LONG if len(named) == 1 else texts.PLACE_MANY).format(name=name, count=len(named))
    return Section("place", first, [f"• {office}" for office in named])


def steps(record: ProcedureRecord, wording: Wording) -> Section:
    """The way, step by step."""
    name = name_of(record)
    if not record.steps:
        section = Section("steps", texts.STEPS_NONE.format(name=name))
        section.always.append(texts.ASK_OFFICE.format(office=office_of(record, wording)))
        return section
    if len(record.steps) == 1:
        lines = _bullets(wording.say(record.steps[0].text))
        return Section("steps", texts.STEPS_ONE.format(name=name), lines)
    said = [_step(step, wording) for step in record.steps]
    real = not any(_MARKED.match(text) for text in said)
    lines = [
        f"{place_}. {text}" if real else text if _MARKED.match(text) else f"• {text}"
        for place_, text in enumerate(said, 1)
    ]
    first = texts.STEPS_FIRST if real and not any(map(_NO_STEP.match, said)) else texts.STEPS_PARTS
    return Section("steps", first.format(name=name, count=len(lines)), lines)


def _step(step: Step, wording: Wording) -> str:
    """A step with its title; the source's own line for a title ends in a colon, items stand on lines of their own."""
    lines = [_LEADING.sub("", line) for line in wording.say(step.text).splitlines() if line.strip()]
    lines = [line for line in [_LEADING.sub("", _NUMBERED.sub("", line)) for line in lines[:1]] + lines[1:] if line]
    if len(lines) > 1 and len(lines[0]) <= _TITLE and lines[0][-1:].isalnum():
        lines[:2] = [f"{lines[0]}: {lines[1]}"]
    title = _NUMBERED.sub("", _LEADING.sub("", wording.say(step.name))).rstrip(":. ") if step.name else ""
    if title and not _NUMBER_ONLY.fullmatch(title):
        lines[:1] = [f"{title}: {lines[0]}" if lines and lines[0] != title else title]
    return "\n– ".join(lines)


def _bullets(text: str) -> list[str]:
    """The lines of a text as a list; a line that ends in a colon heads what follows it."""
    lines = [_LEADING.sub("", line) for line in text.splitlines() if any(map(str.isalnum, line))]
    return [line if line.endswith(":") or _MARKED.match(line) else f"• {line}" for line in lines]


def online(record: ProcedureRecord, here: Here, wording: Wording) -> Section:
    """Whether it can be handed in over the net, and what then differs."""
    name = name_of(record)
    channels = unique(texts.CHANNELS[m.channel] for m in record.methods if m.channel != "online")
    if not record.methods:
        section = Section("online", texts.ONLINE_UNKNOWN.format(name=name))
        section.always.append(texts.ASK_OFFICE.format(office=office_of(record, wording)))
        return section
    if all(method.channel != "online" for method in record.methods):
        return Section("online", texts.ONLINE_NO.format(name=name, channels=joined(channels)))
    section = Section("online", (texts.ONLINE_YES if channels else texts.ONLINE_ONLY).format(name=name))
    section.lines.append(texts.ONLINE_WHERE)
    if record.provenance.source_url and texts.PORTAL_HOST in record.provenance.source_url:
        section.lines.append(texts.ONLINE_LINK.format(url=record.provenance.source_url))
    if times := channel_times(record, "online", here, wording):
        section.lines.append(texts.ONLINE_TIME.format(time=shorten("; ".join(times), 250)))
    if fees := channel_fees(record, "online", here, wording):
        section.lines.append(texts.ONLINE_FEE.format(fee=shorten("; ".join(fees), 200)))
    if channels:
        section.lines.append(texts.ONLINE_OTHERS.format(channels=joined(channels)))
    return section


def eligibility(record: ProcedureRecord, wording: Wording) -> Section:
    """Who may, and under which conditions."""
    name = name_of(record)
    audience = [texts.AUDIENCE.format(audience="; ".join(map(wording.say, record.audience)))] if record.audience else []
    if not record.conditions:
        section = Section("eligibility", texts.CONDITIONS_NONE.format(name=name), audience)
        section.always.append(texts.ASK_OFFICE.format(office=office_of(record, wording)))
        return section
    lines = [*_bullets(wording.say(record.conditions)), *audience]
    return Section("eligibility", texts.CONDITIONS_FIRST.format(name=name), lines)


def legal_basis(record: ProcedureRecord, here: Here, wording: Wording) -> Section:
    """The legal documents; what has ended is said to have."""
    name = name_of(record)
    laws = unique(_law(law, here) for law in record.legal_basis)
    if not laws:
        section = Section("legal_basis", texts.LEGAL_NONE.format(name=name))
        section.always.append(texts.ASK_OFFICE.format(office=office_of(record, wording)))
        return section
    several = (texts.LEGAL_LONG if len(laws) == 1 else texts.LEGAL_FIRST).format(name=name, count=len(laws))
    return one_or_list("legal_basis", texts.LEGAL_ONE.format(name=name, law=laws[0]), several, laws)


def _law(law: LegalBasis, here: Here) -> str:
    # The title of a law is not ours to change: one that names an abolished office is left to its number.
    title = _LEADING.sub("", tidy(law.title)).rstrip(" .;")
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
    several = (texts.RESULT_LONG if len(results) == 1 else texts.RESULT_MANY).format(name=name, count=len(results))
    return one_or_list("result", texts.RESULT_ONE.format(name=name, result=results[0]), several, results)
