"""What the search knows about words: `nlu_data/lexicon.yml`, read once."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from typing import Any

import yaml

from bot.knowledge.search.phrases import BREAK, Phrases, words

DATA = Path(__file__).resolve().parents[3] / "nlu_data"


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a phrase stands for; `unless`: words beside which the phrase means something else."""

    words: tuple[str, ...]
    """Put in its place: one word of our own making for a concept, words of the titles for a rewrite."""
    unless: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class AgeGroup:
    """The ages that a procedure is for: from `low` to below `high`."""

    low: int
    high: int


@dataclass(frozen=True)
class Lexicon:
    """The word lists of the search; the file itself says how each is used."""

    rewrites: Phrases[Meaning]
    concepts: Phrases[Meaning]
    strip: Phrases[tuple[str, ...]]
    stop: frozenset[str]
    """Folded; an index leaves out those that mostly stand for other words in its catalogue (bao: bảo)."""
    stop_written: frozenset[str]
    weak: frozenset[str]
    actions_asked: Phrases[str]
    actions_title: Phrases[str]
    foreign_asked: Phrases[bool]
    foreign_title: Phrases[bool]
    ages_title: Phrases[AgeGroup]
    child: Phrases[bool]
    special: Phrases[str]
    title_noise: Phrases[tuple[str, ...]]
    most_asked: frozenset[str]
    foremost: frozenset[str]
    """Of the most asked those that a bare everyday word means."""
    vocabulary: frozenset[str]
    """Every folded word of the lists."""
    pairs: frozenset[str]
    """Every two neighbours of the phrases that stand for something."""


def read(path: Path = DATA / "lexicon.yml") -> Lexicon:
    """Read a lexicon file.

    Raises:
        OSError, yaml.YAMLError, KeyError: the file is missing or not a lexicon.
    """
    data: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    asked_most = yaml.safe_load((path.parent / "linking" / "most_asked.yml").read_text(encoding="utf-8"))
    concepts = _concepts(data["concepts"])
    rewrites = _rewrites(data["rewrites"])
    asked = [
        (p, name) for name, kinds in data["actions"].items() for p in kinds.get("both", []) + kinds.get("asked", [])
    ]
    title = [
        (p, name) for name, kinds in data["actions"].items() for p in kinds.get("both", []) + kinds.get("title", [])
    ]
    lists = (
        [phrase for phrase, _ in concepts]
        + [phrase for phrase, _ in rewrites]
        + [phrase for phrase, _ in asked]
        + data["strip"]
        + data["stop"]
    )
    lists += data["foreign"]["asked"] + data["child_words"]
    return Lexicon(
        rewrites=Phrases(rewrites),
        concepts=Phrases(concepts),
        strip=Phrases((phrase, (BREAK,)) for phrase in data["strip"]),
        stop_written=frozenset(words(" ".join(data["stop"])).written),
        stop=frozenset(words(" ".join(data["stop"])).folded),
        weak=frozenset(words(" ".join(data["weak"])).folded),
        actions_asked=Phrases(asked),
        actions_title=Phrases(title),
        foreign_asked=Phrases((phrase, True) for phrase in data["foreign"]["asked"]),
        foreign_title=Phrases((phrase, True) for phrase in data["foreign"]["title"]),
        ages_title=Phrases(
            (phrase, AgeGroup(group.get("from", 0), group.get("below", 200)))
            for group in data["ages"]
            for phrase in group["title"]
        ),
        child=Phrases((phrase, True) for phrase in data["child_words"]),
        special=Phrases((phrase, phrase) for phrase in data["special"]),
        title_noise=Phrases((phrase, (BREAK,)) for phrase in data["title_noise"]),
        most_asked=frozenset(asked_most),
        foremost=frozenset(data["foremost"]),
        pairs=frozenset(
            f"{one} {other}" for phrase, _ in [*concepts, *rewrites] for one, other in pairwise(words(phrase).folded)
        ),
        vocabulary=frozenset(word for phrase in lists for word in words(phrase).folded),
    )


def _concepts(entries: list[Any]) -> list[tuple[str, Meaning]]:
    found = []
    for entry in entries:
        phrases = entry if isinstance(entry, list) else entry["same"]
        unless = frozenset() if isinstance(entry, list) else frozenset(words(" ".join(entry["unless"])).folded)
        concept = Meaning(("=" + "_".join(words(phrases[0]).folded),), unless)
        found += [(phrase, concept) for phrase in phrases]
    return found


def _rewrites(entries: list[dict[str, Any]]) -> list[tuple[str, Meaning]]:
    return [
        (phrase, Meaning(words(entry["to"]).written, frozenset(words(" ".join(entry.get("unless", []))).folded)))
        for entry in entries
        for phrase in entry["from"]
    ]


@lru_cache(maxsize=1)
def default() -> Lexicon:
    """The project's lexicon."""
    return read()
