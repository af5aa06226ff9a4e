"""Which system works on the tickets: this one (`local`), an Open311 server, or a province's own JSON API.

The key `backend` of a locality file is one of these, told apart by `kind`; docs/backends.md has an example of each.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from bot.locality.open311 import Open311Backend
from bot.locality.remote import Contradiction
from bot.locality.rest import RestBackend
from bot.locality.rules import Category, Strict

__all__ = ["Backend", "LocalBackend", "Open311Backend", "RestBackend"]


class LocalBackend(Strict):
    """The console of this system is where tickets are worked on."""

    kind: Literal["local"] = "local"
    name: str = "local"
    adds: ClassVar[Literal["none"]] = "none"

    def takes(self, category: Category, *, private: bool = False) -> bool:  # noqa: ARG002 - as the others
        """Nothing is handed over."""
        return False

    def contradictions(self, categories: Sequence[Category]) -> Iterable[Contradiction]:  # noqa: ARG002 - as the others
        """None."""
        return ()


Backend = Annotated[LocalBackend | Open311Backend | RestBackend, Field(discriminator="kind")]
