"""The one writer of `nlu_data/`: what curators add, change, move and take back, each change known by name.

Files stay the source. A change is made under a lock that all processes share, line by line, so that the diff shows
what was done and nothing else; who changes a line that somebody else has changed meanwhile is told, and loses nothing.
"""

from bot.training.curation.errors import (
    CurationError,
    InvalidExampleError,
    LeakError,
    MissingExampleError,
    TakenElsewhereError,
    UnknownTargetError,
)
from bot.training.curation.history import Change
from bot.training.curation.reading import Corpus, IntentSummary
from bot.training.curation.service import Curation

__all__ = [
    "Change",
    "Corpus",
    "Curation",
    "CurationError",
    "IntentSummary",
    "InvalidExampleError",
    "LeakError",
    "MissingExampleError",
    "TakenElsewhereError",
    "UnknownTargetError",
]
