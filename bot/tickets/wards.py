"""Which ward of today a place lies in: names in free text, also those of before 1/7/2025 and without diacritics.

Pure: `names_in` says which names to look up, `resolve` decides between what was found. The names themselves come from
the locality file (`own_names`) and, for the rest of the country, from the table `place_names` (`NameTable`).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal, Protocol

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from bot.locality import Locality
from bot.storage.models import PlaceName
from bot.text import fold, has_marks
from bot.text.folding import compose
from bot.text.syllable import canonical
from bot.tickets.wording import phrases

WARDS = ("phuong", "xa", "thi tran", "dac khu")
DISTRICT, PROVINCE = "quan", "tinh"
MOST_WORDS = 6
"""The longest names: "văn miếu quốc tử giám", "nông trường việt lâm"."""
MOST_OPTIONS = 4

_KINDS = {
    "phuong": "phuong", "p": "phuong", "ph": "phuong", "f": "phuong", "xa": "xa", "x": "xa",
    "thi tran": "thi tran", "tt": "thi tran", "dac khu": "dac khu",
    "quan": DISTRICT, "q": DISTRICT, "huyen": DISTRICT, "h": DISTRICT, "thi xa": DISTRICT, "tx": DISTRICT,
    "thanh pho": DISTRICT, "tp": DISTRICT, "tinh": PROVINCE,
}  # fmt: skip
_SHORT = frozenset({"p", "ph", "f", "x", "q", "h", "tx"})
"""Only with a full stop or a number behind them: "p.12", "q1"."""
_STREETS = phrases(
    "duong|pho|hem|ngo|ngach|kiet|cho|cau|truong|dai|lo|so|nha|chung|cu|toa|khu|to|ap|thon|xom|cong|vien|ql"
)
"""After these a name is a street's or a building's."""
_ALIASES = (
    (re.compile(r"\b(?:tp\W{0,2}hcm|tphcm|hcm|sai gon)\b"), "thanh pho ho chi minh"),
    (re.compile(r"\b(?:tp\W{0,2}hn|tphn)\b"), "thanh pho ha noi"),
)
_SPLIT_NUMBER = re.compile(r"\b([pfqx]|ph)(\d{1,2})\b")
_SEGMENT = re.compile(r"[,;:\n()]+")
_TOKEN = re.compile(r"\w+\.?")
_LOOKALIKE = re.compile(r"\b(?:phượng|phương|phưởng|phướng|xá|xà|xả|xạ|quân|quản|quán|quần|tĩnh|tính|tình|huyên)\b")
"""Parts of names that fold to "phuong", "xa", "quan" …: "đường Hoa Phượng"."""
_Y = re.compile(r"(?<=[bcdghklmnpqrstvx])y\b")


@dataclass(frozen=True)
class Name:
    """A name and the ward of today that it stands for. `ward` is "" for a district or a province."""

    name: str
    folded: str
    kind: str
    ward: str
    province: str
    ward_code: str | None = None
    district: str | None = None
    former_province: str | None = None
    former: bool = False
    own: bool = False
    """Whether the ward is one of the locality's."""


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


class Names(Protocol):
    """Where names of the country are looked up."""

    async def find(self, folded: Collection[str]) -> list[Name]:
        """All names of these foldings."""
        ...


class NameTable:
    """The table `place_names`, filled by `bot places import`."""

    def __init__(self, sessions: async_sessionmaker[AsyncSession]) -> None:
        self._sessions = sessions

    async def find(self, folded: Collection[str]) -> list[Name]:
        """All names of these foldings."""
        if not folded:
            return []
        async with self._sessions() as session:
            rows = await session.scalars(select(PlaceName).where(PlaceName.folded.in_(folded)).order_by(PlaceName.id))
            return [
                Name(
                    row.name,
                    row.folded,
                    row.kind,
                    row.ward,
                    row.province,
                    row.ward_code,
                    row.district,
                    row.former_province,
                    row.former,
                )
                for row in rows
            ]


@lru_cache(maxsize=32_768)
def fold_name(name: str) -> str:
    """The key of a name: "Phường Yên Hoà" and "yen hoa" → "yen hoa", "Phường 01" → "1"."""
    words = re.findall(r"\w+", _Y.sub("i", fold(name)))
    for kind in sorted(_KINDS, key=len, reverse=True):
        length = len(kind.split())
        if len(words) > length and kind not in _SHORT and words[:length] == kind.split():
            words = words[length:]
            break
    return " ".join(word.lstrip("0") or word if word.isdigit() else word for word in words)


