"""What stands in the corpus: sentences by intent, names by procedure, and how well each intent is covered."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from bot.text import fold, has_marks, normalise
from bot.training.corpus import LEAST
from bot.training.curation.files import AliasFiles, IntentFile, intent_names

LONG, SHORT = 14, 3
"""Words from which on a sentence is long; up to which it is short."""


@dataclass(frozen=True)
class IntentSummary:
    """An intent in numbers.

    Attributes:
        least: the fewest sentences that it should have.
        plain: sentences without diacritics; `spelt`: with words that normalising changes (teencode, dialect, slips).
    """

    name: str
    count: int
    least: int
    plain: int
    spelt: int
    short: int
    long: int

    @property
    def few(self) -> bool:
        """Whether there are too few."""
        return self.count < self.least


class Corpus:
    """Reads `nlu_data/`.

    Args:
        data: the folder.
    """

    def __init__(self, data: Path) -> None:
        self._intents = data / "intents"
        self._aliases = data / "aliases"

    def summaries(self) -> list[IntentSummary]:
        """Every intent in numbers."""
        return [_summary(name, IntentFile(self._intents, name).examples) for name in intent_names(self._intents)]

    def examples(self, intent: str) -> list[str]:
        """The sentences of an intent.

        Raises:
            UnknownTargetError
        """
        return IntentFile(self._intents, intent).examples

    def search(self, words: str, *, most: int = 200) -> list[tuple[str, str]]:
        """Sentences that hold all of the words, in any diacritics, each with its intent."""
        wanted = fold(words).lower().split()
        found = [
            (name, example)
            for name in intent_names(self._intents)
            for example in IntentFile(self._intents, name).examples
            if all(word in fold(example).lower() for word in wanted)
        ]
        return found[:most] if wanted else []

    def aliases(self, code: str) -> list[str]:
        """The names of a procedure."""
        return AliasFiles(self._aliases).of(code)

    def corpus(self) -> dict[str, list[str]]:
        """Every sentence by intent."""
        return {name: IntentFile(self._intents, name).examples for name in intent_names(self._intents)}


def _summary(name: str, examples: Sequence[str]) -> IntentSummary:
    lengths = [len(item.split()) for item in examples]
    return IntentSummary(
        name=name,
        count=len(examples),
        least=next(number for start, number in LEAST if name.startswith(start)),
        plain=sum(not has_marks(item) for item in examples),
        spelt=sum(has_marks(item) and normalise(item).text.lower() != item.lower().strip(" ?!.") for item in examples),
        short=sum(length <= SHORT for length in lengths),
        long=sum(length >= LONG for length in lengths),
    )
