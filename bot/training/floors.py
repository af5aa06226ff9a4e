"""Floors that an evaluation must reach, by set, measure and style; CI fails below them.

The file (`tests/understanding/floors.yml`) is a map from the name of a set's file to:

- `measures`: measure → least percent (for what should be rare, such as false alarms: most percent);
- `styles`: style → measure → percent;
- `losses`: kind of noise → measure → the most points that the ladder's rung may lose from the clean rows.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from bot.training.ladder import CLEAN, MARK
from bot.training.scoring import BY_STYLE, MEASURES, SHOULD_BE_RARE, Report

Percent = Annotated[float, Field(ge=0, le=100)]


class FloorsError(Exception):
    """The file of floors cannot be used; the text says why."""


class Floors(BaseModel):
    """The floors of one set."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    measures: dict[str, Percent] = {}
    styles: dict[str, dict[str, Percent]] = {}
    losses: dict[str, dict[str, Percent]] = {}

    @property
    def noises(self) -> tuple[str, ...]:
        """The rungs that are needed to judge the losses."""
        return tuple(self.losses)


def load(path: Path, name: str) -> Floors:
    """The floors of the set whose file is called `name`.

    Raises:
        FloorsError: the file cannot be read, has nothing for the set, or names no known measure.
    """
    try:
        data = yaml.safe_load(path.read_text(encoding="utf-8"))
        floors = Floors.model_validate(data[name])
    except (OSError, UnicodeDecodeError, yaml.YAMLError, ValidationError, TypeError) as error:
        raise FloorsError(f"{path}: {error}") from error
    except KeyError:
        raise FloorsError(f"{path} không có ngưỡng cho {name}; có: {', '.join(data)}") from None
    for named in floors.measures:
        _known(path, named, tuple(MEASURES))
    for group in (*floors.styles.values(), *floors.losses.values()):
        for named in group:
            _known(path, named, BY_STYLE)
    return floors


def _known(path: Path, measure: str, known: tuple[str, ...]) -> None:
    if measure not in known:
        raise FloorsError(f"{path}: không có chỉ số «{measure}»; có: {', '.join(known)}")


def below(report: Report, floors: Floors) -> list[str]:
    """What does not reach its floor, a line each; a measure of which there is nothing counts as not reached."""
    found = [
        _compared(name, report.measures[name].percent, floor, name in SHOULD_BE_RARE)
        for name, floor in floors.measures.items()
    ]
    for style, group in floors.styles.items():
        shares = report.styles.get(style, {})
        found += [
            _compared(f"{style}: {name}", shares[name].percent if name in shares else None, floor, False)
            for name, floor in group.items()
        ]
    for noise, group in floors.losses.items():
        for name, most in group.items():
            loss = report.loss(CLEAN, MARK + noise, name)
            found.append(_compared(f"{noise}: {name}, điểm mất so với gõ đủ dấu", loss, most, True))
    return [line for line in found if line]


def _compared(name: str, value: float | None, floor: float, rare: bool) -> str:
    if value is None:
        return f"{name}: không có dòng nào để đo"
    if (value > floor) if rare else (value < floor):
        return f"{name}: {value:.1f}, {'nhiều nhất' if rare else 'ít nhất'} {floor:g}"
    return ""
