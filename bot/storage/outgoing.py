"""Messages as the outbox holds them: replies brought into the shape that a platform shows in one message."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from bot.storage.choices import in_words

Json = dict[str, Any]


@dataclass(frozen=True)
class Shape:
    """What a push channel's platform shows in one message, and what a citizen can send there.

    Attributes:
        limit: most characters of a text, in UTF-16 units (what Telegram counts).
        buttons: most buttons that can be pressed below a message, for certain; 0: choices are numbered in the text.
        title: most characters of a button's title; where one is longer, choices are numbered.
        pictures: whether a picture can be shown; else its address is written.
        caption: most characters of a text in one message with a picture; 0: the picture goes alone.
        photos: whether a citizen can send us a picture there.
        asks: what can be asked for with one press: `location`, `contact`.
        thumbs: whether there is room for 👍 and 👎 below an answer.
        slips: whether the slip of a filed report is sent along, as a document.
    """

    limit: int = 1000
    buttons: int = 0
    title: int = 60
    pictures: bool = False
    caption: int = 0
    photos: bool = False
    asks: frozenset[str] = frozenset()
    slips: bool = False
    thumbs: bool = False


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


def takes_photos(channel: str) -> bool:
    """Whether a citizen can send a picture there."""
    shape = shape_of(channel)
    return channel == "web" if shape is None else shape.photos


def outgoing_parts(
    channel: str,
    replies: Sequence[Json],
    wants: str | None = None,
    *,
    filed: str | None = None,
    judged: str | None = None,
) -> list[Json]:
    """The messages to send for these replies, in order; none for a channel that fetches its answers.

    Args:
        wants: what the last reply asks for that one press can give: `location`, `contact`.
        filed: code of the ticket that they say was filed.
        judged: id of the citizen's message, where its answer may be given a thumb.
    """
    shape = shape_of(channel)
    if shape is None:
        return []
    shown = replies if all(_pressable(reply, shape) for reply in replies) else in_words(replies)
    parts = [part for reply in shown for part in split_reply(reply, shape)]
    if wants in shape.asks and parts:
        parts[-1]["wants"] = wants
    if filed and shape.slips and parts:
        parts[-1]["slip"] = filed
    if judged and shape.thumbs and parts and "wants" not in parts[-1]:
        parts[-1]["thumbs"] = judged
    return parts


def _pressable(reply: Json, shape: Shape) -> bool:
    buttons = reply.get("buttons") or ()
    return len(buttons) <= shape.buttons and all(len(button["title"]) <= shape.title for button in buttons)


def split_reply(reply: Json, shape: Shape) -> list[Json]:
    """One reply as messages; picture with the first (or before it), buttons with the last."""
    text, image = unicodedata.normalize("NFC", reply["text"]), reply.get("image")
    if image and not shape.pictures:
        text, image = f"{text}\n{image}".strip(), None
    texts = list(split_text(text, shape.limit)) or [""]
    parts: list[Json] = [{"text": text, "buttons": [], "image": None} for text in texts]
    if image:
        if units(texts[0]) <= shape.caption:
            parts[0]["image"] = image
        else:
            parts.insert(0, {"text": "", "buttons": [], "image": image})
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
