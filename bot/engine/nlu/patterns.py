"""Patterns over a message as one line, written in Vietnamese and matched with or without diacritics.

In a pattern every word with diacritics also matches itself without them ("cháy" matches "cháy" and "chay" but not
"chạy"; "=cháy" only itself), ` … ` stands for up to four words, ` ~ ` for up to four that ask nothing, and a match
begins and ends at word boundaries. Commas in the line stand for any punctuation between words; a question mark at
its end is kept.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from bot.engine.nlu.recent import normalised
from bot.text import Normalised, fold
from bot.text.folding import compose

_WORD = re.compile(r"(?<!\\)(?<![^\W\d_])(=?)([^\W\d_]+)")
_STOP = re.compile(r"[,.;:!?\n…()]")
_GAP = r"(?: \S+){0,4} "
# A gap that does not run into another question of the sentence.
_CLOSE_GAP = r"(?: (?!(?:ở|o|đâu|dau|chỗ|cho|nơi|noi|bao|mấy|may|thế|the|như|nhu|thì|thi|làm|lam|,)(?!\w))\S+){0,4} "


class Phrases:
    """A compiled pattern, in two forms: as written, and with bare words allowed for marked ones."""

    def __init__(self, text: str) -> None:
        """Compile; each line of the text is an alternative."""
        lines = [" ".join(part.split()) for part in text.strip().splitlines()]
        joined = "|".join(line for line in lines if line)
        self.exact = _compile(_WORD.sub(lambda m: m[2], joined))
        self.loose = _compile(
            _WORD.sub(lambda m: m[2] if m[1] or m[2].isascii() else f"(?:{m[2]}|{fold(m[2])})", joined)
        )

    def search(self, line: str, loosely: bool = True) -> re.Match[str] | None:
        """The first match in a line."""
        return (self.loose if loosely else self.exact).search(line)

    def every(self, line: str, loosely: bool = True) -> Iterator[re.Match[str]]:
        """All matches in a line."""
        return (self.loose if loosely else self.exact).finditer(line)

    def blank(self, line: str, loosely: bool = True) -> str:
        """The line with blanks over every match, as long as before."""
        return (self.loose if loosely else self.exact).sub(lambda m: " " * len(m.group()), line)


def _compile(source: str) -> re.Pattern[str]:
    return re.compile(rf"(?<!\w)(?:{source.replace(' … ', _GAP).replace(' ~ ', _CLOSE_GAP)})(?!\w)")


@dataclass(frozen=True)
class Reading:
    """A message as the cues read it."""

    message: Normalised
    line: str
    """The normal form: lower-case words, commas for punctuation."""
    typed: str
    """What was typed, in lower case and NFC, before anything was expanded or corrected."""
    starts: tuple[int, ...]
    """Where each token of the message begins in `line`."""
    bare: bool
    """Typed largely without diacritics: then a bare word may stand for any."""

    @property
    def words(self) -> int:
        """How many syllables the message has."""
        return len(self.message.tokens)

    def raw_span(self, start: int, end: int) -> tuple[int, int]:
        """Where in the raw text the part `line[start:end]` was typed."""
        inside = [
            token
            for token, at in zip(self.message.tokens, self.starts, strict=True)
            if at < end and at + len(token.text) > start
        ]
        if not inside:
            return 0, len(self.message.raw)
        return min(t.start for t in inside), max(t.end for t in inside)


def read(text: str) -> Reading:
    """Prepare a message for the cues."""
    message = normalised(text)
    parts: list[str] = []
    starts: list[int] = []
    length = last = 0
    for token in message.tokens:
        if parts and token.start >= last and _STOP.search(message.raw, last, token.start):
            parts.append(",")
            length += 2
        starts.append(length)
        word = token.text if token.kept else token.text.lower()
        parts.append(word)
        length += len(word) + 1
        last = token.end
    if "?" in message.raw[last:]:
        parts.append("?")
    typed = " ".join(re.sub(r"[^\w\s]+", " , ", compose(text).lower()).split())
    # Some 80 % of the syllables of ordinary text carry a mark or đ.
    marked = sum(not token.text.isascii() for token in message.tokens)
    return Reading(message, " ".join(parts), typed, tuple(starts), 2 * marked < len(message.tokens))
