"""A record of the portal's own API (get-formality-by-citizen), which is structured already."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from decimal import Decimal, InvalidOperation
from typing import Any

from pydantic import ValidationError

from bot.knowledge.importing.fees import Printed, read_fee
from bot.knowledge.importing.issues import Issue, doubtful
from bot.knowledge.importing.parsed import Fetched, Parsed
from bot.knowledge.importing.portal import CODE
from bot.knowledge.importing.stale import stale_wording
from bot.knowledge.importing.texts import (
    clean,
    comma_list,
    has_letters,
    levels,
    one_line,
    stated,
    unwrap,
    without_bullet,
)
from bot.knowledge.records import (
    Agency,
    Channel,
    Decision,
    Document,
    DocumentCase,
    Fee,
    LegalBasis,
    Method,
    ProcedureRecord,
    Provenance,
    Step,
    Time,
    TimeUnit,
)

CHANNELS: dict[str, Channel] = {"ONLINE": "online", "POSTAL": "postal", "DIRECT": "direct"}
UNITS: dict[str, TimeUnit] = {
    "MINUTE": "minute",
    "HOUR": "hour",
    "DAY": "day",
    "WORKING_DAY": "working_day",
    "WEEK": "week",
    "MONTH": "month",
    "YEAR": "year",
}
_KINDS = {"FEE": "fee", "CHARGE": "charge", "PHI": "fee", "LE_PHI": "charge", "LEPHI": "charge"}
_TAG = re.compile(r"<[^<>]{1,200}>")
_KNOWN = frozenset(
    {
        *("id", "code", "name", "decisionNo", "executionSteps", "executionMethods", "executionCases", "legalBases"),
        *("results", "conditions", "fieldName", "levels", "audience", "executingAgency", "decidingAgency"),
        *("receivingAddress", "detailUrl"),
    }
)


def is_api(data: Mapping[str, Any]) -> bool:
    """Whether an object has the fields of the portal's API."""
    return "code" in data and any(key in data for key in ("executionMethods", "executionSteps", "executionCases"))


def read_api(data: Mapping[str, Any], line: int, fetched: Fetched) -> Parsed:
    """One object of the API as a record, or refused with the reason."""
    code = _line(data.get("code")) or ""
    parsed = Parsed(line, code or None, None, (), "api")
    if not CODE.fullmatch(code):
        return parsed.refused("bad_code", f"{code!r} is not a code")
    name = _line(data.get("name"))
    if not name:
        return parsed.refused("empty_name", "name is empty")
    issues: list[Issue] = []
    try:
        record = ProcedureRecord(
            code=code,
            name=name,
            field=_line(data.get("fieldName")),
            levels=levels(_joined(data.get("levels"))),
            audience=comma_list(_joined(data.get("audience"))),
            decision=Decision(number=_line(data.get("decisionNo"))),
            methods=tuple(_method(item, issues) for item in _objects(data.get("executionMethods"))),
            cases=tuple(case for item in _objects(data.get("executionCases")) if (case := _case(item))),
            steps=tuple(step for item in _objects(data.get("executionSteps")) if (step := _step(item))),
            conditions=_text(data.get("conditions")),
            results=tuple(name for item in _items(data.get("results")) if (name := _line(_named(item)))),
            agency=Agency(
                receives=_line(data.get("executingAgency")),
                decides=_line(data.get("decidingAgency")),
                address=_line(data.get("receivingAddress")),
            ),
            legal_basis=tuple(basis for item in _objects(data.get("legalBases")) if (basis := _basis(item))),
            provenance=Provenance(source_url=_line(data.get("detailUrl")), fetched_at=fetched.at),
        )
    except (ValidationError, InvalidOperation, TypeError, ValueError) as error:
        return parsed.refused("invalid_record", str(error).replace("\n", " ")[:500])
    left = sorted(key for key, value in data.items() if key not in _KNOWN and value not in (None, "", [], {}))
    if left:
        issues.append(doubtful("unparsed_text", f"fields that are not read: {', '.join(left)}"))
    issues.extend(stale_wording(record, fetched))
    placed = tuple(replace(issue, code=code, line=line) for issue in issues)
    return replace(parsed, record=record, issues=placed)


