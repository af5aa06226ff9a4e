"""What it costs, in the five states and where figures disagree."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from bot.knowledge.answers import Here, compose
from bot.knowledge.records import ProcedureRecord
from tests.support.catalogue import TODAY, fee, method, record, stored


def said(found: ProcedureRecord, *, province: str | None = None, today: dt.date = TODAY) -> str:
    (reply,) = compose(stored(found), ("fee",), Here(today, province))
    return reply.text


def with_fees(*methods: Any, **fields: Any) -> ProcedureRecord:
    return record(methods=methods, **fields)


def overlay(**fields: Any) -> dict[str, Any]:
    made = {
        "province": "Hải Phòng",
        "field": "fee",
        "fee": {"status": "amount", "amount": 0, "currency": "VND"},
        "channel": "online",
        "authority": "Nghị quyết 05/2026/NQ-HĐND",
        "valid_from": dt.date(2026, 8, 8),
    }
    return made | fields


def test_an_amount_is_written_as_vietnamese_write_it() -> None:
    found = with_fees(method("direct", fee("amount", amount=1_500_000, currency="VND")))
    assert said(found).startswith("Đăng ký thử: 1.500.000 đồng.\n")


def test_free_is_said_only_where_the_source_states_it() -> None:
    assert "miễn phí" in said(with_fees(method("direct", fee("free_stated"))))


@pytest.mark.parametrize("note", [None, "Miễn phí", "miễn phí theo quy định"])
def test_an_unconfirmed_zero_is_never_called_free(note: str | None) -> None:
    text = said(with_fees(method("direct", fee("zero_unconfirmed", text=note))))
    assert "miễn phí" not in text.lower()
    assert "chưa xác nhận" in text
    assert "Bạn hỏi" in text


def test_an_exemption_beside_an_unconfirmed_zero_is_not_called_free_either() -> None:
    text = said(with_fees(method("direct", fee("zero_unconfirmed")), method("online", fee("free_stated"))))
    assert "miễn phí" not in text.lower()
    assert "được miễn" in text


def test_a_zero_whose_remark_names_an_amount_says_so() -> None:
    text = said(with_fees(method("direct", fee("zero_unconfirmed", text="Lệ phí cấp: 135.000 đồng/lần"))))
    assert "ghi chú nêu mức thu" in text
    assert "135.000 đồng/lần" in text


def test_the_council_is_named() -> None:
    assert "do Hội đồng nhân dân cấp tỉnh quy định" in said(with_fees(method("direct", fee("set_by_council"))))


def test_a_fee_that_is_not_published_is_not_guessed() -> None:
    assert "nguồn không ghi mức thu" in said(with_fees(method("direct", fee("not_published"))))
    assert "nguồn không ghi mức thu" in said(record())


def test_one_known_amount_names_the_channels_it_is_known_for() -> None:
    found = with_fees(
        method("direct", fee("amount", amount=50_000)),
        method("online", fee("amount", amount=50_000)),
        method("postal", fee("not_published")),
    )
    assert said(found).startswith("Đăng ký thử: 50.000 đồng (nộp trực tiếp, trực tuyến).\n")


def test_channels_that_contradict_each_other_are_both_shown_and_who_knows() -> None:
    found = with_fees(
        method("online", fee("set_by_council", text="150,000 Việt Nam Đồng (- Mức cụ thể do tỉnh quyết định)")),
        method("direct", fee("set_by_council", text="50,000 VNĐ (- Mức cụ thể do tỉnh quyết định)")),
        agency={"receives": "Trung tâm Phục vụ hành chính công xã"},
    )
    text = said(found)
    assert "150.000 đồng" in text
    assert "50.000 đồng" in text
    assert "Các kênh ghi mức khác nhau. Bạn hỏi Trung tâm Phục vụ hành chính công xã trước khi nộp." in text


def test_the_provinces_fee_comes_first_with_its_authority_and_then_the_nations() -> None:
    found = with_fees(method("online", fee("amount", amount=8_000)), overlays=[overlay()])
    text = said(found, province="Thành phố Hải Phòng")
    assert text.startswith("Đăng ký thử: nộp trực tuyến tại Hải Phòng, 0 đồng.\n")
    assert "Nghị quyết 05/2026/NQ-HĐND, áp dụng từ 08/08/2026" in text
    assert "Mức chung của cả nước: 8.000 đồng" in text


@pytest.mark.parametrize(("province", "today"), [("Nghệ An", TODAY), (None, TODAY), ("Hải Phòng", dt.date(2026, 8, 7))])
def test_an_overlay_holds_only_in_its_province_and_time(province: str | None, today: dt.date) -> None:
    found = with_fees(method("online", fee("amount", amount=8_000)), overlays=[overlay()])
    assert "Hải Phòng" not in said(found, province=province, today=today)


def test_an_overlay_ends_on_its_last_day() -> None:
    found = with_fees(method("online", fee("amount", amount=8_000)), overlays=[overlay(valid_to=TODAY)])
    assert "đến 22/11/2026" in said(found, province="Hải Phòng")
    assert "Hải Phòng" not in said(found, province="Hải Phòng", today=TODAY + dt.timedelta(days=1))


def test_a_discount_that_is_over_is_said_to_be() -> None:
    note = "Thu một nửa đến hết ngày 31/12/2025"
    assert "31/12/2025 (nay đã hết)" in said(with_fees(method("direct", fee("amount", amount=50_000, text=note))))


def test_a_figure_that_was_applied_until_a_past_day_is_not_told_as_todays() -> None:
    note = "160.000/hộ chiếu (áp dụng đến hết ngày 31/12/2023)"
    text = said(with_fees(method("online", fee("amount", amount=160_000, text=note))))
    assert text.startswith("Đăng ký thử: 160.000 đồng (nguồn ghi áp dụng đến 31/12/2023, nay đã hết).\n")
    assert "Bạn hỏi" in text


def test_the_figure_stands_where_only_a_discount_from_it_has_ended() -> None:
    note = "50.000 đồng/thẻ. Kể từ ngày 01/01/2025 đến hết ngày 31/12/2025, mức thu bằng 50%"
    text = said(with_fees(method("direct", fee("amount", amount=50_000, text=note))))
    assert text.startswith("Đăng ký thử: 50.000 đồng.\n")
    assert "31/12/2025 (nay đã hết)" in text


def test_a_figure_too_small_to_be_true_is_told_as_doubtful() -> None:
    text = said(with_fees(method("direct", fee("not_published", text="45 VNĐ (theo Thông tư 64/2025/TT-BTC)"))))
    assert text.startswith("Đăng ký thử: nguồn in 45 đồng, có thể thiếu số.\n")
    assert "Bạn hỏi" in text


@pytest.mark.parametrize(
    ("note", "told"),
    [
        ("Miễn phí đối với người di cư từ Lào", "Miễn thu đối với người di cư từ Lào"),
        ("Người nghèo được miễn phí thi hành án", "được miễn nộp phí thi hành án"),
        ("Cán bộ hướng dẫn miễn phí các nội dung", "hướng dẫn không thu tiền các nội dung"),
    ],
)
def test_beside_an_unconfirmed_zero_the_sources_own_exemptions_are_told_without_the_word(note: str, told: str) -> None:
    text = said(with_fees(method("direct", fee("zero_unconfirmed", text=note))))
    assert told in text
    assert "miễn phí" not in text.lower()
