"""The sentences that are taught already, to show a reviewer which of them a question is like."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path

import yaml

from bot.knowledge.search.lexicon import DATA
from bot.review.index import CaseIndex
from bot.review.suggesting import NO_INTENT, Example
from bot.review.terms import terms_of

INTENTS = DATA / "intents"
MOST = 40
"""Sentences looked at; the best of each intent is shown."""


class Examples:
    """Taught sentences by their terms."""

    def __init__(self, examples: Iterable[Example]) -> None:
        self._examples = list(examples)
        self._index = CaseIndex()
        for number, example in enumerate(self._examples, 1):
            self._index.add(number, number, number, terms_of(example.text))

    def near(self, text: str) -> list[tuple[Example, float, list[str]]]:
        """The likest sentence of each intent, with its likeness and the words in common."""
        terms = terms_of(text)
        found: dict[tuple[str, str], tuple[Example, float, list[str]]] = {}
        for near in self._index.nearest(terms, MOST):
            example = self._examples[near.case - 1]
            words = terms.shared(terms_of(example.text))
            found.setdefault((example.kind, example.name), (example, near.likeness, words))
        return list(found.values())[:4]


def taught(folder: Path = INTENTS) -> Examples:
    """The sentences of the corpus, read anew when a file has changed."""
    files = tuple((str(path), path.stat().st_mtime_ns) for path in sorted(folder.glob("*.yml")))
    return _read(files)


@lru_cache(maxsize=1)
def _read(files: tuple[tuple[str, int], ...]) -> Examples:
    return Examples(example for path, _ in files for example in _of(Path(path)))


def _of(path: Path) -> Iterable[Example]:
    data = yaml.load(path.read_text(encoding="utf-8"), Loader=_Loader)  # noqa: S506 - a safe loader, in C
    for entry in (data or {}).get("nlu", ()):
        name = str(entry.get("intent", ""))
        if name and name not in NO_INTENT:
            for line in str(entry.get("examples", "")).splitlines():
                if sentence := line.removeprefix("-").strip():
                    yield Example("intent", name, sentence)


_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
