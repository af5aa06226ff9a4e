"""The noise ladder: a clean set typed again as people type it, one rung a kind of noise.

The noise is generated and seeded by each row, so a set gives the same ladder on every machine, and a row added to it
leaves the others as they were.
"""

from __future__ import annotations

import random
import zlib
from collections.abc import Iterable, Sequence

from bot.text.noise import KINDS
from bot.training.rows import Row

CLEAN = "clean"
MARK = "~"
"""What the name of a generated style begins with."""
RUNGS = tuple(MARK + kind for kind in KINDS)
SEED = 20261101


class UnknownNoiseError(ValueError):
    """A kind of noise that there is not; the text lists those that there are."""


def climb(rows: Iterable[Row], kinds: Sequence[str] = tuple(KINDS), *, seed: int = SEED) -> list[Row]:
    """A noisy copy of every clean row for each kind of noise, with the style `~kind`.

    Raises:
        UnknownNoiseError: a kind that is not in `KINDS`.
    """
    if unknown := [kind for kind in kinds if kind not in KINDS]:
        raise UnknownNoiseError(f"không có kiểu nhiễu {', '.join(unknown)}; có: {', '.join(KINDS)}")
    return [_noisy(row, kind, seed) for kind in kinds for row in rows if row.style == CLEAN]


def _noisy(row: Row, kind: str, seed: int) -> Row:
    def typed(text: str) -> str:
        return KINDS[kind](text, random.Random(zlib.crc32(text.encode()) ^ seed))  # noqa: S311 - not for secrets

    return row.model_copy(
        update={
            "id": row.id + MARK + kind,
            "style": MARK + kind,
            "text": typed(row.text),
            "context": row.context and typed(row.context),
        }
    )
