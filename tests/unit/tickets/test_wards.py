"""Which ward a place lies in."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.tickets.mentions import names_in
from bot.tickets.place_names import Name, fold_name, kind_of, own_names
from bot.tickets.wards import resolve
from tests.support.localities import province, ward

WARD, PROVINCE = ward(), province()
HCM = "Thành phố Hồ Chí Minh"


def former(name: str, ward: str, district: str, old: str = HCM, province: str = HCM) -> Name:
    return Name(name, fold_name(name), kind_of(name), ward, province, None, district, old, True)


COUNTRY = [
    former("Phường 12", "Phường An Hội Tây", "Quận Gò Vấp"),
    former("Phường 12", "Phường Bảy Hiền", "Quận Tân Bình"),
    former("Phường 12", "Phường Chợ Lớn", "Quận 5"),
    former("Phường 12", "Phường Hòa Hưng", "Quận 10"),
    former("Phường 12", "Phường Bình Thạnh", "Quận Bình Thạnh"),
    former("Phường Phúc Xá", "Phường Hồng Hà", "Quận Ba Đình", "Thành phố Hà Nội", "Thành phố Hà Nội"),
    former("Phường Phương Liên", "Phường Kim Liên", "Quận Đống Đa", "Thành phố Hà Nội", "Thành phố Hà Nội"),
    former("Phường Bến Nghé", "Phường Sài Gòn", "Quận 1"),
    former("Phường Trần Phú", "Phường Quy Nhơn", "Thành phố Quy Nhơn", "Tỉnh Bình Định", "Tỉnh Gia Lai"),
    former("Xã Mẫu Hạ", "Xã Khác", "Huyện Khác", "Tỉnh Khác", "Tỉnh Khác"),
    Name("Phường Hà Đông", "ha dong", "phuong", "Phường Hà Đông", "Thành phố Hà Nội", "09886"),
    Name("Xã Láng Giềng", "lang gieng", "xa", "Xã Láng Giềng", "tỉnh Ví Dụ", "90099"),
    Name("Quận Gò Vấp", "go vap", "quan", "", HCM, None, None, HCM, True),
    Name("Tỉnh Hà Giang", "ha giang", "tinh", "", "Tỉnh Tuyên Quang", None, None, None, True),
]  # fmt: skip


def found(text: str, locality: object = WARD, *, bare: bool = False) -> tuple[str, list[str]]:
    rows = [name for name in COUNTRY if name.folded in names_in(text)]
    done = resolve(text, rows, locality, bare=bare)  # type: ignore[arg-type]
    return done.state, [place.ward for place in done.places]


@pytest.mark.parametrize(
    "text",
    [
        "hẻm 5 đường Hoa Mai, phường Mẫu Một",
        "hem 5 duong hoa mai phuong mau hai",
        "45 tran phu xa mau ha",
        "P. Mẫu Một, gần chợ",
        "số 9 Hoa Mai, Mẫu Hạ",
        "PHƯỜNG MẪU MỘT",
    ],
)
def test_a_former_name_leads_to_todays_ward(text: str) -> None:
    done = resolve(text, [], WARD)
    assert done.state == "inside"
    assert [(place.ward, place.code, place.former) for place in done.places] == [("Phường Mẫu", "phuong-mau", True)]


def test_todays_name_is_no_former_one() -> None:
    [place] = resolve("số 5 Hoa Mai phường Mẫu", [], WARD).places
    assert not place.former


@pytest.mark.parametrize(
    "text",
    [
        "đường Mẫu Hạ", "hẻm 5 đường Hoa Mai", "45 Trần Phú", "trước nhà văn hóa xã hội", "phường mình", "chợ Mẫu Hạ",
        "đường Hà Giang", "cầu Bến Nghé", "", "…", "tổ 5",
        "đường Hoa Phượng Bến Nghé", "quán Gò Vấp 2",
    ],
)  # fmt: skip
def test_a_street_or_a_market_is_no_ward(text: str) -> None:
    assert found(text) == ("none", [])


@pytest.mark.parametrize(
    "text", ["p.12 q.go vap", "so 5 p12 go vap", "phường 12, quận Gò Vấp, TP.HCM", "Phường 012 Gò Vấp"]
)
def test_district_or_province_tell_wards_of_one_name_apart(text: str) -> None:
    assert found(text) == ("outside", ["Phường An Hội Tây"])


def test_a_number_of_a_district_is_not_any_number() -> None:
    assert found("5 phường 12 quận 10") == ("outside", ["Phường Hòa Hưng"])


def test_a_name_of_too_many_wards_is_not_guessed() -> None:
    assert found("phường 12")[0] == "many"


def test_our_own_ward_comes_before_one_of_the_same_name_elsewhere() -> None:
    assert found("xã Mẫu Hạ") == ("inside", ["Phường Mẫu"])
    assert found("xã Mẫu Hạ, huyện Khác, tỉnh Khác") == ("outside", ["Xã Khác"])


@pytest.mark.parametrize(
    ("text", "ward", "place"),
    [
        ("phường bến nghé", "Phường Sài Gòn", HCM),
        ("phường Phúc Xá", "Phường Hồng Hà", "Thành phố Hà Nội"),
        ("phuong phuong lien", "Phường Kim Liên", "Thành phố Hà Nội"),
        ("P. Phương Liên", "Phường Kim Liên", "Thành phố Hà Nội"),
        ("số 9 Nguyễn Trãi, Hà Đông, Hà Nội", "Phường Hà Đông", "Thành phố Hà Nội"),
        ("xã Láng Giềng", "Xã Láng Giềng", "tỉnh Ví Dụ"),
        ("quận gò vấp", "", HCM),
        ("tỉnh Hà Giang", "", "Tỉnh Tuyên Quang"),
    ],
)
def test_another_place_is_named_with_who_is_responsible_today(text: str, ward: str, place: str) -> None:
    rows = [name for name in COUNTRY if name.folded in names_in(text)]
    done = resolve(text, rows, WARD)
    assert done.state == "outside"
    assert [(one.ward, one.province, one.code) for one in done.places] == [(ward, place, None)]


def test_a_divided_ward_is_asked_back() -> None:
    parts = [
        former("Xã Chia", "Phường Mẫu", "Huyện Cũ", "Tỉnh Ví Dụ", "Tỉnh Ví Dụ"),
        former("Xã Chia", "Phường Sông Mẫu", "Huyện Cũ", "Tỉnh Ví Dụ", "Tỉnh Ví Dụ"),
    ]
    done = resolve("xã Chia", parts, PROVINCE)
    assert done.state == "several"
    assert [place.code for place in done.places] == ["90001", "90002"]


def test_an_answer_to_which_ward_needs_no_kind() -> None:
    assert found("mau ha", bare=True) == ("inside", ["Phường Mẫu"])
    assert found("ben nghe", bare=True) == ("outside", ["Phường Sài Gòn"])


@pytest.mark.parametrize("locality", [WARD, PROVINCE])
def test_every_name_of_the_file_is_found_with_and_without_diacritics(locality: object) -> None:
    for name in own_names(locality):  # type: ignore[arg-type]
        for text in (f"số 5 Hoa Mai, {name.name}", f"so 5 hoa mai {fold_name(name.name)}", name.name.upper()):
            state, wards = found(text, locality)
            if state != "none":  # without its kind a name of one word is not taken
                assert (state, wards) == ("inside", [name.ward]), text
        assert found(f"số 5 Hoa Mai, {name.name}", locality)[0] == "inside"


@pytest.mark.parametrize(
    ("name", "folded"),
    [("Phường Yên Hoà", "yen hoa"), ("Phường 01", "1"), ("Thị trấn Mỹ Lộc", "mi loc"), ("mĩ lộc", "mi loc")],
)
def test_spellings_of_a_name_fold_to_one(name: str, folded: str) -> None:
    assert fold_name(name) == folded


@given(st.text(max_size=80))
def test_any_text_is_read(text: str) -> None:
    assert resolve(text, COUNTRY, WARD).state in ("none", "inside", "outside", "several", "many")
