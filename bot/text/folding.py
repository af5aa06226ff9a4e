"""Letters: composed form, folding (no diacritics) and what a letter is made of."""

import unicodedata

TONES = "\u0300\u0301\u0309\u0303\u0323"  # huyền sắc hỏi ngã nặng
_QUALITIES = "aăâeêioôơuưy"


def _tables() -> tuple[dict[str, tuple[str, int]], dict[tuple[str, int], str]]:
    apart: dict[str, tuple[str, int]] = {}
    together: dict[tuple[str, int], str] = {}
    for vowel in _QUALITIES:
        apart[vowel] = (vowel, 0)
        together[vowel, 0] = vowel
        for tone, mark in enumerate(TONES, start=1):
            letter = unicodedata.normalize("NFC", vowel + mark)
            apart[letter] = (vowel, tone)
            together[vowel, tone] = letter
    return apart, together


SPLIT, JOIN = _tables()
"""Letter → (vowel with its quality, tone 0–5), and back. Tones: none, huyền, sắc, hỏi, ngã, nặng."""


def _fold_table() -> dict[int, str]:
    table: dict[int, str] = {}
    for letter, (vowel, _) in SPLIT.items():
        base = unicodedata.normalize("NFD", vowel)[0]
        table[ord(letter)] = base
        for upper in letter.upper():
            table[ord(upper)] = base
    table[ord("đ")] = table[ord("Đ")] = table[ord("ð")] = table[ord("Ð")] = "d"
    return table


_FOLD = _fold_table()


def compose(text: str) -> str:
    """The text in NFC, with the look-alike eth taken for đ."""
    if text.isascii():
        return text
    return unicodedata.normalize("NFC", text).replace("ð", "đ").replace("Ð", "Đ")


def fold(text: str) -> str:
    """The text in lower case without diacritics: "Đăng Ký" → "dang ky"."""
    if text.isascii():
        return text.lower()
    folded = compose(text).translate(_FOLD)
    if folded.isascii():
        return folded.lower()
    plain = "".join(c for c in unicodedata.normalize("NFD", folded) if not unicodedata.combining(c))
    # Lower case may itself bring a combining mark (İ), so it goes before the second look.
    lowered = unicodedata.normalize("NFD", plain.lower())
    return unicodedata.normalize("NFC", "".join(c for c in lowered if not unicodedata.combining(c)))


def has_marks(text: str) -> bool:
    """Whether the text carries any Vietnamese diacritic or đ."""
    return not text.isascii() and any(ord(c) in _FOLD and not c.isascii() for c in compose(text))
