"""The boundaries of wards: a GeoJSON file (RFC 7946) beside the locality file, and which ward a point lies in.

A feature is a Polygon or MultiPolygon in degrees of WGS 84, longitude first; its property `ward` is the code of a ward
of the locality file (a locality of one ward may leave it out). Several features of one ward are taken together. What
the file is drawn from, and how exactly, is for its author to know: the citizen sees the ward and may correct it.
"""

from __future__ import annotations

import itertools
import json
import math
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

LARGEST = 20 * 1024 * 1024
"""Bytes of a file."""
MOST_POSITIONS = 500_000
SMALLEST = 1e-10
"""Square degrees: about one square metre."""
LATITUDES, LONGITUDES = (8.0, 24.0), (102.0, 118.0)
"""Of Viet Nam with its islands; anything else is a mistake, most often latitude and longitude exchanged."""

Position = tuple[float, float]
"""Longitude and latitude."""
Ring = tuple[Position, ...]


class BoundaryError(ValueError):
    """The file cannot be used. Each line of the text is `line: what is wrong`, or `features[3]…: what is wrong`."""


@dataclass(frozen=True)
class Polygon:
    """An outer ring and its holes."""

    rings: tuple[Ring, ...]
    west: float
    south: float
    east: float
    north: float

    @classmethod
    def of(cls, rings: Sequence[Ring]) -> Polygon:
        """With the box around it, which settles most questions."""
        longs, lats = zip(*rings[0], strict=True)
        return cls(tuple(rings), min(longs), min(lats), max(longs), max(lats))

    def holds(self, long: float, lat: float) -> bool:
        """Whether a point lies in it; its edge belongs to it."""
        if not (self.west <= long <= self.east and self.south <= lat <= self.north):
            return False
        inside = False
        for ring in self.rings:
            for (x1, y1), (x2, y2) in itertools.pairwise(ring):
                if _on(long, lat, x1, y1, x2, y2):
                    return True
                # Even-odd: a ray to the east crosses the edge.
                if (y1 > lat) != (y2 > lat) and long < x1 + (lat - y1) / (y2 - y1) * (x2 - x1):
                    inside = not inside
        return inside


@dataclass(frozen=True)
class Boundaries:
    """Which ward a point lies in."""

    wards: dict[str, tuple[Polygon, ...]]

    def ward(self, lat: float, long: float) -> str | None:
        """The code of the ward that has a point; none of them. On a common edge, the first of the file."""
        return next((code for code, areas in self.wards.items() if any(area.holds(long, lat) for area in areas)), None)

    def covers(self, codes: Collection[str]) -> bool:
        """Whether all these wards are drawn: only then does a point in none of them lie outside."""
        return set(codes) <= self.wards.keys()


def read(path: Path, codes: Sequence[str]) -> Boundaries:
    """Read and check a file.

    Args:
        codes: of the locality's wards.

    Raises:
        BoundaryError: unreadable, not GeoJSON, or not of these wards; up to ten problems at once.
    """
    try:
        if path.stat().st_size > LARGEST:
            raise BoundaryError(f"tệp quá lớn, nhiều nhất {LARGEST >> 20} MB (the file is too large)")
        value = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise BoundaryError(f"không đọc được tệp (cannot read): {error}") from error
    except json.JSONDecodeError as error:
        raise BoundaryError(f"{error.lineno}: sai cú pháp JSON (not valid JSON): {error.msg}") from error
    except RecursionError as error:
        raise BoundaryError("lồng quá sâu (nested beyond measure)") from error
    features = value.get("features") if isinstance(value, dict) else None
    if not isinstance(features, list) or not features or value.get("type") != "FeatureCollection":
        raise BoundaryError("phải là FeatureCollection có 'features' (must be a FeatureCollection with features)")
    found: dict[str, tuple[Polygon, ...]] = {}
    problems: list[str] = []
    count = 0
    for number, feature in enumerate(features, 1):
        try:
            code = _ward(feature, codes)
            areas = tuple(_areas(feature))
        except BoundaryError as error:
            problems.append(f"features[{number}]{error}")
            continue
        count += sum(len(ring) for area in areas for ring in area.rings)
        if count > MOST_POSITIONS:
            raise BoundaryError(f"quá {MOST_POSITIONS} điểm, hãy giản lược (too many positions; simplify the file)")
        found[code] = (*found.get(code, ()), *areas)
    if problems:
        raise BoundaryError("\n".join(problems[:10]))
    return Boundaries(found)


