"""Names of wards, districts and provinces: how two spellings are the same, and where the country's are looked up."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection
from dataclasses import dataclass
from functools import lru_cache
from typing import Protocol

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from bot.locality import Locality
from bot.storage.models import PlaceName
from bot.text import fold
from bot.text.syllable import canonical

WARDS = ("phuong", "xa", "thi tran", "dac khu")
DISTRICT, PROVINCE = "quan", "tinh"

KINDS = {
    "phuong": "phuong", "p": "phuong", "ph": "phuong", "f": "phuong", "xa": "xa", "x": "xa",
    "thi tran": "thi tran", "tt": "thi tran", "dac khu": "dac khu",
    "quan": DISTRICT, "q": DISTRICT, "huyen": DISTRICT, "h": DISTRICT, "thi xa": DISTRICT, "tx": DISTRICT,
    "thanh pho": DISTRICT, "tp": DISTRICT, "tinh": PROVINCE,
}  # fmt: skip
SHORT = frozenset({"p", "ph", "f", "x", "q", "h", "tx"})
"""Only with a full stop or a number behind them: "p.12", "q1"."""
Y = re.compile(r"(?<=[bcdghklmnpqrstvx])y\b")
"""Spelt "i" as well: "Mỹ" and "Mĩ"."""


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
    words = re.findall(r"\w+", Y.sub("i", fold(name)))
    for kind in sorted(KINDS, key=len, reverse=True):
        length = len(kind.split())
        if len(words) > length and kind not in SHORT and words[:length] == kind.split():
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
