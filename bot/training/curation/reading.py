"""What stands in the corpus: sentences by intent, names by procedure, and how well each intent is covered."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from bot.text import fold
from bot.training.corpus import LEAST, NEAR, SHORTEST
from bot.training.curation.checks import key_of
from bot.training.curation.errors import UnknownTargetError
from bot.training.curation.files import AliasFiles, IntentFile, intent_names
from bot.training.curation.styles import STYLES, Style, styles

LONG, SHORT = 14, 3
"""Words from which on a sentence is long; up to which it is short."""


@dataclass(frozen=True)
class IntentSummary:
    """An intent in numbers.

    Attributes:
        least: the fewest sentences that it should have.
        typed: how many sentences there are of each style; one may have several.
        short, long: sentences of at most 3, of at least 14 words.
    """

    name: str
    count: int
    least: int
    typed: dict[Style, int]
    short: int
    long: int

    @property
    def few(self) -> bool:
        """Whether there are too few."""
        return self.count < self.least


@dataclass(frozen=True)
class Like:
    """A sentence of the corpus that is nearly another.

    Attributes:
        share: of common syllables, from 0 to 1.
        same: they differ in nothing but case, marks and spelling.
    """

    text: str
    intent: str
    share: float
    same: bool


@dataclass(frozen=True)
class _Read:
    """A file of sentences as it was read.

    Attributes:
        keys: what each sentence is compared by (`checks.key_of`), in their order.
        words: the syllables of each; of short ones none, which are compared as a whole only.
    """

    stamp: tuple[int, int, int]
    examples: tuple[str, ...]
    keys: tuple[str, ...]
    words: tuple[frozenset[str], ...]
    folded: tuple[str, ...]
    summary: IntentSummary


class Corpus:
    """Reads `nlu_data/`; what has not changed since is not read, folded and compared again.

    Args:
        data: the folder.
    """

    def __init__(self, data: Path) -> None:
        self.data = data
        self._intents = data / "intents"
        self._aliases = data / "aliases"
        self._read: dict[str, _Read] = {}

    def names(self) -> list[str]:
        """The intents that have sentences."""
        return intent_names(self._intents)

    def summaries(self) -> list[IntentSummary]:
        """Every intent in numbers."""
        return [self._of(name).summary for name in self.names()]

    def examples(self, intent: str) -> list[str]:
        """The sentences of an intent.

        Raises:
            UnknownTargetError
        """
        return list(self._of(intent).examples)

    def owners(self, *, but: str = "") -> dict[str, str]:
        """Whose each sentence is, by its key.

        Args:
            but: leave this sentence out.
        """
        return {
            key: name
            for name, read in ((name, self._of(name)) for name in self.names())
            for example, key in zip(read.examples, read.keys, strict=True)
            if example != but
        }

    def search(self, said: str, *, most: int = 200) -> list[tuple[str, str]]:
        """Sentences with these words one after the other, in any diacritics, each with its intent; where there are
        none, those that hold all of the words."""
        wanted = fold(said).lower().split()
        if not wanted:
            return []
        return self._holding([" ".join(wanted)], most) or self._holding(wanted, most)

    def _holding(self, parts: Sequence[str], most: int) -> list[tuple[str, str]]:
        found = (
            (name, example)
            for name, read in ((name, self._of(name)) for name in self.names())
            for example, folded in zip(read.examples, read.folded, strict=True)
            if all(f" {part}" in f" {folded}" for part in parts)
        )
        return list(islice(found, most))

    def alike(self, said: str, *, most: int = 3) -> list[Like]:
        """Sentences that are the same as this one or nearly so, as `bot corpus check` finds them; the nearest first."""
        key = key_of(said)
        words = _compared(key)
        found = []
        for name in self.names():
            read = self._of(name)
            for example, other, theirs in zip(read.examples, read.keys, read.words, strict=True):
                if other == key:
                    found.append(Like(example, name, 1.0, same=True))
                elif words and theirs and NEAR * len(words) <= len(theirs) <= len(words) / NEAR:
                    share = len(words & theirs) / len(words | theirs)
                    if share >= NEAR:
                        found.append(Like(example, name, share, same=False))
        return sorted(found, key=lambda item: (not item.same, -item.share, item.intent, item.text))[:most]

    def aliases(self, code: str) -> list[str]:
        """The names of a procedure."""
        return AliasFiles(self._aliases).of(code)

    def all_aliases(self) -> dict[str, list[str]]:
        """The names of every procedure."""
        return AliasFiles(self._aliases).all()

    def corpus(self) -> dict[str, list[str]]:
        """Every sentence by intent."""
        return {name: list(self._of(name).examples) for name in self.names()}

    def _of(self, intent: str) -> _Read:
        path = self._intents / f"{intent}.yml"
        try:
            found = path.stat()
        except OSError as error:
            raise UnknownTargetError(intent) from error
        stamp = (found.st_mtime_ns, found.st_size, found.st_ino)
        known = self._read.get(intent)
        if known is None or known.stamp != stamp:
            examples = tuple(IntentFile(self._intents, intent).examples)
            keys, folded = tuple(map(key_of, examples)), tuple(fold(item).lower() for item in examples)
            words = tuple(map(_compared, keys))
            known = self._read[intent] = _Read(stamp, examples, keys, words, folded, _summary(intent, examples))
        return known


def _compared(key: str) -> frozenset[str]:
    words = frozenset(key.split())
    return words if len(words) >= SHORTEST else frozenset()


def _summary(name: str, examples: Sequence[str]) -> IntentSummary:
    lengths = [len(item.split()) for item in examples]
    typed = Counter(style for item in examples for style in styles(item))
    return IntentSummary(
        name=name,
        count=len(examples),
        least=next(number for start, number in LEAST if name.startswith(start)),
        typed={style: typed[style] for style in STYLES},
        short=sum(length <= SHORT for length in lengths),
        long=sum(length >= LONG for length in lengths),
    )
