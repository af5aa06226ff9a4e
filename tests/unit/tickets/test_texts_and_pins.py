"""Texts of a locality, PINs and their locks, guidance and office."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.locality import Hotline, LocalityError, load
from bot.tickets.guidance import Guidance
from bot.tickets.office import OfficeInfo, wants_erasure
from bot.tickets.pins import LOCK, LONGEST_LOCK, TRIES, Pins, lock_until
from bot.tickets.texts import TEXTS, Texts

LOCALITY = load(Path(__file__).parents[3] / "localities" / "phuong-mau.yml")
GUIDANCE = Guidance(LOCALITY, Texts(LOCALITY))
OFFICE = OfficeInfo(LOCALITY, Texts(LOCALITY), retention_days=180)
SECRET = "a secret key that is long enough"
NOW = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)  # 8 in the morning, a Monday


def test_a_locality_may_change_words() -> None:
    changed = LOCALITY.model_copy(update={"texts": {"cancelled": "Đã bỏ."}})
    assert Texts(changed).say("cancelled") == "Đã bỏ."
    assert Texts(changed).say("ask_edit") == TEXTS["ask_edit"]


@pytest.mark.parametrize(
    ("name", "text", "says"),
    [("cancled", "x", "unknown text"), ("filed", "{code} {pinn}", "pinn"), ("filed", "{code", "braces")],
)
def test_a_wrong_text_is_refused(name: str, text: str, says: str) -> None:
    with pytest.raises(LocalityError, match=says):
        Texts(LOCALITY.model_copy(update={"texts": {name: text}}))


def test_a_pin_is_six_digits_and_follows_from_code_and_secret() -> None:
    pins = Pins(SECRET)
    pin = pins.of("PA-2026-000001")
    assert len(pin) == 6
    assert pin.isdecimal()
    assert pins.matches("PA-2026-000001", pin)
    assert not pins.matches("PA-2026-000002", pin)
    assert Pins(SECRET + "!").of("PA-2026-000001") != pin
    assert len({pins.of(f"PA-2026-{number:06d}") for number in range(1000)}) > 990


def test_the_lock_comes_after_five_wrong_pins_and_doubles() -> None:
    assert [lock_until(n, NOW) for n in range(1, TRIES)] == [None] * (TRIES - 1)
    assert lock_until(TRIES, NOW) == NOW + LOCK
    assert lock_until(2 * TRIES, NOW) == NOW + 2 * LOCK
    assert lock_until(100 * TRIES, NOW) == NOW + LONGEST_LOCK
    assert lock_until(TRIES, NOW) > NOW + timedelta(minutes=1)  # type: ignore[operator]  # not none, as above


@pytest.mark.parametrize(
    ("kind", "number"),
    [
        ("fire", "114"),
        ("medical", "115"),
        ("police", "113"),
        ("child", "111"),
        ("disaster", "112"),
        ("self_harm", "115"),
    ],
)
def test_the_number_stands_in_the_first_words(kind: str, number: str) -> None:
    assert number in " ".join(GUIDANCE.emergency(kind)[0].split()[:3])


@pytest.mark.parametrize("kind", [None, "unheard of"])
def test_an_emergency_of_unknown_kind_gets_all_numbers(kind: str | None) -> None:
    assert all(number in GUIDANCE.emergency(kind)[0] for number in ("113", "114", "115"))


def test_only_a_verified_line_for_despair_is_named() -> None:
    assert "{" not in GUIDANCE.emergency("self_harm")[0]
    line = Hotline(name="đường dây thử", phone="0200 1")
    named = LOCALITY.model_copy(update={"emergency": LOCALITY.emergency.model_copy(update={"self_harm": line})})
    assert "đường dây thử: 0200 1" in Guidance(named, Texts(named)).emergency("self_harm")[0]


def test_denunciation_and_complaint_name_the_reception() -> None:
    for lines in (GUIDANCE.denunciation(), GUIDANCE.complaint()):
        assert LOCALITY.reception[0].address in lines[0]
        assert "thứ Năm" in lines[0]
    assert "không lưu" in GUIDANCE.denunciation()[0]


def test_crime_is_for_the_police() -> None:
    assert GUIDANCE.of("crime")[0].startswith("Gọi ngay 113")


def test_the_office_says_whether_it_is_open() -> None:
    assert "Hiện đang mở cửa, đến 11h30" in OFFICE.hours(now=NOW)
    lunch = NOW + timedelta(hours=4)
    assert "hôm nay (thứ Hai 23/11), 13h30–17h00" in OFFICE.hours(now=lunch)
    evening = NOW + timedelta(hours=10)
    # 24 November is a holiday since 2026.
    assert "thứ Tư 25/11, 07h30" in OFFICE.hours(now=evening)
    assert "ngày mai (thứ Năm 26/11), 07h30" in OFFICE.hours(now=evening + timedelta(days=2))
    assert "Hiện đang nghỉ (Ngày Văn hóa Việt Nam)" in OFFICE.hours(now=NOW + timedelta(days=1))


def test_the_office_of_a_former_unit_is_this_one() -> None:
    assert "Phường Mẫu Hai" in OFFICE.contact("phường Mẫu Hai cũ giờ thuộc về đâu")
    assert "các đơn vị cũ" not in OFFICE.contact("địa chỉ ở đâu")


def test_the_police_have_their_own_hours() -> None:
    assert OFFICE.hours("công an phường làm việc giờ nào", NOW).startswith("Công an phường Mẫu")


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("xóa số của tôi đi", True),
        ("rút lại sự đồng ý", True),
        ("không cho lưu nữa", True),
        ("dữ liệu của tôi có an toàn không", False),
    ],
)
def test_erasure_is_told_from_a_question(text: str, wanted: bool) -> None:
    assert wants_erasure(text) is wanted
