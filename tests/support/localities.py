"""Localities for tests."""

from __future__ import annotations

from pathlib import Path

from bot.locality import Locality, load

FOLDER = Path(__file__).parents[2] / "localities"


def ward() -> Locality:
    """The example of a ward, as it is delivered."""
    return load(FOLDER / "phuong-mau.yml")


def province() -> Locality:
    """The example of a province, as it is delivered."""
    return load(FOLDER / "tinh-mau.yml")


def plain(locality: Locality) -> Locality:
    """Without questions of the categories' own and without asking for pictures: the shortest conversation."""
    categories = tuple(item.model_copy(update={"questions": (), "photo": "optional"}) for item in locality.categories)
    return locality.model_copy(update={"categories": categories})
