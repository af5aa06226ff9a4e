"""Why a change to the corpus was refused.

CurationError
├── UnknownTargetError      there is no such intent, or no procedure of this code
├── InvalidExampleError     a text cannot be one (`text`, `code`: `empty`, `long`, `markup`)
├── MissingExampleError     a line that was to be changed is not there any more: somebody else changed it (`text`)
├── TakenElsewhereError     the same sentence stands for something else already (`text`, `label`)
└── LeakError               the sentence, or nearly, stands in a held-out set: it may not be trained on (`text`)
"""

from __future__ import annotations


class CurationError(Exception):
    """Base of all."""

    def __init__(self, text: str, code: str = "") -> None:
        super().__init__(f"{code}: {text}" if code else text)
        self.text = text
        self.code = code


class UnknownTargetError(CurationError):
    """There is no such intent or procedure."""


class InvalidExampleError(CurationError):
    """A text that cannot be an example."""


class MissingExampleError(CurationError):
    """It is not there any more."""


class TakenElsewhereError(CurationError):
    """It stands for something else; `label` says for what."""

    def __init__(self, text: str, label: str) -> None:
        super().__init__(text, label)
        self.label = label


class LeakError(CurationError):
    """It stands in a held-out set."""
