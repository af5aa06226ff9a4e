"""Checking what the bot is taught: the training sentences, the aliases, the questions that fit the search.

| finding | what |
|---|---|
| `contradiction` | one sentence (but for case, marks and spelling) under two intents, or one alias of two procedures |
| `near` | two nearly equal sentences under two intents |
| `double` | nearly the same sentence twice in one intent |
| `few` | fewer sentences than an intent of its kind should have |
| `leak` | a sentence that stands in an evaluation set, exactly or nearly: its accuracy would be no accuracy |

Sentences are compared by the syllables of their normal form without diacritics (Jaccard's index).
"""

from __future__ import annotations

import json
import math
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import yaml

from bot.knowledge.aliases import read_aliases
from bot.text import normalise

Finding = Literal["contradiction", "near", "double", "few", "leak"]
SERIOUS: frozenset[Finding] = frozenset({"contradiction", "few", "leak"})
NEAR = 0.86
"""From this share of common syllables on two sentences of different intents are nearly equal."""
LEAKED = 0.8
"""The same between a taught sentence and one of an evaluation set."""
SHORTEST = 5
"""Shorter sentences are compared as a whole only: "bao nhiêu tiền" is everybody's."""
LEAST: tuple[tuple[str, int], ...] = (
    ("own_", 10),
    ("report_", 100),
    ("ask_", 60),
    ("emergency", 60),
    ("handoff", 60),
    ("", 25),
)
"""The fewest sentences of an intent, by the beginning of its name; the first that fits counts."""


@dataclass(frozen=True, slots=True)
class Taught:
    """One taught sentence."""

    text: str
    label: str
    """The intent, or the code of the procedure."""
    place: str
    """The file, and the kind of thing that it teaches."""
    words: frozenset[str]
    key: str


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong, and where."""

    finding: Finding
    place: str
    text: str

    @property
    def serious(self) -> bool:
        """Whether the check fails because of it."""
        return self.finding in SERIOUS


class CorpusError(Exception):
    """A file cannot be read; the text names it."""


def check(data: Path, evaluation: Sequence[Path] = ()) -> list[Problem]:
    """Everything that is wrong with what a folder (`nlu_data`) teaches.

    Args:
        evaluation: sets that must stay unknown to it.

    Raises:
        CorpusError: a file of the folder, or an evaluation set, cannot be read.
    """
    intents = read_intents(data / "intents")
    aliases = [
        _taught(text, code, "aliases") for code, texts in read_aliases(data / "aliases").items() for text in texts
    ]
    linking = list(_linking(data / "linking" / "questions.jsonl"))
    return [
        *_contradictions(intents),
        *_alike(intents),
        *_few(intents),
        *_leaks([*intents, *aliases, *linking], evaluation),
    ]


def read_intents(folder: Path) -> list[Taught]:
    """The sentences of the NLU files of a folder."""
    found: list[Taught] = []
    for path in sorted(folder.glob("*.yml")):
        try:
            data: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
            for entry in data["nlu"]:
                lines = str(entry["examples"]).splitlines()
                found += [
                    _taught(line.strip()[2:], entry["intent"], path.name)
                    for line in lines
                    if line.strip().startswith("- ")
                ]
        except (OSError, UnicodeDecodeError, yaml.YAMLError, KeyError, TypeError) as error:
            raise CorpusError(f"{path}: {error}") from error
    return found


def _linking(path: Path) -> Iterator[Taught]:
    if not path.exists():
        return
    for line in path.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        yield _taught(row["text"], str(row["procedure"]), path.name)


def _evaluation(path: Path) -> Iterator[Taught]:
    try:
        for line in path.read_text(encoding="utf-8").splitlines():
            row = json.loads(line)
            yield _taught(str(row["text"]), str(row["id"]), path.name)
    except (OSError, UnicodeDecodeError, ValueError, KeyError, TypeError) as error:
        raise CorpusError(f"{path}: {error}") from error


def _taught(text: str, label: str, place: str) -> Taught:
    words = [token.folded.lower() for token in normalise(text).tokens]
    return Taught(text, label, place, frozenset(words), " ".join(words))


def _contradictions(sentences: Sequence[Taught]) -> Iterator[Problem]:
    by_key: dict[str, dict[str, Taught]] = defaultdict(dict)
    for one in sentences:
        by_key[one.key].setdefault(one.label, one)
    for labels in by_key.values():
        if len(labels) > 1:
            first = next(iter(labels.values()))
            yield Problem("contradiction", ", ".join(labels), first.text)


def _alike(sentences: Sequence[Taught]) -> Iterator[Problem]:
    for one, other, share in pairs(sentences, sentences, NEAR):
        if one.label != other.label and one.key != other.key:
            yield Problem("near", f"{one.label} / {other.label}", f"{one.text} ~ {other.text} ({share:.2f})")
        elif one.label == other.label and one.key == other.key:
            yield Problem("double", one.label, one.text)


def _few(sentences: Sequence[Taught]) -> Iterator[Problem]:
    counts: dict[str, int] = defaultdict(int)
    for one in sentences:
        counts[one.label] += 1
    for label, count in counts.items():
        least = next(number for start, number in LEAST if label.startswith(start))
        if count < least:
            yield Problem("few", label, f"{count} < {least}")


def _leaks(sentences: Sequence[Taught], evaluation: Iterable[Path]) -> Iterator[Problem]:
    for path in evaluation:
        rows = list(_evaluation(path))
        keys: Mapping[str, Taught] = {row.key: row for row in rows if len(row.words) >= SHORTEST}
        told: set[tuple[str, str]] = set()
        for one in sentences:
            if one.key in keys:
                told.add((one.text, keys[one.key].label))
                yield Problem("leak", f"{one.place} / {path.name} {keys[one.key].label}", one.text)
        for one, row, share in pairs(sentences, rows, LEAKED):
            if (one.text, row.label) not in told:
                told.add((one.text, row.label))
                yield Problem(
                    "leak", f"{one.place} / {path.name} {row.label}", f"{one.text} ~ {row.text} ({share:.2f})"
                )


def pairs(left: Sequence[Taught], right: Sequence[Taught], least: float) -> Iterator[tuple[Taught, Taught, float]]:
    """Pairs of sentences that share at least so much, each once (prefix filtering; Chaudhuri et al. 2006)."""
    same = left is right
    rarity: dict[str, int] = defaultdict(int)
    for one in right:
        for word in one.words:
            rarity[word] += 1

    def prefix(one: Taught) -> list[str]:
        ordered = sorted(one.words, key=lambda word: (rarity[word], word))
        return ordered[: len(ordered) - math.ceil(least * len(ordered)) + 1]

    held: dict[str, list[int]] = defaultdict(list)
    for number, other in enumerate(right):
        if len(other.words) >= SHORTEST:
            for word in prefix(other):
                held[word].append(number)
    for at, one in enumerate(left):
        if len(one.words) < SHORTEST:
            continue
        near = {number for word in prefix(one) for number in held.get(word, ()) if not same or number > at}
        for number in near:
            other = right[number]
            share = len(one.words & other.words) / len(one.words | other.words)
            if share >= least:
                yield one, other, share
