"""Boundaries of wards: which ward a point lies in, and mistakes of the file named with their place."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.locality import LiveLocality, LocalityError, load
from bot.locality.boundaries import BoundaryError, Polygon, read

FOLDER = Path(__file__).parents[3] / "localities"
SQUARE = [[106.0, 10.0], [106.1, 10.0], [106.1, 10.1], [106.0, 10.1], [106.0, 10.0]]


def feature(coordinates: Any, ward: Any = "a", kind: str = "Polygon") -> dict[str, Any]:
    return {
        "type": "Feature",
        "properties": {"ward": ward} if ward else {},
        "geometry": {"type": kind, "coordinates": coordinates},
    }


def written(folder: Path, value: Any) -> Path:
    path = folder / "wards.geojson"
    path.write_text(value if isinstance(value, str) else json.dumps(value), encoding="utf-8")
    return path


def of(*features: Any) -> dict[str, Any]:
    return {"type": "FeatureCollection", "features": list(features)}


@pytest.mark.parametrize(
    ("lat", "long", "ward"),
    [
        (10.75, 106.65, "90001"),
        (10.75, 106.75, "90002"),
        (10.9, 106.65, "90003"),
        (10.82, 106.72, "90004"),
        (10.88, 106.77, "90003"),  # a hole in one ward, filled by an exclave of another
        (10.63, 107.03, "90005"),
        (10.625, 107.085, "90005"),  # the smaller island
        (10.75, 106.7, "90001"),  # on the common edge: the first of the file
        (10.7, 106.6, "90001"),  # a corner
        (10.64, 107.07, None),  # the sea between two islands
        (21.03, 105.85, None),
    ],
)
def test_a_point_lies_in_the_ward_that_the_file_draws(lat: float, long: float, ward: str | None) -> None:
    drawn = load(FOLDER / "tinh-mau.yml").drawn
    assert drawn is not None
    assert drawn.ward(lat, long) == ward


def test_the_files_of_the_examples_draw_every_ward_and_say_that_they_are_made_up(tmp_path: Path) -> None:
    text = (FOLDER / "phuong-mau.yml").read_text(encoding="utf-8").replace("# boundaries:", "boundaries:")
    (tmp_path / "phuong-mau.yml").write_text(text, encoding="utf-8")
    (tmp_path / "phuong-mau.geojson").write_bytes((FOLDER / "phuong-mau.geojson").read_bytes())
    for path in (FOLDER / "tinh-mau.yml", tmp_path / "phuong-mau.yml"):
        locality = load(path)
        assert locality.drawn is not None
        assert locality.drawn.covers([ward.code for ward in locality.areas])
    for path in FOLDER.glob("*.geojson"):
        assert "BỊA RA" in json.loads(path.read_text(encoding="utf-8"))["description"]


@given(st.floats(106.0, 106.1), st.floats(10.0, 10.1))
def test_what_is_in_the_triangle_and_what_is_not(long: float, lat: float) -> None:
    triangle = Polygon.of([((106.0, 10.0), (106.1, 10.0), (106.0, 10.1), (106.0, 10.0))])
    height = (long - 106.0) + (lat - 10.0)
    if abs(height - 0.1) > 1e-9:  # too near to the edge for a float to say
        assert triangle.holds(long, lat) == (height < 0.1)


@pytest.mark.parametrize(
    ("value", "problem"),
    [
        ("{", "1: sai cú pháp JSON"),
        ('{"type": "FeatureCollection",\n "features": [}', "2: sai cú pháp JSON"),
        ("[" * 100_000, "lồng quá sâu"),
        ([], "phải là FeatureCollection"),
        (of(), "phải là FeatureCollection"),
        (feature([SQUARE]), "phải là FeatureCollection"),
        (of(5), "features[1]: phải là Feature"),
        (of(feature([SQUARE], ward=None)), "features[1].properties.ward: thiếu mã"),
        (of(feature([SQUARE]), feature([SQUARE], ward="x")), "features[2].properties.ward: không có 'x'"),
        (of(feature([SQUARE], kind="Point")), "features[1].geometry: phải là Polygon"),
        (of(feature([], kind="MultiPolygon")), "coordinates: trống"),
        (of(feature([[]], kind="MultiPolygon")), "một vùng không có đường bao"),
        (of(feature([SQUARE[:3]])), "cần ít nhất 4 điểm"),
        (of(feature([SQUARE[:4]])), "phải khép kín"),
        (of(feature([[lat_long[::-1] for lat_long in SQUARE]])), "kinh độ phải đứng trước vĩ độ"),
        (of(feature([[[1.0, 2.0], *SQUARE]])), "không ở Việt Nam"),
        (of(feature([[["106", 10.0], *SQUARE]])), "không phải [kinh độ, vĩ độ]"),
        (of(feature([[[106.0, 10.0], [106.1, 10.1], [106.05, 10.05], [106.0, 10.0]]])), "không có diện tích"),
    ],
)
def test_mistakes_are_named_with_their_place(tmp_path: Path, value: Any, problem: str) -> None:
    with pytest.raises(BoundaryError) as error:
        read(written(tmp_path, value), ["a", "b"])
    assert problem in str(error.value)


def test_a_locality_of_one_ward_need_not_name_it_and_several_features_are_one_ward(tmp_path: Path) -> None:
    apart = [[[long + 1, lat] for long, lat in SQUARE]]
    drawn = read(written(tmp_path, of(feature([SQUARE], ward=None), feature(apart, ward=None))), ["a"])
    assert drawn.ward(10.05, 106.05) == drawn.ward(10.05, 107.05) == "a"
    assert not drawn.covers(["a", "b"])


def test_the_locality_file_names_the_file_and_is_refused_with_it(tmp_path: Path) -> None:
    text = (FOLDER / "tinh-mau.yml").read_text(encoding="utf-8")
    path = tmp_path / "place.yml"
    path.write_text(text, encoding="utf-8")
    line = next(number for number, row in enumerate(text.splitlines(), 1) if row.startswith("boundaries:"))
    with pytest.raises(LocalityError, match=rf"place\.yml:{line}: boundaries: không có tệp"):
        load(path)
    (tmp_path / "tinh-mau.geojson").write_text("{}", encoding="utf-8")
    with pytest.raises(LocalityError, match=r"tinh-mau\.geojson: phải là FeatureCollection"):
        load(path)
    path.write_text(text.replace("boundaries: tinh-mau", "boundaries: ../tinh-mau"), encoding="utf-8")
    with pytest.raises(LocalityError, match=rf"place\.yml:{line}: boundaries:"):
        load(path)


def test_a_changed_boundary_is_taken_while_running_and_a_broken_one_refused(tmp_path: Path) -> None:
    for name in ("tinh-mau.yml", "tinh-mau.geojson"):
        (tmp_path / name).write_bytes((FOLDER / name).read_bytes())
    file = tmp_path / "tinh-mau.geojson"
    live = LiveLocality(tmp_path / "tinh-mau.yml", look=0)
    first = live.current
    assert live.current is first
    good = file.read_text(encoding="utf-8")
    file.write_text(good.replace("[106.6, 10.7]", "[106.5, 10.7]"), encoding="utf-8")
    os.utime(file, ns=(1, 1))
    changed = live.current.drawn
    assert changed is not None
    assert changed.ward(10.71, 106.55) == "90001"
    file.write_text("{", encoding="utf-8")
    assert live.current.drawn is changed
    assert live.problem is not None
    assert "sai cú pháp JSON" in live.problem
    file.write_text(good, encoding="utf-8")
    assert live.current.drawn != changed
    assert live.problem is None
