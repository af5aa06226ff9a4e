"""The table of channels, un-flattened: one row a channel with its time, its fees and a description."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal

from bot.knowledge.importing.fees import CURRENCIES, Printed, Reading, read_fee
from bot.knowledge.importing.issues import Issue, doubtful
from bot.knowledge.importing.sections import METHODS_HEAD
from bot.knowledge.importing.texts import NO_INFORMATION, UPPER, has_letters, one_line, stated, unwrap
from bot.knowledge.records import Channel, Method, Time, TimeUnit

CHANNELS: dict[str, Channel] = {"Trực tuyến": "online", "Dịch vụ bưu chính": "postal", "Trực tiếp": "direct"}
UNITS: dict[str, TimeUnit] = {
    "Ngày làm việc": "working_day",
    "Ngày": "day",
    "Giờ": "hour",
    "Phút": "minute",
    "Tuần": "week",
    "Tháng": "month",
    "Năm": "year",
}
_AMOUNT = r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d{1,3}(?:\.\d+)?"
_CURRENCY = "|".join(CURRENCIES)
_FEE = rf"Miễn phí|{NO_INFORMATION}|(?:{_AMOUNT}) (?:{_CURRENCY})"
_TIME = rf"{NO_INFORMATION}|\d+(?:\.\d+)? (?:{'|'.join(UNITS)})|\d{{1,3}}?"
_ROW = re.compile(rf"(?P<channel>{'|'.join(CHANNELS)})(?P<time>{_TIME}|[{UPPER}][^\n]{{0,150}}?)(?={_FEE})")
_ITEM = re.compile(rf"(?P<zero>Miễn phí)|(?P<none>{NO_INFORMATION})|(?P<amount>{_AMOUNT}) (?P<currency>{_CURRENCY})")
_QUANTITY = re.compile(rf"(?P<quantity>\d+(?:\.\d+)?)(?: (?P<unit>{'|'.join(UNITS)}))?")
_MARKER = re.compile(r"(?:^|[\s;:,.(+*-])(?:[a-zđ]{1,2}\d?|\d{1,2}(?:\.\d{1,2})*|[ivx]{1,4})\.?$")
_RULES = (
    re.compile(r"nếu tiếp nhận hồ sơ sau 15 giờ[^.;\n]*?ngày làm việc tiếp theo"),
    re.compile(r"(?:trả kết quả|giải quyết|chứng thực)[^.;\n]{0,80}(?:ngay trong ngày|trong ngày làm việc)[^.;\n]*"),
    re.compile(r"ngay trong ngày[^.;\n]{0,120}(?:trả kết quả|giải quyết)[^.;\n]*"),
    re.compile(r"trả kết quả[^.;\n]{0,160}sau 15 giờ[^.;\n]*"),
)
"""Where the table prints a bare number, the rule is told in words; the first of these that is found is taken."""


@dataclass(frozen=True, slots=True)
class MethodsReading:
    """The rows, what was doubtful, and what was not understood."""

    methods: tuple[Method, ...]
    issues: tuple[Issue, ...]
    unparsed: str | None = None


def read_methods(column: str, steps: str = "") -> MethodsReading:
    """Un-flatten the column "Cách thức thực hiện".

    Args:
        column: the column's text, with its header.
        steps: the column of the steps, in which the rule is sought when a time has no unit.
    """
    body = column.removeprefix(METHODS_HEAD)
    starts = list(_ROW.finditer(body))
    issues: list[Issue] = []
    methods: list[Method] = []
    amounts: dict[Channel, set[Decimal]] = {}
    for index, row in enumerate(starts):
        stop = starts[index + 1].start() if index + 1 < len(starts) else len(body)
        channel = CHANNELS[row["channel"]]
        fees, description = _cell(body[row.end() : stop])
        if row["time"].isdigit() and body[row.end()].isdigit():
            issues.append(doubtful("time_and_fee_glued", one_line(body[row.start() : row.end() + 40])))
        for fee in fees:
            if fee.doubt:
                issues.append(doubtful(fee.doubt, fee.fee.text or str(fee.amount)))
            if fee.amount is not None:
                amounts.setdefault(channel, set()).add(fee.amount)
        note = stated(unwrap(description)) if has_letters(description) else None
        method = Method(
            channel=channel,
            time=_time(row["time"], note, steps),
            fees=tuple(fee.fee for fee in fees),
            note=note,
        )
        _add(methods, method)
    if len({frozenset(found) for found in amounts.values()}) > 1:
        told = "; ".join(f"{name}: {', '.join(f'{x:,.0f}' for x in sorted(found))}" for name, found in amounts.items())
        issues.append(doubtful("price_contradiction", told))
    lead = body[: starts[0].start()] if starts else body
    return MethodsReading(tuple(methods), tuple(issues), stated(lead) if has_letters(lead) else None)


def _add(methods: list[Method], method: Method) -> None:
    """Rows that differ in the fee alone are one row with several fees."""
    for index, other in enumerate(methods):
        if (other.channel, other.time, other.note) == (method.channel, method.time, method.note):
            fees = other.fees + tuple(fee for fee in method.fees if fee not in other.fees)
            methods[index] = other.model_copy(update={"fees": fees})
            return
    methods.append(method)


def _cell(cell: str) -> tuple[list[Reading], str]:
    """The fees at the start of a row's rest, and the description after them."""
    printed: list[Printed] = []
    position = 0
    while (item := _ITEM.match(cell, position)) and (not printed or item["amount"]):
        position = item.end()
        note = ""
        if cell[position : position + 1] == "(":
            note, position = _brackets(cell, position)
        printed.append(
            Printed(
                what="zero" if item["zero"] else "none" if item["none"] else "amount",
                amount=Decimal(item["amount"].replace(",", "")) if item["amount"] else None,
                currency=CURRENCIES[item["currency"]] if item["currency"] else None,
                note=note,
                printed=item[0],
            )
        )
    description = cell[position:]
    return [read_fee(item, description) for item in printed], description


