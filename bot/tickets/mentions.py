"""What in a text may be the name of a ward, a district or a province, with or without its kind before it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from bot.text import fold
from bot.text.folding import compose
from bot.tickets.place_names import KINDS, SHORT, Y
from bot.tickets.wording import phrases

MOST_WORDS = 6
"""The longest names: "văn miếu quốc tử giám", "nông trường việt lâm"."""
STREETS = phrases(
    "duong|pho|hem|ngo|ngach|kiet|cho|cau|truong|dai|lo|so|nha|chung|cu|toa|khu|to|ap|thon|xom|cong|vien|ql"
)
"""After these a name is a street's or a building's."""
_ALIASES = (
    (re.compile(r"\b(?:tp\W{0,2}hcm|tphcm|hcm)\b"), "thanh pho ho chi minh"),
    # The city as people call it; since 1/7/2025 also a ward of it.
    (re.compile(r"(?<!\bphuong )(?<!\bp )(?<!\bp\. )(?<!\bp\.)\bsai gon\b"), "thanh pho ho chi minh"),
    (re.compile(r"\b(?:tp\W{0,2}hn|tphn)\b"), "thanh pho ha noi"),
)
_SPLIT_NUMBER = re.compile(r"\b([pfqx]|ph)(\d{1,2})\b")
_SEGMENT = re.compile(r"[,;:\n()]+")
_TOKEN = re.compile(r"\w+\.?")
_LOOKALIKE = re.compile(r"\b(?:phượng|phương|phưởng|phướng|xá|xà|xả|xạ|quân|quản|quán|quần|tĩnh|tính|tình|huyên)\b")
"""Parts of names that fold to "phuong", "xa", "quan" …: "đường Hoa Phượng"."""


@dataclass(frozen=True)
class Mention:
    kind: str | None
    """None: a name without its kind."""
    names: tuple[str, ...]
    """What it may be, the longest first."""
    whole: bool = False
    """Whether it fills a part between commas."""


def names_in(text: str) -> set[str]:
    """The foldings to look up for a text."""
    return {name for mention in mentions(text) for name in mention.names}


def plain_of(text: str) -> str:
    """Folded, with aliases written out; what only looks like "phường", "xã" … without its diacritics ends in "_"."""
    plain = Y.sub("i", fold(_LOOKALIKE.sub(r"\g<0>_", compose(text).lower())))
    for pattern, name in _ALIASES:
        plain = pattern.sub(name, plain)
    plain = _SPLIT_NUMBER.sub(r"\1. \2", plain)
    return re.sub(r"\b0+(\d)", r"\1", plain)


def mentions(text: str) -> list[Mention]:
    """What may be names of wards, districts and provinces, those with their kind first."""
    named: list[Mention] = []
    loose: list[Mention] = []
    for part in _SEGMENT.split(plain_of(text)):
        words = _TOKEN.findall(part)
        bare = [word.rstrip(".") for word in words]
        named += _with_kind(words, bare)
        loose += _without_kind(bare)
    return named + loose


def _with_kind(words: list[str], bare: list[str]) -> Iterator[Mention]:
    for position in range(len(words)):
        for length in (2, 1):
            kind = KINDS.get(" ".join(bare[position : position + length]))
            first = position + length
            if kind is None or first >= len(words) or (length == 1 and position and bare[position - 1] == "thi"):
                continue
            if bare[position] in SHORT and not (words[position].endswith(".") or bare[first].isdigit()):
                continue
            ends = range(min(len(bare), first + MOST_WORDS), first, -1)
            yield Mention(kind, tuple(_joined(bare[first:end]) for end in ends))
            break


def _without_kind(bare: list[str]) -> Iterator[Mention]:
    if not bare:
        return
    if len(bare) <= MOST_WORDS:
        yield Mention(None, (_joined(bare),), whole=True)
    for start in range(max(1, len(bare) - MOST_WORDS), len(bare)):
        if bare[start - 1] not in STREETS and not bare[start - 1].isdigit():
            yield Mention(None, (_joined(bare[start:]),))


def _joined(words: list[str]) -> str:
    return " ".join(words).replace("_", "")
