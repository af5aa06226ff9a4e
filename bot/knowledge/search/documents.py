"""From a catalogue row to what the index holds: its searchable texts, its features, its prior."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from bot.knowledge.search.features import PLAIN, Features, actions_of, of_title
from bot.knowledge.search.lexicon import Lexicon
from bot.knowledge.search.phrases import Words, replace, spoken, words
from bot.knowledge.search.question import concepts, meant
from bot.knowledge.store import IndexRow

_PARENTHESES = re.compile(r"\([^()]*\)")
_PARTS = re.compile(r"[;/]")
_LONG_TITLE = 12


@dataclass(frozen=True, slots=True)
class Entry:
    """A procedure in the index."""

    row: IndexRow
    features: Features
    core: str
    """The folded title without levels and notes: procedures that share it are one to a citizen."""

    @property
    def words(self) -> frozenset[str]:
        """The words of the core."""
        return frozenset(self.core.split())


@dataclass(frozen=True, slots=True)
class Document:
    """A text by which a procedure is found: its title, a part of that, what people call it, or a question asked."""

    text: Words
    actions: frozenset[str]
    """What it says is done, beyond doing it for the first time."""


def read(row: IndexRow, lexicon: Lexicon, asked: Sequence[str] = ()) -> tuple[Entry, list[Document]]:
    """An entry and its documents; `asked`: questions that were about it."""
    whole = words(row.name)
    bare = _bare(whole, lexicon)
    short = _PARENTHESES.sub(" ", row.name)
    title = _bare(words(short), lexicon) if short != row.name else bare
    features = _shared(of_title(whole, lexicon))
    texts = dict.fromkeys((title, bare), features.actions)
    if len(title.folded) > _LONG_TITLE and len(parts := _PARTS.split(short)) > 1:
        for part in parts:
            texts.setdefault(_bare(words(part), lexicon), features.actions)
    for alias in (row.plain_name, *row.aliases):
        if alias:
            said = spoken(alias)
            texts.setdefault(concepts(said, lexicon), actions_of(said, lexicon))
    for question in asked:
        typed = meant(spoken(question))
        named = concepts(typed, lexicon)
        texts.setdefault(replace(named, lexicon.strip.find(named)), actions_of(typed, lexicon))
    entry = Entry(row, features, " ".join(title.content()))
    return entry, [Document(text, _shared_actions(actions - PLAIN)) for text, actions in texts.items() if text.folded]


@lru_cache(maxsize=4096)
def _shared_actions(actions: frozenset[str]) -> frozenset[str]:
    return actions


@lru_cache(maxsize=4096)
def _shared(features: Features) -> Features:
    """One object for equal features: thousands of titles share a few."""
    return features


def _bare(text: Words, lexicon: Lexicon) -> Words:
    named = concepts(text, lexicon)
    return replace(named, lexicon.title_noise.find(named))


def say_little_else(row: IndexRow, said: frozenset[str]) -> bool:
    """Whether the title says the words and not much else, or a plain phrase says hardly anything but them."""
    title = words(row.name).folded
    if said <= set(title) and len(title) <= 2 * len(said) + 3:
        return True
    plain = [spoken(text).folded for text in (row.plain_name, *row.aliases) if text]
    return any(said <= set(text) and len(text) <= len(said) + 2 for text in plain)


def distance(entry: Entry, asked: frozenset[str]) -> int:
    """How far a procedure's office is from a citizen: 0 is the level that was named, then commune, province, ministry.

    A title of the district level, which is no more, comes last.
    """
    levels = entry.row.levels
    if "cấp huyện" in entry.row.name:
        return 9
    if asked & set(levels):
        return 0
    return next((at for at, level in enumerate(("commune", "province", "ministry"), 1) if level in levels), 4)


def stop_words(texts: Iterable[Words], lexicon: Lexicon) -> frozenset[str]:
    """The stop words without those that, folded, mostly stand for other words in the catalogue (bao: bảo)."""
    balance = dict.fromkeys(lexicon.stop, 0)
    for text in texts:
        for folded, written in _stops(text, lexicon.stop):
            balance[folded] += 1 if written in lexicon.stop_written else -1
    return frozenset(word for word, count in balance.items() if count >= 0)


def _stops(text: Words, stop: frozenset[str]) -> Iterator[tuple[str, str]]:
    return (pair for pair in zip(text.folded, text.written, strict=True) if pair[0] in stop)
