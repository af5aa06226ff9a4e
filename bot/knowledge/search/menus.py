"""Ask nodes (`nlu_data/menus.yml`) and known gaps (`nlu_data/gaps.yml`): ambiguity and absence as data."""

from __future__ import annotations

from collections.abc import Container
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from bot.knowledge.search.features import PLAIN
from bot.knowledge.search.lexicon import DATA, Lexicon
from bot.knowledge.search.lexicon import default as default_lexicon
from bot.knowledge.search.model import Gap
from bot.knowledge.search.phrases import Phrases, words
from bot.knowledge.search.question import Query, concepts

MOST_BUTTONS = 3
_ASKING = frozenset(
    ["bao", "may", "dau", "nao", "phi", "tien", "lau", "khong", "chua", "mau", "mang", "online", "nhieu"]
)


@dataclass(frozen=True, slots=True)
class Offer:
    """A procedure of a menu, and the words that name the difference."""

    code: str
    label: str


@dataclass(frozen=True, slots=True)
class Menu:
    """A question that is ambiguous by nature, and what to ask back."""

    id: str
    ask: str
    topics: tuple[frozenset[str], ...]
    with_words: frozenset[str]
    actions: frozenset[str]
    """The actions that do not decide; any other action in the question closes the menu."""
    offers: tuple[Offer, ...]
    said: Phrases[frozenset[str]]
    """Whole phrases as typed, for topics made of words that the search passes over ("mất giấy tờ"), with the search's
    own words for each."""
    bare: bool = False
    """Only for a message that asks nothing about it."""

    def fits(self, content: frozenset[str], general: frozenset[str]) -> bool:
        """Whether the question says one of the topics and nothing that decides between the offers."""
        return any(topic <= content and content - topic <= general | self.with_words for topic in self.topics)

    def says(self, query: Query, general: frozenset[str]) -> bool:
        """Whether one of the whole phrases was typed, and nothing beside it that decides."""
        for hit in self.said.find(query.typed):
            rest = {query.typed.folded[at] for at in query.carrying if not hit.start <= at < hit.end}
            rest |= {word for word in query.content if word.startswith("=")} - hit.value
            if rest <= general | self.with_words:
                return True
        return False


@dataclass(frozen=True)
class AskNodes:
    """The menus and the gaps."""

    menus: tuple[Menu, ...]
    general: frozenset[str]
    topics: frozenset[str]
    """Every word of every topic."""
    gaps: Phrases[Gap]
    unless: dict[str, Phrases[bool]]

    def menu(self, query: Query, known: Container[str]) -> tuple[Menu, tuple[Offer, ...]] | None:
        """The menu that a question opens, with the offers that the catalogue has (at least two)."""
        content = frozenset(query.words.content()) - frozenset("|")
        named = query.features.actions - PLAIN
        content = frozenset(w for w in content if w in self.general or w in self.topics or w in query.content)
        asks = _asks(query)
        for menu in self.menus:
            if (asks and menu.bare) or not named <= menu.actions:
                continue
            if (content and menu.fits(content, self.general)) or menu.says(query, self.general):
                offers = tuple(offer for offer in menu.offers if offer.code in known)[:MOST_BUTTONS]
                return (menu, offers) if len(offers) > 1 else None
        return None

    def gap(self, query: Query) -> tuple[Gap, frozenset[str]] | None:
        """The gap that a question names, and the folded words that name it."""
        for hit in self.gaps.find(query.typed):
            if not any(True for _ in self.unless[hit.value.id].find(query.typed)):
                return hit.value, frozenset(query.typed.folded[hit.start : hit.end])
        return None

    def vocabulary(self) -> frozenset[str]:
        """Folded words that the nodes use: they need no correction."""
        extra = {word for menu in self.menus for word in menu.with_words}
        return frozenset(extra | self.topics | self.gaps.vocabulary() | self.general)


def _asks(query: Query) -> bool:
    """Whether something is asked of a topic: more than what it is, or how it is done."""
    words = query.typed.folded
    return any(
        word in _ASKING or (word == "gi" and (not at or words[at - 1] != "lam")) for at, word in enumerate(words)
    )


def read(lexicon: Lexicon, folder: Path = DATA) -> AskNodes:
    """Read both files."""
    menus: dict[str, Any] = yaml.safe_load((folder / "menus.yml").read_text(encoding="utf-8"))
    gaps: dict[str, Any] = yaml.safe_load((folder / "gaps.yml").read_text(encoding="utf-8"))
    made = tuple(_menu(menu, lexicon) for menu in menus["menus"])
    return AskNodes(
        menus=made,
        topics=frozenset(word for menu in made for topic in menu.topics for word in topic),
        general=frozenset(words(" ".join(menus["general"])).folded),
        gaps=Phrases(
            (phrase, Gap(entry["id"], entry["name"], entry["ask"])) for entry in gaps["gaps"] for phrase in entry["any"]
        ),
        unless={entry["id"]: Phrases((phrase, True) for phrase in entry["unless"]) for entry in gaps["gaps"]},
    )


def _menu(data: dict[str, Any], lexicon: Lexicon) -> Menu:
    return Menu(
        id=data["id"],
        ask=data["ask"],
        topics=tuple(frozenset(concepts(words(topic), lexicon).folded) for topic in data.get("topic", [])),
        actions=frozenset(data.get("actions", [])),
        with_words=frozenset(words(" ".join(data.get("with", []))).folded),
        offers=tuple(Offer(offer["code"], offer["label"]) for offer in data["offers"]),
        said=Phrases((phrase, frozenset(concepts(words(phrase), lexicon).folded)) for phrase in data.get("said", [])),
        bare=bool(data.get("bare", False)),
    )


@lru_cache(maxsize=1)
def default() -> AskNodes:
    """The project's own nodes."""
    return read(default_lexicon())
