"""Full names without a title: "tôi là Nguyễn Văn An", "cán bộ Lê Thị Hoa", "Trần Văn Bảy tự ý xây nhà".

A name of a person and the name of a street are the same words ("Nguyễn Văn Linh"), and in reports streets are many
more. So a name is one only where something beside it says that a person is meant, and where nothing says a place: the
words before it, or what it does. What no rule sees stays; the citizen's own name is known and goes in any case
(`bot.tickets.published`).
"""

from __future__ import annotations

import re

from bot.privacy.names import A_NAME, FAMILY, PLACES, UNITS
from bot.text import fold

MOST_WORDS = 5
MIDDLE = frozenset({"văn", "thị"})
"""Middle names that make a name of three words one of a person, also in small letters."""

_SELF = re.compile(
    r"(?:\b(?:tôi|tui|mình|em|cháu|con|tớ|người (?:phản ánh|gửi|viết|báo|đứng đơn))\s+(?:tên\s+là|tên|là)"
    r"|\b(?:tên(?:\s+(?:tôi|tui|em|mình|cháu|con|nó|là))+|tên|họ\s+tên|họ\s+và\s+tên|ký\s+tên|trân\s+trọng|người\s+viết"
    r"|người\s+gửi|người\s+phản\s+ánh|kính\s+đơn))\s*[:,.\-–]?\s*\Z",
    re.IGNORECASE,
)
"""Before any full name: who introduces oneself, or signs."""
_KIN = re.compile(
    r"\b(?:vợ|chồng|con\s+(?:trai|gái)|mẹ|cha|bố|ba|má|hàng\s+xóm|láng\s+giềng|gia\s+đình|hộ|nhà|của|do|bởi|nhờ"
    r"|chủ\s+(?:quán|tiệm|trọ|xe|đất|tịch|cơ\s+sở)|bí\s+thư|tổ\s+trưởng|trưởng\s+(?:thôn|ấp|ban|phòng|khu\s+phố)"
    r"|cán\s+bộ|công\s+chức|nhân\s+viên|giám\s+đốc|bác\s+sĩ|y\s+tá|giáo\s+viên|cô\s+giáo|thầy\s+giáo|công\s+an"
    r"|người\s+tên|đối\s+tượng|nạn\s+nhân|học\s+sinh|cháu\s+bé|tài\s+xế|bảo\s+vệ|thằng|con\s+bé|lão|mụ|đứa)\s*:?\s*\Z",
    re.IGNORECASE,
)
"""Before a name of three words at least: who is spoken of."""
_ROAD_BEFORE = re.compile(
    r"\b(?:đường|phố|tuyến|đoạn|hẻm|ngõ|lộ|trục|góc|ngã\s+\w+)\b[^.,;!?\n]{0,25}\Z", re.IGNORECASE
)
_DOES = re.compile(
    r"\s*,?\s*(?:là\s+người|tự\s+ý|chửi|đánh|đe\s+dọa|hăm\s+dọa|hứa|nói|bảo|ký|khai|nuôi|cho\s+thuê|có\s+hành\s+vi"
    r"|cố\s+tình|lấy\s+trộm|cư\s+trú|thường\s+trú|sinh\s+năm|hẹn|đòi|nhận\s+tiền)\b",
    re.IGNORECASE,
)
"""After a name of three words: what people do and streets do not."""
_ROAD_AFTER = re.compile(
    r"\s*,?\s*(?:\d|số\s|hẻm|ngõ|ngập|kẹt|tắc|sửa|đang\s+(?:sửa|thi\s+công|đào|ngập|kẹt)|thi\s+công|nâng\s+cấp|xuống\s+cấp"
    r"|đoạn|giao\b|nối|cắt|hư\b|tối\b|bị\s+(?:ngập|sụt|đào)|nối\s+dài|kéo\s+dài|[-–/]\s*[A-ZĐ])",
    re.IGNORECASE,
)
_WORD = re.compile(r"[^\W\d_]+")


def without_cued_names(text: str) -> str:
    """A text in which full names stand no more beside which something says that a person is meant.

    Args:
        text: in NFC.
    """
    parts, end = [], 0
    words = list(_WORD.finditer(text))
    at = 0
    while at < len(words):
        count = _name_at(text, words, at)
        if not count:
            at += 1
            continue
        parts += [text[end : words[at].start()], A_NAME]
        end = words[at + count - 1].end()
        at += count
    return "".join((*parts, text[end:]))


def _name_at(text: str, words: list[re.Match[str]], at: int) -> int:
    """How many words the name of a person has that begins here; 0 where there is none."""
    first = words[at]
    if fold(first.group()) not in FAMILY:
        return 0
    count = _capitalised(text, words, at)
    small = count == 0 and len(_row(text, words, at, 3)) == 3 and words[at + 1].group().lower() in MIDDLE
    if small:
        count = 3
    if count < 2:
        return 0
    # As much before it as a cue or a place can need.
    end = words[at + count - 1].end()
    before, after = text[max(0, first.start() - 60) : first.start()], text[end : end + 40]
    if _SELF.search(before):
        return count
    if small or count < 3 or _ROAD_AFTER.match(after) or _ROAD_BEFORE.search(before):
        return 0
    if _KIN.search(before):  # also "gia đình", "hàng xóm", which end as places do
        return count
    place = at > 0 and words[at - 1].group().lower() in PLACES
    return count if _DOES.match(after) and not place else 0


def _capitalised(text: str, words: list[re.Match[str]], at: int) -> int:
    row = _row(text, words, at, MOST_WORDS)
    count = 0
    for word in row:
        if not word[0].isupper() or (count and word.lower() in UNITS):
            break
        count += 1
    return count


def _row(text: str, words: list[re.Match[str]], at: int, most: int) -> list[str]:
    """Words from here on with nothing but spaces between them."""
    found = [words[at].group()]
    for before, word in zip(words[at:], words[at + 1 : at + most], strict=False):
        if text[before.end() : word.start()].strip(" \t\u00a0"):
            break
        found.append(word.group())
    return found
