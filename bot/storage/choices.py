"""The buttons of replies as choices in words: how they are numbered where nothing can be pressed, and which one a
typed answer means ("1", "chọn 1", "cái đầu tiên", or a button's title). Both sides keep to the same rules, so that what
is shown is what works.

Numbers belong to the last reply with buttons, and only where one of its buttons is a choice: the ways out of a question
("Bỏ qua", "Hủy") are typed as words, because a bare number may be the answer to the question itself.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from bot.text import fold

Json = dict[str, Any]

WAYS_OUT = frozenset({"form:skip", "form:cancel", "form:anonymous", "form:done"})
"""Payloads that leave a question instead of answering it."""

HEAD = "Bạn trả lời bằng số để chọn:"
TAIL = "Bạn trả lời bằng số để chọn."
WORDS = "Bạn cũng có thể trả lời: {titles}."

_NUMBER = re.compile(
    r"^(?:(?:toi|minh|em|cho|lay|so|cai|muc|chon|y|phuong an|thu tuc|lua chon|thu)\s+)*"
    r"(?:thu\s+)?(?P<number>\d{1,2}|mot|nhat|dau tien|dau|hai|nhi|ba|giua|cuoi cung|cuoi|sau cung|tren|duoi)"
    r"(?:\s+(?:tien|nhe|a|nha|di|do|ay|kia))*$"
)
_PLACES = {
    "mot": 0, "nhat": 0, "dau": 0, "dau tien": 0, "tren": 0,
    "hai": 1, "nhi": 1, "giua": 1,
    "ba": 2,
    "cuoi": -1, "cuoi cung": -1, "sau cung": -1, "duoi": -1,
}  # fmt: skip
_BLANK = re.compile(r"[^\w]+")
_OWN = re.compile(r"^(\d{1,2})\b|(?:^|\s)(\d{1,2})(?:\s+sao)?$")
_LISTED = re.compile(r"^(\d{1,2})\. (.+)$", re.MULTILINE)
LONGEST = 80
"""Characters; a longer text is a sentence, not a choice."""


def by_place(folded: str, count: int) -> int | None:
    """The place (from 0) that words such as "1", "cái đầu tiên", "thứ hai", "cái cuối" name among `count`.

    Args:
        folded: without diacritics, in lower case, words apart by one blank.
    """
    found = _NUMBER.match(folded.strip())
    if found is None or not count:
        return None
    number = found["number"]
    place = int(number) - 1 if number.isdigit() else _PLACES[number]
    if number.isdigit() and place < 0:
        return None
    place = count - 1 if place < 0 else place
    return place if place < count else None


def choice_of(text: str, replies: Sequence[Json]) -> str | None:
    """The payload of the button that a typed answer to these replies means; none where it says something else."""
    if len(text) > LONGEST:
        return None
    said = _plain(text)
    offered = [button for reply in replies for button in reply.get("buttons") or ()]
    if not said or not offered:
        return None
    titled = [button["payload"] for button in offered if _plain(button["title"]) == said]
    if titled:
        return str(titled[-1])
    last = next(reply for reply in reversed(replies) if reply.get("buttons"))
    buttons: Sequence[Json] = last["buttons"]
    if not _has_choice(buttons):
        return None
    own = _own_numbers(buttons)
    number = _NUMBER.match(said)
    if own and number and number["number"].isdigit():
        return own.get(int(number["number"]))
    choices = [button for button in buttons if not _is_aside(button)] or list(buttons)
    relative = number is not None and not number["number"].isdigit()
    among = choices if relative else buttons
    place = by_place(said, len(among))
    return None if place is None else str(among[place]["payload"])


def in_words(replies: Sequence[Json]) -> list[Json]:
    """The replies with their buttons written out in the texts; the buttons stay beside them, for the record."""
    last = max((number for number, reply in enumerate(replies) if reply.get("buttons")), default=-1)
    return [
        {**reply, "text": _written(reply["text"], reply.get("buttons") or (), numbered=number == last)}
        for number, reply in enumerate(replies)
    ]


def _written(text: str, buttons: Sequence[Json], *, numbered: bool) -> str:
    if not buttons:
        return text
    if not numbered or not _has_choice(buttons) or _own_numbers(buttons):
        titles = ", ".join(f"“{button['title']}”" for button in buttons)
        return f"{text}\n\n{WORDS.format(titles=titles)}".strip()
    told = _told(text, buttons)
    rest = [f"{number}. {button['title']}" for number, button in enumerate(buttons, 1) if number > told]
    if told:
        return "\n".join((text, *rest, "", TAIL))
    return "\n".join((text, "", HEAD, *rest)).strip()


def _told(text: str, buttons: Sequence[Json]) -> int:
    """How many of the buttons, from the first, the text itself lists under their numbers."""
    lines = [(int(number), _words(line)) for number, line in _LISTED.findall(text)]
    told = 0
    for number, line in lines:
        if number != told + 1 or told >= len(buttons) or not _words(buttons[told]["title"]) <= line:
            return 0
        told += 1
    return told


def _has_choice(buttons: Sequence[Json]) -> bool:
    return any(button["payload"] not in WAYS_OUT for button in buttons)


def _is_aside(button: Json) -> bool:
    """Whether a button is none of the things between which is chosen: "the last one" does not mean it."""
    return button["payload"] in WAYS_OUT or button["payload"].startswith("menu:")


def _own_numbers(buttons: Sequence[Json]) -> dict[int, str]:
    """Payloads by the number in a title ("5 sao"); empty where the numbers are those of the places, or none."""
    found: dict[int, str] = {}
    agree = True
    for place, button in enumerate(buttons, 1):
        match = _OWN.search(button["title"])
        if match:
            number = int(match[1] or match[2])
            agree = agree and number == place
            found.setdefault(number, button["payload"])
    return {} if agree else found


def _plain(text: str) -> str:
    return _BLANK.sub(" ", fold(text)).strip()


def _words(text: str) -> set[str]:
    return set(_plain(text.rstrip("…")).split())
