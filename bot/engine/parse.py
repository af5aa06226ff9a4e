"""Understand texts without a conversation: `python -m bot.engine.parse --model FILE < texts`.

A line in is a text, or a JSON object with `text` (other keys are handed through). A line out is
the object with `intent`, `confidence`, `entities`, `ranking` (best three) and `ms`.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
import time
from pathlib import Path
from typing import Any, TextIO

from bot.engine.runtime import lean
from bot.engine.runtime.faults import CannotStart


def main(arguments: list[str] | None = None) -> int:
    """Read texts until the end of input."""
    parser = argparse.ArgumentParser(prog="python -m bot.engine.parse", description=__doc__)
    parser.add_argument("--model", type=Path, required=True, help="the model file")
    options = parser.parse_args(arguments)
    if not options.model.is_file():
        print(f"parse: there is no model file {options.model}", file=sys.stderr)
        return 2
    lean.quiet()
    try:
        lean.leave_out(lean.description_of(options.model))
    except CannotStart as error:
        print(f"parse: {error}", file=sys.stderr)
        return 2
    from bot.engine.runtime.turn import Engine

    engine = Engine(options.model, None)
    asyncio.run(parse_lines(engine, sys.stdin, sys.stdout))
    return 0


async def parse_lines(engine: Any, source: TextIO, target: TextIO) -> None:
    """Understand every line of `source`."""
    from bot.engine.runtime.channel import neutral

    for line in source:
        if not line.strip():
            continue
        row = _row(line)
        before = time.perf_counter()
        parsed = await engine.parse(neutral(str(row["text"])))
        row.update(
            intent=parsed["intent"]["name"],
            confidence=round(float(parsed["intent"].get("confidence") or 0.0), 4),
            entities=[{"entity": e["entity"], "value": e["value"]} for e in parsed["entities"]],
            ranking=[
                {"intent": e["name"], "confidence": round(float(e["confidence"]), 4)} for e in parsed["intent_ranking"]
            ],
            ms=round((time.perf_counter() - before) * 1000, 2),
        )
        target.write(json.dumps(row, ensure_ascii=False) + "\n")
    target.flush()


def _row(line: str) -> dict[str, Any]:
    try:
        row = json.loads(line)
    except ValueError:
        row = None
    return row if isinstance(row, dict) and "text" in row else {"text": line.rstrip("\n")}


if __name__ == "__main__":
    sys.exit(main())
