"""Questions about every kind of matter, made at training time: what people come about, asked in many ways.

The written sentences ask about what everybody meets in a life; the trades' matters (customs, shipping, banking …) come
from a list (`nlu_data/matters.yml`), so that a trader's story is not taken for a report of something broken.
"""

from __future__ import annotations

import random
import zlib
from collections.abc import Mapping, Sequence
from pathlib import Path

import yaml

FILE = "nlu_data/matters.yml"
SEED = 20261125
_OVERVIEW = "overview"
_BARE = 0.3
"""Share of matters that are told and nothing is asked of them."""
_FIRST = ("muốn", "em", "tôi")
"""Ways of asking that begin so stand before the matter."""


def write(project: Path, out: Path) -> Path | None:
    """Write the questions of a project's matters as Rasa's training data; none where it has no such list.

    Args:
        project: the folder that holds `nlu_data`.
        out: the file to write.
    """
    source = project / FILE
    if not source.exists():
        return None
    data = yaml.safe_load(source.read_text(encoding="utf-8"))
    by_intent: dict[str, list[str]] = {}
    for matter in data["matters"]:
        aspect, text = _asked(str(matter), data["asks"])
        by_intent.setdefault(f"ask_{aspect}", []).append(text)
    nlu = [
        {"intent": intent, "examples": "".join(f"- {text}\n" for text in texts)}
        for intent, texts in sorted(by_intent.items())
    ]
    out.write_text(yaml.safe_dump({"version": "3.1", "nlu": nlu}, allow_unicode=True, width=10_000), encoding="utf-8")
    return out


def _asked(matter: str, asks: Mapping[str, Sequence[str]]) -> tuple[str, str]:
    """The aspect and the words of a question; the same for a matter in every training."""
    rng = random.Random(zlib.crc32(matter.encode()) ^ SEED)  # noqa: S311 - not for secrets
    aspect = _OVERVIEW if rng.random() < _BARE else rng.choice([name for name in asks if name != _OVERVIEW])
    way = rng.choice(list(asks[aspect]))
    return aspect, f"{way} {matter}".strip() if way.startswith(_FIRST) else f"{matter} {way}".strip()
