"""What is masked, what is not, and that masking twice changes nothing."""

from __future__ import annotations

import re
import string

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.privacy import kind_of, mask, readable, tokens_in

UNTOUCHED = [
    "1.001193",
    "thủ tục 1.004873 cần gì",
    "1.001193.000.00.00.H26",
    "PA-2026-000123 tới đâu rồi",
    "hồ sơ H29.17-250703-0012",
    "000.12.34.H26-251101-0005",
    "phí 50.000đ",
    "hết 1500000 đồng",
    "vay 150000000 đồng",
    "1.500.000.000 VNĐ",
    "ngày 15/07/2026",
    "từ 02.03.1990 15 giờ",
    "từ 03 - 09 - 2026",
    "số 15/42 hẻm 7 Trần Phú",
    "năm 2026, khu phố 3, tổ 12",
    "gọi 113, 114 hay 19001022",
    "Nghị định 163/2025/NĐ-CP",
    "PIN 123456",
]


@pytest.mark.parametrize("text", UNTOUCHED)
def test_codes_amounts_dates_and_house_numbers_stay(text: str) -> None:
    assert mask(text).text == text


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("gọi 0912345678 nhé", "gọi [SĐT_1] nhé"),
        ("sđt0912 345 678", "sđt[SĐT_1]"),
        ("+84 912.345.678", "[SĐT_1]"),
        ("(+84) 912-345-678", "[SĐT_1]"),
        ("84912345678", "[SĐT_1]"),
        ("(024) 3822 1234", "[SĐT_1]"),
        ("0236.3822.123", "[SĐT_1]"),
        ("o912345678", "[SĐT_1]"),
        ("+1 650 555 0100", "[SĐT_1]"),
        ("số 0912345678 15 Trần Phú", "số [SĐT_1] 15 Trần Phú"),
        ("thư lan.nguyen@vidu.example nha", "thư [EMAIL_1] nha"),
        ("0912345678@vidu.example", "[EMAIL_1]"),
        ("cccd 079201001234", "cccd [CCCD_1]"),
        ("079 201 001 234", "[CCCD_1]"),
        ("cmnd: 123456789", "cmnd: [CCCD_1]"),
        ("chung minh thu so 123 456 789", "chung minh thu so [CCCD_1]"),
        ("123456789 đồng chí Lan", "[CCCD_1] đồng chí Lan"),
        ("hộ chiếu số B1234567", "hộ chiếu số [HC_1]"),
        ("thẻ bhyt DN4790123456789", "thẻ bhyt [BHXH_1]"),
        ("mua bảo hiểm gọi 0912345678", "mua bảo hiểm gọi [SĐT_1]"),
        ("stk 0071000123456", "stk [STK_1]"),
        ("thẻ 4111 1111 1111 1111", "thẻ [STK_1]"),
    ],
)
def test_personal_values_become_tokens(text: str, masked: str) -> None:
    assert mask(text).text == masked


def test_the_same_value_in_one_message_has_one_token() -> None:
    found = mask("0912345678, nhắc lại 0912 345 678, còn vợ tôi 0987654321")
    assert found.text == "[SĐT_1], nhắc lại [SĐT_1], còn vợ tôi [SĐT_2]"
    assert [(item.token, item.kind) for item in found.values] == [("[SĐT_1]", "phone"), ("[SĐT_2]", "phone")]


def test_numbering_goes_on_through_a_conversation() -> None:
    first = mask("0912345678")
    second = mask("0987654321 và a@b.vn", first.counters)
    assert second.text == "[SĐT_2] và [EMAIL_1]"
    assert dict(second.counters) == {"SĐT": 2, "EMAIL": 1}


def test_a_token_typed_by_hand_is_not_given_to_another_value() -> None:
    assert mask("[SĐT_1] hay 0912345678").text == "[SĐT_1] hay [SĐT_2]"


def test_counters_handed_in_are_not_changed() -> None:
    counters = {"SĐT": 3}
    mask("0912345678", counters)
    assert counters == {"SĐT": 3}


