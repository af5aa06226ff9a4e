"""Questions that people asked, by the procedure they were about: further texts by which the search finds it.

The same labelled questions (`nlu_data/linking/questions.jsonl`) teach the ranking its weights; see
`bot.training.ranking` for how a question is kept from finding itself there.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from bot.knowledge.search.lexicon import DATA

Asked = Mapping[str, tuple[str, ...]]
QUESTIONS = DATA / "linking" / "questions.jsonl"


def labels(question: Mapping[str, Any]) -> tuple[str, ...]:
    """The codes that a labelled question names; any of them is right."""
    label = question["procedure"]
    return (label,) if isinstance(label, str) else tuple(map(str, label))


def by_code(questions: Iterable[Mapping[str, Any]]) -> Asked:
    """The texts of labelled questions, by code."""
    found: dict[str, list[str]] = {}
    for question in questions:
        for code in labels(question):
            found.setdefault(code, []).append(str(question["text"]))
    return {code: tuple(texts) for code, texts in found.items()}


def read(path: Path = QUESTIONS) -> list[dict[str, Any]]:
    """The labelled questions of a file, a JSON object a line: `text`, `procedure` (a code or several)."""
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line]


@lru_cache(maxsize=1)
def default() -> Asked:
    """The project's questions."""
    return by_code(read())
