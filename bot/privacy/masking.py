"""Masking of personal values in what citizens write, before anything else sees it.

Masked are telephone numbers, e-mail addresses, identity numbers (căn cước, CMND, passports and
social-insurance numbers named as such) and bank accounts. Codes of procedures, tickets and dossiers,
amounts of money, dates, years and house numbers stay as they are: the bot answers about them.
When in doubt between a personal number and a plain one, a number of the right length is masked.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

TOKEN = re.compile(r"\[(SĐT|EMAIL|CCCD|HC|BHXH|STK)_(\d+)\]")

KINDS = {"SĐT": "phone", "EMAIL": "email", "CCCD": "identity", "HC": "identity", "BHXH": "identity", "STK": "bank"}
"""Label in the token → kind of the value."""

READABLE = {
    "SĐT": "số điện thoại",
    "EMAIL": "địa chỉ e-mail",
    "CCCD": "số giấy tờ",
    "HC": "số hộ chiếu",
    "BHXH": "mã số bảo hiểm",
    "STK": "số tài khoản",
}


@dataclass(frozen=True)
class MaskedItem:
    """One masked value: the token that stands in the text, its kind, and the value as typed."""

    token: str
    kind: str
    value: str


@dataclass(frozen=True)
class Masked:
    """A masked text.

    Attributes:
        values: one item for each different value, in the order of the text.
        counters: the counters to hand to the next `mask` of this conversation.
    """

    text: str
    values: tuple[MaskedItem, ...] = ()
    counters: Mapping[str, int] = field(default_factory=dict)


# Between the digits of one number people put spaces, dots, dashes and brackets.
_SEP = r"[ .\-–()\u00a0]{0,3}"
_GAP = r"[^\d\n\[\]]{0,25}?"
"""What may stand between a keyword and its number: "số", "của tôi là", a colon."""


def _digits(least: int, most: int | None = None) -> str:
    return rf"(?<!\d)\d(?:{_SEP}\d){{{least - 1},{(most or least) - 1}}}(?!\d)"


_CURRENCY = r"(?:đ|₫|vnđ|vnd|usd|đồng|dong)\b(?! *(?:chí|chi|ý|y|nghiệp|nghiep|nai|tháp|thap|bào|bao|thời|thoi)\b)"

_PROTECTED = re.compile(
    "|".join(
        (
            TOKEN.pattern.replace("(SĐT", "(?:SĐT").replace(r"(\d+)", r"\d+"),
            r"(?<!\w)PA-\d{4}-\d{6}(?!\d)",  # ticket
            r"(?<!\w)(?:\d{2,3}\.){0,4}[A-Z]\d{2}(?:\.\d{1,3}){0,4}-\d{6}-\d{3,6}(?!\d)",  # dossier
            r"(?<![\d.])\d\.\d{6}(?:(?:\.\d{2,3}){3}\.[A-Z]\d{2})?(?![\d.]*\d)",  # procedure
            rf"(?<![\d.,])[1-9]\d{{0,2}}(?:[.,]\d{{3}})+ ?{_CURRENCY}",  # 1.500.000 đồng
            rf"(?<![\d.,])[1-9]\d{{0,14}} ?{_CURRENCY}",  # 1500000 đồng
            r"(?<![\d.\-])(?:0?[1-9]|[12]\d|3[01])(?P<s> ?[./\-] ?)(?:0?[1-9]|1[0-2])(?P=s)(?:19|20)\d\d(?![.\-]?\d)",
        )
    ),
    re.IGNORECASE,
)

_ENOUGH_DIGITS = re.compile(r"\d(?:[^\d\n]{0,3}\d){6}")
"""The shortest of the numbers has seven digits; most messages have none and are done at once."""

_IDENTITY_WORD = (
    r"(?:cccd|cmnd|cmtnd|cmt|c[aă]n c[uư][oớ]c|ch[uứ]ng minh|đ[iị]nh danh|dinh danh|gi[aấ]y t[oờ] t[uù]y th[aâ]n)"
)
_BANK_WORD = (
    r"(?:stk|s[oố] t[aà]i kho[aả]n|t[aà]i kho[aả]n|s[oố] tk|vietcombank|vietinbank|bidv|agribank|techcombank|mbbank)"
)

_INSURANCE_CARD = r"(?<![a-z])[a-z]{2} ?\d ?\d{2} ?\d{10}(?!\d)"
_INSURANCE_WORD = r"(?:bhxh|bhyt|b[aả]o hi[eể]m)"

_RULES: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (label, re.compile(pattern, re.IGNORECASE))
    for label, pattern in (
        ("EMAIL", r"(?P<value>[a-z0-9][a-z0-9._%+\-]{0,63} ?@ ?[a-z0-9\-]+(?:\.[a-z0-9\-]+)*\.[a-z]{2,})"),
        ("CCCD", rf"{_IDENTITY_WORD}{_GAP}(?P<value>{_digits(12)}|{_digits(9)})"),
        ("HC", rf"(?:h[oộ] chi[eế]u|passport){_GAP}(?P<value>(?<!\w)[a-z] ?\d{{7,8}}(?!\d))"),
        ("BHXH", rf"(?P<value>{_INSURANCE_CARD})"),
        ("STK", r"(?<!\d)(?P<value>\d{4}(?:[ \-]\d{4}){3}|\d{13,19})(?!\d)"),
        ("CCCD", r"(?<!\d)(?P<value>\d{12}|0\d{2}(?:[ .\-]?\d{3}){3}|0\d{3}(?:[ .\-]\d{4}){2})(?!\d)"),
        ("SĐT", rf"(?<!\d)(?P<value>\(?(?:0084|\+?84){_SEP}(?:[35789](?:{_SEP}\d){{8}}|2(?:{_SEP}\d){{9}}))(?!\d)"),
        ("SĐT", rf"(?<!\d)(?P<value>\(?\+\d(?:{_SEP}\d){{7,13}})(?!\d)"),
        ("SĐT", rf"(?<!\d)(?P<value>\(?(?:0|\bo){_SEP}[35789](?:{_SEP}\d){{8}})(?!\d)"),
        ("SĐT", rf"(?<!\d)(?P<value>\(?0{_SEP}(?:2|1{_SEP}[2689])(?:{_SEP}\d){{8,9}})(?!\d)"),
        ("BHXH", rf"{_INSURANCE_WORD}{_GAP}(?P<value>{_digits(10)})"),
        ("STK", rf"{_BANK_WORD}{_GAP}(?P<value>{_digits(8, 19)})"),
        ("CCCD", r"(?<![\d.,])(?P<value>\d{9})(?!\d)"),
    )
)


def mask(text: str, counters: Mapping[str, int] | None = None) -> Masked:
    """Replace personal values by tokens such as `[SĐT_1]`.

    Args:
        text: what the citizen wrote.
        counters: how many values of each label the conversation had so far
            (`conversations.mask_counters`); numbering goes on from there.

    Text that is masked already comes back unchanged; other text comes back in NFC.
    """
    text = unicodedata.normalize("NFC", text)
    numbers = dict(counters or {})
    for label, number in TOKEN.findall(text):
        # A token typed by hand must not be given to another value of the same message.
        numbers[label] = max(numbers.get(label, 0), int(number[:9]))
    items: dict[tuple[str, str], MaskedItem] = {}
    while True:
        found = sorted(_find(text))
        if not found:
            break
        parts, end = [], 0
        for start, stop, label in found:
            value = text[start:stop]
            key = (label, _same(value))
            if key not in items:
                numbers[label] = numbers.get(label, 0) + 1
                items[key] = MaskedItem(f"[{label}_{numbers[label]}]", KINDS[label], value)
            parts += [text[end:start], items[key].token]
            end = stop
        # Once more: a number may have been hidden beside one that is a token now.
        text = "".join((*parts, text[end:]))
    return Masked(text, tuple(items.values()), numbers)


def tokens_in(text: str) -> list[str]:
    """The tokens of a masked text, in order, each once."""
    return list(dict.fromkeys(match.group() for match in TOKEN.finditer(text)))


def kind_of(token: str) -> str | None:
    """The kind of a token's value, or none when it is no token."""
    match = TOKEN.fullmatch(token)
    return KINDS[match.group(1)] if match else None


