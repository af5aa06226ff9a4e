"""Slips of the keyboard in the words that people write to an office most: "đưc" → "được", "lhông" → "không".

Only what cannot be a Vietnamese word is looked at, and only a common word one slip away is put in its place: a letter
left out, put in, changed or swapped. Names, foreign words and short forms stay. The vocabulary of a catalogue is
another matter: the search corrects against that.
"""

from functools import lru_cache

from bot.text.common_words import COMMON
from bot.text.folding import fold
from bot.text.keystrokes import ENGLISH
from bot.text.syllable import analyse, final_allows, is_bare_syllable
from bot.text.wordlist import words

# Syllables of place names of the Central Highlands and the like, which follow no Vietnamese spelling.
_PLACES = words(
    "đắk đăk đak lắk lăk lak krông pắk păk drăng glong plei pleiku prông grai kbang kuin plông h'leo ea kar"
)
# Foreign words and short names that citizens use: no slips of anything.
_FOREIGN = words(
    """
    gen gene shop game games atm pdf usb sim ship shipper live like chat clip card club gym spa homestay hotel
    motel grab photo scan print team deadline link blog page fanpage logo menu combo pin mail web app android
    ios ok okay hi hello bye sorry alo fb tv pc led gps ngo odf oda fdi wto asean haccp iso vat gmp hs co cif
    fob kyc otp qr nfc vip pro mini max plus air pod sale order size model mode code demo test file font form
    fax wifi internet server host hosting domain start up startup fintech franchise outsource logistic logistics
    container drone visa casino marketing marketting massage bar pub karaoke bida billiard poker bitcoin coin
    forex trade trader broker studio camera flycam laser laptop tablet ipad iphone samsung oppo honda yamaha
    suzuki vinfast toyota ford kia mazda wave vision lead sirius exciter vario dream cub moto scooter rolex
    canada mexico brazil singapore malaysia thailand laos cambodia china japan korea usa america europe france
    germany russia australia india taxi tiktok facebook radar salt zoom skype
    """,
)
_VOWELS = frozenset("aeiouy")
_SHORTEST = 2
_LONGEST = 8
_BESIDE = {
    "q": "wa", "w": "qes", "e": "wrd", "r": "etf", "t": "ryg", "y": "tuh", "u": "yij", "i": "uok", "o": "ipl", "p": "o",
    "a": "qsz", "s": "awdx", "d": "sefc", "f": "drgv", "g": "fthb", "h": "gyjn", "j": "hukm", "k": "jil", "l": "ko",
    "z": "axs", "x": "zsc", "c": "xdv", "v": "cfb", "b": "vgn", "n": "bhm", "m": "nj",
}  # fmt: skip


def _shapes(word: str) -> set[str]:
    """The word and all it becomes by losing one letter: two words one slip apart share a shape."""
    return {word, *(word[:at] + word[at + 1 :] for at in range(len(word)))}


def _by_shape() -> dict[str, list[str]]:
    table: dict[str, list[str]] = {}
    for word in COMMON:
        for shape in _shapes(fold(word)):
            table.setdefault(shape, []).append(word)
    return table


_RANK = {word: rank for rank, word in enumerate(COMMON)}
_SHAPED = _by_shape()


_NEVER = _PLACES | _FOREIGN


def is_slip(word: str) -> bool:
    """Whether a lower-case word cannot be what was meant: it has a vowel, but is no syllable and no known foreign word.

    A marked syllable that ends in a stop must carry sắc or nặng: "nưc" and "đươc" are slips, the bare "nuoc" is not.
    """
    if not _SHORTEST <= len(word) <= _LONGEST or not word.isalpha() or word in ENGLISH or word in _NEVER:
        return False
    if not _VOWELS.intersection(fold(word)):
        return False
    if word.isascii():
        return not is_bare_syllable(word)
    parts = analyse(word)
    return parts is None or not final_allows(parts[1], parts[2])


@lru_cache(maxsize=20_000)
def correct(word: str) -> str:
    """The common word that a slip most likely stands for, or the word as it is."""
    if not is_slip(word):
        return word
    bare = fold(word)
    near = {known for shape in _shapes(bare) for known in _SHAPED.get(shape, ())}
    scored = [(_cost(word, bare, known), _RANK[known], known) for known in near]
    # Without a mark a short word may as well be an abbreviation: one letter more is asked of it.
    most = _MOST[min(len(bare) - word.isascii(), len(_MOST) - 1)]
    scored = [entry for entry in scored if entry[0] <= most]
    return min(scored)[2] if scored else word


_TOO_MUCH = 10.0
_MOST = (0.0, 0.0, 1.0, 1.2, 1.8, 2.6)
"""The dearest slip that is mended, by the length of the word: a short word has too many neighbours."""


def _cost(word: str, bare: str, known: str) -> float:
    """How unlikely the slip is; `_TOO_MUCH` where it is more than one."""
    meant = fold(known)
    slip = _slip(bare, meant)
    if slip >= _TOO_MUCH or (word.isascii() and len(bare) < 3 and slip > 0):
        return _TOO_MUCH
    if word.isascii():
        return slip
    # The marks that were typed are kept in nearly every slip.
    missing = sum(not letter.isascii() and letter not in known for letter in word)
    return slip + 0.6 * missing


def _slip(bare: str, meant: str) -> float:
    if bare == meant:
        return 0.0
    if len(bare) == len(meant):
        places = [at for at in range(len(bare)) if bare[at] != meant[at]]
        if len(places) == 1:
            return 1.0 if meant[places[0]] in _BESIDE.get(bare[places[0]], "") else 2.0
        swapped = len(places) == 2 and places[1] == places[0] + 1
        if swapped and bare[places[0]] == meant[places[1]] and bare[places[1]] == meant[places[0]]:
            return 0.8
        return _TOO_MUCH
    longer, shorter = (bare, meant) if len(bare) > len(meant) else (meant, bare)
    for at in range(len(longer)):
        if longer[:at] + longer[at + 1 :] == shorter:
            doubled = at > 0 and longer[at] == longer[at - 1]
            return 0.5 if doubled else 1.2
    return _TOO_MUCH
