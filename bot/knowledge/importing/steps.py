"""The steps: by their own headings ("Bước 1: …") where there are any, else by paragraphs."""

from __future__ import annotations

import re
from collections.abc import Iterator

from bot.knowledge.importing.texts import UPPER, has_letters, stated, unwrap, without_bullet
from bot.knowledge.records import Step

_HEADING = re.compile(
    r"[Bb](?:ước|ƯỚC) (?:thứ )?(?P<number>\d{1,2}(?:\.\d{1,2})?|[Nn]hất|[Hh]ai|[Bb]a)\s*(?:[:.)\-–]|\n|(?=\())"
)
_LETTERED = re.compile(r"^(?:\(?(?:[a-zđ]|\d{1,2}|[ivx]{1,4})[.)]|\*)\s?")
_TITLE = re.compile(r"^(?:\(?(?:[a-zđ]|\d{1,2})[.)]|\*)[^\n]{1,80}:(?:$|\n)")
OWN_TITLE = re.compile(r"^\s*(?:[\d.]{1,4}\s*)?Trình tự thực hiện\s*:?\s*\n", re.IGNORECASE)
_BEFORE = re.compile(r"(?:^|\n|[.;:!?)”]\s*)(?P<mark>[-–+*• \t]{0,4}(?:[a-zđ0-9]{1,2}[).][ \t]*){0,2})$")
_LOOK_BACK = 24
_INLINE_ITEM = re.compile(rf"(?<=[.;:]) (?=[-+*] ?[{UPPER}])")
_ITEM = re.compile(r"^(?:[-–+*•]|\(?(?:[a-zđ]|\d{1,2}(?:\.\d{1,2})*|[ivx]{1,4})[.)])\s?")


def read_steps(column: str) -> tuple[Step, ...]:
    """The steps of the column "Trình tự thực hiện"."""
    text = stated(column)
    if text is None:
        return ()
    text = OWN_TITLE.sub("", unwrap(text))
    headings = list(_headings(text))
    if len(headings) < 2:
        return tuple(_paragraphs(text))
    steps = list(_paragraphs(text[: headings[0][0]]))
    for index, (_, end, name) in enumerate(headings):
        stop = headings[index + 1][0] if index + 1 < len(headings) else len(text)
        body = text[end:stop].strip(" \n:")
        steps.append(Step(name=name, text=_inner(body)) if has_letters(body) else Step(text=name))
    return tuple(steps)


def _headings(text: str) -> Iterator[tuple[int, int, str]]:
    """Where each "Bước 1:" begins with its mark and ends, and its name; "theo Bước 1" in a sentence is none."""
    for match in _HEADING.finditer(text):
        floor = max(0, match.start() - _LOOK_BACK)
        before = _BEFORE.search(text[floor : match.start()])
        if before is None or (before.start() == 0 and floor > 0 and before["mark"] == before[0]):
            continue
        mark = without_bullet(before["mark"].strip())
        name = f"Bước {match['number']}"
        yield floor + before.start("mark"), match.end(), f"{mark} {name}" if has_letters(mark) else name


def _inner(body: str) -> str:
    return _INLINE_ITEM.sub("\n", body)


def _paragraphs(text: str) -> Iterator[Step]:
    """Steps that are not numbered as such.

    An item's mark begins a step; what has no mark or a lower one ("+" where there are dashes) belongs to the
    step before. Where nothing is marked, each paragraph is a step. A short line that ends in a colon names the
    items under it.
    """
    lines = [line for line in _inner(text).split("\n") if has_letters(line)]
    marks = {match[0][0] for line in lines if (match := _ITEM.match(line))}
    lower = "+" if marks - {"+"} else ""
    parts: list[str] = []
    for line in lines:
        continues = bool(marks) and (_ITEM.match(line) is None or line[0] == lower)
        if parts and (continues or (_TITLE.match(parts[-1]) and not _LETTERED.match(line))):
            parts[-1] += "\n" + line
        else:
            parts.append(line)
    for part in parts:
        title, _, rest = part.partition("\n")
        if rest and _TITLE.match(title):
            yield Step(name=without_bullet(title).rstrip(": "), text=rest)
        else:
            yield Step(text=without_bullet(part))
