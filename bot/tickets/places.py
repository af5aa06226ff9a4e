"""Finding a place in a citizen's sentence: "nắp cống trước số 7 Trần Phú bị mất" → "trước số 7 Trần Phú".

Careful on purpose: a place is taken only with a number or a name in it, because asking once more costs
little and a wrong place costs the people who drive there.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

from bot.text import fold, has_marks


def _list(words: str) -> list[str]:
    return words.split("|")


_WORD = re.compile(r"\w+(?:[/.\-]\w+)*")
_BREAK = re.compile(r"[.;!?\n:()…]")
_NUMBER = re.compile(r"[a-z]{0,2}\d+[a-z]{0,2}(?:[/.\-][a-z]?\d*[a-z]{0,3}\d*)*")
_UNITS = frozenset(
    _list("gio|ngay|hom|tuan|thang|nam|lan|nguoi|chiec|cai|bong|m|met|km|phut|dem|bao|tan|xe|cay|nha|ruoi")
)

MOST_WORDS = 6
"""A name of a street or a building has at most so many words."""
MOST_LOOSE = 3
"""One that neither capitals nor a known first word tell."""
_STREETS = frozenset({"đường", "phố", "đại lộ"})

# What can carry a number or a name.
_ANCHORS = _list(
    "số nhà|nhà số|số|hẻm|ngõ|ngách|kiệt|đường|phố|ngã ba|ngã tư|ngã năm|ngã sáu|vòng xoay|cầu|cầu vượt|hầm chui|chợ"
    "|trường|trường học|trường mầm non|trường mẫu giáo|trường tiểu học|trường thcs|trường thpt|công viên|chung cư"
    "|tòa nhà|toà nhà|khu phố|khu dân cư|khu đô thị|khu tập thể|kdc|kđt|tổ|tổ dân phố|tdp|thôn|ấp|xóm|bản|buôn|khóm"
    "|quốc lộ|tỉnh lộ|huyện lộ|ql|tl|đt|bệnh viện|trạm y tế|bến xe|nhà văn hóa|nhà văn hoá|chùa|đình|đền|nhà thờ"
    "|trụ điện|trụ đèn|cột điện|cột đèn|quầy|phòng|khu|lô|block|siêu thị|cây xăng|trạm xăng|phường|xã|quận|km|kênh"
    "|mương|rạch|đại lộ"
)

# These stand for so many other things that only a number makes a place of them.
_NUMBER_ONLY = frozenset(
    _list(
        "số|tổ|phòng|khu|lô|quầy|km|số nhà|nhà số|khu phố|trụ điện|trụ đèn|cột điện|cột đèn|block|đt|tl|ql|quốc lộ"
        "|tỉnh lộ|huyện lộ|trường|bản|xã|phường|quận|đền|cầu"
    )
)

_BEFORE = _list(
    "ở|tại|ngay|trước|trước mặt|trước cửa|trước cổng|sau|sau lưng|đối diện|gần|cạnh|kế|sát|bên|bên cạnh|bên hông|đầu"
    "|cuối|giữa|trong|chỗ|khu vực|cổng|phía|phía trước|phía sau|ngoài|dưới|trên|góc|đoạn|quanh|dọc"
)

# Read as meant even where only this word lacks its diacritics.
_PLAIN = frozenset(_list("hem|duong|ngach|kiet|chung|cu|thon|xom|khu"))

# Words that end a name when capitals do not tell: they begin what happened there.
_STOP = frozenset(
    _list(
        "bi|dang|co|khong|chua|ma|nen|va|roi|hu|hong|tat|mat|toi|om|ngap|tran|nghet|gay|do|cu|luon|hay|thuong|may|tu|suot"
        "|ca|hom|ngay|tuan|thang|nam|chat|dong|de|lam|gay|xa|hat|chiem|lan|xay|dau|do|boc|hoi|rat|qua|la|thi|van|toan|sut"
        "|sap|nghieng|mua|nay|gio|sang|trua|chieu|dem|khuya|toi|lam|voi|cho|khi|vi|tai|do|boi|nhung|cung|con|het|ra|vao"
        "|len|xuong|nhu|cac|moi|nhieu|it|nguoi|xe|rac|nuoc|den|cay|cong|nap|mot|hai|ba|o|tren|duoi|truoc|sau|ai|may"
        "|phuong|nho|nhe|a|oi|ah|voi|xin|chan|can|muon|de|nghi|phan|anh|bao|gay|chua|thay|chap|chon|be|vo|lun|nut|nguy|tron|truot|lay"
        "|xau|hep|vang|di"
    )
)

# First words of names of streets, for sentences without capitals.
_NAME_STARTS = _list(
    "nguyễn|lê|trần|phạm|hoàng|huỳnh|phan|vũ|võ|đặng|bùi|đỗ|ngô|lý|đinh|trương|mai|cao|tôn|lương|tạ|chu|trịnh|quang"
    "|hai|bạch|hùng|lạc|âu|an|phù|thống|cách|điện|hòa|hoà|hàm|duy|mạc|xô|lưu|thái|thích"
)


@dataclass(frozen=True)
class _Word:
    text: str
    lower: str
    folded: str
    start: int
    end: int
    gap: str
    """What stands between the word before and this one."""


class _Phrases:
    """A set of phrases, matched with diacritics where the message has any, else without."""

    def __init__(self, phrases: Iterable[str]) -> None:
        self._by_words = {tuple(phrase.split()): phrase for phrase in phrases}
        self._folded = {tuple(map(fold, words)): phrase for words, phrase in self._by_words.items()}
        self.longest = max(map(len, self._by_words))

    def match(self, words: list[_Word], marked: bool) -> str | None:
        """The phrase that these words are, or none."""
        if any(_BREAK.search(word.gap) or "," in word.gap for word in words[1:]):
            return None
        if not marked or all(word.lower in _PLAIN for word in words):
            return self._folded.get(tuple(word.folded for word in words))
        return self._by_words.get(tuple(word.lower for word in words))


_ANCHOR = _Phrases(_ANCHORS)
_PREPOSITION = _Phrases(_BEFORE)
_NAME_START = _Phrases(_NAME_STARTS)


@dataclass(frozen=True)
class _Sentence:
    words: list[_Word]
    marked: bool
    """Whether it is written with diacritics."""
    capitals: bool
    """Whether capitals tell names: some words have one, and some have none."""

    @classmethod
    def read(cls, text: str) -> _Sentence:
        words, last = [], 0
        for match in _WORD.finditer(text):
            word, gap = match.group(), text[last : match.start()]
            words.append(_Word(word, word.lower(), fold(word), match.start(), match.end(), gap))
            last = match.end()
        letters = [word.text[0].isupper() for word in words[1:] if word.text[0].isalpha()]
        return cls(words, has_marks(text), any(letters) and not all(letters))

    def longest(self, position: int, phrases: _Phrases) -> tuple[str, int] | None:
        """The longest of the phrases that begins here, and where it ends."""
        for end in range(min(position + phrases.longest, len(self.words)), position, -1):
            if phrase := phrases.match(self.words[position:end], self.marked):
                return phrase, end
        return None


def find_place(text: str) -> str | None:
    """The place that a sentence names, as written, or none when no certain one is found."""
    text = unicodedata.normalize("NFC", text)
    sentence = _Sentence.read(text)
    words = sentence.words
    for position in range(len(words)):
        end = _piece(sentence, position)
        if end is None:
            continue
        start = _with_prepositions(sentence, position)
        while (further := _continuation(sentence, end)) is not None:
            end = further
        return text[words[start].start : words[end - 1].end]
    return None


def _continuation(sentence: _Sentence, end: int) -> int | None:
    """Where a second piece ends that follows at once or after a comma: "…, khu phố 2"."""
    if end >= len(sentence.words) or sentence.words[end].gap.strip() not in ("", ","):
        return None
    preposition = sentence.longest(end, _PREPOSITION)
    begin = preposition[1] if preposition else end
    # Behind a number a street is expected, so any name will do: "số 79 đường hoa phượng".
    return _piece(sentence, begin, numbered=_is_number(sentence.words[end - 1]) and begin == end)


def _piece(sentence: _Sentence, position: int, *, numbered: bool = False) -> int | None:
    """Where a piece such as "hẻm 42 Nguyễn Văn A" that begins here ends, or none.

    Args:
        numbered: it follows a number.
    """
    words = sentence.words
    anchor = sentence.longest(position, _ANCHOR)
    if anchor is None:
        return None
    first = anchor[1]
    if first + 1 < len(words) and words[first].folded == "so" and _is_number(words[first + 1]):
        first += 1
    if first >= len(words) or _separated(words[first]):
        return None
    if _is_number(words[first]):
        if _counts(words, first):
            return None
        return _name_end(sentence, first + 1)
    end = _name_end(sentence, first, any_name=numbered and anchor[0] in _STREETS)
    return end if anchor[0] not in _NUMBER_ONLY and end > first else None


def _name_end(sentence: _Sentence, first: int, *, any_name: bool = False) -> int:
    """Where the name ends that begins here; the same position when none does."""
    words, end = sentence.words, first
    most = MOST_LOOSE if any_name and not sentence.capitals else MOST_WORDS
    while end < min(len(words), first + most) and not _separated(words[end]):
        word = words[end]
        if sentence.capitals:
            if not word.text[0].isupper():
                break
        elif end == first and not any_name:
            if not _NAME_START.match([word], sentence.marked):
                break
        elif (word.folded in _STOP and not _inside_name(words[end - 1], word)) or _is_number(word):
            break
        end += 1
    # Without capitals one word alone is more often a verb ("đặng" and "đang", "trần" and "tràn").
    return end if sentence.capitals or end - first > 1 else first


def _inside_name(before: _Word, word: _Word) -> bool:
    """Whether a word that often ends a name belongs to this one: Hai Bà Trưng, Hoa Phượng."""
    if word.folded == "phuong" and has_marks(word.text):
        return word.lower != "phường"
    return (before.folded, word.folded) in (("hai", "ba"), ("hoa", "phuong"))


def _separated(word: _Word) -> bool:
    return "," in word.gap or bool(_BREAK.search(word.gap))


def _is_number(word: _Word) -> bool:
    return bool(_NUMBER.fullmatch(word.folded))


def _counts(words: list[_Word], position: int) -> bool:
    """Whether the number counts something ("3 hôm") instead of naming a place."""
    following = words[position + 1] if position + 1 < len(words) else None
    return following is not None and following.folded in _UNITS and not following.gap.strip()


def _with_prepositions(sentence: _Sentence, position: int) -> int:
    """The start of the place with what stands before it: "ngay đầu hẻm 5"."""
    start, words = position, sentence.words
    while start > 0 and not words[start].gap.strip():
        lows = range(max(0, start - _PREPOSITION.longest), start)
        low = next((low for low in lows if _PREPOSITION.match(words[low:start], sentence.marked)), None)
        if low is None:
            break
        start = low
    return start
