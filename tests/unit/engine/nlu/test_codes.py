"""Codes in messages."""

import pytest

from bot.engine.nlu.codes import find


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("mã pa-2026-000123 sao rồi", [("ticket_code", "PA-2026-000123")]),
        ("hồ sơ H29.17-250703-0012", [("dossier_code", "H29.17-250703-0012")]),
        ("000.12.34.h26-251101-0005 tới đâu", [("dossier_code", "000.12.34.H26-251101-0005")]),
        ("thủ tục 1.004873.", [("procedure_code", "1.004873")]),
        ("1.004873 và PA-2026-000001", [("procedure_code", "1.004873"), ("ticket_code", "PA-2026-000001")]),
        ("gọi 0912345678, trả 1.500.000 đồng ngày 1/7/2026", []),
        ("PA-26-1", []),
    ],
)
def test_codes_are_found_in_canonical_form(text: str, expected: list[tuple[str, str]]) -> None:
    assert [(code.entity, code.value) for code in find(text)] == expected


def test_a_code_points_at_the_raw_text() -> None:
    text = "xem giúp pa-2026-000123 nha"
    (code,) = find(text)
    assert text[code.start : code.end] == "pa-2026-000123"
