"""Reading who wants to be called back: a name, a telephone number, an e-mail address (as vault tokens)."""

from __future__ import annotations

import re
from typing import TypedDict

from bot.privacy import kind_of, readable, tokens_in
from bot.text import fold


class Contact(TypedDict, total=False):
    """What a citizen left; telephone and e-mail are tokens until the ticket is filed."""

    name: str
    phone: str
    email: str
    anonymous: bool


ANONYMOUS = Contact(anonymous=True)
LONGEST_NAME = 60
MOST_NAME_WORDS = 6

_MINE = re.compile(
    r"\b(?:sdt|sđt|so dien thoai|dien thoai|dt|lien he|goi (?:cho )?(?:toi|minh|em|so)|alo (?:toi|minh|em)"
    r"|ten toi|toi ten|minh ten|em ten|so (?:cua )?(?:toi|minh|em)|email|mail|zalo)\b"
)
"""Words that say that a number in a sentence is the citizen's own."""

_NAMED = re.compile(
    r"(?:(?:tôi|mình|em|con|cháu)\s+(?:tên là|tên|là)|(?:tên|họ tên|họ và tên)(?:\s+(?:tôi|mình|em|là))*"
    r"|liên hệ)\s*:?\s+",
    re.IGNORECASE,
)
_NOISE = re.compile(
    r"(?:số điện thoại|sđt|sdt|điện thoại|đt|số|e-?mail|mail|zalo|liên hệ|gọi|cho|của|tôi|mình|em|là|nhé|ạ|dạ|vâng"
    r"|tên|họ|qua|theo|và|với|gặp)\b",
    re.IGNORECASE,
)


def read_contact(text: str) -> Contact:
    """The contact in an answer to "do you want to leave your name and number?"; empty when there is none."""
    contact = _tokens(text)
    name = _name(text, answered=True)
    if name:
        contact["name"] = name
    return contact


def find_contact(text: str) -> Contact:
    """The writer's own contact inside a longer message; empty unless the words say that it is theirs."""
    contact = _tokens(text)
    if not contact or not _MINE.search(fold(text)):
        return Contact()
    name = _name(text, answered=False)
    if name:
        contact["name"] = name
    return contact


def describe(contact: Contact) -> str:
    """A contact for the citizen's eyes; the number itself is masked, so it is only named."""
    masked = [readable(value).strip("()") for value in (contact.get("phone"), contact.get("email")) if value]
    return ", ".join(part for part in (contact.get("name"), *masked) if part)


def _tokens(text: str) -> Contact:
    contact = Contact()
    for token in tokens_in(text):
        match kind_of(token):
            case "phone":
                contact.setdefault("phone", token)
            case "email":
                contact.setdefault("email", token)
    return contact


def _name(text: str, *, answered: bool) -> str | None:
    """The name: after "tôi tên", or what remains of an answer besides the number."""
    if match := _NAMED.search(text):
        rest = text[match.end() :]
    elif answered:
        rest = text
    else:
        return None
    rest = (
        re.split(r"[\[,;:.()\n]|\s-\s|\bsđt\b|\bsdt\b|\bsố\b", rest, maxsplit=1, flags=re.IGNORECASE)[0]
        if match
        else rest
    )
    rest = re.sub(r"\[[^\]]*\]|[^\w\s'-]", " ", rest)
    words = _NOISE.sub(" ", rest).split()
    name = " ".join(words)
    plausible = (
        words and len(words) <= MOST_NAME_WORDS and len(name) <= LONGEST_NAME and not any(map(str.isdigit, name))
    )
    return name.strip(" -") if plausible else None
