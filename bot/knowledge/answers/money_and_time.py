"""The aspects fee and duration: rows by channel, the five fee states, overlays, times without a unit."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from bot.knowledge.answers import texts
from bot.knowledge.answers.section import Section
from bot.knowledge.answers.wording import (
    Wording,
    date,
    duration,
    joined,
    money,
    name_of,
    number,
    sentences,
    shorten,
    unique,
)
from bot.knowledge.records import Channel, Fee, Method, Overlay, ProcedureRecord, Time

_RULE = re.compile(r"trong ngày|ngày làm việc|15 giờ|thời hạn|ngay khi nhận|không quá|chậm nhất", re.IGNORECASE)
_NOTE = 400


@dataclass(frozen=True, slots=True)
class Here:
    """The day and the province for which an answer is made."""

    today: dt.date
    province: str | None = None


def office_of(record: ProcedureRecord, wording: Wording) -> str:
    """Whom to ask: who receives the file."""
    return shorten(wording.say(record.agency.receives), 100) if record.agency.receives else texts.DEFAULT_OFFICE


def _valid(record: ProcedureRecord, field: str, here: Here) -> list[Overlay]:
    def folded(name: str) -> str:
        return re.sub(r"^(tỉnh|thành phố|tp\.?)\s+", "", name.strip().lower())

    if here.province is None:
        return []
    return [
        overlay
        for overlay in record.overlays
        if overlay.field == field
        and folded(overlay.province) == folded(here.province)
        and overlay.valid_from <= here.today
        and (overlay.valid_to is None or here.today <= overlay.valid_to)
    ]


def fee_words(fee: Fee) -> str:
    """One fee in the words of its state; "free" only where the source states an exemption."""
    match fee.status:
        case "amount":
            return money(fee)
        case "free_stated":
            return texts.FREE_STATED
        case "set_by_council":
            return texts.COUNCIL
        case "zero_unconfirmed":
            return texts.ZERO
        case "not_published":
            return texts.NOT_PUBLISHED


def _first_fee_words(fee: Fee) -> str:
    return texts.ZERO_FIRST if fee.status == "zero_unconfirmed" else fee_words(fee)


def _fees(record: ProcedureRecord) -> list[tuple[Channel, Fee]]:
    return [(method.channel, fee) for method in record.methods for fee in method.fees]


def _by_channels(pairs: Iterable[tuple[Channel, str]]) -> list[tuple[list[Channel], str]]:
    """Equal words of several channels made one row."""
    rows: dict[str, list[Channel]] = {}
    for channel, said in pairs:
        known = rows.setdefault(said, [])
        if channel not in known:
            known.append(channel)
    return [(channels, said) for said, channels in rows.items()]


def _channels(channels: Sequence[Channel]) -> str:
    return ", ".join(texts.CHANNELS[channel] for channel in channels).capitalize()


def fee_summary(record: ProcedureRecord, here: Here) -> str | None:
    """The fee in a few words; none where the record has no fee rows."""
    overlays = [overlay for overlay in _valid(record, "fee", here) if overlay.fee]
    if overlays and all(overlay.channel is None for overlay in overlays):
        return " · ".join(unique(_first_fee_words(overlay.fee) for overlay in overlays if overlay.fee))
    fees = _fees(record)
    words = unique(_first_fee_words(fee) for _, fee in fees)
    return words[0] if len(words) == 1 and not overlays else (texts.DEPENDS if words or overlays else None)


def fee(record: ProcedureRecord, here: Here, wording: Wording) -> Section:
    """What it costs."""
    name = name_of(record)
    fees = _fees(record)
    national = _fee_rows(fees, wording)
    words = unique(_first_fee_words(item) for _, item in fees)
    office = office_of(record, wording)
    if not fees:
        first = texts.FEE_ONE.format(name=name, amount=texts.NOT_PUBLISHED)
    elif len(words) == 1:
        first = texts.FEE_ONE.format(name=name, amount=words[0])
    else:
        first = texts.FEE_BY_CHANNEL.format(name=name)
    section = Section("fee", first, [] if len(words) == 1 and not _has_notes(fees) else national)
    if _contradicts(record):
        section.always.append(texts.FEE_CONTRADICTS.format(office=office))
    elif not fees or {item.status for _, item in fees} & {"zero_unconfirmed", "not_published", "set_by_council"}:
        section.always.append(texts.ASK_OFFICE.format(office=office))
    overlays = [overlay for overlay in _valid(record, "fee", here) if overlay.fee]
    return _with_overlays(section, name, overlays, words, national) if overlays else section


def _with_overlays(
    section: Section, name: str, overlays: list[Overlay], words: list[str], national: list[str]
) -> Section:
    lines: list[str] = []
    said = []
    for overlay in overlays:
        amount = _first_fee_words(overlay.fee) if overlay.fee else texts.NOT_PUBLISHED
        if overlay.channel:
            said.append(
                texts.FEE_OVERLAY_CHANNEL.format(
                    channel=texts.CHANNELS[overlay.channel], province=overlay.province, amount=amount
                )
            )
        else:
            said.append(texts.FEE_OVERLAY.format(name=name, province=overlay.province, amount=amount).rstrip("."))
        until = texts.FEE_OVERLAY_UNTIL.format(end=date(overlay.valid_to)) if overlay.valid_to else ""
        if overlay.authority:
            lines.append(
                texts.FEE_OVERLAY_BASIS.format(authority=overlay.authority, start=date(overlay.valid_from), until=until)
            )
    first = "; ".join(said) + "."
    if not first.startswith(name):
        first = f"{name}: {first[:1].lower()}{first[1:]}"
    if len(words) == 1:
        lines.append(texts.FEE_NATIONAL.format(amount=words[0]))
    elif national:
        lines += [texts.FEE_NATIONAL_ROWS, *national]
    return Section("fee", first, unique(lines), section.more, section.always)


def _fee_rows(fees: list[tuple[Channel, Fee]], wording: Wording) -> list[str]:
    rows = _by_channels((channel, _fee_row(item, wording)) for channel, item in fees)
    return [f"• {texts.FEE_PER_ROW.format(channel=_channels(channels), amount=said)}" for channels, said in rows]


def _fee_row(item: Fee, wording: Wording) -> str:
    note = _note(item, wording)
    return f"{fee_words(item)} – {note}" if note else fee_words(item)


def _note(item: Fee, wording: Wording) -> str | None:
    if not item.text:
        return None
    note = shorten(wording.say(item.text), _NOTE).rstrip(".")
    bare = note.lower().replace(" ", "")
    if item.status != "free_stated" and ("miễnphí" in bare or "0đồng(theonguồn" in bare):
        return None  # the portal prints it for every zero
    amount = number(item.amount) if item.amount is not None else None
    return None if amount is not None and bare.removesuffix("đồng") == amount else note


def _has_notes(fees: list[tuple[Channel, Fee]]) -> bool:
    return any(item.text for _, item in fees)


def _contradicts(record: ProcedureRecord) -> bool:
    """Whether channels print different single amounts without saying why."""
    amounts: dict[Channel, set[str]] = {}
    for channel, item in _fees(record):
        if item.status == "amount":
            amounts.setdefault(channel, set()).add(money(item))
    return (
        len(amounts) > 1
        and all(len(found) == 1 for found in amounts.values())
        and len(set.union(*amounts.values())) > 1
    )


def time_words(time: Time, wording: Wording) -> str | None:
    """A time in words; a bare number is said to lack its unit; none where nothing is known."""
    said = duration(time)
    if said is None and time.quantity is not None and not time.text:
        return texts.TIME_NO_UNIT.format(number=number(time.quantity))
    if said is None and time.text:
        return wording.say(time.text).rstrip(".")
    return said


def time_summary(record: ProcedureRecord, here: Here, wording: Wording) -> str | None:
    """The time in a few words; none where the record has none."""
    for overlay in _valid(record, "time", here):
        if overlay.time and (said := time_words(overlay.time, wording)):
            return said
    said_all = unique(said for method in record.methods if (said := time_words(method.time, wording)))
    if len(said_all) == 1:
        return shorten(said_all[0], 150)
    return texts.DEPENDS if said_all else None


def time(record: ProcedureRecord, here: Here, wording: Wording) -> Section:
    """How long it takes."""
    name = name_of(record)
    timed = [(method, said) for method in record.methods if (said := time_words(method.time, wording))]
    words = unique(said for _, said in timed)
    lines = _time_rows(timed, wording) if len(words) > 1 or any(_extra(m, wording) for m, _ in timed) else []
    if not words:
        section = Section("duration", texts.TIME_NONE.format(name=name))
        section.always.append(texts.ASK_OFFICE.format(office=office_of(record, wording)))
    elif len(words) == 1:
        section = Section("duration", texts.TIME_ONE.format(name=name, time=words[0]), lines)
    else:
        section = Section("duration", _range(name, record.methods), lines)
    if not words or any(method.time.quantity is not None and method.time.unit is None for method in record.methods):
        rule = _rule(record, wording)
        if rule and not any(method.time.text for method in record.methods):
            section.lines.append(texts.TIME_RULE.format(rule=rule))
    for overlay in _valid(record, "time", here):
        if overlay.time and (said := time_words(overlay.time, wording)):
            national = [texts.TIME_NATIONAL.format(time=words[0])] if len(words) == 1 else section.lines
            section = Section(
                "duration", texts.TIME_OVERLAY.format(name=name, province=overlay.province, time=said), national
            )
    return section


def _extra(method: Method, wording: Wording) -> str:
    """What the row says beyond its number: a rule in words, or the channel's note when it is about the time."""
    parts = []
    if duration(method.time) is not None and method.time.text:
        parts.append(wording.say(method.time.text))
    if method.note:
        parts.append(wording.say(method.note))
    return shorten(" ".join(parts), _NOTE)


