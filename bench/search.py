"""The search index at four times today's catalogue: its memory, and how long a question takes.

The catalogue is made larger by copies of its procedures whose words are other words of the same catalogue, so that the
vocabulary grows as a real one would and copies do not find each other.
"""

from __future__ import annotations

import random
import statistics
import time
import tracemalloc
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from bench.sections import table
from bot.knowledge.search import SearchIndex, asked
from bot.knowledge.store import IndexRow
from bot.training.ranking import catalogue

SEED = 20261125
PROCEDURES = 10_000
_CHANGED = 0.3
"""Share of the words of a copy that are other words."""


def enlarged(rows: Sequence[IndexRow], size: int) -> list[IndexRow]:
    """So many rows: the given ones, and copies of them in partly other words."""
    rng = random.Random(SEED)  # noqa: S311 - not for secrets
    words = sorted({word for row in rows for text in (row.name, *row.aliases) for word in text.split()})

    def other(text: str) -> str:
        return " ".join(rng.choice(words) if rng.random() < _CHANGED else word for word in text.split())

    made = list(rows)
    while len(made) < size:
        row = rows[len(made) % len(rows)]
        made.append(
            replace(
                row,
                code=f"9.{len(made):06d}",
                name=other(row.name),
                plain_name=None,
                aliases=tuple(map(other, row.aliases)),
                replaced_by=None,
            )
        )
    return made[:size]


def run(file: Path, size: int = PROCEDURES) -> dict[str, float]:
    """Megabytes and seconds of the index; milliseconds of a question, over the project's labelled questions."""
    rows = enlarged(catalogue(file), size)
    texts = [str(question["text"]) for question in asked.read()]
    SearchIndex(rows)  # what is read once, and the bounded caches of words that all processes keep, are no part of it
    tracemalloc.start()
    begin = time.perf_counter()
    index = SearchIndex(rows)
    built = time.perf_counter() - begin
    megabytes = tracemalloc.get_traced_memory()[0] / 2**20
    tracemalloc.stop()
    for text in texts[:100]:
        index.search(text)
    taken = []
    for text in texts:
        begin = time.perf_counter()
        index.search(text)
        taken.append(1000 * (time.perf_counter() - begin))
    cuts = statistics.quantiles(taken, n=100)
    return {
        "procedures": len(index),
        "megabytes": round(megabytes, 1),
        "built_s": round(built, 1),
        "p50_ms": round(cuts[49], 2),
        "p99_ms": round(cuts[98], 2),
        "questions": len(taken),
    }


def render(result: dict[str, float]) -> str:
    """The table."""
    head = ["procedures", "memory, MB", "built in, s (traced)", "p50, ms", "p99, ms", "questions"]
    row: list[object] = [
        result[name] for name in ("procedures", "megabytes", "built_s", "p50_ms", "p99_ms", "questions")
    ]
    return table("Search index", head, [row])