def _method(item: Mapping[str, Any], issues: list[Issue]) -> Method:
    channel = str(item.get("submissionMethod", "")).upper()
    if channel not in CHANNELS:
        raise ValueError(f"submissionMethod {channel!r} is not one of {', '.join(CHANNELS)}")
    note = _text(item.get("description"))
    fees: list[Fee] = []
    for fee in _objects(item.get("fees")):
        reading, sort = _fee(fee, note or "")
        if reading.doubt:
            issues.append(doubtful(reading.doubt, reading.fee.text or str(reading.amount)))
        fees.append(reading.fee.model_copy(update={"kind": sort}) if sort else reading.fee)
    time = _time(item.get("processingTime"), str(item.get("processingTimeUnit") or "").upper())
    return Method(channel=CHANNELS[channel], time=time, fees=tuple(fees), note=note)


def _fee(item: Mapping[str, Any], context: str) -> tuple[Any, str | None]:
    value = item.get("value")
    amount = None if value in (None, "") else Decimal(str(value))
    currency = str(item.get("currencyId") or "VND").upper()
    printed = Printed(
        what="none" if amount is None else "zero" if amount == 0 else "amount",
        amount=amount or None,
        currency=currency,
        note=_line(item.get("description")) or "",
        printed=f"{amount:,f} {currency}" if amount else "",
    )
    return read_fee(printed, context), _KINDS.get(str(item.get("type") or "").upper())


def _time(value: Any, unit: str) -> Time:
    text = _line(value)
    if text is None:
        return Time()
    try:
        quantity = Decimal(text)
    except InvalidOperation:
        return Time(text=text)
    return Time(quantity=quantity, unit=UNITS.get(unit.replace("WORKINGDAY", "WORKING_DAY")))


def _case(item: Mapping[str, Any]) -> DocumentCase | None:
    documents: list[Document] = []
    for component in _objects(item.get("profileComponents")):
        name = _line(component.get("name"))
        if not name or not has_letters(name):
            continue
        originals, copies = _count(component.get("originalQty")), _count(component.get("copyQty"))
        form = "; ".join(filter(None, (_line(_named(file)) for file in _items(component.get("attachments")))))
        note = not (originals or copies or form)
        required = component.get("required")
        documents.append(
            Document(
                name=without_bullet(name),
                kind="note" if note else "document",
                originals=originals,
                copies=copies,
                form=form or None,
                required=required if isinstance(required, bool) and not note else None,
            )
        )
    name = _line(item.get("name"))
    name = name if name and has_letters(name) else None
    return DocumentCase(name=name, documents=tuple(documents)) if documents or name else None


def _step(item: Mapping[str, Any]) -> Step | None:
    name, text = _line(item.get("name")), _text(item.get("description"))
    if text is None:
        return Step(text=name) if name else None
    return Step(name=name, text=text)


def _basis(item: Mapping[str, Any]) -> LegalBasis | None:
    title = _line(item.get("name") or item.get("title"))
    return LegalBasis(title=title, number=_line(item.get("code") or item.get("number"))) if title else None


def _count(value: Any) -> int | None:
    return None if value in (None, "") else int(value)


def _items(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _objects(value: Any) -> Iterable[Mapping[str, Any]]:
    return (item for item in _items(value) if isinstance(item, Mapping))


def _named(item: Any) -> Any:
    return item.get("name") or item.get("fileName") if isinstance(item, Mapping) else item


def _joined(value: Any) -> str:
    return ", ".join(filter(None, (_line(_named(item)) for item in _items(value)))) or _line(value) or ""


def _text(value: Any) -> str | None:
    if not isinstance(value, str):
        return None
    text = stated(_TAG.sub("\n", clean(value)))
    return None if text is None else unwrap(text)


def _line(value: Any) -> str | None:
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        value = str(value)
    text = _text(value)
    return None if text is None else one_line(text)
