"""A record's facts as lines that people read, by aspect: for the catalogue's pages and for what differs between two."""

from __future__ import annotations

from collections.abc import Iterator

from bot.knowledge.records import DocumentCase, Fee, Method, Overlay, ProcedureRecord, Time

LABELS: dict[str, str] = {
    "overview": "Chung",
    "documents": "Giấy tờ",
    "fee": "Phí, lệ phí",
    "duration": "Thời hạn",
    "place": "Nơi nhận, nơi giải quyết",
    "steps": "Các bước",
    "online": "Cách nộp",
    "form": "Mẫu đơn",
    "eligibility": "Điều kiện",
    "legal_basis": "Căn cứ pháp lý",
    "result": "Kết quả",
}
CHANNELS = {"online": "trực tuyến", "postal": "bưu chính", "direct": "trực tiếp"}
UNITS = {
    "minute": "phút",
    "hour": "giờ",
    "day": "ngày",
    "working_day": "ngày làm việc",
    "week": "tuần",
    "month": "tháng",
    "year": "năm",
}
STATES = {
    "amount": "",
    "free_stated": "miễn phí (văn bản nói rõ)",
    "set_by_council": "do HĐND cấp tỉnh quy định",
    "zero_unconfirmed": "nguồn ghi 0, chưa có căn cứ miễn phí",
    "not_published": "nguồn không ghi",
}
_MONEY = {"VND": "đồng"}
KINDS = {"fee": "phí", "charge": "lệ phí", None: "phí/lệ phí"}


def facts(record: ProcedureRecord) -> dict[str, list[str]]:
    """Lines by aspect; an aspect of which the record says nothing has none."""
    agency, decision = record.agency, record.decision
    day = f"ngày {decision.date:%d/%m/%Y}" if decision.date else ""
    found = {
        "overview": [
            record.name,
            *_said("Lĩnh vực", record.field),
            *_said("Đối tượng", "; ".join(record.audience)),
            *_said("Quyết định", " ".join(filter(None, (decision.number, day)))),
        ],
        "documents": [line for case in record.cases for line in _papers(case)],
        "fee": [f"{CHANNELS[item.channel]}: {fee_line(fee)}" for item in record.methods for fee in item.fees],
        "duration": [f"{CHANNELS[item.channel]}: {time_line(item.time)}" for item in record.methods],
        "place": [
            *_said("Tiếp nhận", agency.receives),
            *_said("Giải quyết", agency.decides),
            *_said("Địa chỉ", agency.address),
        ],
        "steps": [f"{step.name}: {step.text}" if step.name else step.text for step in record.steps],
        "online": [_way(item) for item in record.methods],
        "form": [paper.form for case in record.cases for paper in case.documents if paper.form],
        "eligibility": record.conditions.splitlines() if record.conditions else [],
        "legal_basis": [" ".join(filter(None, (item.number, item.title))) for item in record.legal_basis],
        "result": list(record.results),
    }
    return {aspect: list(dict.fromkeys(lines)) for aspect, lines in found.items()}


def differences(before: ProcedureRecord, after: ProcedureRecord) -> dict[str, tuple[list[str], list[str]]]:
    """What went and what came, by aspect; aspects that are the same are left out."""
    was, now = facts(before), facts(after)
    return {
        aspect: (
            [line for line in was[aspect] if line not in now[aspect]],
            [line for line in now[aspect] if line not in was[aspect]],
        )
        for aspect in was
        if was[aspect] != now[aspect]
    }


def fee_line(fee: Fee) -> str:
    """A fee in words."""
    sum_ = (
        f"{fee.amount:,.0f}".replace(",", ".") + f" {_MONEY.get(fee.currency or 'VND', fee.currency)}"
        if fee.amount is not None
        else ""
    )
    state = STATES[fee.status] or sum_
    return f"{KINDS[fee.kind]} {state}" + (f" ({fee.text})" if fee.text else "")


def time_line(time: Time) -> str:
    """A time in words."""
    if time.quantity is None:
        return time.text or "nguồn không ghi"
    unit = UNITS[time.unit] if time.unit else "(nguồn không ghi đơn vị)"
    return f"{time.quantity.normalize():f} {unit}" + (f" ({time.text})" if time.text else "")


def overlay_line(overlay: Overlay) -> str:
    """What an overlay sets, in words."""
    value = fee_line(overlay.fee) if overlay.fee else time_line(overlay.time) if overlay.time else ""
    return f"{CHANNELS[overlay.channel] if overlay.channel else 'mọi cách nộp'}: {value}"


def _said(label: str, value: str | None) -> Iterator[str]:
    if value:
        yield f"{label}: {value}"


def _way(method: Method) -> str:
    return CHANNELS[method.channel] + (f": {method.note}" if method.note else "")


def _papers(case: DocumentCase) -> Iterator[str]:
    head = " – ".join(filter(None, (case.name, case.when)))
    for paper in case.documents:
        counts = [
            f"{number} {word}" for number, word in ((paper.originals, "bản chính"), (paper.copies, "bản sao")) if number
        ]
        note = "Lưu ý: " if paper.kind == "note" else ""
        more = f" ({', '.join(counts)})" if counts else ""
        yield f"{head + ': ' if head else ''}{note}{paper.name}{more}"
