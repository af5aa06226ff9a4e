"""A part of an answer: what one aspect of one procedure says, short or in full."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from bot.knowledge.answers import texts
from bot.knowledge.answers.wording import mended, shorten
from bot.knowledge.records import Aspect

SHORT_LINE = 170
_TAIL = re.compile(r" \([^()]{1,70}\)$")
FIRST = 200
"""Characters of the first line, which answers by itself."""
_INNER_ITEM = re.compile(r"(?<=[;.:,]) (?=[-+] ?[^\W\d_])")


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
        self.first = shorten(mended(self.first), FIRST)

    def short(self, limit: int) -> tuple[str, bool]:
        """The section within `limit` characters, and whether something was left out."""
        room = limit - len(self.first) - sum(len(line) + 1 for line in self.always)
        kept: list[str] = []
        cut = bool(self.more)
        for place, line in enumerate(self.lines):
            brief = _brief(line)
            left = len(self.lines) - place - 1
            reserve = len(texts.MORE) + 4 if left else 0
            if len(brief) + 1 + reserve > room:
                cut = True
                break
            kept.append(brief)
            room -= len(brief) + 1
            cut = cut or brief != line.replace("\n", " ")
        while kept and self.lines[len(kept) - 1].endswith(":"):
            kept.pop()
        missing = [line for line in self.lines[len(kept) :] if not line.endswith(":")]
        if missing and kept:
            kept.append(texts.MORE.format(count=len(missing)))
        return mended("\n".join([self.first, *kept, *self.always])), cut

    def full(self) -> list[str]:
        """Every line; items that the source runs together stand one under the other."""
        lines = [*self.lines, *self.always, *self.more]
        return [self.first, *(mended(part) for line in lines for part in _INNER_ITEM.sub("\n", line).splitlines())]


def one_or_list(aspect: Aspect, one: str, several: str, items: Sequence[str]) -> Section:
    """A section whose first line tells the one item, or, where that is too long or there are more, how many."""
    if len(items) == 1 and len(one) <= FIRST and not _INNER_ITEM.search(one):
        return Section(aspect, one)
    return Section(aspect, several, [f"• {item}" for item in items])


def _brief(line: str) -> str:
    """A line of a short answer; how many copies of a paper are wanted stays at its end."""
    line = line.replace("\n", " ")
    if len(line) > SHORT_LINE and (tail := _TAIL.search(line)):
        return shorten(line[: tail.start()], SHORT_LINE - len(tail.group())) + tail.group()
    return shorten(line, SHORT_LINE)
