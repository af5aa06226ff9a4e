"""The aspect duration: rows by channel, times without a unit, rules in words, what the province sets."""

from __future__ import annotations

import re
from collections.abc import Sequence

from bot.knowledge.answers import texts
from bot.knowledge.answers.context import Here, by_channels, in_words, office_of
from bot.knowledge.answers.section import FIRST, Section
from bot.knowledge.answers.wording import Wording, duration, name_of, number, sentences, shorten, unique
from bot.knowledge.records import Channel, Method, ProcedureRecord, Time

_RULE = re.compile(
    r"\b\d+\s*(?:\([^)]*\)\s*)?(?:giờ|ngày)\b|trong ngày|ngày làm việc tiếp theo|ngay sau khi nhận|ngay khi nhận",
    re.IGNORECASE,
)
_CHANNEL_AGAIN = re.compile(
    r"^\W*(?:(?:nộp )?trực tuyến|(?:dịch vụ )?bưu chính|(?:nộp )?trực tiếp)\s*:\s*", re.IGNORECASE
)
_AFTER_15 = re.compile(r"^nếu (?:tiếp nhận|nhận) hồ sơ sau 15 giờ\b.*\bngày làm việc tiếp theo", re.IGNORECASE)
"""The exception alone, as the source tells it: what comes earlier is done the same day."""
_FULL_STOP = re.compile(r"(?<=[.!?])\s+")
_NOTE = 400
_SUMMARY = 150


def time_words(time: Time, wording: Wording) -> str | None:
    """A time in words; a bare number is said to lack its unit; none where nothing is known."""
    said = duration(time)
    if said is None and time.text:
        rule = wording.say(time.text).replace("\n", " ").rstrip(". ")
        return texts.TIME_SAME_DAY.format(rule=rule) if _AFTER_15.match(rule) else rule
    if said is None and time.quantity is not None:
        return texts.TIME_NO_UNIT.format(number=number(time.quantity))
    return said


def time_summary(record: ProcedureRecord, here: Here, wording: Wording) -> str | None:
    """The time in a few words; none where the record has none."""
    for overlay in here.overlays(record, "time"):
        if overlay.time and (said := time_words(overlay.time, wording)):
            return said
    words = unique(said for method in record.methods if (said := time_words(method.time, wording)))
    if not words:
        return None
    common = words[0] if len(words) == 1 else _common(words)
    return shorten(common, _SUMMARY).rstrip(". ") if common else texts.DEPENDS


def channel_times(record: ProcedureRecord, channel: Channel, here: Here, wording: Wording) -> list[str]:
    """How long one channel takes, in words: what the province sets goes first."""
    set_here = [overlay.time for overlay in here.overlays(record, "time") if overlay.channel in (None, channel)]
    national = [method.time for method in record.methods if method.channel == channel]
    for times in (set_here, national):
        if words := unique(said for time in times if time and (said := time_words(time, wording))):
            return words
    return []


def time(record: ProcedureRecord, here: Here, wording: Wording) -> Section:
    """How long it takes."""
    section = _national(record, wording)
    for overlay in here.overlays(record, "time"):
        if overlay.time and (said := time_words(overlay.time, wording)):
            name = name_of(record)
            first = texts.TIME_OVERLAY.format(name=name, province=overlay.province, time=said)
            elsewhere = section.first.removeprefix(f"{name}: ")
            return Section("duration", first, [texts.TIME_NATIONAL.format(time=elsewhere), *section.lines])
    return section


def _national(record: ProcedureRecord, wording: Wording) -> Section:
    name = name_of(record)
    timed = [(method, said) for method in record.methods if (said := time_words(method.time, wording))]
    words = unique(said for _, said in timed)
    if not words:
        section = Section("duration", texts.TIME_NONE.format(name=name))
        if rule := _rule(record, wording):
            section.lines.append(texts.TIME_RULE.format(rule=rule))
        section.always.append(texts.ASK_OFFICE.format(office=office_of(record, wording)))
        return section
    common = _common(words) if len(words) > 1 else None
    if len(words) == 1:
        first = texts.TIME_ONE.format(name=name, time=_after_colon(words[0]))
    elif common:
        first = texts.TIME_RULED.format(name=name, rule=_after_colon(common))
    else:
        first = _range(name, [method for method, _ in timed])
    lines = _lines(timed, common or "", wording)
    if len(first) > FIRST:
        first, lines = texts.TIME_LONG.format(name=name), [f"• {first.removeprefix(f'{name}: ')}", *lines]
    section = Section("duration", first, lines)
    bare = any(method.time.quantity is not None and method.time.unit is None for method, _ in timed)
    if bare and not any(method.time.text for method, _ in timed) and (rule := _rule(record, wording)):
        section.lines.append(texts.TIME_RULE.format(rule=rule))
    return section


def _after_colon(text: str) -> str:
    return text[:1].lower() + text[1:] if text[:2].istitle() else text


def _common(words: Sequence[str]) -> str | None:
    """The sentences with which all begin."""
    split = [_FULL_STOP.split(text) for text in words]
    shared = []
    for parts in zip(*split, strict=False):
        if len({part.rstrip(".") for part in parts}) > 1:
            break
        shared.append(parts[0].rstrip(".") + ".")
    return " ".join(shared) or None


def _lines(timed: Sequence[tuple[Method, str]], common: str, wording: Wording) -> list[str]:
    """The rows, where they say more than the first line does."""
    told = len({said for _, said in timed}) == 1

    def row(method: Method, said: str) -> str:
        extra = _extra(method, wording)
        rest = said.removeprefix(common.rstrip(". ")).lstrip(". ") if common else ("" if told else said)
        return " – ".join(part for part in (rest, extra) if part)

    rows = by_channels((method.channel, row(method, said)) for method, said in timed)
    return [f"• {in_words(channels).capitalize()}: {said}" for channels, said in rows if said]


def _extra(method: Method, wording: Wording) -> str:
    """What the row says beyond its number: a rule in words, and the remark on the channel."""
    parts = []
    if duration(method.time) is not None and method.time.text:
        parts.append(wording.say(method.time.text))
    if method.note:
        parts.append(_CHANNEL_AGAIN.sub("", wording.say(method.note)))
    return shorten(" ".join(parts).replace("\n", " ").lstrip(" -–+*•"), _NOTE)


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
    return shorten(" ".join(found[:2]).lstrip(" -–+*•"), 330) if found else None
