"""Word lists of the understanding, as files beside this one: patterns in sections, read once.

A file has one pattern a line (`patterns.Phrases` says how they match); `#` begins a comment line, `[name]` a section,
`[name: key]` one of several of that name, which keep their order. `[= name]` holds one line that «name» stands for in
the lines below it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from bot.engine.nlu.patterns import Phrases

FOLDER = Path(__file__).parent
_HEAD = re.compile(r"\[(?P<defines>= )?(?P<name>[^\]:]+)(?:: (?P<key>[^\]]+))?\]")
_NAMED = re.compile("«([^»]*)»")


class WordListError(Exception):
    """A word list cannot be read; the text names the file, the line and what is wrong."""


@dataclass(frozen=True)
class WordList:
    """The sections of a file: name, key (empty where it has none) and the patterns."""

    sections: tuple[tuple[str, str, Phrases], ...]

    def __getitem__(self, name: str) -> Phrases:
        """The patterns of a section that stands alone."""
        return next(phrases for section, key, phrases in self.sections if section == name and not key)

    def every(self, name: str) -> tuple[tuple[str, Phrases], ...]:
        """The sections of a name in their order, as key and patterns."""
        return tuple((key, phrases) for section, key, phrases in self.sections if section == name)


def read(name: str) -> WordList:
    """The word list `name`.txt.

    Raises:
        WordListError: a line stands in no section, or names what was not defined.
    """
    path = FOLDER / f"{name}.txt"
    return WordList(tuple(_sections(path.name, path.read_text(encoding="utf-8"))))


def _sections(file: str, text: str) -> Iterator[tuple[str, str, Phrases]]:
    defined: dict[str, str] = {}
    head: re.Match[str] | None = None
    lines: list[str] = []

    def done() -> Iterator[tuple[str, str, Phrases]]:
        if head is None:
            return
        if head["defines"]:
            defined[head["name"]] = "".join(lines)
        else:
            yield head["name"], head["key"] or "", Phrases("\n".join(lines))

    for number, raw in enumerate(text.splitlines(), 1):
        line = raw.strip()
        if not line or line.startswith("#"):
            continue
        if (found := _HEAD.fullmatch(line)) is not None:
            yield from done()
            head, lines = found, []
            continue
        if head is None:
            raise WordListError(f"{file}, line {number}: stands in no section")
        if unknown := set(_NAMED.findall(line)) - defined.keys():
            raise WordListError(f"{file}, line {number}: «{min(unknown)}» is not defined above")
        lines.append(_NAMED.sub(lambda name: defined[name[1]], line))
    yield from done()
