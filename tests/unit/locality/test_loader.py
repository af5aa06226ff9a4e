"""The example file holds, and mistakes are named with their line and key."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
import yaml

from bot.locality import LocalityError, load
from bot.tickets import Texts

FOLDER = Path(__file__).parents[3] / "localities"
EXAMPLE = FOLDER / "phuong-mau.yml"
EXAMPLES = [EXAMPLE, FOLDER / "tinh-mau.yml"]
CATEGORIES = [
    "rac_thai", "giao_thong", "chieu_sang", "cap_thoat_nuoc", "dien", "trat_tu_do_thi", "an_ninh", "xay_dung",
    "o_nhiem_tieng_on", "cay_xanh", "an_toan_thuc_pham", "can_bo", "khac",
]  # fmt: skip


def changed(tmp_path: Path, old: str, new: str) -> Path:
    text = EXAMPLE.read_text(encoding="utf-8")
    assert old in text
    path = tmp_path / "place.yml"
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    return path


def line_of(path: Path, part: str) -> int:
    lines = path.read_text(encoding="utf-8").splitlines()
    return next(number for number, line in enumerate(lines, 1) if part in line)


def test_the_example_has_the_known_categories() -> None:
    locality = load(EXAMPLE)
    assert [item.code for item in locality.categories] == CATEGORIES
    assert [item.code for item in locality.categories if item.restricted] == ["can_bo"]
    assert all(locality.agency(item.agency) for item in locality.categories)
    assert 3 <= sum(item.common for item in locality.categories) <= 4


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_both_examples_hold_with_their_texts_and_deadlines_that_name_a_rule(path: Path) -> None:
    locality = load(path)
    Texts(locality)
    assert [item.code for item in locality.categories] == CATEGORIES
    assert all(item.clock.source for item in locality.categories if item.clock)
    assert locality.category("khac").clock is None  # type: ignore[union-attr]  # it is there
    assert {item.photo for item in locality.categories} == {"none", "optional", "after"}


def test_a_province_sends_reports_to_the_agency_of_the_ward() -> None:
    province = load(EXAMPLES[1])
    roads, police = province.category("giao_thong"), province.category("an_ninh")
    assert roads
    assert police
    assert province.agency_for(roads, "90002") == "ha_tang_bac"
    assert province.agency_for(roads, "90004") == "ha_tang_nam"
    assert province.agency_for(roads, "90005") == province.agency_for(roads, None) == "so_xay_dung"
    assert province.agency_for(police, "90005") == "cong_an"
    assert [ward.name for ward in province.areas if "Xã Suối Mẫu" in ward.former] == ["Xã Núi Mẫu"]


def test_a_ward_that_names_no_wards_is_its_own() -> None:
    (ward,) = load(EXAMPLE).areas
    assert (ward.code, ward.former[0]) == ("phuong-mau", "Phường Mẫu Một")


def test_a_file_of_before_still_holds(tmp_path: Path) -> None:
    values = yaml.safe_load(EXAMPLE.read_text(encoding="utf-8"))
    for key in ("wards", "holidays", "makeup", "tickets", "backend", "domains"):
        values.pop(key, None)
    for category in values["categories"]:
        for key in ("questions", "photo", "private", "group", "keywords", "agencies", "clock"):
            category.pop(key, None)
    path = tmp_path / "old.yml"
    path.write_text(yaml.safe_dump(values, allow_unicode=True), encoding="utf-8")
    locality = load(path)
    assert locality.backend.kind == "local"
    assert locality.working_hours == locality.office.hours
    assert locality.days_off.reason(date(2027, 2, 8))
    assert all(item.clock is None for item in locality.categories)


def test_emergency_numbers_are_the_national_ones() -> None:
    numbers = load(EXAMPLE).emergency
    assert (numbers.police, numbers.fire, numbers.medical) == ("113", "114", "115")
    assert (numbers.child, numbers.disaster) == ("111", "112")


@pytest.mark.parametrize(
    ("old", "new", "at", "key", "says"),
    [
        ("restricted: true", "restrictd: true", "restrictd", "categories[12].restrictd", "unknown key"),
        ('sat: ["07:30-11:30"]', 'sat: ["07:30"]', "sat:", "offices[1].hours.sat[1]", "07:30-11:30"),
        ('sat: ["07:30-11:30"]', 'sat: ["11:30-07:30"]', "sat:", "offices[1].hours.sat[1]", "before the end"),
        ('phone: "0200 3999 001"', "phone: 2003999001", "2003999001", "hotlines[1].phone", "quote numbers"),
        ("agency: ha_tang", "agency: hatang", "agency: hatang", "categories[2].agency", "unknown agency"),
        ("  - code: dien\n", "  - code: Điện\n", "code: Điện", "categories[5].code", "wrong form"),
        ("  - code: dien\n", "  - code: khac\n", "categories:", "categories", "used twice"),
        ("timezone: Asia/Ho_Chi_Minh", "timezone: Asia/Mau", "Asia/Mau", "timezone", "unknown time zone"),
        ("from: 2027-03-18", "from: 18/03/2027", "18/03/2027", "closed[1].from", "2026-01-31"),
        ("date: 2027-01-09", "date: mai", "date: mai", "makeup[1].date", "2026-01-31"),
        ("holidays: vietnam", "holidays: có", "holidays: có", "holidays", "'vietnam' or 'none'"),
        ("photo: after", "photo: sau", "photo: sau", "categories[1].photo", "'none', 'optional' or 'after'"),
        ("working_hours: 16", "working_hour: 16", "working_hour:", "categories[3].clock.working_hour", "unknown key"),
        ("clock: {working_days: 3,", "clock: {", "clock: { source", "categories[1].clock", "exactly one of"),
        ("reopen_days: 15", "reopen_days: lâu", "lâu", "tickets.reopen_days", "whole number"),
        ("reopen_days: 15", "reopen_days: -1", "-1 #", "tickets.reopen_days", "ít nhất là 0"),
        ("silence_days: 7", "silent_days: 7", "silent_days", "tickets.silent_days", "unknown key"),
        ("backend: {kind: local}", "backend: {kind: xa}", "kind: xa", "backend", "must be one of these"),
        ("backend: {kind: local}", "backend: {name: xa}", "name: xa", "backend", "'kind'"),
        ("backend: {kind: local}", "backend: {kind: open311}", "kind: open311", "backend.url", "required key"),
        ("kind: choice\n", "kind: text\n", "- code: hien_tuong", "categories[3].questions[2]", "options go with"),
        ("{code: chap_chon,", "{code: tat,", "- code: hien_tuong", "categories[3].questions[2]", "used twice"),
        (
            'name: "Phòng Văn hóa - Xã hội"',
            'name: "Phòng Văn hóa - Xã hội", wards: ["1"]',
            'wards: ["1"]',
            "agencies[3].wards[1]",
            "unknown ward",
        ),
        (
            "    short: Đèn đường",
            "    short: Đèn đường công cộng rất dài",
            "rất dài",
            "categories[3].short",
            "too long",
        ),
    ],
)
def test_a_mistake_is_named(tmp_path: Path, old: str, new: str, at: str, key: str, says: str) -> None:
    path = changed(tmp_path, old, new)
    with pytest.raises(LocalityError) as caught:
        load(path)
    line = next(line for line in str(caught.value).splitlines() if key in line)
    assert line.startswith(f"{path}:{line_of(path, at)}: {key}: ")
    assert says in line


def test_a_missing_key_is_named(tmp_path: Path) -> None:
    with pytest.raises(LocalityError, match=r"data_contact: .*required key is missing"):
        load(changed(tmp_path, "data_contact:", "# data_contact:"))


def test_all_mistakes_come_at_once(tmp_path: Path) -> None:
    path = changed(tmp_path, "name: Phường Mẫu\n", "nam: Phường Mẫu\n")
    path.write_text(path.read_text(encoding="utf-8").replace("restricted: true", "restricted: maybe"), encoding="utf-8")
    with pytest.raises(LocalityError) as caught:
        load(path)
    assert all(f": {key}: " in str(caught.value) for key in ("nam", "name", "categories[12].restricted"))


def test_a_key_given_twice_is_refused(tmp_path: Path) -> None:
    with pytest.raises(LocalityError, match=r"place\.yml:\d+: name: .*given twice"):
        load(changed(tmp_path, "name: Phường Mẫu\n", "name: Phường Mẫu\nname: Phường Khác\n"))


def test_five_common_categories_are_too_many(tmp_path: Path) -> None:
    with pytest.raises(LocalityError, match="common"):
        load(changed(tmp_path, "    short: Điện\n", "    short: Điện\n    common: true\n"))


def test_broken_yaml_is_named_with_its_line(tmp_path: Path) -> None:
    with pytest.raises(LocalityError, match=r"place\.yml:\d+: .*not valid YAML"):
        load(changed(tmp_path, "name: Phường Mẫu\n", 'name: "Phường Mẫu\n'))


@pytest.mark.parametrize("content", ["", "- một\n", "chỉ là chữ\n"])
def test_a_file_that_is_no_mapping_is_refused(tmp_path: Path, content: str) -> None:
    path = tmp_path / "place.yml"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(LocalityError, match="must be a mapping"):
        load(path)


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(LocalityError, match="cannot read"):
        load(tmp_path / "nowhere.yml")
