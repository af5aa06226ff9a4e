"""Which ward of today a place lies in: names in free text, also those of before 1/7/2025 and without diacritics.

Pure: `names_in` says which names to look up, `resolve` decides between what was found. The names themselves come from
the locality file (`own_names`) and, for the rest of the country, from the table `place_names` (`NameTable`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from bot.locality import Locality
from bot.text import fold, has_marks
from bot.tickets.mentions import STREETS, Mention, mentions, plain_of
from bot.tickets.place_names import DISTRICT, PROVINCE, WARDS, Name, exact_name, fold_name, own_names

MOST_OPTIONS = 4
_SENTENCE_END = re.compile(r"[.;!?\n](?=\s|$)")
_UNIT_FOLLOWS = re.compile(
    r"\W{0,3}(?:(?:phuong|xa|thi tran|dac khu|quan|huyen|thi xa|thanh pho|tinh|tp)\b|[pqx]\.|[pq]\d)"
)


@dataclass(frozen=True)
class Place:
    """A ward of today, as an answer to "where is that?".

    Attributes:
        said: the name that stands for it, as officially written.
        code: of the locality file's ward; none outside the locality.
        ward: with its kind; "" where only the province is known.
        former: whether the citizen used a name of before 1/7/2025.
    """

    said: str
    code: str | None
    ward: str
    province: str
    former: bool = False


@dataclass(frozen=True)
class Resolution:
    """What a text says about the ward.

    Attributes:
        state: `none`: no ward is named; `inside`: one of the locality's; `outside`: another place is responsible;
            `several`: the name stands for several wards; `many`: for too many to offer.
        places: the one, or the several.
    """

    state: Literal["none", "inside", "outside", "several", "many"]
    places: tuple[Place, ...] = ()


def resolve(text: str, found: Iterable[Name], locality: Locality, *, bare: bool = False) -> Resolution:
    """The ward that a text names.

    Args:
        found: what a look-up of `names_in(text)` gave; the locality's own names are added here.
        bare: the text answers "which ward?", so a name needs no "phường" before it.
    """
    own = own_names(locality)
    seen = {(name.folded, name.kind, exact_name(name.ward), fold_name(name.province)) for name in own}
    names = own + [
        name
        for name in (_owned(name, locality) for name in found)
        if (name.folded, name.kind, exact_name(name.ward), fold_name(name.province)) not in seen
    ]
    plain = plain_of(text).replace("_", "")
    for mention in mentions(text):
        if mention.kind in (DISTRICT, PROVINCE):
            continue
        if rows := _rows(mention, names, plain, bare=bare):
            return _decide(_narrowed(_as_written(rows, text), plain, locality))
    return _by_wider(text, names, locality)


def behind(text: str, place: str) -> str:
    """The place with the ward or district that follows it in a text: "…, phường Bến Nghé"; "" where none follows."""
    start = text.find(place) if place else -1
    if start < 0:
        return ""
    tail = _SENTENCE_END.split(text[start + len(place) :], maxsplit=1)[0]
    return f"{place}{tail}" if _UNIT_FOLLOWS.match(fold(tail)) else ""


def _rows(mention: Mention, names: list[Name], plain: str, *, bare: bool) -> list[Name]:
    for candidate in mention.names:
        rows = [name for name in names if name.folded == candidate and name.kind in WARDS]
        if mention.kind is None:
            # Without its kind a name is a ward's only if it is ours, or if its district or province stands beside it.
            if not bare and mention.whole:
                rows = [row for row in rows if row.own or _score(row, plain, besides=candidate)]
            elif not bare:
                rows = [row for row in rows if row.own and len(candidate.split()) > 1]
        else:
            rows = [row for row in rows if row.kind == mention.kind] or rows
        if rows:
            return rows
    return []


def _as_written(rows: list[Name], text: str) -> list[Name]:
    """Where the text has diacritics, those whose name it has with them; else all."""
    if not has_marks(text):
        return rows
    written = f" {exact_name(text)} "
    return [row for row in rows if f" {exact_name(row.name).partition(' ')[2]} " in written] or rows


def _narrowed(rows: list[Name], plain: str, locality: Locality) -> list[Name]:
    """Those that what else the text says speaks for; else ours; else those of our province."""
    scores = [_score(row, plain, besides=row.folded) for row in rows]
    best = max(scores)
    rows = [row for row, score in zip(rows, scores, strict=True) if score == best]
    if own := [row for row in rows if row.own]:
        return own
    if best == 0:
        province = fold_name(locality.province.name)
        return [row for row in rows if fold_name(row.province) == province] or rows
    return rows


def _score(row: Name, plain: str, *, besides: str) -> int:
    rest = re.sub(rf"\b{re.escape(besides)}\b", "|", plain, count=1)
    district = bool(row.district) and _named(fold_name(row.district or ""), rest)
    provinces = {fold_name(name) for name in (row.province, row.former_province) if name}
    return 2 * district + any(_named(name, rest) for name in provinces)


def _named(name: str, plain: str) -> bool:
    """Whether a district or province is named, not a street of the same name."""
    before = r"(?:quan|q) " if name.isdigit() else ""
    return any(
        plain[: match.start()].split()[-1:] == [] or plain[: match.start()].split()[-1] not in STREETS
        for match in re.finditer(rf"\b{before}{re.escape(name)}\b", plain)
    )


def _decide(rows: list[Name]) -> Resolution:
    places: dict[tuple[str, str], Place] = {}
    for row in rows:
        place = Place(_said(row), row.ward_code if row.own else None, row.ward, row.province, row.former)
        places.setdefault((exact_name(row.ward), fold_name(row.province)), place)
    found = tuple(places.values())
    if len(found) > 1:
        return Resolution("several" if len(found) <= MOST_OPTIONS else "many", found[:MOST_OPTIONS])
    return Resolution("inside" if any(row.own for row in rows) else "outside", found)


def _by_wider(text: str, names: list[Name], locality: Locality) -> Resolution:
    """No ward is known: a district or a province alone may tell that the place is somewhere else."""
    here = fold_name(locality.province.name)
    for mention in mentions(text):
        for candidate in mention.names if mention.kind in (DISTRICT, PROVINCE) else ():
            rows = [name for name in names if name.folded == candidate and name.kind in (DISTRICT, PROVINCE)]
            provinces = {fold_name(row.province): row for row in rows}
            if not provinces:
                continue
            if here in provinces:
                return Resolution("none")
            if len(provinces) == 1:
                row = next(iter(provinces.values()))
                return Resolution("outside", (Place(row.name, None, "", row.province, row.former),))
            break
    return Resolution("none")


def _said(row: Name) -> str:
    parts = (row.name, row.district, row.former_province) if row.former else (row.name,)
    return ", ".join(part for part in parts if part)


def _owned(name: Name, locality: Locality) -> Name:
    """A name of the country, with the code of the locality's ward where it is one of them."""
    if name.kind not in WARDS or fold_name(name.province) != fold_name(locality.province.name):
        return name
    area = next((area for area in locality.areas if exact_name(area.name) == exact_name(name.ward)), None)
    if area is None:
        return name
    return Name(
        name.name,
        name.folded,
        name.kind,
        name.ward,
        name.province,
        area.code,
        name.district,
        name.former_province,
        name.former,
        own=True,
    )
