"""The webhooks of the whole product: acknowledgement while the engine is stopped, and 100,000 hostile requests."""

from __future__ import annotations

import argparse
import asyncio
import datetime as dt
import json
import os
import platform
import signal
import statistics
from collections import Counter
from pathlib import Path
from typing import Any

from bench.fuzzing import Fuzzed, Secrets, acknowledge, fuzz
from bench.sections import table, write_section
from bench.storm import places

RESULTS = Path(__file__).resolve().parent / "results"
PAGE = RESULTS.parent.parent / "docs" / "performance.md"
ACKNOWLEDGED = 2000
BOUND_MS = 100.0


def main(args: argparse.Namespace) -> int:
    """Measure, print, keep; how much is not as it must be."""
    print("webhooks …", flush=True)
    with places.platforms() as both, places.embedded(both) as place:
        result = asyncio.run(measure(place, args.tries))
    RESULTS.mkdir(exist_ok=True)
    (RESULTS / "webhooks.json").write_text(json.dumps(result, indent=1))
    text = render(result)
    print(text, flush=True)
    if args.docs:
        head = (
            f"## Webhooks\n\nMade by `python -m bench --webhooks --tries {args.tries} --docs` on {result['when'][:10]}"
            f" ({result['machine']}, two shared cores, others at work on them). The engine process is stopped"
            " (`SIGSTOP`) while messages are acknowledged. Of the hostile requests half carry a wrong secret or"
            " signature, half a right one over random and mutated bodies.\n\n"
        )
        write_section(PAGE, "webhooks", head + text)
    return len(failures(result))


async def measure(place: places.Place, tries: int) -> dict[str, Any]:
    """All figures."""
    system = place.systems[0]
    secrets = Secrets(places.SECRET, places.APP.app_id, places.APP.oa_secret)
    acknowledged, engine = {}, system.pid("engine")
    os.kill(engine, signal.SIGSTOP)
    try:
        for at_once in (1, 8):
            seconds = await acknowledge(system.url, secrets, ACKNOWLEDGED, at_once=at_once, first=at_once * 10**5)
            cuts = statistics.quantiles(seconds, n=100)
            acknowledged[str(at_once)] = {
                "p50_ms": round(cuts[49] * 1000, 1),
                "p99_ms": round(cuts[98] * 1000, 1),
                "most_ms": round(max(seconds) * 1000, 1),
            }
    finally:
        os.kill(engine, signal.SIGCONT)
    before = _messages(place)
    hostile = await fuzz(system.url, secrets, tries // 2, genuine=False, seed=1)
    turns = _messages(place) - before
    genuine = await fuzz(system.url, secrets, tries - tries // 2, genuine=True, seed=2)
    return {
        "acknowledged": acknowledged,
        "wrong_signature": {"answers": _statuses(hostile), "turns": turns, "seconds": round(hostile.seconds, 1)},
        "right_signature": {"answers": _statuses(genuine), "seconds": round(genuine.seconds, 1)},
        "when": dt.datetime.now(dt.UTC).isoformat(timespec="seconds"),
        "machine": f"{platform.machine()}, Python {platform.python_version()}",
    }


def failures(result: dict[str, Any]) -> list[str]:
    """What is not as it must be."""
    found = [f"p99 of {n}" for n, row in result["acknowledged"].items() if row["p99_ms"] >= BOUND_MS]
    if result["wrong_signature"]["turns"] or set(result["wrong_signature"]["answers"]) != {"401"}:
        found.append("a request with a wrong signature was taken")
    if any(int(status) >= 500 or status == "0" for status in result["right_signature"]["answers"]):
        found.append("a request broke a webhook")
    return found


def render(result: dict[str, Any]) -> str:
    """The tables."""
    rows: list[list[object]] = [
        [at_once, ACKNOWLEDGED, row["p50_ms"], row["p99_ms"], row["most_ms"]]
        for at_once, row in result["acknowledged"].items()
    ]
    first = table(
        "Acknowledgement while the engine is stopped",
        ["connections", "messages", "p50 ms", "p99 ms", "most ms"],
        rows,
    )
    hostile, genuine = result["wrong_signature"], result["right_signature"]
    rows = [
        ["wrong secret or signature", _told(hostile["answers"]), hostile["turns"], hostile["seconds"]],
        ["right, but random and mutated bodies", _told(genuine["answers"]), "–", genuine["seconds"]],
    ]
    return first + "\n" + table("Hostile requests", ["", "answers by status", "turns", "seconds"], rows)


def _told(answers: dict[str, int]) -> str:
    return ", ".join(f"{status}: {number:,}" for status, number in sorted(answers.items()))


def _statuses(fuzzed: Fuzzed) -> dict[str, int]:
    found: Counter[str] = Counter()
    for (_, _, status), number in fuzzed.statuses.items():
        found[str(status)] += number
    return dict(found)


def _messages(place: places.Place) -> int:
    with place.database() as connection:
        row = connection.execute("SELECT count(*) FROM messages").fetchone()
    return int(row[0]) if row else 0
