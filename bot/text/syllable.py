"""What a Vietnamese syllable is, and its one canonical spelling (tone placement, i/y)."""

from functools import lru_cache

from bot.text.folding import JOIN, SPLIT, fold
from bot.text.wordlist import words

_ONSETS = words("b c ch d đ g gh gi h k kh l m n ng ngh nh p ph qu r s t th tr v x")
_RIMES = words("""a ac ach ai am an ang anh ao ap at au ay ăc ăm ăn ăng ăp ăt âc âm ân âng âp ât âu ây
    e ec em en eng eo ep et ê êch êm ên ênh êp êt êu i ia ich im in inh ip it iu iêc iêm iên iêng iêp iêt iêu
    o oc oi om on ong op ot oa oac oach oai oam oan oang oanh oao oap oat oay oăc oăm oăn oăng oăt oe oen oeo oet
    ooc oong ô ôc ôi ôm ôn ông ôp ôt ơ ơi ơm ơn ơp ơt u ua uc ui um un ung up ut uân uâng uât uây uê uêch uênh uơ
    uy uya uych uyn uynh uyp uyt uyu uyên uyêt uôc uôi uôm uôn uông uôt ư ưa ưc ưi ưng ưt ưu ươc ươi ươm ươn ương
    ươp ươt ươu y yêm yên yêng yêt yêu""")
_STOPS = ("c", "p", "t", "ch")
_VOWELS = frozenset("aăâeêioôơuưy")
_MODIFIED = frozenset("ăâêôơư")
# After these onsets only these rimes are written; keeps "ko", "cin" and the like from passing for syllables.
_FRONT = frozenset("eêiy")

# Both spellings are in use; one of them is kept.
_I_OR_Y = {
    "kí": "ký", "kì": "kỳ", "kĩ": "kỹ", "kỉ": "kỷ", "kị": "kỵ", "ki": "ky", "lí": "lý", "lị": "lỵ", "li": "ly",
    "mĩ": "mỹ", "sỹ": "sĩ", "tỉ": "tỷ", "ti": "ty", "quí": "quý", "quì": "quỳ", "quỉ": "quỷ", "quị": "quỵ",
    "qui": "quy", "hí": "hý",
}  # fmt: skip


def _onset_allows(onset: str, rime: str) -> bool:
    first = rime[0]
    if onset in ("k", "gh", "ngh"):
        return first in _FRONT
    if onset in ("c", "g", "ng"):
        return first not in _FRONT or (onset == "g" and first == "i")
    if onset == "qu":
        return first not in "uoư" or rime in ("ôc", "ơ", "ơi", "ơt")
    return not (onset == "gi" and rime[0] == "i")


def _split_letters(word: str) -> tuple[str, int] | None:
    """The letters without tones, and the tone; None when two tones or a foreign letter is in it."""
    letters: list[str] = []
    tone = 0
    for char in word:
        vowel, mark = SPLIT.get(char, (char, 0))
        if mark:
            if tone:
                return None
            tone = mark
        letters.append(vowel)
    return "".join(letters), tone


def analyse(word: str) -> tuple[str, str, int] | None:
    """Onset, rime and tone of a lower-case composed syllable; None when it is not one."""
    split = _split_letters(word)
    if split is None or not split[0]:
        return None
    letters, tone = split
    for size in (3, 2, 1, 0):
        onset, rime = letters[:size], letters[size:]
        if size and onset not in _ONSETS:
            continue
        if rime.startswith("uơ") and len(rime) > 2:
            rime = "ươ" + rime[2:]  # a horn forgotten on the first letter: cuớc
        if rime in _RIMES and (not onset or _onset_allows(onset, rime)):
            return onset, rime, tone
    return None


def _tone_index(rime: str) -> int:
    vowels = [i for i, c in enumerate(rime) if c in _VOWELS]
    modified = [i for i in vowels if rime[i] in _MODIFIED]
    if modified:
        return modified[-1]
    if len(vowels) == 1:
        return vowels[0]
    if vowels[-1] < len(rime) - 1:  # a final consonant follows
        return vowels[-1]
    return vowels[0] if len(vowels) == 2 else vowels[1]


def spell(onset: str, rime: str, tone: int) -> str:
    """The syllable with its tone where the traditional spelling puts it: hòa, thủy, quý."""
    at = _tone_index(rime)
    return onset + rime[:at] + JOIN[rime[at], tone] + rime[at + 1 :]


def final_allows(rime: str, tone: int) -> bool:
    """Whether the tone can stand before the final: a stop takes only sắc and nặng."""
    return not rime.endswith(_STOPS) or tone in (2, 5)


@lru_cache(maxsize=20_000)
def canonical(word: str) -> str:
    """A lower-case composed word in its one spelling; a word that is no syllable stays as it is."""
    if word in _I_OR_Y:
        return _I_OR_Y[word]
    if word.isascii():
        return word
    parts = analyse(word)
    if parts is None:
        return word
    spelled = spell(*parts)
    return _I_OR_Y.get(spelled, spelled)


# "oo" stands in a few loan words only (xoong); typed bare it is far likelier the Telex of "ô".
_BARE: frozenset[str] = frozenset(
    fold(onset + rime)
    for onset in ["", *_ONSETS]
    for rime in _RIMES
    if not rime.startswith("oo") and (not onset or _onset_allows(onset, rime))
)


def is_bare_syllable(word: str) -> bool:
    """Whether a word without diacritics could be a Vietnamese syllable typed without them."""
    return word in _BARE


def is_syllable(word: str) -> bool:
    """Whether a lower-case word is a well-formed syllable, with or without its diacritics."""
    return word in _BARE or analyse(word) is not None
