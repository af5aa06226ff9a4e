"""Whether a sentence may be taught: what it must be, whose it is already, and whether it is held out."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from bot.text import normalise
from bot.training.curation.errors import InvalidExampleError, LeakError, TakenElsewhereError
from bot.training.curation.files import LONGEST

LEAKED = 0.8
"""From this share of common syllables on a sentence is nearly one of a held-out set (as in `bot corpus check`)."""
SHORTEST = 5
"""Sentences of fewer syllables are everybody's, and compared with nothing."""
_MARKUP = re.compile(r"[\[\]{}<>]|\]\(|^-\s")


def tidy(text: str) -> str:
    """One line without blanks at its ends.

    Raises:
        InvalidExampleError: empty, too long, or with signs that Rasa's format gives a meaning to.
    """
    clean = " ".join(text.replace("\x00", " ").split())
    if not clean:
        raise InvalidExampleError(text, "empty")
    if len(clean) > LONGEST:
        raise InvalidExampleError(clean, "long")
    if _MARKUP.search(clean):
        raise InvalidExampleError(clean, "markup")
    return clean


def key_of(text: str) -> str:
    """Sentences with the same key are the same but for case, marks and spelling."""
    return " ".join(_words(text))


def owners(sentences: Mapping[str, Iterable[str]]) -> dict[str, str]:
    """Whose each sentence is.

    Args:
        sentences: by label.
    """
    return {key_of(text): label for label, texts in sentences.items() for text in texts}


def free(texts: Sequence[str], label: str, taken: Mapping[str, str]) -> list[str]:
    """Those that are new; one that the label has already is left out.

    Raises:
        TakenElsewhereError: one stands under another label.
    """
    fresh: dict[str, str] = {}
    for text in texts:
        key = key_of(text)
        owner = taken.get(key)
        if owner is not None and owner != label:
            raise TakenElsewhereError(text, owner)
        if owner is None:
            fresh.setdefault(key, text)
    return list(fresh.values())


class HeldOut:
    """The sentences that nothing may be trained on.

    Args:
        files: evaluation rows (JSON lines).
    """

    def __init__(self, files: Iterable[Path]) -> None:
        self._rows: list[frozenset[str]] = []
        self._keys: set[str] = set()
        self._by_word: dict[str, list[int]] = {}
        for path in files:
            for line in path.read_text(encoding="utf-8").splitlines():
                words = _words(str(json.loads(line)["text"]))
                if len(words) < SHORTEST:
                    continue
                self._keys.add(" ".join(words))
                for word in set(words):
                    self._by_word.setdefault(word, []).append(len(self._rows))
                self._rows.append(frozenset(words))

    def check(self, text: str) -> None:
        """Let it pass or refuse it.

        Raises:
            LeakError
        """
        words = _words(text)
        if len(words) < SHORTEST:
            return
        if " ".join(words) in self._keys:
            raise LeakError(text)
        own = frozenset(words)
        for number in {number for word in own for number in self._by_word.get(word, ())}:
            row = self._rows[number]
            if len(own & row) >= LEAKED * len(own | row):
                raise LeakError(text)


def _words(text: str) -> list[str]:
    return [token.folded.lower() for token in normalise(text).tokens]
