"""Telling the names of form files from the name of the document that they are glued to."""

from __future__ import annotations

import re
from itertools import pairwise

from bot.knowledge.importing.texts import LOWER, UPPER

_FILE_END = re.compile(rf"\.(?i:docx?|pdf|xlsx?|rtf|odt|zip|rar|jpe?g|png|tiff?|html?)(?![{LOWER}])")
_FIRST_WORDS = (
    "mẫu|mau|mus|phụ lục|phu luc|phl[ụu]?c|biểu mẫu|bieu mau|đơn|don|tờ (?:trình|khai)|to (?:trinh|khai)"
    "|văn bản|van ban|báo cáo|bao cao|bản (?:khai|kê)|đề nghị|de nghi|danh mục|danhmuc|thuyết minh|giấy|giay"
)
_BORDERS = re.compile(
    "|".join(
        (
            rf"(?<=[{LOWER}{UPPER}0-9.;:)”])(?=(?i:{_FIRST_WORDS}))",  # a word that forms begin with
            rf"(?<=[;)\]”])(?=[{LOWER}{UPPER}0-9])",  # a sign that ends a text
            rf"(?<=[{LOWER})][.,:])(?=[{UPPER}0-9])",
            rf"(?<=\d[.;])(?=[{UPPER}][{LOWER}])",
            rf"(?<=[{LOWER}])(?=[{UPPER}])",  # a small letter, then a capital
            rf"(?<=[{UPPER}]{{2}})(?=[{UPPER}][{LOWER}])",  # an agency's letters, then a word: "NĐ-CP" + "Mẫu"
            r"(?<=-CP)(?=\d)",
            rf"(?<=\d\d)(?=[{UPPER}][{LOWER}])",
        )
    )
)
_LAST_RESORT = re.compile(rf"(?<=[{LOWER}{UPPER}])(?=\d)")
_NUMBER_BEFORE = re.compile(r"(?<=[^\s\d./-])\d[\d.]*[-_. ]*$")
_SENTENCE = re.compile(r"[;:]\s|\)\s*[;,]\s")
_LONGEST = 180


def separate_forms(text: str) -> tuple[str, tuple[str, ...], bool]:
    """Split a row's text into the document's name and the names of its forms.

    Returns:
        The document's name, the file names, and whether the border between them was certain.
    """
    ends = [match.end() for match in _FILE_END.finditer(text)]
    if not ends or text[ends[-1] :].strip():
        return text, (), True
    start = _border(text[: ends[0]])
    if start is None:
        return text, (), False
    files = [text[start : ends[0]], *(text[begin:end] for begin, end in pairwise(ends))]
    return text[:start], tuple(" ".join(name.split()) for name in files), True


def _border(text: str) -> int | None:
    """Where the first file's name begins: at the first glued border near the end."""
    stem = text.rfind(".")
    floor = max(0, len(text) - _LONGEST)
    for pattern in (_BORDERS, _LAST_RESORT):
        for match in pattern.finditer(text, floor, stem):
            position = match.start()
            if 0 < position < stem - 1 and not _SENTENCE.search(text, position):
                number = _NUMBER_BEFORE.search(text[:position])
                return number.start() if number else position
    return None
