"""A part of an answer: what one aspect of one procedure says, short or in full."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from bot.knowledge.answers import texts
from bot.knowledge.answers.wording import shorten
from bot.knowledge.records import Aspect

SHORT_LINE = 170
_TAIL = re.compile(r" \([^()]{1,70}\)$")
SHORT_FIRST = 260


@dataclass(slots=True)
class Section:
    """The answer to one aspect.

    The first line answers by itself. `lines` are detail in order; `more` is for the full answer only; `always` is
    said however short the answer is (a contradiction, whom to ask).
    """

    aspect: Aspect
    first: str
    lines: list[str] = field(default_factory=list)
    more: list[str] = field(default_factory=list)
    always: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.first = self.first.replace("...", "…").replace("….", "…").replace("..", ".")

    def short(self, limit: int) -> tuple[str, bool]:
        """The section within `limit` characters, and whether something was left out."""
        first = shorten(self.first, SHORT_FIRST)
        room = limit - len(first) - sum(len(line) + 1 for line in self.always)
        kept: list[str] = []
        cut = first != self.first or bool(self.more)
        for place, line in enumerate(self.lines):
            brief = _brief(line)
            left = len(self.lines) - place - 1
            reserve = len(texts.MORE) + 4 if left else 0
            if len(brief) + 1 + reserve > room:
                cut = True
                break
            kept.append(brief)
            room -= len(brief) + 1
            cut = cut or brief != line
        while kept and kept[-1].endswith(":"):
            kept.pop()
        missing = [line for line in self.lines[len(kept) :] if not line.endswith(":")]
        if missing and kept:
            kept.append(texts.MORE.format(count=len(missing)))
        return "\n".join([first, *kept, *self.always]), cut

    def full(self) -> list[str]:
        """Every line."""
        return [*self.first.splitlines(), *self.lines, *self.always, *self.more]


def _brief(line: str) -> str:
    """A line of a short answer; how many copies of a paper are wanted stays at its end."""
    if len(line) > SHORT_LINE and (tail := _TAIL.search(line)):
        return shorten(line[: tail.start()], SHORT_LINE - len(tail.group())) + tail.group()
    return shorten(line, SHORT_LINE)