def _brackets(text: str, start: int) -> tuple[str, int]:
    """The content of the brackets that open at `start`, and where they close.

    A bracket that closes an item's letter ("a) …") does not count. Where nothing closes, the note goes
    to the last closing bracket, or to the end.
    """
    depth = 0
    for position in range(start, len(text)):
        character = text[position]
        if character == "(":
            depth += 1
        elif character == ")":
            if _MARKER.search(text[start + 1 : position][-8:]) and not _opened(text, start, position):
                continue
            depth -= 1
            if depth == 0:
                return text[start + 1 : position], position + 1
    last = text.rfind(")")
    return (text[start + 1 : last], last + 1) if last > start else (text[start + 1 :], len(text))


def _opened(text: str, start: int, close: int) -> bool:
    """Whether the short word before a closing bracket has an opening one of its own, as in "(a)"."""
    opening = text.rfind("(", start, close)
    return opening > start and not re.search(r"\s", text[opening:close].strip())


def _time(printed: str, note: str | None, steps: str) -> Time:
    printed = printed.strip()
    if stated(printed) is None and printed != "Không quy định":
        return Time()
    match = _QUANTITY.fullmatch(printed)
    if match is None:
        return Time(text=one_line(printed))
    quantity = Decimal(match["quantity"])
    if match["unit"]:
        return Time(quantity=quantity, unit=UNITS[match["unit"]])
    return Time(quantity=quantity, text=_rule(note or "") or _rule(steps))


def _rule(text: str) -> str | None:
    """The clause that tells the time where the table prints a bare number."""
    if "ngày" not in text:
        return None
    text = unwrap(text)
    for rule in _RULES:
        if match := rule.search(text):
            return one_line(match[0])
    return None
