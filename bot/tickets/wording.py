"""Small judgements about the wording of a message: does it say anything, is the place vague, who stays unnamed."""

from __future__ import annotations

import re
import unicodedata
from itertools import pairwise

from bot.locality import Category
from bot.privacy import tokens_in
from bot.privacy.masking import TOKEN
from bot.text import fold, normalise
from bot.tickets.places import find_place


def phrases(text: str) -> frozenset[str]:
    """A table of phrases, written with bars between."""
    return frozenset(text.split("|"))


LEAST_STORY = 2
"""Words of content that make a story of a message whose category is not known."""
LONGEST_REFUSAL = 8
"""Words."""

_OPENER = re.compile(
    r"\b(?:alo|chao|xin chao|ad|phuong oi|cho (?:toi|minh|em) (?:hoi|phan anh|bao)|(?:toi|minh|em|dan|nguoi dan)?"
    r" ?(?:muon|can|xin|co)? ?(?:gui|lam|bao cao)? ?(?:phan anh|kien nghi|gop y|khieu nai|bao cao|bao"
    r"|phan nan|trinh bao)"
    r"(?: kien nghi)?(?: ve)?(?: (?:viec|van de|tinh trang|chuyen|tinh hinh))*)\b"
)
_EMPTY = phrases(
    "a|da|nhe|nha|voi|ve|viec|van|de|tinh|trang|chuyen|mot|cai|o|cua|cho|toi|minh|em|ad|ban|giup|dum|the|nao|duoc|khong"
    "|hay|va|thi|la|ma|gi|di|oi|hoi|muon|can|nhung|bi"
)
_ANONYMITY = re.compile(
    r"\b(?:an danh|giau ten|giau danh tinh|khong (?:muon |can )?(?:de |bi )?(?:lo|ghi|de|neu)(?: lo)? ten)\b"
)
_VAGUE = phrases(
    "o day|day|do|o do|cho do|cho nay|nha toi|truoc nha toi|gan nha toi|cho toi|truoc nha|gan nha|o nha|tai nha|gan day"
    "|nha em|nha minh|cho em|trong phuong|o phuong|dau hem|dau ngo|ngoai duong|tren duong|duong nha toi"
)


def content_words(text: str, category: Category | None) -> int:
    """How many words say something about the matter.

    Not counted: "tôi muốn phản ánh về", the place, the category's own name, the wish to stay unnamed.
    """
    text = TOKEN.sub(" ", unicodedata.normalize("NFC", text))
    place = find_place(text)
    plain = " ".join(token.folded for token in normalise(text.replace(place, " ", 1) if place else text).tokens)
    words = _OPENER.sub(" ", _ANONYMITY.sub(" ", plain)).split()
    topic = set(re.findall(r"\w+", fold(f"{category.label} {category.short}"))) if category else set()
    # "đèn đường không sáng" says what is wrong with nothing but words of the topic.
    lacking = sum(a in ("khong", "chua") and b in topic for a, b in pairwise(words))
    return lacking + sum(word not in _EMPTY and word not in topic for word in words)


def tells(text: str, category: Category | None) -> bool:
    """Whether a message tells what happened, so that it need not be asked."""
    return content_words(text, category) >= (1 if category else LEAST_STORY)


def wants_anonymity(text: str) -> bool:
    """Whether the citizen asks not to be named."""
    return bool(_ANONYMITY.search(fold(text)))


def is_vague(text: str) -> bool:
    """Whether a place is one that only the citizen knows: "trước nhà tôi"."""
    return fold(text).strip(" .,!") in _VAGUE


def declines(text: str) -> bool:
    """Whether an answer to "your number, please?" says no without giving one: "thôi khỏi, không tiện"."""
    words = [token.folded for token in normalise(text).tokens]
    return len(words) <= LONGEST_REFUSAL and not tokens_in(text) and bool({"khong", "thoi", "khoi"}.intersection(words))


def cancels(text: str) -> bool:
    """Whether the word "hủy" is said; alone and without its diacritic it is a name, Huy."""
    tokens = normalise(text).tokens
    return any(token.text == "hủy" or (token.folded == "huy" and len(tokens) > 1) for token in tokens)
