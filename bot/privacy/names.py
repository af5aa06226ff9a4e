"""Names of persons in free text, as far as a rule can tell them: a title before at least two capitalised words.

"ông Nguyễn Văn Bình" is a person; "đường Bà Triệu", "phường Ông Ích Khiêm", "cầu Ông Lãnh" are places, and "bà Tư" is
half a neighbourhood. So a title counts only in small letters or at the start of a sentence, the name must have a known
family name or three words, and nothing that names a street or a unit may stand before. What the rule cannot see stays:
names without a title, and names in small letters.
"""

from __future__ import annotations

import re
import unicodedata

from bot.text import fold

A_NAME = "(tên)"

TITLES = (
    "ông|bà|anh|chị|cô|chú|bác|cậu|dì|thím|mợ|cháu|em|cụ|thầy|ông cụ|bà cụ"
    "|tên là|họ tên|họ và tên|đồng chí|đ/c|chủ hộ|chủ nhà"
)
_FAMILY = (
    "nguyen tran le pham hoang huynh phan vu vo dang bui do ho ngo duong ly dinh truong doan lam mai trinh dao cao ta"
    " luong luu thai chau phung quach vuong to ha la quan kieu thach son danh tang ton bach nghiem khuong trieu mac"
    " thieu lu ung mach dam giang"
)
"""Folded family names; with the first ten, nine of ten persons in Viet Nam."""

_PLACE = (
    "đường phố hẻm ngõ ngách kiệt chợ cầu trường lộ phường xã quận huyện tỉnh thôn ấp xóm khu cống chùa đình đền miếu"
    " lăng tượng rạch kênh bãi bến vườn hồ quảng mộ trạm"
)
"""After these a title is part of a name of a place: "chợ Bà Chiểu", "đường Ông Ích Khiêm". With their diacritics:
"cho" is no market."""
FAMILY, PLACES = frozenset(_FAMILY.split()), frozenset(_PLACE.split())
UNITS = frozenset({"phường", "xã", "quận", "huyện", "tỉnh", "đường", "phố"})
"""A name ends before these."""
_TITLE = re.compile(
    rf"(?:(?P<before>[^\W\d_]+)\s+)?\b(?P<title>{TITLES})(?P<gap>\s*:\s*|\s+)(?=[^\W\d_])", re.IGNORECASE
)
_WORD = re.compile(r"([^\W\d_]+)(\s+(?=[^\W\d_]))?")
MOST_WORDS = 5


def without_titled_names(text: str) -> str:
    """A text in which full names after a title stand no more; the title stays.

    Text comes back in NFC.
    """
    text = unicodedata.normalize("NFC", text)
    parts, end = [], 0
    for found in _TITLE.finditer(text):
        stop = _end_of_name(text, found.end())
        if stop > found.end() >= end and _is_person(text, found, text[found.end() : stop].split()):
            parts += [text[end : found.end()], A_NAME]
            end = stop
    return "".join((*parts, text[end:]))


def _end_of_name(text: str, start: int) -> int:
    """Where the capitalised words end that begin here."""
    end = start
    for _ in range(MOST_WORDS):
        found = _WORD.match(text, start)
        if found is None or not found[1][0].isupper() or found[1].lower() in UNITS:
            break
        end = found.end(1)
        if found[2] is None:
            break
        start = found.end()
    return end


def _is_person(text: str, found: re.Match[str], words: list[str]) -> bool:
    if len(words) < 2 or (found["before"] or "").lower() in PLACES:
        return False
    # A capital inside a sentence is part of a name of something: "quán Bà Năm Sa Đéc".
    start = found.start("title")
    if found["title"][0].isupper() and (rest := text[:start].rstrip()) and rest[-1] not in ".!?:;,(\n-":
        return False
    return fold(words[0]) in FAMILY or len(words) > 2
