"""Small readings that every part of a scraped page needs: white space, "no information", levels, audience."""

from __future__ import annotations

import re
import unicodedata

from bot.knowledge.records import Level

LOWER = "a-zàáảãạăằắẳẵặâầấẩẫậđèéẻẽẹêềếểễệìíỉĩịòóỏõọôồốổỗộơờớởỡợùúủũụưừứửữựỳýỷỹỵ"
UPPER = "A-ZÀÁẢÃẠĂẰẮẲẴẶÂẦẤẨẪẬĐÈÉẺẼẸÊỀẾỂỄỆÌÍỈĨỊÒÓỎÕỌÔỒỐỔỖỘƠỜỚỞỠỢÙÚỦŨỤƯỪỨỬỮỰỲÝỶỸỴ"
"""The letters of Vietnamese for a character class; the code points of the two cases are not in two ranges."""

NO_INFORMATION = "Không có thông tin"

_INVISIBLE = re.compile("[\u200b-\u200f\u202a-\u202e\u2060\ufeff\u00ad]")
_NEXT_ITEM = re.compile(rf",\s*(?=[{UPPER}])(?![^(]*\))")
_NOTHING = re.compile(r"^(?:không(?: có| quy định| có thông tin)?|-+|n/a)?[\s.;-]*$", re.IGNORECASE)
_LEVELS: dict[str, Level] = {"Cấp bộ": "ministry", "Cấp tỉnh": "province", "Cấp xã": "commune"}
_BULLET = re.compile(r"^(?:[-–—+*•·●▪o]\s+|[-–—+*•·●▪])+\s*(?=\S)")


def clean(text: str) -> str:
    """Unicode composed, invisible signs gone; done once, when a source's text comes in."""
    return _INVISIBLE.sub("", unicodedata.normalize("NFC", text))


def tidy(text: str) -> str:
    """Blanks single, empty lines gone; line ends stay."""
    lines = (" ".join(line.split()) for line in text.split("\n"))
    return "\n".join(line for line in lines if line)


def one_line(text: str) -> str:
    """As `tidy`, in one line."""
    return " ".join(text.split())


def unwrap(text: str) -> str:
    """Join the lines that a page break cut in the middle of a sentence."""
    lines: list[str] = []
    for line in tidy(text).split("\n"):
        if lines and line[:1].islower() and not _ends(lines[-1]) and not re.match(r"[a-zđ]{1,3}[.)]\s", line):
            lines[-1] += " " + line
        else:
            lines.append(line)
    return "\n".join(lines)


def _ends(line: str) -> bool:
    return line.endswith((".", ";", ":"))


def without_bullet(text: str) -> str:
    """The text without the dash or star that marks an item."""
    return _BULLET.sub("", text, count=1).strip()


def stated(text: str | None) -> str | None:
    """The text, or none where the source only says that there is nothing to say."""
    if text is None:
        return None
    text = tidy(text)
    return None if _NOTHING.match(text) else text


def has_letters(text: str) -> bool:
    """Whether there is a letter or a digit in the text."""
    return any(character.isalnum() for character in text)


def levels(text: str) -> tuple[Level, ...]:
    """The levels named in "Cấp bộ, Cấp tỉnh, Cơ quan khác"; anything that is no level of today is `other`."""
    found: list[Level] = []
    for name in comma_list(text):
        level = _LEVELS.get(name, "other")
        if level not in found:
            found.append(level)
    return tuple(found)


def comma_list(text: str) -> tuple[str, ...]:
    """The items of a list with commas: each begins with a capital ("Cán bộ, công chức" is one item)."""
    items = (item.strip() for item in _NEXT_ITEM.split(one_line(text)))
    return tuple(item for item in items if stated(item))
