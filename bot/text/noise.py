"""Noise as people make it: no diacritics, half of them, chat spellings, Telex residue, typing errors.

Used on training sentences when a model is trained, and to make the noise ladder of a clean evaluation set.
"""

import random
import re
from collections.abc import Callable, Mapping

from bot.text import fold
from bot.text.folding import SPLIT
from bot.text.syllable import analyse
from bot.text.wordlist import words

_WORD = re.compile(r"[^\W\d_]+")
_TONE_KEYS = ("", "f", "s", "r", "x", "j")
_QUALITY_KEYS = {"ă": "aw", "â": "aa", "ê": "ee", "ô": "oo", "ơ": "ow", "ư": "uw", "đ": "dd"}
_CHAT = {
    "không": ("k", "ko", "hok", "hông", "kh"),
    "được": ("dc", "đc", "đk"),
    "gì": ("j", "gì", "chi"),
    "vậy": ("z", "v", "zậy"),
    "rồi": ("r", "rùi"),
    "với": ("vs", "vs"),
    "cũng": ("cx", "cg"),
    "làm": ("lm", "làm"),
    "tôi": ("t", "tui", "mình", "e"),
    "em": ("e", "em"),
    "anh": ("a", "anh"),
    "người": ("ng", "người"),
    "giờ": ("h", "giờ"),
    "trước": ("trc", "trk"),
    "mới": ("ms", "mới"),
    "biết": ("bít", "bik"),
    "đường": ("đg", "đường"),
    "nước": ("nc", "nước"),
    "quá": ("wá", "quá"),
    "đang": ("đg", "đang"),
}
_CHAT_PHRASES = {
    "bao nhiêu": ("bn", "bnhiu", "nhiêu"),
    "như thế nào": ("ntn", "như nào"),
    "đăng ký": ("đk", "đki"),
    "hồ sơ": ("hs",),
    "khai sinh": ("ks",),
    "kết hôn": ("kh",),
    "căn cước": ("cccd", "cc"),
    "bảo hiểm xã hội": ("bhxh",),
    "bảo hiểm y tế": ("bhyt",),
    "giấy tờ": ("gto", "gt"),
    "ủy ban": ("ub", "ubnd"),
    "công an": ("ca",),
    "bằng lái": ("gplx", "blx"),
    "hộ khẩu": ("hk",),
    "online": ("onl",),
    "số điện thoại": ("sđt",),
}
_NEIGHBOURS: Mapping[str, str] = dict(
    entry.split(":")
    for entry in words(
        "a:sq b:vn c:xv d:sf e:wr g:fh h:gj i:uo k:jl l:k m:n n:bm o:ip p:o r:et s:ad t:ry u:yi v:cb x:z"
    )
)


def without_diacritics(text: str, _: random.Random) -> str:
    """Every diacritic left out, the case of letters kept."""
    return "".join(folded.upper() if char.isupper() else folded for char in text for folded in [fold(char)])


def half_diacritics(text: str, rng: random.Random) -> str:
    """About half of the words without their diacritics."""
    return _WORD.sub(lambda match: fold(match.group()) if rng.random() < 0.5 else match.group(), text)


def chat(text: str, rng: random.Random) -> str:
    """Chat spellings and abbreviations for most words that have one."""
    line = text.lower()
    for phrase, forms in _CHAT_PHRASES.items():
        if phrase in line and rng.random() < 0.7:
            line = line.replace(phrase, rng.choice(forms))
    return _WORD.sub(
        lambda match: rng.choice(_CHAT.get(match.group(), (match.group(),))) if rng.random() < 0.8 else match.group(),
        line,
    )


def _telex_word(word: str) -> str:
    keys: list[str] = []
    tone = 0
    for char in word:
        vowel, mark = SPLIT.get(char, (char, 0))
        tone = tone or mark
        keys.append(_QUALITY_KEYS.get(vowel, vowel))
    return "".join(keys).replace("uwow", "uow") + _TONE_KEYS[tone]


def telex(text: str, rng: random.Random) -> str:
    """The keys of Telex instead of the letters, in most words."""
    return _WORD.sub(lambda match: _telex_word(match.group().lower()) if rng.random() < 0.85 else match.group(), text)


def typing_errors(text: str, rng: random.Random) -> str:
    """About one word in five with a letter lost, doubled, swapped or mistaken, or with another tone."""

    def spoil(match: re.Match[str]) -> str:
        word = match.group()
        if len(word) < 2 or rng.random() > 0.2:
            return word
        at = rng.randrange(len(word))
        kind = rng.randrange(5)
        if kind == 0:
            return word[:at] + word[at + 1 :]
        if kind == 1:
            return word[: at + 1] + word[at:]
        if kind == 2 and at + 1 < len(word):
            return word[:at] + word[at + 1] + word[at] + word[at + 2 :]
        if kind == 3 and word[at] in _NEIGHBOURS:
            return word[:at] + rng.choice(_NEIGHBOURS[word[at]]) + word[at + 1 :]
        parts = analyse(word.lower())
        return fold(word) if parts and parts[2] else word

    return _WORD.sub(spoil, text)


KINDS: dict[str, Callable[[str, random.Random], str]] = {
    "no_diacritics": without_diacritics,
    "half": half_diacritics,
    "teencode": chat,
    "telex": telex,
    "typo": typing_errors,
}
"""Name of a noise → what makes it. Each takes a sentence and a seeded generator."""


def noisy_copies(text: str, rng: random.Random, copies: int) -> list[str]:
    """One copy without diacritics, then copies with other noises, each different from the sentence."""
    made = [without_diacritics(text, rng)]
    others = [kind for kind in KINDS if kind != "no_diacritics"]
    rng.shuffle(others)
    made += [KINDS[kind](text, rng) for kind in others[: max(0, copies - 1)]]
    return [copy for copy in dict.fromkeys(made) if copy != text][:copies]
