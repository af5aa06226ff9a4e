"""One message as typed → one form to search and to classify, with the way back to the raw text.

The steps, in order: pieces (words, and codes or amounts that nothing may touch) → keystroke residue (Telex, VNI)
→ canonical spelling → repeated letters → slips → abbreviations and chat spellings → dialect → hints for dated terms.
"""

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

from bot.text.folding import compose, fold
from bot.text.keystrokes import ENGLISH, decode_message, is_english
from bot.text.readings import expand
from bot.text.slips import correct, is_slip
from bot.text.syllable import canonical, is_syllable
from bot.text.tables import DATED, DIALECT, SHORT_FORMS

_PIECE = re.compile(
    r"""
    (?P<kept>
        \[[^\W\d_]+_\d+\]                                # a masked personal value: [SĐT_1]
      | https?://\S+ | www\.\S+
      | [\w.+-]+@[\w-]+(?:\.[\w-]+)+                      # an e-mail address
      | (?:\+84[ .\-]?|\b0)(?:\d[ .\-]?){8}\d{1,2}(?!\w|[.,]\d)   # a phone number, spaced or not
      | \b[A-Za-zĐđ]{1,4}-\d[\d-]*\d                        # a code with a prefix: PA-2026-000123
        # anything with a digit: codes, amounts, dates, numbers of decrees
      | [^\W_]*\d[^\W_]*(?:[./:,\-–]?[^\W_]*\d[^\W_]*)*(?:/[A-ZĐƯ]+(?:-[A-ZĐƯ]+)*)*
    )
  | (?P<word>[^\W\d_]+)
    """,
    re.VERBOSE,
)
_REPEATED = re.compile(r"(\w)\1+")


_fold = lru_cache(maxsize=20_000)(fold)


@dataclass(frozen=True, slots=True)
class Token:
    """One syllable or kept piece, typed as `raw[start:end]`; the syllables of an abbreviation share that."""

    text: str
    folded: str
    start: int
    end: int
    readings: tuple[str, ...] = ()
    """Other meanings of an ambiguous short form ("tt"), the likeliest first; empty when there is one meaning."""
    kept: bool = False
    """A code, number, amount or placeholder that was left as typed."""


@dataclass(frozen=True, slots=True)
class Hint:
    """A term that the law has dropped, as it stands in the normalised text, and what it is called today."""

    term: str
    today: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Normalised:
    """A message in its normal form: lower case, NFC, one spelling, expanded, punctuation kept in `text`."""

    raw: str
    text: str
    folded: str
    tokens: tuple[Token, ...]
    hints: tuple[Hint, ...] = ()
    keystrokes: bool = False
    """Whether Telex or VNI residue was decoded."""


@lru_cache(maxsize=20_000)
def _tidy(word: str) -> str:
    """A lower-case word in its canonical spelling, a letter held down ("ngàyy", "gìììì") let go, a slip mended."""
    word = canonical(word)
    if "dd" in word and (short := word.replace("dd", "đ")) in SHORT_FORMS:
        return short  # the Telex of đ in an abbreviation: ddkkh
    if word in ENGLISH or (is_syllable(word) and not is_slip(word)):
        return word
    shorter = canonical(_REPEATED.sub(r"\1", word))
    if shorter != word and is_syllable(shorter):
        return shorter
    return word if word in SHORT_FORMS or word in DIALECT else correct(word)


def _is_keystroke_word(piece: str) -> bool:
    return piece.isascii() and piece.isalnum() and not piece.isupper() and piece[0].isalpha()


def normalise(text: str) -> Normalised:
    """The normal form of a message. Idempotent: the normal form of `.text` is `.text`."""
    composed, origin = _composed(text)
    pieces = [
        (match.group(), match.start(), match.end(), match.lastgroup == "kept") for match in _PIECE.finditer(composed)
    ]
    words = ["" if kept and not _is_keystroke_word(piece) else piece.lower() for piece, _, _, kept in pieces]
    english = is_english(words)
    decoded = {} if english else decode_message(words)
    quiet = not composed.isupper()
    typed: list[str] = []
    is_kept: list[bool] = []
    for index, (piece, _, _, kept) in enumerate(pieces):
        if index in decoded:
            typed.append(canonical(decoded[index]))
        elif kept or (quiet and len(piece) == 1 and piece.isupper() and index):
            typed.append(piece)  # a lone capital is a name: block B, class A
            kept = True
        else:
            typed.append(words[index] if english else _tidy(words[index]))
        is_kept.append(kept and index not in decoded)
    plain: list[tuple[tuple[str, ...], tuple[str, ...]]] = [((word,), ()) for word in typed]
    expanded = plain if english else expand(typed, is_kept)

    tokens: list[Token] = []
    parts: list[str] = []
    last = 0
    for (_, start, end, _), kept, (words_meant, readings) in zip(pieces, is_kept, expanded, strict=True):
        parts += (composed[last:start], " ".join(words_meant))
        last = end
        first, after = (origin[start], origin[end]) if origin else (start, end)
        tokens += [Token(word, _fold(word), first, after, readings, kept) for word in words_meant]
    parts.append(composed[last:])
    normal = compose(" ".join("".join(parts).split()))
    return Normalised(text, normal, fold(normal), tuple(tokens), _hints(tokens), bool(decoded))


def _composed(text: str) -> tuple[str, list[int] | None]:
    """The text in NFC and, when that moved anything, where each of its characters began in the raw text."""
    if text.isascii() or unicodedata.is_normalized("NFC", text):
        return compose(text), None
    letters: list[str] = []
    origin: list[int] = []
    start = 0
    for end in range(1, len(text) + 1):
        if end == len(text) or not unicodedata.combining(text[end]):
            cluster = compose(text[start:end])
            letters.append(cluster)
            origin += [start] * len(cluster)
            start = end
    return "".join(letters), [*origin, len(text)]


_DATED_SIGN = re.compile(r" (?:khau|cuoc|chung|kt3|tam|cong an|uy ban|thue) ")
_DATED_FOLDED = tuple((fold(term), today) for term, today in DATED)


def _hints(tokens: list[Token]) -> tuple[Hint, ...]:
    line = " " + " ".join([token.folded for token in tokens]) + " "
    if not _DATED_SIGN.search(line):
        return ()
    found: list[Hint] = []
    for (term, today), (folded, _) in zip(DATED, _DATED_FOLDED, strict=True):
        if f" {folded} " in line and not any(term in hint.term for hint in found):
            found.append(Hint(term, today))
    return tuple(found)


def syllables(text: str) -> tuple[str, ...]:
    """The syllables and codes of a text in canonical spelling and lower case, nothing expanded (for titles)."""
    found: list[str] = []
    for match in _PIECE.finditer(compose(text)):
        piece = match.group().lower()
        found.append(piece if match.lastgroup == "kept" else canonical(piece))
    return tuple(found)