@lru_cache(maxsize=32_768)
def exact_name(name: str) -> str:
    """A name with its diacritics, in one spelling: "Hoà" and "Hòa" are the same, "An Khê" and "An Khế" are not."""
    words = re.findall(r"\w+", unicodedata.normalize("NFC", name).lower())
    return " ".join(canonical(word) for word in words)


def kind_of(name: str) -> str:
    """The kind that stands before a name; of a bare one `phuong`."""
    words = fold(name)
    return next((kind for kind in (*WARDS, DISTRICT, PROVINCE) if words.startswith(f"{kind} ")), "phuong")


def own_names(locality: Locality) -> list[Name]:
    """The names that the locality file has for its wards, today's first."""
    made = []
    for area in locality.areas:
        for name, former in ((area.name, False), *((old, True) for old in area.former)):
            made.append(
                Name(
                    name,
                    fold_name(name),
                    kind_of(name),
                    area.name,
                    locality.province.name,
                    area.code,
                    former=former,
                    own=True,
                )
            )
    return made


@dataclass(frozen=True)
class _Mention:
    kind: str | None
    """None: a name without its kind."""
    names: tuple[str, ...]
    """What it may be, the longest first."""
    whole: bool = False
    """Whether it fills a part between commas."""


def names_in(text: str) -> set[str]:
    """The foldings to look up for a text."""
    return {name for mention in _mentions(text) for name in mention.names}


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
    plain = _plain(text).replace("_", "")
    for mention in _mentions(text):
        if mention.kind in (DISTRICT, PROVINCE):
            continue
        if rows := _rows(mention, names, plain, bare=bare):
            return _decide(_narrowed(_as_written(rows, text), plain, locality))
    return _by_wider(text, names, locality)


def _rows(mention: _Mention, names: list[Name], plain: str, *, bare: bool) -> list[Name]:
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
        plain[: match.start()].split()[-1:] == [] or plain[: match.start()].split()[-1] not in _STREETS
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
    for mention in _mentions(text):
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


def _plain(text: str) -> str:
    """Folded, with aliases written out; what only looks like "phường", "xã" … without its diacritics ends in "_"."""
    plain = _Y.sub("i", fold(_LOOKALIKE.sub(r"\g<0>_", compose(text).lower())))
    for pattern, name in _ALIASES:
        plain = pattern.sub(name, plain)
    plain = _SPLIT_NUMBER.sub(r"\1. \2", plain)
    return re.sub(r"\b0+(\d)", r"\1", plain)


def _mentions(text: str) -> list[_Mention]:
    """What may be names of wards, districts and provinces, those with their kind first."""
    named: list[_Mention] = []
    loose: list[_Mention] = []
    for part in _SEGMENT.split(_plain(text)):
        words = _TOKEN.findall(part)
        bare = [word.rstrip(".") for word in words]
        named += _with_kind(words, bare)
        loose += _without_kind(bare)
    return named + loose


def _with_kind(words: list[str], bare: list[str]) -> Iterator[_Mention]:
    for position in range(len(words)):
        for length in (2, 1):
            kind = _KINDS.get(" ".join(bare[position : position + length]))
            first = position + length
            if kind is None or first >= len(words) or (length == 1 and position and bare[position - 1] == "thi"):
                continue
            if bare[position] in _SHORT and not (words[position].endswith(".") or bare[first].isdigit()):
                continue
            ends = range(min(len(bare), first + MOST_WORDS), first, -1)
            yield _Mention(kind, tuple(_joined(bare[first:end]) for end in ends))
            break


def _without_kind(bare: list[str]) -> Iterator[_Mention]:
    if not bare:
        return
    if len(bare) <= MOST_WORDS:
        yield _Mention(None, (_joined(bare),), whole=True)
    for start in range(max(1, len(bare) - MOST_WORDS), len(bare)):
        if bare[start - 1] not in _STREETS and not bare[start - 1].isdigit():
            yield _Mention(None, (_joined(bare[start:]),))


def _joined(words: list[str]) -> str:
    return " ".join(words).replace("_", "")
