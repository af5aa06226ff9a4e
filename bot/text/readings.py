"""Expanding short forms and dialect words in their context."""

from bot.text.folding import fold
from bot.text.tables import DIALECT, DIALECT_UNLESS, EXPANSIONS, MISSPELT, READINGS
from bot.text.wordlist import words

_PARTICLES = words("ạ a ah ak nhỉ nhé nha hả vậy z ad ơi em anh chị cô chú bạn mn e không ko k hong hông")
_REGISTERED = words(
    """kết khai tạm thường tt kh ks kinh kd hkd xe hộ nhận giám thuế doanh đất đai biến cư lưu tách nhãn bhyt bhxh
    mst thi học dùm giùm cho mới lại qua online onl ket tam thuong ho nhan giam thue dat bien cu luu tach cho
    tuc tai"""
)
_LICENCE = words("bằng hạng lô khu tổ tòa block loại mẫu dãy phòng bang hang lo to toa loai mau day phong")
_ADDRESS = words("hẻm ngõ hem ngo kiệt ngách đường duong con đầu cuối trong")


def _registration(words: list[str], at: int) -> str:
    """đk: "đăng ký" before what is registered or at the beginning, else "được"."""
    after = words[at + 1] if at + 1 < len(words) else ""
    if after in _REGISTERED or fold(after) in _REGISTERED:
        return "đăng ký"
    if at == 0 or words[at - 1] in ("để", "muốn", "xin", "làm", "tt", "thủ", "tục", "giấy", "tờ", "đi", "phải", "cần"):
        return "đăng ký"
    if not after or after in _PARTICLES:
        return "được"
    return "đăng ký"


def _residence(words: list[str], at: int) -> str:
    """tt stays as typed where it may be tạm trú or thường trú; a clear neighbour decides."""
    after = words[at + 1] if at + 1 < len(words) else ""
    before = words[at - 1] if at else ""
    if after in ("hành", "hc", "này", "gì", "đó", "làm", "đăng", "cấp", "xin", "hanh"):
        return "thủ tục"
    if after in ("cá", "liên", "chi", "về"):
        return "thông tin"
    if before in ("làm", "các", "những", "về") and after in ("kết", "khai", "đất", "sang", "cấp", "đăng"):
        return "thủ tục"
    return "tt"


def _card(words: list[str], at: int) -> str:
    after = words[at + 1] if at + 1 < len(words) else ""
    before = words[at - 1] if at else ""
    if before in ("mất", "đổi", "thẻ", "làm", "lại", "số", "mat", "doi", "the", "lam", "cấp", "cap") and after not in (
        "giấy", "hợp", "bản", "hđ", "di", "giay",
    ):  # fmt: skip
        return "căn cước"
    if after in ("giấy", "hợp", "bản", "hđ", "di", "giay", "hop", "ban"):
        return "công chứng"
    return "cc"


_MARRIAGE_BEFORE = frozenset(
    ("đk", "dk", "ký", "ky", "giấy", "giay", "làm", "lam", "tt", "tục", "xin", "đăng", "muốn", "")
)


def _choose(words: list[str], at: int) -> tuple[str, tuple[str, ...]]:
    """What an ambiguous short form is written as here, and its readings when doubt remains."""
    word = words[at]
    options = READINGS[word]
    before = words[at - 1] if at else ""
    after = words[at + 1] if at + 1 < len(words) else ""
    if word in ("đk", "dk"):
        chosen = _registration(words, at)
        return chosen, options
    if word == "tt":
        return _residence(words, at), options
    if word == "cc":
        return _card(words, at), options
    if word == "kh":
        if not after and _YES_NO.intersection(words[:at]):
            return "không", options
        if before in _MARRIAGE_BEFORE or after in ("vs", "với", "ng", "nn"):
            return "kết hôn", options
        return ("không" if not after or after in _PARTICLES else "kh"), options
    if word == "hs":
        return ("học sinh" if before in ("con", "các", "em") and after in ("cấp", "lớp") else "hồ sơ"), options
    if word == "ca":
        if before in ("ra", "lên", "len", "ở", "o", "bên", "phía", "ben", "báo", "bao") or after in (
            "phường", "xã", "tỉnh", "quận", "huyện", "phuong", "xa", "tinh", "p", "khu",
        ):  # fmt: skip
            return "công an", options
        return word, options
    if word in ("xn", "gt", "ks", "hd", "xd", "kd", "bs", "nk"):
        return options[0], options
    if word in ("nn", "kt", "bh", "ct", "hc", "hđ", "bt"):
        return word, options
    return word, options