def _time_rows(timed: list[tuple[Method, str]], wording: Wording) -> list[str]:
    rows = _by_channels(
        (method.channel, f"{said} – {extra}" if (extra := _extra(method, wording)) else said) for method, said in timed
    )
    return [f"• {_channels(channels)}: {said}" for channels, said in rows]


def _range(name: str, methods: Sequence[Method]) -> str:
    units = {method.time.unit for method in methods}
    if len(units) == 1 and None not in units and all(method.time.quantity is not None for method in methods):
        ordered = sorted((method.time for method in methods), key=lambda t: t.quantity or 0)
        low, high = duration(ordered[0]), duration(ordered[-1])
        return texts.TIME_RANGE.format(name=name, low=low, high=high)
    return texts.TIME_MANY.format(name=name)


def _rule(record: ProcedureRecord, wording: Wording) -> str | None:
    found = [
        wording.say(sentence) for step in record.steps for sentence in sentences(step.text) if _RULE.search(sentence)
    ]
    return shorten(" ".join(found[:2]), 330) if found else None


def channels_of(record: ProcedureRecord) -> list[str]:
    """The ways to hand in, in words."""
    return unique(texts.CHANNELS[method.channel] for method in record.methods)


def channels_line(record: ProcedureRecord) -> str | None:
    """The ways to hand in as a phrase."""
    channels = channels_of(record)
    return joined(channels) if channels else None