def test_readable_says_what_was_masked() -> None:
    assert readable("gọi [SĐT_1]") == "gọi (số điện thoại)"
    assert kind_of("[EMAIL_7]") == "email"
    assert kind_of("lan") is None


subscriber = st.tuples(st.sampled_from("35789"), st.text(string.digits, min_size=8, max_size=8)).map("".join)
prefix = st.sampled_from(["0", "+84", "84", "+84 ", "(+84) "])


@st.composite
def phones(draw: st.DrawFn) -> str:
    digits = draw(subscriber)
    separator = draw(st.sampled_from(["", " ", ".", "-"]))
    cut, cut2 = draw(st.sampled_from([(3, 6), (2, 5), (3, 5), (1, 5)]))
    return draw(prefix) + separator.join((digits[:cut], digits[cut:cut2], digits[cut2:]))


words = st.sampled_from(["gọi tôi", "số", "nhà 15", "ở hẻm 7", "cảm ơn", "ngày 15/07/2026", "50.000đ", "1.001193", ""])


@given(words, phones(), words)
def test_a_phone_never_survives(before: str, phone: str, after: str) -> None:
    masked = mask(f"{before}, {phone}, {after}")
    digits = re.sub(r"\D", "", phone)[-9:]
    assert digits not in re.sub(r"\D", "", masked.text)
    assert "[SĐT_1]" in masked.text


@given(words, st.from_regex(r"0[0-9]{11}", fullmatch=True), words)
def test_an_identity_number_never_survives(before: str, number: str, after: str) -> None:
    assert number not in mask(f"{before} {number} {after}").text


@given(st.from_regex(r"[a-z][a-z0-9._]{0,12}[a-z0-9]@[a-z]{2,8}\.(com|vn|com\.vn)", fullmatch=True), words)
def test_an_email_never_survives(email: str, after: str) -> None:
    assert email not in mask(f"thư {email} {after}").text


@given(
    st.one_of(
        st.from_regex(r"[1-9]\.[0-9]{6}", fullmatch=True),
        st.from_regex(r"PA-20[0-9]{2}-[0-9]{6}", fullmatch=True),
        st.from_regex(r"H[0-9]{2}\.[0-9]{2}-[0-9]{6}-[0-9]{4}", fullmatch=True),
        st.from_regex(r"000\.[0-9]{2}\.[0-9]{2}\.H[0-9]{2}-[0-9]{6}-[0-9]{4}", fullmatch=True),
        st.integers(1, 10**12).map(lambda n: f"{n} đồng"),
        st.integers(1000, 10**12).map(lambda n: f"{n:,}đ".replace(",", ".")),
        st.dates().filter(lambda day: 1900 <= day.year <= 2099).map(lambda day: f"{day:%d/%m/%Y}"),
    )
)
def test_codes_amounts_and_dates_always_survive(text: str) -> None:
    assert mask(f"về {text} nhé").text == f"về {text} nhé"


loose = st.text(st.sampled_from("0123456789 .-()+@aăđcdB[]_SĐT,/\n"), max_size=60)


@given(st.lists(st.one_of(loose, phones(), words), max_size=6).map(" ".join))
@example("cccd 0912345678 123456789")
@example("[SĐT_1]0912345678")
def test_masking_twice_is_masking_once(text: str) -> None:
    once = mask(text)
    again = mask(once.text, once.counters)
    assert again.text == once.text
    assert again.values == ()


@given(st.lists(st.one_of(phones(), words), max_size=6).map(", ".join))
def test_the_values_put_back_give_the_text(text: str) -> None:
    masked = mask(text)
    values = {item.token: item.value for item in masked.values}
    assert set(tokens_in(masked.text)) == set(values)
    restored = re.sub(r"\[[^\]]+\]", lambda match: values[match.group()], masked.text)
    assert re.sub(r"[^\d\w]", "", restored.replace("+84", "84")) == re.sub(r"[^\d\w]", "", text)