def _letter(words: list[str], at: int, kept: list[bool]) -> str:
    """A lone letter: a pronoun or particle, unless it names a class, a lot or a block."""
    word = words[at]
    before = words[at - 1] if at else ""
    after = words[at + 1] if at + 1 < len(words) else ""
    if before in _LICENCE or (at and kept[at - 1] and word != "h"):
        return word
    if word in ("h", "v"):
        if word == "v" and after and after not in _PARTICLES:
            return word
        return READINGS[word][0]
    if word in ("e", "a", "c", "t", "m", "b") and (after or before):
        if word == "a" and (not after or after in ("ơi", "oi")) and before not in ("", "dạ"):
            return "ạ" if not after else "anh"
        return READINGS[word][0]
    return word


def _dialect(words: list[str], at: int, marked: bool) -> str | None:
    word = words[at]
    if word in DIALECT:
        return DIALECT[word]
    if word not in DIALECT_UNLESS or (word.isascii() and not marked and word not in ("sanh", "nhiu")):
        return None
    meaning, not_after, not_before = DIALECT_UNLESS[word]
    before = words[at - 1] if at else ""
    after = words[at + 1] if at + 1 < len(words) else ""
    return None if before in not_after or after in not_before else meaning


def _negation(words: list[str], at: int) -> str | None:
    """hem, hong, hôn, hen at the end of a question say "không", elsewhere they are an alley, a rose, a marriage."""
    word = words[at]
    before = words[at - 1] if at else ""
    after = words[at + 1] if at + 1 < len(words) else ""
    final = not after or after in _PARTICLES
    if word == "hem" and final and before not in _ADDRESS:
        return "không"
    if word == "hong" and final and before not in ("so", "giay", "mau", "hoa", "ma"):
        return "không"
    if word == "hôn" and final and before in ("được", "đc", "dc", "có", "rồi"):
        return "không"
    return None


_YES_NO = frozenset(("có", "được", "phải", "cần", "co", "duoc", "phai"))
_ROUNDS = 4
_NO_READINGS: tuple[str, ...] = ()
_SPECIAL = READINGS.keys() | EXPANSIONS.keys() | DIALECT.keys() | DIALECT_UNLESS.keys() | {"hem", "hong", "hôn"}
_SPECIAL |= MISSPELT.keys()


def _meaning(words: list[str], at: int, kept: list[bool], marked: bool) -> tuple[str, tuple[str, ...]]:
    word = words[at]
    before = words[at - 1] if at else ""
    if word in MISSPELT and at + 1 < len(words) and words[at + 1] == MISSPELT[word][0]:
        return MISSPELT[word][1], _NO_READINGS
    if len(word) == 1 and word in READINGS:
        return _letter(words, at, kept), _NO_READINGS
    if word == "k" and at and kept[at - 1]:
        return word, _NO_READINGS
    if word == "hông" and before == "bên":
        return word, _NO_READINGS
    if word == "mô" and before in ("chỗ", "khi", "cái", "ai", "nơi"):
        return "nào", _NO_READINGS
    if word in READINGS:
        return _choose(words, at)
    if word in EXPANSIONS:
        return EXPANSIONS[word], _NO_READINGS
    return _dialect(words, at, marked) or _negation(words, at) or word, _NO_READINGS


def expand(words: list[str], kept: list[bool]) -> list[tuple[tuple[str, ...], tuple[str, ...]]]:
    """For every word, the syllables it stands for and the other readings of an ambiguous one.

    What a short form means hangs on its neighbours, which may be short forms too: so until nothing changes.
    """
    owners = list(range(len(words)))
    readings = [_NO_READINGS] * len(words)
    for _ in range(_ROUNDS):
        if all(held or word not in _SPECIAL for word, held in zip(words, kept, strict=True)):
            break
        marked = any(not word.isascii() for word in words)
        meant: list[str] = []
        new_owners: list[int] = []
        new_kept: list[bool] = []
        for at, word in enumerate(words):
            expanded = [word]
            if not kept[at] and word in _SPECIAL:
                meaning, options = _meaning(words, at, kept, marked)
                expanded = meaning.split()
                readings[owners[at]] = options or readings[owners[at]]
            meant += expanded
            new_owners += [owners[at]] * len(expanded)
            new_kept += [kept[at]] * len(expanded)
        if meant == words:
            break
        words, owners, kept = meant, new_owners, new_kept
    grouped: list[list[str]] = [[] for _ in readings]
    for owner, word in zip(owners, words, strict=True):
        grouped[owner].append(word)
    return [(tuple(group), options) for group, options in zip(grouped, readings, strict=True)]
