"""The steps: by their own headings ("Bước 1: …") where there are any, else by paragraphs."""

from __future__ import annotations

import re

from bot.knowledge.importing.texts import UPPER, has_letters, stated, unwrap, without_bullet
from bot.knowledge.records import Step

_HEADING = re.compile(
    r"(?P<lead>^|\n|(?<=[.;:!?)”])\s*)(?P<mark>[-–+*•\s]{0,4}(?:[a-zđ0-9]{1,2}[).]\s*){0,2})"
    r"(?P<name>[Bb](?:ước|ƯỚC) (?:thứ )?(?P<number>\d{1,2})(?:\.\d{1,2})?)\s*(?P<end>[:.)\-–]|\n|(?=\())"
)
_INLINE_ITEM = re.compile(rf"(?<=[.;:]) (?=[-+*] ?[{UPPER}])")
_ITEM = re.compile(r"^(?:[-–+*•]|\(?(?:[a-zđ]|\d{1,2}(?:\.\d{1,2})*|[ivx]{1,4})[.)])\s?")


def read_steps(column: str) -> tuple[Step, ...]:
    """The steps of the column "Trình tự thực hiện"."""
    text = stated(column)
    if text is None:
        return ()
    text = unwrap(text)
    headings = list(_HEADING.finditer(text))
    if len(headings) < 2:
        return tuple(Step(text=part) for part in _paragraphs(text))
    steps: list[Step] = []
    lead = text[: headings[0].start()]
    steps.extend(Step(text=part) for part in _paragraphs(lead))
    for index, heading in enumerate(headings):
        stop = headings[index + 1].start() if index + 1 < len(headings) else len(text)
        body = text[heading.end() : stop].strip(" \n:")
        number = heading["name"].split()[-1]
        mark = without_bullet(heading["mark"].strip())
        name = f"Bước {number}" if not has_letters(mark) else f"{mark} Bước {number}"
        if has_letters(body):
            steps.append(Step(name=name, text=_inner(body)))
        else:
            steps.append(Step(text=name))
    return tuple(steps)


def _inner(body: str) -> str:
    return _INLINE_ITEM.sub("\n", body)


def _paragraphs(text: str) -> list[str]:
    """A new item begins a step; what follows without a mark, or with a lower mark ("+"), belongs to it."""
    parts: list[str] = []
    for line in _inner(text).split("\n"):
        if not has_letters(line):
            continue
        item = _ITEM.match(line)
        if parts and (line.startswith("+") or item is None):
            parts[-1] += "\n" + line
        else:
            parts.append(line)
    return [without_bullet(part) for part in parts]
