"""Whether somebody has reported the same already: same category, near place, still open, of the last 30 days.

What is offered says only what the citizen who asks knows anyway (the part of the place that both have written) and
when the other report came and how far it is; never another citizen's words, never a restricted or private ticket.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from bot.storage.models import Ticket
from bot.text import fold, has_marks
from bot.text.folding import compose
from bot.tickets.states import OPEN, Status
from bot.tickets.wording import phrases

WITHIN = 150.0
"""Metres."""
SINCE = timedelta(days=30)
MOST_OFFERED = 3
MOST_READ = 300
"""Newest tickets of the category and ward that are compared."""
NEIGHBOURS = 10
"""House numbers of a street at most so far apart count as near."""

_METRES_A_DEGREE = 111_320.0
_SPACE = phrases(
    "o|tai|ngay|truoc|mat|cua|cong|sau|lung|doi|dien|gan|canh|ke|sat|ben|hong|dau|cuoi|giua|trong|khu|vuc|phia|ngoai"
    "|duoi|tren|goc|doan|quanh|doc|nha|so|duong|pho|toi|minh|em|cai|tru|cot|den"
)
"""Words of a place that do not tell one place from another."""
_WIDER = re.compile(r"(?:^|[,;\s]+)(?:phường|xã|thị trấn|quận|huyện|tỉnh|thành phố|tp)\b[^,;]*", re.IGNORECASE)
_WIDER_PLAIN = re.compile(r"(?:^|[,;\s]+)(?:phuong|xa|thi tran|quan|huyen|tinh|thanh pho|tp)\s+\w[^,;]*", re.IGNORECASE)
"""Ward and above: the ward is compared by its code. With diacritics, because Hoa Phượng is a street."""
_ALLEY = re.compile(r"\b(?:hem|ngo|ngach|kiet)(?: so)? (\w*\d[\w/.\-]*)")
_AREA = re.compile(r"\b(to dan pho|to|khu pho|kp|tdp|thon|ap|xom|khom|lo|block)(?: so)? (\w*\d\w*)")
_NUMBER = re.compile(r"(?<![\w/])(\d{1,4})[a-z]?(?:bis)?(?![\w/])")


@dataclass(frozen=True)
class Similar:
    """An open report that may be the same.

    Attributes:
        shared: the words of the place that both have, as the asking citizen wrote them; "" where there are none.
        metres: the distance, where both have coordinates.
    """

    code: str
    category: str
    status: Status
    created_at: datetime
    shared: str = ""
    metres: float | None = None


@dataclass(frozen=True)
class Spot:
    """Where a report is about."""

    place: str
    ward: str | None = None
    lat: float | None = None
    long: float | None = None

    @property
    def at(self) -> tuple[float, float] | None:
        """Latitude and longitude, where both are known."""
        return None if self.lat is None or self.long is None else (self.lat, self.long)


async def similar(
    sessions: async_sessionmaker[AsyncSession], category: str, spot: Spot, *, now: datetime | None = None
) -> list[Similar]:
    """Open reports of a category near a place, the nearest first, at most three."""
    since = (now or datetime.now(UTC)) - SINCE
    nearby: list[ColumnElement[bool]] = []
    if spot.at is not None:
        lat, long = spot.at
        high = WITHIN / _METRES_A_DEGREE
        wide = high / max(0.1, math.cos(math.radians(lat)))
        nearby.append(Ticket.lat.between(lat - high, lat + high) & Ticket.long.between(long - wide, long + wide))
    if spot.place:
        nearby.append(Ticket.ward.is_not_distinct_from(spot.ward))
    if not nearby:
        return []
    query = (
        select(Ticket.code, Ticket.category, Ticket.status, Ticket.created_at, Ticket.place, Ticket.ward)
        .add_columns(Ticket.lat, Ticket.long)
        .where(
            Ticket.category == category,
            Ticket.status.in_([status.value for status in OPEN]),
            Ticket.created_at > since,
            Ticket.restricted.is_(False),
            Ticket.private.is_(False),
            or_(*nearby),
        )
        .order_by(Ticket.id.desc())
        .limit(MOST_READ)
    )
    async with sessions() as session:
        rows = (await session.execute(query)).all()
    found = []
    for row in rows:
        there = Spot(row.place, row.ward, row.lat, row.long)
        metres = distance(spot, there)
        if metres is not None and metres > WITHIN:
            continue
        shared = same_street(spot.place, there.place) if spot.ward == there.ward else None
        if metres is None and shared is None:
            continue
        found.append(Similar(row.code, row.category, Status(row.status), row.created_at, shared or "", metres))
    return sorted(found, key=lambda one: WITHIN if one.metres is None else one.metres)[:MOST_OFFERED]


def distance(one: Spot, other: Spot) -> float | None:
    """Metres between two places; none unless both have coordinates."""
    if one.at is None or other.at is None:
        return None
    (lat1, long1), (lat2, long2) = one.at, other.at
    a, b = math.radians(lat1), math.radians(lat2)
    half = math.sin((b - a) / 2) ** 2 + math.cos(a) * math.cos(b) * math.sin(math.radians(long2 - long1) / 2) ** 2
    return 2 * 6_371_000.0 * math.asin(min(1.0, math.sqrt(half)))


def same_street(one: str, other: str) -> str | None:
    """Whether two places are about the same: the words that both have, as the first writes them, else none.

    The name of a street or building must be the same; alleys, groups and distant house numbers must not differ.
    """
    mine, theirs = _Parts.of(one), _Parts.of(other)
    if not mine.names or not theirs.names:
        if not (mine.marks and mine.marks == theirs.marks and not mine.names and not theirs.names):
            return None
    else:
        shared = mine.names & theirs.names
        if len(shared) < 0.75 * min(len(mine.names), len(theirs.names)) or (len(shared) < 2 and not mine.marks):
            return None
    for kind in mine.marks.keys() & theirs.marks.keys():
        if mine.marks[kind] != theirs.marks[kind]:
            return None
    if mine.houses and theirs.houses and min(abs(a - b) for a in mine.houses for b in theirs.houses) > NEIGHBOURS:
        return None
    common = mine.names & theirs.names | {word for word in fold(other).split() if word in _SPACE}
    marks = {text for kind, text in mine.marks.items() if theirs.marks.get(kind) == text}
    return _excerpt(one, common, marks)


@dataclass(frozen=True)
class _Parts:
    """A place taken apart.

    Attributes:
        names: words of names of streets and buildings.
        marks: alley, group and the like, by kind.
        houses: numbers of houses.
    """

    names: frozenset[str]
    marks: dict[str, str]
    houses: frozenset[int]

    @classmethod
    def of(cls, place: str) -> _Parts:
        plain = fold(_narrow(place))
        alleys = _ALLEY.findall(plain)
        marks = {"hem": alleys[-1]} if alleys else {}
        plain = _ALLEY.sub(" ", plain)
        marks |= {"to" if match[1] in ("to dan pho", "tdp") else match[1]: match[2] for match in _AREA.finditer(plain)}
        plain = _AREA.sub(" ", plain)
        houses = frozenset(int(match) for match in _NUMBER.findall(plain))
        words = re.findall(r"[^\W\d_]+", _NUMBER.sub(" ", plain))
        return cls(frozenset(word for word in words if word not in _SPACE), marks, houses)


def _narrow(place: str) -> str:
    """A place without ward, district and province."""
    return (_WIDER if has_marks(place) else _WIDER_PLAIN).sub(" ", compose(place))


def _excerpt(place: str, common: Iterable[str], marks: Iterable[str]) -> str:
    """Of a place the words that the other has too, from the first of its name to the last."""
    names, numbers = set(common), set(marks)
    words = re.findall(r"\w+(?:[/.\-]\w+)*", _narrow(place))
    kept = [word for word in words if fold(word) in names or fold(word) in numbers or fold(word) in _LEADS]
    while kept and fold(kept[0]) in _SPACE - _STREET - _LEADS:
        kept = kept[1:]
    while kept and fold(kept[-1]) in _SPACE | _LEADS and fold(kept[-1]) not in numbers:
        kept = kept[:-1]
    return " ".join(kept)


_STREET = frozenset({"duong", "pho"})
_LEADS = frozenset(
    {"cong", "cho", "truong", "cau", "chung", "cu", "hem", "ngo", "ngach", "kiet", "to", "thon", "ap", "xom", "khom"}
)
