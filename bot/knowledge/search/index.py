"""The index over the whole catalogue: a question as typed in, ranked procedures and a decision out."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from bot.knowledge.names import bare_name
from bot.knowledge.search import documents, features, menus
from bot.knowledge.search import lexicon as lexicons
from bot.knowledge.search.documents import Entry
from bot.knowledge.search.features import Weights
from bot.knowledge.search.lexicon import Lexicon
from bot.knowledge.search.model import Candidate, Match
from bot.knowledge.search.phrases import Words
from bot.knowledge.search.postings import Postings
from bot.knowledge.search.question import Query, analyse
from bot.knowledge.search.spelling import Speller
from bot.knowledge.store import IndexRow


@dataclass(frozen=True, slots=True)
class Tuning:
    """The numbers of the ranking and of the decision."""

    title_lean: float = 1.5
    """How much more the coverage of the question counts than that of a title (F-measure's beta)."""
    alias_lean: float = 1.5
    """The same for what people call a procedure: such a phrase should be said whole."""
    unknown: float = 0.35
    corrected: float = 0.8
    most: int = 9
    pool: int = 120
    least: float = 0.40
    """Below this score nothing is meant."""
    sure: float = 0.80
    """From this score on a candidate goes before a known gap."""
    clearly: float = 0.60
    """Two procedures in one message must both match this well."""
    guess: float = 0.70
    """What a message that the engine did not understand must reach to be taken for a question."""
    near: float = 0.25
    """What comes near enough to be shown when nothing was found."""
    by_score: float = 2.5
    by_lead: float = 6.0
    bias: float = -1.5
    """The confidence is logistic in the score of the first and its lead over the next."""
    answer: float = 0.62
    """The confidence from which on the first stands alone."""
    close: float = 0.03
    """Two of the offered that are this near each other are not told apart by words."""
    offered: float = 0.12
    """How far behind the first a candidate may be and still be offered."""


class SearchIndex:
    """An index over light catalogue rows; immutable: a changed catalogue gets a new one."""

    def __init__(
        self,
        rows: Sequence[IndexRow],
        *,
        lexicon: Lexicon | None = None,
        nodes: menus.AskNodes | None = None,
        tuning: Tuning | None = None,
        weights: Weights | None = None,
    ) -> None:
        self.lexicon = lexicon or lexicons.default()
        self.nodes = nodes or menus.default()
        self.tuning = tuning or Tuning()
        self.weights = weights or Weights()
        self._by_code = {row.code: row for row in rows}
        self._entries: list[Entry] = []
        texts: list[Words] = []
        owners: list[int] = []
        titles: list[bool] = []
        for row in rows:
            if row.status != "active" and row.replaced_by not in self._by_code:
                continue
            entry, found = documents.read(row, self.lexicon, self.weights)
            owners += [len(self._entries)] * len(found)
            texts += [document.text for document in found]
            titles += [document.is_title for document in found]
            self._entries.append(entry)
        self._places = {entry.row.code: place for place, entry in enumerate(self._entries)}
        self._stop = documents.stop_words(texts, self.lexicon)
        self._postings = Postings([text.folded for text in texts], owners, self._stop, self.lexicon.weak)
        self._owners = np.array(owners, np.int32)
        self._lean = np.where(titles, self.tuning.title_lean**2, self.tuning.alias_lean**2).astype(np.float32)
        frequency = dict(self._postings.frequencies())
        for word in self.lexicon.vocabulary | self.nodes.vocabulary():
            frequency.setdefault(word, 1)
        self._speller = Speller(frequency, self._are_neighbours)

    def _are_neighbours(self, one: str, other: str) -> bool:
        pair = f"{one} {other}"
        return self._postings.known(pair) or pair in self.lexicon.pairs

    def __len__(self) -> int:
        return len(self._entries)

    def __contains__(self, code: object) -> bool:
        return code in self._by_code

    def name(self, code: str) -> str | None:
        """What a citizen is shown for a code."""
        row = self._by_code.get(code)
        return None if row is None else shown_name(row)

    def current(self, code: str) -> str:
        """The code itself, or the one that has replaced it."""
        seen = {code}
        while (row := self._by_code.get(code)) is not None and row.status != "active" and row.replaced_by:
            if row.replaced_by in seen or row.replaced_by not in self._by_code:
                break
            code = row.replaced_by
            seen.add(code)
        return code

    def related(self, one: str, other: str) -> bool:
        """Whether two procedures are about the same matter: their titles share most of their weight."""
        if one == other:
            return True
        if one not in self._places or other not in self._places:
            return False
        titles = [self._entries[self._places[code]].words for code in (one, other)]
        shared = titles[0] & titles[1]
        weigh = self._postings.total
        least = min(weigh(titles[0]), weigh(titles[1]))
        return least > 0 and weigh(shared) >= 0.5 * least

    def sister(self, code: str, query: Query) -> str:
        """The procedure of the same matter that the facts of a follow-up decide for: an age, a loss, a foreigner."""
        here = self._places.get(code)
        if here is None:
            return code
        own = self._agreement(query, here, 1.0)
        words = self._entries[here].words
        best, score = code, own + self.weights.sister
        for place, entry in enumerate(self._entries):
            fits = self._agreement(query, place, 1.0)
            if fits > own and entry.row.code != code and self.related(code, entry.row.code):
                others = entry.words
                alike = self._postings.total(words & others) / (self._postings.total(words | others) or 1.0)
                if fits + entry.prior + alike > score:
                    best, score = entry.row.code, fits + entry.prior + alike
        return self.current(best)

    def analyse(self, text: str) -> Query:
        """The question made ready, for those who look at it before they search."""
        return analyse(text, self.lexicon, self._speller, self._stop)

    def search(self, text: str) -> Match:
        """Which procedure a question is about."""
        return self.match(self.analyse(text))

    def match(self, query: Query) -> Match:
        """As `search`, of a question made ready."""
        for code in query.codes:
            if code in self:
                return Match("one", (self._candidate(code, 1.0),), 1.0)
        if query.codes:
            return Match("none")
        if (opened := self.nodes.menu(query, self)) is not None:
            menu, offers = opened
            shown = tuple(self._candidate(offer.code, 1.0, offer.label) for offer in offers)
            return Match("several", shown, 1.0, question=menu.ask)
        if not query.content:
            return Match("none", empty=True)
        return self._decide(query, self.rank(query))

    def rank(self, query: Query, limit: int = 10) -> list[Candidate]:
        """The best procedures with their scores, before any decision."""
        scale = dict.fromkeys(query.corrected, self.tuning.corrected)
        overlap = self._postings.overlap(query.words.folded, self.tuning.unknown, scale, self.tuning.most)
        if overlap.asked <= 0:
            return []
        shared = overlap.shared
        scores = (1 + self._lean) * shared / (self._lean * overlap.asked + self._postings.sizes)
        pool = min(self.tuning.pool, len(scores))
        top = np.argpartition(-scores, pool - 1)[:pool]
        best: dict[int, float] = {}
        for place in top:
            if shared[place] > 0:
                owner = int(self._owners[place])
                best[owner] = max(best.get(owner, 0.0), float(scores[place]))
        scored = sorted(
            (
                -score - self._entries[owner].prior - self._agreement(query, owner, score),
                self._entries[owner].row.code,
            )
            for owner, score in best.items()
        )
        ranked: dict[str, Candidate] = {}
        for negative, code in scored:
            candidate = self._candidate(code, -negative)
            ranked.setdefault(candidate.code, candidate)
            if len(ranked) == limit:
                break
        return list(ranked.values())

    def _agreement(self, query: Query, owner: int, score: float) -> float:
        return features.agreement(query.features, self._entries[owner].features, self.weights, score)

    def _decide(self, query: Query, ranked: list[Candidate]) -> Match:
        tuning = self.tuning
        first = ranked[0] if ranked else None
        if (found := self.nodes.gap(query)) is not None:
            gap, said = found
            if (
                first is None
                or first.score < tuning.sure
                or not documents.say_little_else(self._by_code[first.code], said)
            ):
                return Match("none", gap=gap)
        if first is None or first.score < tuning.least:
            return Match("none", tuple(ranked[:3]))
        core = self._core(first.code)
        rivals = [c for c in ranked[1:] if self._core(c.code) != core]
        lead = first.score - (rivals[0].score if rivals else 0.0)
        confidence = 1 / (1 + math.exp(-(tuning.by_score * first.score + tuning.by_lead * lead + tuning.bias)))
        close = [first, *(c for c in rivals if first.score - c.score <= tuning.offered)][:3]
        if confidence >= tuning.answer or len(close) == 1:
            return Match("one", tuple(ranked[:3]), confidence)
        return Match("several", tuple(close), confidence)

    def _core(self, code: str) -> str | None:
        place = self._places.get(code)
        return None if place is None else self._entries[place].core

    def _candidate(self, code: str, score: float, label: str | None = None) -> Candidate:
        now = self.current(code)
        name = shown_name(self._by_code[now])
        return Candidate(now, name, round(score, 4), label, replaces=code if now != code else None)


def shown_name(row: IndexRow) -> str:
    """The plain name, or the official title without "Thủ tục"."""
    return row.plain_name or bare_name(row.name.rstrip(" ."))
