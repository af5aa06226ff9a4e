"""The five states of a fee: a printed 0 is free only where everybody is exempt."""

from __future__ import annotations

from decimal import Decimal

import pytest

from bot.knowledge.importing.fees import Printed, explicitly_free, kind, read_fee, set_by_council


def zero(note: str = "", context: str = "") -> str:
    return read_fee(Printed("zero", None, None, note, "Miễn phí"), context).fee.status


@pytest.mark.parametrize(
    "note",
    ["", "Không", "Không có", "Không quy định", "chưa quy định", "Theo Luật phí", "theo Thông tư số 1/2020/TT-ABC"],
)
def test_a_bare_zero_is_unconfirmed(note: str) -> None:
    assert zero(note) == "zero_unconfirmed"


@pytest.mark.parametrize(
    "note",
    [
        "Miễn lệ phí.",
        "- Miễn lệ phí (Thông tư số 1/2020/TT-ABC).",
        "Không thu phí",
        "không thu lệ phí;",
        "Miễn lệ phí. Phí cấp bản sao thẻ (nếu có yêu cầu) theo thông tư.",
        "(Miễn lệ phí.)",
    ],
)
def test_words_that_exempt_everybody_make_it_free(note: str) -> None:
    assert zero(note) == "free_stated"


@pytest.mark.parametrize(
    "note",
    [
        "Miễn lệ phí cho hộ nghèo.",
        "Miễn phí đối với người cao tuổi",
        "Miễn phí từ ngày 01/02/2026 đến 30/04/2026",
        "Không thu lệ phí đăng ký đối với tổ nuôi ong nhỏ",
        "Miễn lệ phí. Phí công bố: 100.000 đồng/lần.",
        "quy định mức thu, miễn một số khoản phí",
    ],
)
def test_an_exemption_of_some_or_for_a_while_frees_nobody_else(note: str) -> None:
    assert zero(note) == "zero_unconfirmed"


@pytest.mark.parametrize(
    "note",
    [
        "Mức lệ phí cụ thể do Hội đồng nhân dân tỉnh quyết định. Miễn lệ phí cho hộ nghèo.",
        "Theo quyết định của HĐND cấp tỉnh",
        "Miễn lệ phí theo nghị quyết của Hội đồng nhân dân tỉnh",
    ],
)
def test_the_council_sets_it(note: str) -> None:
    assert set_by_council(note)
    assert zero(note) == "set_by_council"


def test_the_description_may_say_that_the_council_sets_the_fee() -> None:
    assert zero(context="Phí: do Hội đồng nhân dân cấp tỉnh quy định.") == "set_by_council"
    assert zero(context="Kế hoạch do Hội đồng nhân dân cấp tỉnh quy định.") == "zero_unconfirmed"


def test_a_circular_about_councils_in_general_says_nothing() -> None:
    note = "theo Thông tư hướng dẫn về phí thuộc thẩm quyền quyết định của Hội đồng nhân dân tỉnh"
    assert zero(note) == "zero_unconfirmed"


def amount(value: str, note: str = "", currency: str = "VND"):  # type: ignore[no-untyped-def]  # a Reading
    return read_fee(Printed("amount", Decimal(value), currency, note, f"{value} VNĐ"))


def test_an_amount_that_the_council_sets_is_no_national_amount() -> None:
    found = amount("150000", "Mức cụ thể do Hội đồng nhân dân tỉnh quyết định")
    assert (found.fee.status, found.fee.amount, found.amount) == ("set_by_council", None, Decimal(150000))
    assert found.fee.text == "150000 VNĐ (Mức cụ thể do Hội đồng nhân dân tỉnh quyết định)"


def test_a_cut_amount_is_restored_from_its_own_note() -> None:
    found = amount("20", "20.000 đ/tổ")
    assert (found.fee.status, found.fee.amount, found.doubt) == ("amount", Decimal(20000), "amount_restored")


@pytest.mark.parametrize("note", ["", "mỗi tổ", "25.000.000 đ/tổ", "áp dụng 10.000 đồng"])
def test_an_amount_too_small_to_be_true_is_not_told_as_one(note: str) -> None:
    found = amount("25", note)
    assert (found.fee.status, found.fee.amount, found.doubt) == ("not_published", None, "amount_implausible")
    assert "25 VNĐ" in (found.fee.text or "")


def test_a_small_amount_of_dollars_stands() -> None:
    assert amount("10", currency="USD").fee.amount == 10


def test_nothing_printed_is_not_published() -> None:
    assert read_fee(Printed("none", None, None, "", "Không có thông tin")).fee.status == "not_published"


@pytest.mark.parametrize(
    ("note", "sort"),
    [
        ("Lệ phí cấp thẻ", "charge"),
        ("Phí thẩm định", "fee"),
        ("Miễn lệ phí. Phí cấp bản sao theo thông tư", "charge"),
        ("phí, lệ phí", None),
        ("100.000 đồng/tổ", None),
    ],
)
def test_fee_or_charge(note: str, sort: str | None) -> None:
    assert kind(note) == sort


def test_free_needs_the_words_at_the_beginning() -> None:
    assert not explicitly_free("Theo thông tư thì miễn phí")
