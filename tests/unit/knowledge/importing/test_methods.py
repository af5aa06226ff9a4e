"""The table of channels."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.knowledge.importing.methods import CHANNELS, UNITS, read_methods
from bot.knowledge.records import Time
from tests.support.portal_page import METHODS


def read(*rows: str, steps: str = ""):  # type: ignore[no-untyped-def]  # a reading, see read_methods
    return read_methods(METHODS + "".join(rows), steps)


def test_a_row_has_channel_time_fee_and_description() -> None:
    found = read("Trực tuyến5 Ngày làm việc150,000 VNĐ(Lệ phí cấp thẻ ong)Nộp qua trang của xã.")
    (method,) = found.methods
    assert (method.channel, method.time) == ("online", Time(quantity=Decimal(5), unit="working_day"))
    (fee,) = method.fees
    assert (fee.status, fee.amount, fee.currency, fee.kind) == ("amount", Decimal(150000), "VND", "charge")
    assert fee.text == "Lệ phí cấp thẻ ong"
    assert method.note == "Nộp qua trang của xã."


def test_a_channel_may_have_several_rows() -> None:
    found = read(
        "Trực tuyến1 Ngày làm việcMiễn phíKhi đã có dữ liệu.", "Trực tuyến3 Ngày làm việcMiễn phíKhi phải tra."
    )
    assert [(m.channel, m.time.quantity, m.note) for m in found.methods] == [
        ("online", Decimal(1), "Khi đã có dữ liệu."),
        ("online", Decimal(3), "Khi phải tra."),
    ]


def test_rows_that_differ_in_the_fee_alone_become_one_row() -> None:
    found = read("Trực tiếp2 Ngày40,000 VNĐ(tổ to)", "Trực tiếp2 Ngày90,000 VNĐ(tổ nhỏ)")
    (method,) = found.methods
    assert [fee.amount for fee in method.fees] == [Decimal(40000), Decimal(90000)]


@pytest.mark.parametrize(
    ("printed", "time"),
    [
        ("1.5 Ngày làm việc", Time(quantity=Decimal("1.5"), unit="working_day")),
        ("10 Ngày", Time(quantity=Decimal(10), unit="day")),
        ("2 Giờ", Time(quantity=Decimal(2), unit="hour")),
        ("6 Tháng", Time(quantity=Decimal(6), unit="month")),
        ("1", Time(quantity=Decimal(1))),
        ("Không có thông tin", Time()),
        ("Không quy định", Time(text="Không quy định")),
        ("Không phải trả kết quả", Time(text="Không phải trả kết quả")),
    ],
)
def test_times(printed: str, time: Time) -> None:
    assert read(f"Trực tiếp{printed}Miễn phí").methods[0].time == time


def test_a_bare_number_takes_its_rule_from_the_steps_and_gets_no_unit() -> None:
    steps = "- Cán bộ xem đơn; nếu tiếp nhận hồ sơ sau 15 giờ thì hẹn sang ngày làm việc tiếp theo (nếu đến tận nơi)."
    time = read("Trực tiếp1Miễn phí", steps=steps).methods[0].time
    assert time.unit is None
    assert time.text == "nếu tiếp nhận hồ sơ sau 15 giờ thì hẹn sang ngày làm việc tiếp theo"


def test_a_number_before_an_amount_is_a_guess_and_says_so() -> None:
    found = read("Trực tiếp140,000 VNĐ(tổ ong)")
    (method,) = found.methods
    assert (method.time.quantity, method.fees[0].amount) == (Decimal(1), Decimal(40000))
    assert [issue.reason for issue in found.issues] == ["time_and_fee_glued"]


@pytest.mark.parametrize(
    ("cell", "note", "rest"),
    [
        ("(theo (bảng 1) của xã)Nộp ở xã", "theo (bảng 1) của xã", "Nộp ở xã"),
        ("(a) tổ to 5.000; b) tổ nhỏ 3.000)Nộp ở xã", "a) tổ to 5.000; b) tổ nhỏ 3.000", "Nộp ở xã"),
        ("(xem điểm (a) của bảng)Nộp ở xã", "xem điểm (a) của bảng", "Nộp ở xã"),
        ("(tổ (to) và (nhỏ)", "tổ (to) và (nhỏ", None),
        ("(không đóng ngoặc", "không đóng ngoặc", None),
    ],
)
def test_the_note_of_a_fee_ends_at_its_own_bracket(cell: str, note: str, rest: str | None) -> None:
    (method,) = read(f"Trực tiếp2 Ngày70,000 VNĐ{cell}").methods
    assert (method.fees[0].text, method.note) == (note, rest)


def test_channels_with_different_fees_are_a_contradiction() -> None:
    found = read("Trực tuyến2 Ngày150,000 VNĐ", "Trực tiếp2 Ngày50,000 VNĐ")
    assert [(i.reason, i.detail) for i in found.issues] == [("price_contradiction", "online: 150,000; direct: 50,000")]
    assert not read("Trực tuyến2 Ngày50,000 VNĐ", "Trực tiếp2 Ngày50,000 VNĐ").issues


def test_a_channel_named_in_a_description_begins_no_row() -> None:
    (method,) = read("Trực tiếp2 NgàyMiễn phíTrực tuyến hoặc trực tiếp hoặc qua Dịch vụ bưu chính đều được.").methods
    assert method.note == "Trực tuyến hoặc trực tiếp hoặc qua Dịch vụ bưu chính đều được."


def test_what_stands_before_the_first_row_is_told() -> None:
    assert read("Nộp ở đâu cũng được. Trực tiếp2 NgàyMiễn phí").unparsed == "Nộp ở đâu cũng được."
    assert read().methods == ()


rows = st.lists(
    st.tuples(
        st.sampled_from(sorted(CHANNELS)),
        st.integers(1, 365),
        st.sampled_from(sorted(UNITS)),
        st.one_of(st.none(), st.integers(1000, 900_000_000)),
        st.sampled_from(["", "(mỗi tổ ong)", "(theo biểu (mục 2) của thông tư)"]),
        st.sampled_from(["", "Nộp ở xã.", "- Trong giờ làm việc\n- Ngoài giờ thì hẹn"]),
    ),
    min_size=1,
    max_size=6,
    unique_by=lambda row: (row[0], row[1], row[2], row[5]),
)


@given(rows)
def test_what_is_flattened_is_read_back(table: list[tuple[str, int, str, int | None, str, str]]) -> None:
    flat = "".join(
        f"{channel}{number} {unit}{'Miễn phí' if amount is None else f'{amount:,} VNĐ'}{note}{rest}"
        for channel, number, unit, amount, note, rest in table
    )
    found = read(flat)
    assert [
        (m.channel, m.time.quantity, m.time.unit, m.fees[0].amount, m.fees[0].text or "", m.note or "")
        for m in found.methods
    ] == [
        (CHANNELS[channel], number, UNITS[unit], amount, note[1:-1], rest)
        for channel, number, unit, amount, note, rest in table
    ]
    assert found.unparsed is None
