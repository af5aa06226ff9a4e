"""What a message is about, as weighted terms: the ground on which messages are put together.

The way of a message: normalise (`bot.text`) → names of one thing made one word (the search's lexicon) → ways of asking
made one term (`@fee` for "hết nhiêu tiền", "lệ phí", …) → words and neighbouring words, each weighed by how rare it is.
The weights are fixed (`rarity.tsv`), so that one message means the same today and next year, whatever came between.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from bot.knowledge.search import features
from bot.knowledge.search.lexicon import DATA, default
from bot.knowledge.search.phrases import BREAK, Phrases, Words, replace, spoken
from bot.knowledge.search.question import concepts, meant
from bot.text import fold

RARITY = Path(__file__).with_name("rarity.tsv")
STOP, WEAK = 0.3, 0.7
"""What is left of a word's weight where it says little."""
PAIR = 0.6
"""The weight of two neighbours, as a share of the mean of both."""
MOST = 60
"""Terms of a message; a longer one is about its rarest words."""

_ASKED: dict[str, str] = {
    "documents": "giấy tờ gì|giấy tờ nào|giấy tờ chi|những giấy tờ gì|cần giấy tờ gì|hồ sơ gì|hồ sơ gồm những gì"
    "|hồ sơ gồm gì|thành phần hồ sơ|giấy gì|cần những gì|cần gì|mang gì|mang theo gì|mang theo những gì|nộp gì"
    "|chuẩn bị gì|chuẩn bị những gì|những giấy tờ nào|giấy tờ",
    "fee": "bao nhiêu tiền|hết bao nhiêu|tốn bao nhiêu|mất bao nhiêu tiền|lệ phí|phí bao nhiêu|nhiêu tiền|tốn nhiêu"
    "|hết nhiêu|bao nhiêu|giá bao nhiêu|giá vé|mất tiền|tốn tiền|thu tiền|đóng tiền|mức tiền"
    "|mất phí|tốn phí|bảng giá|đơn giá",
    "duration": "bao lâu|mấy ngày|mất bao lâu|bao nhiêu ngày|mấy hôm|mấy bữa|mấy tuần|khi nào có|bao giờ có"
    "|bao giờ xong",
    "when": "khi nào|bao giờ|chừng nào|lúc nào|mấy giờ|giờ nào|ngày nào|hôm nào|bữa nào|lịch|thứ mấy"
    "|giờ mở cửa|giờ làm|giờ thu|giờ tiếp|giờ mở",
    "place": "ở đâu|nơi nào|chỗ nào|đi đâu|đến đâu|nộp đâu|ra đâu|tới đâu|hỏi ai|gặp ai|đâu",
    "how": "như thế nào|thế nào|làm sao|ra sao|cách|bằng cách nào|thủ tục|quy trình|các bước|kiểu gì|sao|thì sao"
    "|làm thế nào|phải làm sao",
    "may": "được không|có được không|được hay không|có được|có phải|có cần|phải không|có bị|không|có",
}
"""Ways of asking, by what is asked; the longest that fits counts. `how` and `may` are hardly more than `?`."""
_WEIGHTS = {"documents": 3.0, "fee": 3.0, "duration": 3.0, "when": 3.0, "place": 1.2, "how": 0.6, "may": 0.4}
_CLEAR = frozenset({"@documents", "@fee", "@duration", "@when"})
"""Two messages that clearly ask different things are not one question, though they have all other words in common."""
_OTHER, _UNSAID = 0.6, 0.85
"""What is left of the likeness where the clear questions differ, and where only one message has one."""
_SAME = (
    "cúp điện|cắt điện|mất điện|ngắt điện",
    "cúp nước|cắt nước|mất nước",
    "tiệc cưới|đám cưới|lễ cưới",
    "miễn phí|free|không mất tiền|không tốn tiền",
    "nghĩa vụ quân sự|nvqs|đi bộ đội",
    "ủy ban|trụ sở phường|trụ sở xã",
    "nhà trọ|chủ trọ|phòng trọ|ở trọ",
    "gửi xe|giữ xe|để xe",
    "lãnh|lĩnh|nhận",
)
"""Everyday names of one thing that the catalogue has no word for."""
_ASPECT = {"steps": "how", "eligibility": "may", "overview": "how"}
"""Aspects of the engine that are the same as a way of asking."""
_ACTION, _FOREIGN, _PROCEDURE = 2.0, 3.0, 4.0


@dataclass(frozen=True, slots=True)
class Terms:
    """A message as weighted terms, each once, the rarest first."""

    weights: Mapping[str, float]

    @property
    def length(self) -> float:
        """The Euclidean length of the vector."""
        return math.sqrt(sum(weight * weight for weight in self.weights.values()))

    def alike(self, other: Terms) -> float:
        """How alike two messages are: the cosine, 0 to 1."""
        length = self.length * other.length
        if not length:
            return 0.0
        shared = self.weights.keys() & other.weights.keys()
        near = sum(self.weights[term] * other.weights[term] for term in shared) / length
        return min(1.0, near * agreement(self.weights.keys(), other.weights.keys()))

    def shared(self, other: Terms, most: int = 6) -> list[str]:
        """The terms that two messages have in common, the weightiest first, as people read them."""
        common = sorted(self.weights.keys() & other.weights.keys(), key=lambda term: (-self.weights[term], term))
        return [readable_term(term) for term in common if not _is_faint(term)][:most]


