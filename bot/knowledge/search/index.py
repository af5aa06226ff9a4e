"""The index over the whole catalogue: a question as typed in, ranked procedures and a decision out."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from bot.knowledge.names import bare_name
from bot.knowledge.search import asked as questions
from bot.knowledge.search import documents, features, menus, ranking
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
    """The numbers of the decision; those of the ranking are learnt (see `ranking`)."""

    unknown: float = 0.35
    """The weight of a word that no procedure has, as a share of the highest."""
    corrected: float = 0.8
    """The weight of a corrected word, as a share of its own."""
    light: float = 0.15
    """The weight of a stop word whose folded form may be another word, as a share of that word's."""
    most: int = 9
    """How many of a question's heaviest features make up the whole of it."""
    least: float = 0.15
    """Below this confidence nothing is meant."""
    sure: float = 0.78
    """From this confidence on a candidate whose name says little else goes before a known gap."""
    surest: float = 0.925
    """From this confidence on any candidate does."""
    clearly: float = 0.60
    """Two procedures in one message must both be meant as surely as this."""
    doubt: float = 0.85
    """Below this confidence an answer names what else may have been meant."""
    review: float = 0.65
    """An answer less sure than this is looked at by staff."""
    guess: float = 0.85
    """What a message that the engine did not understand must reach to be taken for a question."""
    near: float = 0.02
    """What comes near enough to be shown when nothing was found."""
    answer: float = 0.5
    """The confidence from which on the first stands alone."""
    maybe: float = 0.08
    """The chance of a rival, as a share of the first one's, from which on it may have been meant."""
    sister: float = 0.025
    """The chance of a procedure of the same matter from which on a bare topic may be about it."""
    cousin: float = 0.004
    """The same, where the other is among the most asked."""
    even: float = 0.9
    """The chance of a rival, as a share of the first one's, from which on the citizen is asked which."""
    vague: int = 3
    """A question with no more words that carry something says too little to say that nothing was found."""
    some: float = 0.1
    """The chance of one of the most asked, as a share of the first one's, from which on a vague one may be of it."""
    all_of_it: float = 0.80
    """The chance that the candidates asked about must have together."""


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
        learnt: ranking.Learnt | None = None,
        asked: questions.Asked | None = None,
    ) -> None:
        asked = questions.default() if asked is None else asked
        self.lexicon = lexicon or lexicons.default()
        self.nodes = nodes or menus.default()
        self.tuning = tuning or Tuning()
        self.weights = weights or Weights()
        self.learnt = learnt or ranking.learnt()
        self._by_code = {row.code: row for row in rows}
        self._entries: list[Entry] = []
        texts: list[Words] = []
        actions: list[frozenset[str]] = []
        owners: list[int] = []
        for row in rows:
            if row.status == "abolished":
                continue
            entry, found = documents.read(row, self.lexicon, asked.get(row.code, ()))
            if not found:
                continue  # a title without a word: nothing could find it
            owners += [len(self._entries)] * len(found)
            texts += [document.text for document in found]
            actions += [document.actions for document in found]
            self._entries.append(entry)
        self._places = {entry.row.code: place for place, entry in enumerate(self._entries)}
        self._stop = documents.stop_words(texts, self.lexicon)
        self._postings = Postings(texts, owners, self._stop, self.lexicon.weak)
        self._texts = ranking.Texts(self._postings, owners, actions)
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

    def entry(self, place: int) -> Entry:
        """The entry at a place, as the evidence names it."""
        return self._entries[place]

    def entry_of(self, code: str) -> Entry | None:
        """The entry of a code, none where the index has no such."""
        place = self._places.get(code)
        return None if place is None else self._entries[place]

    def is_common(self, code: str) -> bool:
        """Whether a procedure is one of ordinary people: of the commune, or among the most asked."""
        row = self._by_code.get(code)
        return row is not None and ("commune" in row.levels or code in self.lexicon.most_asked)

    def fits(self, query: Query, code: str) -> float:
        """How well the facts of a question (age, foreign element, action) agree with a procedure; 0 says nothing."""
        place = self._places.get(code)
        return 0.0 if place is None else self._agreement(query, place, 1.0)

    def weight(self, content: Sequence[str]) -> float:
        """How much words weigh together: a rare word some 8, one of every other title 1."""
        unknown = self.tuning.unknown * self._postings.highest
        return sum(self._postings.weight(word) or unknown for word in content)

    def carrying(self, query: Query) -> int:
        """How many of the words as typed carry something."""
        return len(query.carrying)

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
                near = self.weights.commune if "commune" in entry.row.levels else 0.0
                if fits + near + alike > score:
                    best, score = entry.row.code, fits + near + alike
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

    def gather(self, query: Query) -> ranking.Evidence | None:
        """The candidates of a question with the evidence for each; none where nothing of it is known."""
        scale = dict.fromkeys(query.corrected, self.tuning.corrected) | dict.fromkeys(query.light, self.tuning.light)
        asked = self._postings.weigh(query.words.folded, self.tuning.unknown, scale, self.tuning.most)
        if asked.total <= 0 or not self._entries:
            return None
        seen: dict[int, tuple[float, ...]] = {}
        found = self._texts.gather(
            asked, query, lambda place: ranking.facts(query, self._entries[place], self.lexicon, seen)
        )
        return found if found.places else None

    def rank(self, query: Query, limit: int = 10) -> list[Candidate]:
        """The best procedures, before any decision; a score is the confidence that this one is meant."""
        evidence = self.gather(query)
        if evidence is None:
            return []
        z = evidence.rows @ self.learnt.evidence
        chances = ranking.chances(z)
        order = sorted(range(len(z)), key=lambda row: (-float(z[row]), self._code(evidence.places[row])))
        core = self._entries[evidence.places[order[0]]].core
        same = [row for row in order if self._entries[evidence.places[row]].core == core]
        other = next((row for row in order if self._entries[evidence.places[row]].core != core), None)
        # Where titles differ by the level alone, the nearest office is meant unless another is named.
        first = min(
            same, key=lambda row: documents.distance(self._entries[evidence.places[row]], query.features.levels)
        )
        order = [first, *(row for row in order if row != first)]
        told = ranking.surety(
            evidence.rows[first],
            float(chances[same].sum()),
            float(z[first] - z[other]) if other is not None else ranking.MOST_LEAD,
            len(query.content),
        )
        sure = 1 / (1 + math.exp(-float(told @ self.learnt.surety)))
        ranked: dict[str, Candidate] = {}
        for row in order:
            share = min(1.0, float(chances[row] / chances[same].max()))
            candidate = self._candidate(self._code(evidence.places[row]), sure * share, share=share)
            ranked.setdefault(candidate.code, candidate)
            if len(ranked) == limit:
                break
        return list(ranked.values())

    def _code(self, place: int) -> str:
        return self._entries[place].row.code

    def _agreement(self, query: Query, owner: int, score: float) -> float:
        return features.agreement(query.features, self._entries[owner].features, self.weights, score)

    def _decide(self, query: Query, ranked: list[Candidate]) -> Match:
        tuning = self.tuning
        first = ranked[0] if ranked else None
        if (found := self.nodes.gap(query)) is not None:
            gap, said = found
            score = 0.0 if first is None else first.score
            named = first is not None and documents.say_little_else(self._by_code[first.code], said)
            if score < tuning.surest and not (named and score >= tuning.sure):
                return Match("none", gap=gap)
        if first is None or first.score < tuning.least:
            return Match("none", tuple(ranked[:3]))
        core = self._core(first.code)
        rivals = [c for c in ranked[1:] if self._core(c.code) != core]
        even = [first, *(c for c in rivals if c.share >= tuning.even)][:3]
        if first.score >= tuning.answer and len(even) == 1:
            return Match("one", tuple(ranked[:3]), first.score)
        whole = sum(c.share for c in ranked)
        if len(even) > 1 and sum(c.share for c in even) >= tuning.all_of_it * whole:
            return Match("several", tuple(even), first.score)
        if first.score >= tuning.answer:
            return Match("one", tuple(ranked[:3]), first.score)
        if len(asked := self._vaguely(query, ranked)) > 1:
            return Match("several", tuple(asked), first.score)
        return Match("none", tuple(ranked[:3]), first.score)

    def _vaguely(self, query: Query, ranked: Sequence[Candidate]) -> list[Candidate]:
        """Which of the most asked a message of few words may be about, the best first; empty where it says more."""
        told = query.features
        if self.carrying(query) > self.tuning.vague or told.age is not None or told.foreign:
            return []
        return [c for c in ranked[:5] if c.share >= self.tuning.some and c.code in self.lexicon.most_asked][:3]

    def _core(self, code: str) -> str | None:
        place = self._places.get(code)
        return None if place is None else self._entries[place].core

    def _candidate(self, code: str, score: float, label: str | None = None, share: float = 1.0) -> Candidate:
        now = self.current(code)
        name = shown_name(self._by_code[now])
        return Candidate(now, name, round(score, 4), label, code if now != code else None, round(share, 4))


def shown_name(row: IndexRow) -> str:
    """The plain name, or the official title without "Thủ tục"."""
    return row.plain_name or bare_name(row.name.rstrip(" ."))
