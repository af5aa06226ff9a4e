"""What a search answers with."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Kind = Literal["one", "several", "none"]


@dataclass(frozen=True, slots=True)
class Candidate:
    """A procedure that may be meant."""

    code: str
    name: str
    """What a citizen is shown: the plain name where there is one."""
    score: float
    """The confidence that it is meant, 0 to 1, comparable between questions."""
    label: str | None = None
    """What sets it apart from the others, where a menu says so."""
    replaces: str | None = None
    """The code that was found and has been replaced by this one."""
    share: float = 1.0
    """Its chance as a share of the first candidate's."""


@dataclass(frozen=True, slots=True)
class Gap:
    """Something known to be missing from the catalogue."""

    id: str
    name: str
    ask: str
    """Where to ask instead."""


@dataclass(frozen=True, slots=True)
class Match:
    """The outcome of a search.

    `one`: the first candidate is meant. `several`: ask which; `question` is how, where a menu knows it.
    `none`: nothing is meant clearly; `gap` says what is known to be missing.
    """

    kind: Kind
    candidates: tuple[Candidate, ...] = ()
    confidence: float = 0.0
    question: str | None = None
    gap: Gap | None = None
    empty: bool = False
    """The question has no words about any procedure (a follow-up, or talk)."""

    @property
    def best(self) -> Candidate | None:
        """The first candidate."""
        return self.candidates[0] if self.candidates else None
