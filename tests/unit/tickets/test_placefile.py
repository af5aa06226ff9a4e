"""Lists of administrative units."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import pytest

from bot.tickets import placefile
from bot.tickets.mentions import names_in
from bot.tickets.place_names import Name
from bot.tickets.placefile import PlaceFileError, packaged, read
from bot.tickets.wards import resolve
from tests.support.localities import ward

SHARED = Path(__file__).resolve().parents[4] / "shared" / "data"


def write(folder: Path, data: Any, *, packed: bool = False) -> Path:
    body = json.dumps(data).encode()
    file = folder / ("list.json.gz" if packed else "list.json")
    file.write_bytes(gzip.compress(body) if packed else body)
    return file


def test_todays_wards_with_their_codes(tmp_path: Path) -> None:
    data = [{"FullName": "Tỉnh A", "Wards": [{"Code": "00001", "FullName": "Xã B"}]}]
    rows = read(write(tmp_path, data, packed=True))
    assert [(row.name, row.kind, row.ward_code, row.former) for row in rows] == [
        ("Tỉnh A", "tinh", None, False),
        ("Xã B", "xa", "00001", False),
    ]


def test_former_names_with_district_and_province(tmp_path: Path) -> None:
    old = {"old_ward_name": "Thị Trấn C", "old_district_name": "Huyện D", "old_province_name": "Tỉnh E"}
    new = {"new_ward_name": "Phường B", "new_province_name": "Thành Phố A", "old_wards": [old]}
    rows = read(write(tmp_path, {"wards": {"1": new}}))
    assert ("Thị trấn C", "thi tran", "Phường B", "Thành phố A", "Huyện D", "Tỉnh E") in [
        (row.name, row.kind, row.ward, row.province, row.district, row.former_province) for row in rows
    ]
    assert {(row.name, row.province) for row in rows if row.kind in ("quan", "tinh")} == {
        ("Thành phố A", "Thành phố A"),
        ("Huyện D", "Thành phố A"),
        ("Tỉnh E", "Thành phố A"),
    }


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b'{"a": 1}', b'[{"x": 1}]', b"\x1f\x8b broken", b"5", b"null"])
def test_another_file_is_refused_by_its_name(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "x.json"
    file.write_bytes(content)
    with pytest.raises(PlaceFileError, match=r"x\.json"):
        read(file)
    with pytest.raises(PlaceFileError, match="missing"):
        read(tmp_path / "missing.json")


def country(*files: Path) -> dict[str, list[Name]]:
    index: dict[str, list[Name]] = {}
    for row in placefile._joined([row for file in files for row in read(file)]):
        values = placefile._values(row)
        values.pop("source")
        index.setdefault(values["folded"], []).append(Name(**values))
    return index


CASES = [
    ("12 phuong phuc xa ba dinh", "Phường Hồng Hà"),
    ("Thị trấn Phủ Thông, Bạch Thông, Bắc Kạn", "Xã Phủ Thông"),
    ("phường bến nghé quận 1", "Phường Sài Gòn"),
    ("hoà khánh bắc, liên chiểu, đà nẵng", "Phường Liên Chiểu"),
]


def check(index: dict[str, list[Name]]) -> None:
    for text, expected in CASES:
        rows = [name for folded in names_in(text) for name in index.get(folded, ())]
        done = resolve(text, rows, ward())
        assert (done.state, [place.ward for place in done.places]) == ("outside", [expected]), text
    todays = {(name.ward, name.province) for names in index.values() for name in names if name.ward and not name.former}
    # The packaged list lacks the names of 16 wards of today (its `new_ward` is empty there).
    assert len(todays) >= 3305


def test_the_packaged_list_knows_the_country() -> None:
    file = packaged()
    assert file is not None
    check(country(file))


def test_the_open_lists_know_the_country_and_agree_with_the_packaged_one() -> None:
    files = (SHARED / "admin-units-2026.json.gz", SHARED / "admin-units-new-to-old.json.gz")
    if not all(file.exists() for file in files):
        pytest.skip("the lists are not here")
    ours, theirs = country(*files), country(*filter(None, [packaged()]))
    check(ours)
    assert len({name.ward_code for names in ours.values() for name in names if name.ward_code}) == 3321
    both = agreeing = 0
    for folded, names in ours.items():
        for name in names:
            same = [
                other
                for other in theirs.get(folded, ())
                if other.former and (other.kind, other.district) == (name.kind, name.district)
            ]
            if name.former and name.ward and same:
                both += 1
                agreeing += any(other.ward == name.ward for other in same)
    assert both > 9000
    assert agreeing / both > 0.98
