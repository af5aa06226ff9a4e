"""The portal's API, which is structured but means the same with a fee of 0."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

from bot.knowledge.importing.api import is_api, read_api
from bot.knowledge.importing.parsed import Fetched, Parsed
from bot.knowledge.records import Time

FETCHED = Fetched(dt.date(2026, 11, 1), "given")


def formality(**fields: Any) -> dict[str, Any]:
    """An answer of the API about a made-up procedure."""
    return {
        "id": "7",
        "code": "1.000001",
        "name": "Đăng ký nuôi ong",
        "decisionNo": "12/QĐ-ABC",
        "executionSteps": [
            {"name": "Bước 1", "description": "<p>Nộp đơn.</p>"},
            {"name": "Nhận thẻ", "description": ""},
        ],
        "executionMethods": [
            {
                "submissionMethod": "ONLINE",
                "processingTime": 3,
                "processingTimeUnit": "WORKING_DAY",
                "description": "Nộp qua mạng.",
                "fees": [{"type": "LE_PHI", "value": 50000, "currencyId": "VND", "description": "mỗi tổ"}],
            },
            {
                "submissionMethod": "DIRECT",
                "processingTime": 1,
                "processingTimeUnit": "OTHER",
                "fees": [{"type": "PHI", "value": 0, "currencyId": "VND", "description": ""}],
            },
        ],
        "executionCases": [
            {
                "name": "Khi ủy quyền",
                "profileComponents": [
                    {"name": "- Giấy ủy quyền", "originalQty": 1, "copyQty": 0, "required": True, "attachments": []},
                    {"name": "Lưu ý: đến sớm", "originalQty": 0, "copyQty": 0, "required": False},
                    {"name": "Đơn", "originalQty": 1, "copyQty": 2, "attachments": [{"name": "Mẫu 01.docx"}]},
                ],
            }
        ],
        **fields,
    }


def read(**fields: Any) -> Parsed:
    return read_api(formality(**fields), 1, FETCHED)


def test_an_answer_becomes_a_record() -> None:
    parsed = read()
    record = parsed.record
    assert record is not None
    assert (parsed.source, parsed.issues) == ("api", ())
    assert [(step.name, step.text) for step in record.steps] == [("Bước 1", "Nộp đơn."), (None, "Nhận thẻ")]
    online, direct = record.methods
    assert online.time == Time(quantity=Decimal(3), unit="working_day")
    assert (online.fees[0].status, online.fees[0].kind, online.fees[0].amount) == ("amount", "charge", Decimal(50000))
    assert direct.time == Time(quantity=Decimal(1))
    assert (direct.fees[0].status, direct.fees[0].kind) == ("zero_unconfirmed", "fee")
    (case,) = record.cases
    assert [(d.name, d.kind, d.originals, d.copies, d.form, d.required) for d in case.documents] == [
        ("Giấy ủy quyền", "document", 1, 0, None, True),
        ("Lưu ý: đến sớm", "note", 0, 0, None, None),
        ("Đơn", "document", 1, 2, "Mẫu 01.docx", None),
    ]


def test_a_time_in_words_is_kept_as_words() -> None:
    method = {
        "submissionMethod": "POSTAL",
        "processingTime": "Theo lịch của xã",
        "processingTimeUnit": "OTHER",
        "fees": [],
    }
    record = read(executionMethods=[method]).record
    assert record is not None
    assert record.methods[0].time == Time(text="Theo lịch của xã")


def test_fields_that_are_not_read_are_told() -> None:
    parsed = read(secretSauce="mật", emptyOne=None)
    assert parsed.record is not None
    assert [(i.reason, i.detail) for i in parsed.issues] == [("unparsed_text", "fields that are not read: secretSauce")]


def test_an_answer_that_cannot_be_a_record_is_refused() -> None:
    assert [issue.reason for issue in read(code="9").issues] == ["bad_code"]
    assert [issue.reason for issue in read(name="").issues] == ["empty_name"]
    assert [i.reason for i in read(executionMethods=[{"submissionMethod": "PIGEON"}]).issues] == ["invalid_record"]


def test_what_an_answer_looks_like() -> None:
    assert is_api(formality())
    assert not is_api({"code": "1.000001", "name": "x", "methods": []})
