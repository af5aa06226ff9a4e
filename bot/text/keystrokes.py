"""Telex and VNI residue: what people get when the input method was off ("lamf caanj cuwowcs")."""

import re
from functools import lru_cache

from bot.text.syllable import analyse, final_allows, is_bare_syllable, spell
from bot.text.wordlist import words

_TELEX_TONES = {"f": 1, "s": 2, "r": 3, "x": 4, "j": 5}
_VNI_TONES = {"2": 1, "1": 2, "3": 3, "4": 4, "5": 5}
_VNI_MARKS = {"6": {"a": "â", "e": "ê", "o": "ô"}, "7": {"o": "ơ", "u": "ư"}, "8": {"a": "ă"}}
_DOUBLE = {"a": "â", "e": "ê", "o": "ô"}
_HORN = {"a": "ă", "o": "ơ", "u": "ư"}
_WORD = re.compile(r"[a-z]{2,9}")
_VNI_WORD = re.compile(r"[a-z]+[1-9][a-z1-9]*")

ENGLISH = words(
    """if of off beef chef reef roof hoof leaf deaf ref def proof gif rif us as is his was has this bus plus gas
    yes or for far car bar war her per more our box fox six mix fix max tax fax visa how now low row show new
    few view too see been soon room moon book look feel week meet free need keep seen teen their there air fair
    door poor boss less miss class pass address app test post web form ads news sex mas las los des des loan job
    maj jar tiktok facebook wow law raw saw draw paw jaw two who way why coffee toll see bee fee zoo boo dad did
    add odd off all call bill small still will well sell till app apps pass good food foot wood cool school tool
    pool door poor mess miss kiss boss loss staff stuff"""
)
# Never keystrokes, whatever stands around them.
_FOREIGN = words("gas bar taxi visa tiktok facebook laser radar video casino resort")
_ENGLISH_SIGNS = words(
    "the and is are was for what where when how which this that with from your you have need please want english "
    "hello there"
)


def _rebuild(letters: list[str], tone: int) -> str | None:
    word = "".join(letters)
    if "uo" in word and len(word) > word.index("uo") + 2 and "ư" not in word and analyse(word) is None:
        word = word.replace("uo", "uô")
    word = word.replace("uơ", "ươ") if re.search(r"uơ.", word) else word
    word = re.sub(r"ưo(?=.)", "ươ", word)
    parts = analyse(word)
    if parts is None:
        return None
    onset, rime, _ = parts
    if not final_allows(rime, tone):
        return None
    return spell(onset, rime, tone)


@lru_cache(maxsize=20_000)
def decode_telex(word: str) -> tuple[str, bool] | None:
    """The syllable typed by these Telex keys, and whether the keys leave no doubt that it is Telex.

    None when the word uses no Telex key or spells no syllable.
    """
    if not _WORD.fullmatch(word) or word in _FOREIGN or is_bare_syllable(word):
        return None
    letters: list[str] = []
    tone = marks = 0
    tone_key = ""
    for at, key in enumerate(word):
        vowels = [i for i, c in enumerate(letters) if c in "aăâeêioôơuưy"]
        if key in _TELEX_TONES and vowels and not tone:
            tone, tone_key = _TELEX_TONES[key], key
        elif key == "d" and at and letters and letters[0] == "d":
            letters[0], marks = "đ", marks + 1
        elif key in _DOUBLE and vowels and key in (letters[i] for i in vowels):
            letters[max(i for i in vowels if letters[i] == key)] = _DOUBLE[key]
            marks += 1
        elif key == "w" and vowels and letters[vowels[-1]] == "â":
            letters[vowels[-1]] = "ă"
        elif key == "w" and vowels and any(letters[i] in _HORN for i in vowels):
            last = max(i for i in vowels if letters[i] in _HORN)
            if letters[last] == "o" and last and letters[last - 1] == "u" and letters[:last] != ["q", "u"]:
                letters[last - 1] = "ư"
            letters[last] = _HORN[letters[last]]
            marks += 1
        elif key == "w":
            letters.append("ư")
            marks += 1
        else:
            letters.append(key)
    if not tone and not marks:
        return None
    spelled = _rebuild(letters, tone)
    if spelled is None:
        return None
    sure = bool(tone and marks) or marks > 1 or (tone_key in "fj" and bool(tone_key)) or word.startswith("dd")
    return spelled, sure


@lru_cache(maxsize=20_000)
def decode_vni(word: str) -> tuple[str, bool] | None:
    """The syllable typed by these VNI keys, and whether the keys leave no doubt; None when there is none."""
    if not _VNI_WORD.fullmatch(word):
        return None
    letters: list[str] = []
    tone = marks = 0
    inside = False
    for at, key in enumerate(word):
        if key in _VNI_TONES:
            if tone:
                return None
            tone = _VNI_TONES[key]
            inside |= at < len(word) - 1
        elif key in _VNI_MARKS:
            table = _VNI_MARKS[key]
            places = [i for i, c in enumerate(letters) if c in table]
            if not places:
                return None
            last = places[-1]
            if key == "7" and letters[last] == "o" and last and letters[last - 1] == "u":
                letters[last - 1] = "ư"
            letters[last] = table[letters[last]]
            marks += 1
        elif key == "9":
            if "d" not in letters:
                return None
            letters[letters.index("d")] = "đ"
            marks += 1
        else:
            letters.append(key)
    spelled = _rebuild(letters, tone)
    if spelled is None or len(letters) < 2:
        return None
    return spelled, bool(tone and marks) or marks > 1 or inside


def is_english(words: list[str]) -> bool:
    """Whether the words (lower case) are English: abbreviations and keystrokes are then not looked for."""
    return sum(word in _ENGLISH_SIGNS for word in words) >= 2


def decode_message(words: list[str]) -> dict[int, str]:
    """Which words of a message (lower case) are keystroke residue, and what they spell.

    A doubtful word ("tooi", "cas", "teen") is read as Telex only in a message that shows Telex elsewhere.
    """
    telex = {i: found for i, word in enumerate(words) if (found := decode_telex(word))}
    sure = {i for i, (_, certain) in telex.items() if certain and words[i] not in ENGLISH}
    plain = all(word.isascii() for word in words)
    likely = sum(words[i] not in ENGLISH for i in telex)
    many = likely >= 3 and 2 * likely >= len(words)
    if (plain and (sure or many)) or len(sure) >= 2:
        chosen = set(telex)
    elif sure:
        chosen = {i for i in telex if words[i] not in ENGLISH}
    else:
        chosen = set()
    result = {i: telex[i][0] for i in chosen}
    vni = {i: found for i, word in enumerate(words) if (found := decode_vni(word))}
    if sum(certain for _, certain in vni.values()) >= 1 and len(vni) >= 2:
        result |= {i: spelled for i, (spelled, _) in vni.items()}
    return result