def readable(text: str) -> str:
    """A masked text for people's eyes: `[SĐT_1]` → `(số điện thoại)`."""
    return TOKEN.sub(lambda match: f"({READABLE[match.group(1)]})", text)


def _find(text: str) -> Iterator[tuple[int, int, str]]:
    """Where personal values stand, as (start, end, label), without overlaps."""
    if "@" not in text and not _ENOUGH_DIGITS.search(text):
        return
    free = [(0, len(text))]
    for match in _PROTECTED.finditer(text):
        free = _without(free, match.start(), match.end())
    for label, rule in _RULES:
        for start, end in list(free):
            for match in rule.finditer(text, start, end):
                span = match.span("value")
                free = _without(free, *span)
                yield (*span, label)


def _without(free: list[tuple[int, int]], start: int, end: int) -> list[tuple[int, int]]:
    """The free stretches after one is taken out."""
    rest: list[tuple[int, int]] = []
    for low, high in free:
        if end <= low or high <= start:
            rest.append((low, high))
        else:
            rest += [piece for piece in ((low, start), (end, high)) if piece[0] < piece[1]]
    return rest


def _same(value: str) -> str:
    """What makes two spellings of a value the same value."""
    return value.replace(" ", "").lower() if "@" in value else re.sub(r"\W", "", value).lower()
