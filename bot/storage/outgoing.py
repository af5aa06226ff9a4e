"""Messages as the outbox holds them: replies cut to what a platform takes in one message."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

Json = dict[str, Any]


@dataclass(frozen=True)
class Shape:
    """What a push channel's platform shows in one message.

    Attributes:
        limit: most characters of a text, in UTF-16 units (what Telegram counts).
        buttons: whether pressing buttons works there for certain; otherwise choices are numbered in the text.
        caption: most characters of a text beside a picture; 0: pictures go alone.
    """

    limit: int = 1000
    buttons: bool = False
    caption: int = 0


FETCHES = frozenset({"web", "cli"})
"""Channels that fetch their answers; every other is pushed to."""

_shapes: dict[str, Shape] = {}


def shape_is(channel: str, shape: Shape) -> None:
    """Tell this process the shape of a channel; one that nobody told has the least: short, without buttons."""
    _shapes[channel] = shape


def shape_of(channel: str) -> Shape | None:
    """The shape of a push channel; none for a channel that fetches."""
    return None if channel in FETCHES else _shapes.get(channel, Shape())


def is_pushed(channel: str) -> bool:
    """Whether answers have to be delivered there."""
    return channel not in FETCHES


_BREAKS = (re.compile(r"\n\n+"), re.compile(r"\n"), re.compile(r"(?<=[.!?;:…]) "), re.compile(r" "))


def outgoing_parts(channel: str, replies: Sequence[Json]) -> list[Json]:
    """The messages to send for these replies, in order; none for a channel that fetches its answers."""
    shape = shape_of(channel)
    if shape is None:
        return []
    return [part for reply in replies for part in split_reply(reply, shape.limit)]


def split_reply(reply: Json, limit: int) -> list[Json]:
    """One reply as messages; picture with the first, buttons with the last."""
    texts = list(split_text(unicodedata.normalize("NFC", reply["text"]), limit)) or [""]
    parts: list[Json] = [{"text": text, "buttons": [], "image": None} for text in texts]
    parts[0]["image"] = reply.get("image")
    parts[-1]["buttons"] = reply.get("buttons") or []
    return parts


def split_text(text: str, limit: int) -> Iterator[str]:
    """Cut at paragraphs, else lines, else sentences, else words, else anywhere; nothing is lost but the break."""
    rest = text.strip()
    while units(rest) > limit:
        end = _fitting(rest, limit)
        at, go_on = _break(rest, end)
        yield rest[:at].rstrip()
        rest = rest[go_on:].lstrip()
    if rest:
        yield rest


def units(text: str) -> int:
    """Length in UTF-16 units."""
    return len(text) + sum(character > "\uffff" for character in text)


def _fitting(text: str, limit: int) -> int:
    """The longest start that fits."""
    used = 0
    for index, character in enumerate(text):
        used += 2 if character > "\uffff" else 1
        if used > limit:
            return index
    return len(text)


def _break(text: str, end: int) -> tuple[int, int]:
    """Where to cut within the first `end` characters: the piece's end, and where the rest begins."""
    for pattern in _BREAKS:
        found = None
        for match in pattern.finditer(text, 0, end + 1):
            if match.start() <= end:
                found = match
        # A cut in the first third would make crumbs.
        if found and found.start() > end // 3:
            return found.start(), found.end()
    return end, end
