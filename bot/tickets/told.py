"""What those who come back are told, and what their next words are wanted for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypedDict

Button = tuple[str, str]


class Wanted(TypedDict):
    """What the next text of a citizen is wanted for.

    `reply`: an officer's question; with `text`, that text waits for "yes". `reopen`: why.
    """

    kind: Literal["reply", "reopen"]
    code: str
    text: str | None


def wanted(value: object) -> Wanted | None:
    """What a slot holds, if it holds that."""
    if not isinstance(value, dict) or value.get("kind") not in ("reply", "reopen"):
        return None
    text = value.get("text")
    return Wanted(kind=value["kind"], code=str(value.get("code")), text=text if isinstance(text, str) else None)


@dataclass(frozen=True)
class Told:
    """What is said.

    Attributes:
        buttons: (title, payload).
        ticket: the code of the one ticket that was shown or changed.
        asked: the code whose PIN is asked for.
        wanted: what the next text is wanted for.
    """

    text: str
    buttons: tuple[Button, ...] = ()
    ticket: str | None = None
    asked: str | None = None
    wanted: Wanted | None = None


def payload(code: str, choice: str) -> str:
    """What a button of a ticket carries."""
    return f"ticket:{code}:{choice}"
