"""Make bot/review/rarity.tsv: how rare each word is among what people ask, from the texts of nlu_data/.

Run it when the lexicon's concepts change much. Groups are then made anew by themselves (see bot/review/terms.py).
"""

from __future__ import annotations

import json
import math
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

import yaml  # noqa: E402  after the path

from bot.knowledge.aliases import read_aliases  # noqa: E402  after the path
from bot.knowledge.search.lexicon import default  # noqa: E402  after the path
from bot.knowledge.search.phrases import BREAK, spoken  # noqa: E402  after the path
from bot.knowledge.search.question import concepts  # noqa: E402  after the path
from bot.review.terms import RARITY  # noqa: E402  after the path

LEAST = 3
"""A word in fewer texts than this counts like one never seen."""


def texts() -> Iterator[str]:
    """Everything that was written as people ask."""
    for path in sorted((ROOT / "nlu_data" / "intents").glob("*.yml")):
        for entry in yaml.safe_load(path.read_text(encoding="utf-8"))["nlu"]:
            yield from (line.removeprefix("- ") for line in entry.get("examples", "").splitlines())
    for line in (ROOT / "nlu_data" / "linking" / "questions.jsonl").read_text(encoding="utf-8").splitlines():
        yield json.loads(line)["text"]
    # Of each procedure one alias: five names of one thing would make its words look common.
    yield from (aliases[0] for aliases in read_aliases(ROOT / "nlu_data" / "aliases").values())


def main() -> None:
    """Count and write."""
    seen: Counter[str] = Counter()
    total = 0
    for text in texts():
        total += 1
        seen.update(set(concepts(spoken(text), default()).folded) - {BREAK})
    lines = [f"\t{math.log(total / LEAST):.2f}"]
    lines += [f"{word}\t{math.log(total / count):.2f}" for word, count in sorted(seen.items()) if count >= LEAST]
    Path(RARITY).write_text("\n".join(lines) + "\n", encoding="utf-8")
    print(f"{len(lines)} words of {total} texts")


if __name__ == "__main__":
    main()
