"""Short answers typed freely: yes, no, cancel, skip, back, correct something."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from bot.text import has_marks, normalise
from bot.tickets.wording import phrases


class Short(StrEnum):
    """What a short answer means."""

    YES = "yes"
    NO = "no"
    CANCEL = "cancel"
    SKIP = "skip"
    BACK = "back"


MOST_WORDS = 7
LONGEST = 80
"""Words and characters; a longer message is a sentence, not a short answer."""

_FILLER = phrases(
    "a|da|nhe|nha|di|luon|voi|dum|giup|ban|em|anh|chi|toi|minh|thi|la|cai|nay|do|ma|day|ha|hen|oi|ad|ne|cho|roi"
)
_YES = phrases(
    "ok|oke|okay|okie|oki|yes|u|uh|uhm|um|da|vang|co|dung|chuan|chinh xac|gui|duoc|dong y|xac nhan|nhat tri|phai|xong"
    "|dung roi|gui di|gui luon|duoc roi|on|tot|hop ly|dung vay|gui phan anh|noi dung dung|thong tin dung|day du|cu gui"
)
_NO = phrases(
    "khong|chua|sai|khoan|chua dung|khong dung|khong phai|chua gui|khoan gui|sai roi|nham|nham roi|no"
    "|chua duoc|khong duoc|khoan da"
)
_CANCEL = phrases(
    "huy|huy bo|huy di|thoi|thoi bo di|bo di|khong gui nua|khong gui|khong gui dau|dung lai|ket thuc|thoat"
    "|khong bao nua|khong phan anh nua|khong muon nua|khong muon gui nua|huy phan anh|bo phan anh|cancel|stop"
    "|thoi khong gui nua|thoi khong can nua|khong can nua|thoi khong can"
    "|thoi huy|huy giup|xoa di|thoi khong gui|tam biet"
)
_SKIP = phrases(
    "bo qua|khong biet|khong ro|chua biet|chua ro|skip|an danh|giau ten|khong de lai|khong cho|khong muon de lai"
    "|khong can|khong muon|khong co|khong muon lo ten|khong de ten|khong neu ten|khong muon neu ten|thoi khong can"
    "|khong tien|khong can lien he|khong muon de lo ten|giu bi mat|khong cung cap|khong nho"
    "|khong nho ro|de trong|qua buoc nay"
)
_BACK = phrases("quay lai|tro lai|lui lai|buoc truoc|quay lai buoc truoc|cau truoc")

_PHRASES = {Short.CANCEL: _CANCEL, Short.SKIP: _SKIP, Short.BACK: _BACK, Short.NO: _NO, Short.YES: _YES}
_CLAUSE = re.compile(r"[,.;!?\n]+")


def read_short(text: str) -> frozenset[Short]:
    """What a short answer means; none for a sentence or for a contradiction.

    Several meanings come back where only the question decides: "thôi không cần" cancels a report, but declines
    to leave a telephone number.
    """
    if len(text) > LONGEST or is_ambiguous(text):
        return frozenset()
    found: set[Short] = set()
    words_seen = 0
    for piece in _CLAUSE.split(text):
        words = ["khong" if token.text == "đừng" else token.folded for token in normalise(piece).tokens]
        words_seen += len(words)
        if words_seen > MOST_WORDS:
            return frozenset()
        found |= _meanings(words)
    return frozenset() if Short.YES in found and len(found) > 1 else frozenset(found)


def is_ambiguous(text: str) -> bool:
    """Whether it may mean both: without diacritics "dung gui" is "đúng, gửi" and "đừng gửi"."""
    return not has_marks(text) and [token.folded for token in normalise(text[:LONGEST]).tokens[:2]] == ["dung", "gui"]


def _meanings(words: list[str]) -> set[Short]:
    bare = [word for word in words if word not in _FILLER]
    if not words:
        return set()
    spellings = {" ".join(words), " ".join(bare)}
    found = {short for short, table in _PHRASES.items() if spellings & table}
    return found or {short for short, table in _PHRASES.items() if bare and _made_of(bare, table)}


def _made_of(words: list[str], table: frozenset[str]) -> bool:
    """Whether the words are a row of the phrases: "ok đúng rồi gửi đi"."""
    if not words:
        return True
    return any(" ".join(words[:n]) in table and _made_of(words[n:], table) for n in range(1, min(len(words), 6) + 1))


PARTS: dict[str, tuple[str, ...]] = {
    "category": ("linh vuc", "loai", "chu de", "muc"),
    "description": ("noi dung", "mo ta", "su viec", "y"),
    "place": ("dia diem", "dia chi", "vi tri", "noi xay ra", "cho do", "so nha", "cho"),
    "photos": ("anh", "hinh", "hinh anh"),
    "contact": ("lien he", "so dien thoai", "dien thoai", "sdt", "ten", "email"),
}
"""The parts of a report, as citizens call them (folded)."""

_CHANGE = (
    "sua lai",
    "sua",
    "doi lai",
    "doi",
    "chinh lai",
    "chinh",
    "thay",
    "nham",
    "sai",
    "ghi nham",
    "ghi sai",
    "viet lai",
)
_LEAD = ("thanh", "la", "lai la", "lai thanh", "lai", "phai la", "moi la", "dung la")


@dataclass(frozen=True)
class Correction:
    """A wish to correct a part of the report, perhaps with the new value.

    Attributes:
        part: `category`, `description`, `place`, `photos`, `contact`, or none when the citizen does not say.
        value: the new text as written, or "".
    """

    part: str | None
    value: str = ""


def read_correction(text: str) -> Correction | None:
    """A correction such as "sửa địa điểm thành hẻm 5", or none."""
    message = normalise(text)
    tokens = message.tokens
    words = [token.folded for token in tokens]
    while words and words[0] in ("cho", "toi", "minh", "em", "muon", "xin", "can", "giup", "khong", "a", "khoan"):
        words, tokens = words[1:], tokens[1:]
    taken = _prefix(words, _CHANGE)
    if not taken:
        return None
    words, tokens = words[taken:], tokens[taken:]
    for part, names in PARTS.items():
        if length := _prefix(words, names):
            rest = words[length:]
            lead = _prefix(rest, _LEAD)
            value = tokens[length + lead :]
            trailing = {"roi", "di", "nhe", "giup", "a", "voi", "toi", "cai", "nay", "do"}
            if not value or set(rest[lead:]) <= trailing:
                return Correction(part)
            return Correction(part, text[value[0].start :].strip(" :,.-"))
    return Correction(None) if len(words) <= 2 else None


def _prefix(words: list[str], starts: tuple[str, ...]) -> int:
    """How many words the longest of the phrases takes at the start."""
    return max((len(p.split()) for p in starts if words[: len(p.split())] == p.split()), default=0)