def _ward(feature: Any, codes: Sequence[str]) -> str:
    if not isinstance(feature, dict) or feature.get("type") != "Feature":
        raise BoundaryError(": phải là Feature (must be a Feature)")
    properties = feature.get("properties")
    code = properties.get("ward") if isinstance(properties, dict) else None
    if code is None and len(codes) == 1:
        return codes[0]
    if code is None:
        raise BoundaryError(".properties.ward: thiếu mã phường, xã (the ward's code is missing)")
    if code not in codes:
        raise BoundaryError(f".properties.ward: không có {code!r} trong 'wards' (unknown ward)")
    return str(code)


def _areas(feature: dict[str, Any]) -> Iterator[Polygon]:
    geometry = feature.get("geometry")
    kind = geometry.get("type") if isinstance(geometry, dict) else None
    if kind not in ("Polygon", "MultiPolygon"):
        raise BoundaryError(".geometry: phải là Polygon hoặc MultiPolygon (must be one of these)")
    assert isinstance(geometry, dict)  # noqa: S101  it has a type
    coordinates = geometry.get("coordinates")
    polygons = [coordinates] if kind == "Polygon" else coordinates
    if not isinstance(polygons, list) or not polygons:
        raise BoundaryError(".geometry.coordinates: trống (empty)")
    for polygon in polygons:
        if not isinstance(polygon, list) or not polygon:
            raise BoundaryError(".geometry.coordinates: một vùng không có đường bao (an area without a ring)")
        yield Polygon.of([_ring(ring) for ring in polygon])


def _ring(value: Any) -> Ring:
    where = ".geometry.coordinates: "
    if not isinstance(value, list) or len(value) < 4:
        raise BoundaryError(where + "đường bao cần ít nhất 4 điểm (a ring has at least 4 positions)")
    ring = tuple(_position(item) for item in value)
    if ring[0] != ring[-1]:
        raise BoundaryError(where + "đường bao phải khép kín: điểm cuối trùng điểm đầu (a ring must be closed)")
    if _area(ring) < SMALLEST:
        raise BoundaryError(where + "đường bao không có diện tích (a ring without an area)")
    return ring


def _position(value: Any) -> Position:
    where = ".geometry.coordinates: "
    if not isinstance(value, list) or len(value) < 2 or not all(map(_is_number, value[:2])):
        raise BoundaryError(where + f"không phải [kinh độ, vĩ độ] (not a position): {str(value)[:60]}")
    long, lat = float(value[0]), float(value[1])
    if _between(lat, LATITUDES) and _between(long, LONGITUDES):
        return long, lat
    if _between(long, LATITUDES) and _between(lat, LONGITUDES):
        raise BoundaryError(where + "kinh độ phải đứng trước vĩ độ (longitude comes first)")
    raise BoundaryError(where + f"điểm không ở Việt Nam (not in Viet Nam): {long}, {lat}")


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def _between(value: float, limits: tuple[float, float]) -> bool:
    return limits[0] <= value <= limits[1]


def _area(ring: Ring) -> float:
    """Twice the area, by the shoelace formula, in square degrees; from the first corner, or its digits would drown."""
    x0, y0 = ring[0]
    return abs(sum((x1 - x0) * (y2 - y0) - (x2 - x0) * (y1 - y0) for (x1, y1), (x2, y2) in itertools.pairwise(ring)))


def _on(x: float, y: float, x1: float, y1: float, x2: float, y2: float) -> bool:
    """Whether a point lies on an edge, to the last digits of a float."""
    if not (min(x1, x2) <= x <= max(x1, x2) and min(y1, y2) <= y <= max(y1, y2)):
        return False
    return abs((x2 - x1) * (y - y1) - (y2 - y1) * (x - x1)) < 1e-14
