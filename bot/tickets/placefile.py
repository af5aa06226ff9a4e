"""Reading lists of administrative units into the table `place_names`.

Three forms are read, told apart by their content (JSON, also with gzip):

| form | gives |
|---|---|
| a list of provinces with `Code`, `FullName`, `Wards` (thanglequoc/vietnamese-provinces-database) | today's names |
| an object with `wards` → `new_ward_name`, `old_wards` … (tanthuan031/vnadministrative) | former names |
| an object with `ward_mapping` (the mapping in underthesea's `address` package) | former names |

What is imported together replaces what the table held.
"""

from __future__ import annotations

import gzip
import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, delete, func, insert, select

from bot.storage.models import PlaceName
from bot.tickets.place_names import DISTRICT, PROVINCE, WARDS, exact_name, fold_name, kind_of

MOST_BYTES = 200_000_000
BATCH = 2000
RENAMED = {"Tỉnh Đồng Nai": "Thành phố Đồng Nai"}
"""Provinces that changed their kind after the lists were made: Đồng Nai is a city since 30/4/2026."""


class PlaceFileError(Exception):
    """A file cannot be read, or is of none of the forms; the text says which and why."""


@dataclass(frozen=True)
class Row:
    """A row of `place_names`, before it has its keys."""

    name: str
    kind: str
    ward: str
    province: str
    ward_code: str | None = None
    district: str | None = None
    former_province: str | None = None
    former: bool = False
    source: str = ""


@dataclass(frozen=True)
class Imported:
    """What the table holds now."""

    wards: int
    """Names of today's wards."""
    former: int
    """Former names of wards, a divided one counted for each of its parts."""
    wider: int
    """Districts and provinces."""


def packaged() -> Path | None:
    """The list that the package underthesea brings, where it is installed."""
    spec = find_spec("underthesea")
    found = Path(spec.origin).parent / "address" / "data" / "mapping.json" if spec and spec.origin else None
    return found if found and found.exists() else None


def import_files(engine: Engine, files: Iterable[Path]) -> Imported:
    """Replace the table with what the files say, in one transaction.

    Raises:
        PlaceFileError: a file does not hold; nothing was changed.
    """
    rows = _joined([row for file in files for row in read(file)])
    values = [_values(row) for row in rows]
    with engine.begin() as connection:
        connection.execute(delete(PlaceName))
        for start in range(0, len(values), BATCH):
            connection.execute(insert(PlaceName), values[start : start + BATCH])
    wards = [row for row in rows if row.kind in WARDS]
    former = sum(row.former for row in wards)
    return Imported(len(wards) - former, former, len(rows) - len(wards))


def fill_empty(engine: Engine) -> Imported | None:
    """Import the packaged list where the table is empty; none: nothing to do."""
    with engine.connect() as connection:
        if connection.scalar(select(func.count()).select_from(select(PlaceName.id).limit(1).subquery())):
            return None
    file = packaged()
    return import_files(engine, [file]) if file else None


def read(file: Path) -> list[Row]:
    """The rows of one file.

    Raises:
        PlaceFileError: it cannot be read or is of none of the forms.
    """
    data = _load(file)
    try:
        if isinstance(data, list):
            rows = list(_today(data))
        elif "ward_mapping" in data:
            rows = list(_mapping(data["ward_mapping"]))
        elif "wards" in data:
            rows = list(_new_to_old(data["wards"].values()))
        else:
            rows = []
    except (KeyError, TypeError, AttributeError) as error:
        raise PlaceFileError(f"{file}: không đúng dạng danh sách đơn vị hành chính ({error})") from error
    if not rows:
        raise PlaceFileError(f"{file}: không có đơn vị hành chính nào đọc được")
    return [replace(row, source=file.name) for row in rows]


def _load(file: Path) -> Any:
    try:
        raw = file.read_bytes()
        if raw[:2] == b"\x1f\x8b":
            with gzip.open(file) as packed:
                raw = packed.read(MOST_BYTES + 1)
        if len(raw) > MOST_BYTES:
            raise PlaceFileError(f"{file}: quá lớn")
        return json.loads(raw)
    except OSError as error:
        raise PlaceFileError(f"{file}: không đọc được ({error.strerror or error})") from error
    except (ValueError, EOFError) as error:
        raise PlaceFileError(f"{file}: không phải JSON") from error


def _today(provinces: list[dict[str, Any]]) -> Iterator[Row]:
    for province in provinces:
        name = province["FullName"]
        yield Row(name, PROVINCE, "", name)
        for ward in province["Wards"]:
            yield Row(ward["FullName"], kind_of(ward["FullName"]), ward["FullName"], name, ward["Code"])


def _new_to_old(wards: Iterable[dict[str, Any]]) -> Iterator[Row]:
    for new in wards:
        ward, province = _cased(new["new_ward_name"]), _cased(new["new_province_name"])
        yield Row(ward, kind_of(ward), ward, province)
        yield Row(province, PROVINCE, "", province)
        for old in new["old_wards"]:
            yield from _former(
                _cased(old["old_ward_name"]),
                _cased(old["old_district_name"]),
                _cased(old["old_province_name"]),
                ward,
                province,
            )


def _mapping(records: Iterable[dict[str, Any]]) -> Iterator[Row]:
    for record in records:
        ward, province = record["new_ward"], record["new_province"]
        yield Row(province, PROVINCE, "", province)
        if not ward:
            continue
        yield Row(ward, kind_of(ward), ward, province)
        yield from _former(record["old_ward"], record["old_district"], record["old_province"], ward, province)


def _former(name: str, district: str, old_province: str, ward: str, province: str) -> Iterator[Row]:
    if name:
        yield Row(
            name, kind_of(name), ward, province, district=district or None, former_province=old_province, former=True
        )
    if district:
        yield Row(district, DISTRICT, "", province, former_province=old_province, former=True)
    yield Row(old_province, PROVINCE, "", province, former=True)


def _cased(name: str) -> str:
    """ "Thành Phố Hà Nội" → "Thành phố Hà Nội": only the first word of the kind has a capital."""
    for kind in ("Thành Phố", "Thị Trấn", "Thị Xã", "Đặc Khu"):
        if name.startswith(f"{kind} "):
            return kind.capitalize() + name[len(kind) :]
    return re.sub(r"\s+", " ", name).strip()


def _joined(rows: list[Row]) -> list[Row]:
    """Without doubles, each with the code that any of the files has for its ward; a name of today is not also old."""
    codes = {_ward_key(row): row.ward_code for row in rows if row.ward_code}
    kept: dict[tuple[object, ...], Row] = {}
    for row in rows:
        province = RENAMED.get(row.province, row.province)
        row = replace(row, province=province, ward_code=row.ward_code or codes.get(_ward_key(row)))
        district = fold_name(row.district or "")
        key: tuple[object, ...] = (exact_name(row.name), row.kind, row.former and district, _ward_key(row), row.former)
        if row.kind in (DISTRICT, PROVINCE):
            key = (fold_name(row.name), row.kind, fold_name(row.province))
        kept.setdefault(key, row)
    return list(kept.values())


def _ward_key(row: Row) -> tuple[str, str, str]:
    return exact_name(row.ward), kind_of(row.ward), fold_name(row.province)


def _values(row: Row) -> dict[str, Any]:
    return {
        "name": row.name,
        "folded": fold_name(row.name),
        "kind": row.kind,
        "district": row.district,
        "former_province": row.former_province,
        "former": row.former,
        "ward": row.ward,
        "ward_code": row.ward_code,
        "province": row.province,
        "source": row.source,
    }