def terms_of(text: str, *, procedure: str | None = None, aspects: Iterable[str] = ()) -> Terms:
    """The terms of a message.

    Args:
        procedure: what the search came nearest to, where it came near enough.
        aspects: what was asked about it, as the engine understood.
    """
    lexicon = default()
    typed = meant(spoken(text))
    told = features.of_question(typed, lexicon)
    named = concepts(typed, lexicon)
    named = replace(named, _same().find(named))
    asked = list(_asking().find(named))
    rest = replace(named, asked)
    weights = _words(rest)
    kinds = {hit.value[0][1:] for hit in asked} | {_ASPECT.get(aspect, aspect) for aspect in aspects}
    for kind in kinds:
        weights[f"@{kind}"] = _WEIGHTS.get(kind, 1.0)
    for action in told.actions - features.PLAIN:
        weights[f"!{action}"] = _ACTION
    if told.foreign:
        weights["!foreign"] = _FOREIGN
    if procedure:
        weights[f"#{procedure}"] = _PROCEDURE
    kept = sorted(weights.items(), key=lambda item: (-item[1], item[0]))[:MOST]
    return Terms(dict(kept))


def agreement(one: Set[str], other: Set[str]) -> float:
    """What is left of the likeness of two messages, by what they clearly ask: a factor, 1 where that is the same."""
    mine, theirs = one & _CLEAR, other & _CLEAR
    if mine and theirs:
        return 1.0 if mine & theirs else _OTHER
    return _UNSAID if mine or theirs else 1.0


def weighed(terms: Iterable[str]) -> Terms:
    """Terms that were kept without their weights."""
    return Terms({term: weight_of(term) for term in terms})


def weight_of(term: str) -> float:
    """The weight of one term; it follows from the term alone."""
    head = term[0]
    if head == "@":
        return _WEIGHTS.get(term[1:], 1.0)
    if head == "!":
        return _FOREIGN if term == "!foreign" else _ACTION
    if head == "#":
        return _PROCEDURE
    one, _, other = term.partition(" ")
    if other:
        return PAIR * (_word_weight(one) + _word_weight(other)) / 2
    return _word_weight(term)


def key_of(text: str) -> str:
    """The normal form without diacritics and marks: what two people typed alike has one key."""
    return " ".join(word for word in meant(spoken(text)).folded if word != BREAK)


def readable_term(term: str) -> str:
    """A term for people."""
    names = {
        "@documents": "hỏi giấy tờ", "@fee": "hỏi tiền, phí", "@duration": "hỏi thời hạn", "@when": "hỏi khi nào",
        "@place": "hỏi nơi làm", "@how": "hỏi cách làm", "@may": "hỏi có được không", "@online": "làm qua mạng",
        "@form": "hỏi mẫu đơn", "@result": "hỏi kết quả", "@legal_basis": "hỏi căn cứ", "!foreign": "yếu tố nước ngoài",
        "!reissue": "cấp lại", "!change": "thay đổi", "!renew": "gia hạn", "!refund": "hoàn, miễn, giảm",
    }  # fmt: skip
    if term in names:
        return names[term]
    if term.startswith("#"):
        return f"cùng gần thủ tục {term[1:]}"
    return term.lstrip("=!").replace("_", " ")


@lru_cache(maxsize=1)
def version() -> str:
    """Changes with everything on which terms depend; terms of another version are made anew."""
    made = hashlib.sha256()
    for path in (Path(__file__), RARITY, DATA / "lexicon.yml"):
        made.update(path.read_bytes())
    return made.hexdigest()[:16]


def _words(text: Words) -> dict[str, float]:
    found: dict[str, float] = {}
    before = ""
    for word in text.folded:
        if word == BREAK or word[0] == "@" or (len(word) == 1 and not word.isdigit()):
            before = ""
            continue
        found[word] = _word_weight(word)
        if before and before != word:
            pair = f"{before} {word}"
            found[pair] = weight_of(pair)
        before = word
    return found


@lru_cache(maxsize=50_000)
def _word_weight(word: str) -> float:
    lexicon = default()
    share = STOP if word in lexicon.stop else WEAK if word in lexicon.weak else 1.0
    return share * _rarity().get(word, _rarity()[""])


def _is_faint(term: str) -> bool:
    return " " in term or weight_of(term) < 1.0


@lru_cache(maxsize=1)
def _asking() -> Phrases[tuple[str, ...]]:
    return Phrases((phrase, (f"@{kind}",)) for kind, phrases in _ASKED.items() for phrase in phrases.split("|"))


@lru_cache(maxsize=1)
def _same() -> Phrases[tuple[str, ...]]:
    names = [line.split("|") for line in _SAME]
    return Phrases((name, ("=" + "_".join(fold(line[0]).split()),)) for line in names for name in line)


@lru_cache(maxsize=1)
def _rarity() -> dict[str, float]:
    """How rare a word is: the natural logarithm of one over its share of texts. The empty word: one never seen."""
    found: dict[str, float] = {}
    for line in RARITY.read_text(encoding="utf-8").splitlines():
        word, _, value = line.partition("\t")
        found[word] = float(value)
    return found
