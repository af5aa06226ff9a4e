"""From the classifier's chances and the cues of the text to one intent with its entities.

The flow is the list in `decide`: danger first, then codes, then what kind of wish it is, then which aspects.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from bot.engine.nlu import aspects, codes, kinds, safety, topics
from bot.engine.nlu.patterns import Reading, read

ASK = "ask_"
OWN = "own_"


@dataclass(frozen=True)
class Weights:
    """How far cues move the classifier: logarithms of odds, unless said otherwise."""

    strong_aspect: float = 3.0
    other_aspect: float = 1.0
    weak_aspect: float = 1.5
    question: float = 2.5
    """A strong aspect cue makes a question of the message as a whole."""
    weak_question: float = 0.5
    no_cue: float = 1.0
    """A wish that asks nothing in particular is about the whole."""
    certainty: float = 0.9
    """Exponent of the classifier's chances among the aspects: below 1 its certainty counts less."""
    code: float = 4.0
    topic: float = 1.2
    """How much the words that name a category count."""
    sure_danger: float = 0.001
    """Least chance of danger, a probability, that the classifier must leave when the words are plain."""
    unsure_danger: float = 0.01
    silent_danger: float = 0.6
    """Least chance of an emergency without any word of the lexicon."""
    double_danger: float = 0.0002
    """The same where two different phrases of danger stand in the message."""
    signed_danger: float = 0.1
    """The same where none does, but two signs of danger (see `danger_signs`)."""
    denunciation: float = 0.01
    crime: float = 0.12
    own: float = 0.5
    """Least chance of an intent that staff made: no cue knows of it, and one for an aspect must not outvote it."""
    confident_aspect: float = 0.6
    """Least chance at which the classifier's aspect becomes an entity without a cue."""


@dataclass(frozen=True)
class Entity:
    """An entity of the message; start and end are offsets into the raw text."""

    name: str
    value: str
    start: int
    end: int


@dataclass
class Decision:
    """What a message means."""

    intent: str
    confidence: float
    ranking: list[tuple[str, float]]
    entities: list[Entity] = field(default_factory=list)


_FLOOR = 1e-5
_ENOUGH_WORDS = 4
_PLAIN = 0.9
_SILENT_WORDS = 3
_SILENT_PLAIN = 0.65
_SIGNS = 2
_DANGEROUS = ("emergency", "crime")


def decide(text: str, chances: Mapping[str, float], weights: Weights | None = None) -> Decision:
    """Refine what the classifier thinks of a text.

    Args:
        text: as typed.
        chances: the probability of every intent that was trained; only these can be the answer.
        weights: how far cues move them.
    """
    weights = weights or Weights()
    reading = read(text)
    known = frozenset(chances)
    scores = {intent: math.log(max(chance, _FLOOR)) for intent, chance in chances.items()}
    entities: list[Entity] = []
    forced = (
        _danger(reading, chances, weights, entities)
        or _denounced(reading, chances, weights)
        or _crime(reading, chances, weights, entities)
        or _own(chances, weights)
    )
    _codes(text, known, scores, entities, weights)
    for intent, gain in kinds.boosts(reading, known).items():
        scores[intent] += gain
    for intent, shift in topics.shifts(reading, scores).items():
        scores[intent] += weights.topic * shift
    _aspects(reading, known, scores, entities, weights)
    silent = chances.get("emergency", 0.0) >= weights.silent_danger and reading.words >= _SILENT_WORDS
    silent = silent and not safety.business(reading)
    silent = silent and (safety.signs(reading) is not None or chances["emergency"] >= _SILENT_PLAIN)
    if "emergency" in known and forced != "emergency" and not silent:
        scores["emergency"] += math.log(_FLOOR)
    ranking = _ranked(scores)
    if forced in known:
        chance = max(chances[forced], _PLAIN)
        others = [(intent, share) for intent, share in ranking if intent != forced]
        rest = sum(share for _, share in others) or 1.0
        ranking = [(forced, chance), *((intent, share * (1 - chance) / rest) for intent, share in others)]
    intent, confidence = ranking[0]
    if not intent.startswith(ASK):
        entities = [e for e in entities if e.name != "aspect"]
    if intent not in _DANGEROUS:
        entities = [e for e in entities if e.name != "emergency_kind"]
    return Decision(intent, confidence, ranking, entities)


def _ranked(scores: Mapping[str, float]) -> list[tuple[str, float]]:
    top = max(scores.values())
    total = sum(math.exp(score - top) for score in scores.values())
    return sorted(((i, math.exp(s - top) / total) for i, s in scores.items()), key=lambda pair: -pair[1])


def _total(scores: Mapping[str, float], intents: Sequence[str]) -> float:
    return math.log(sum(math.exp(scores[intent]) for intent in intents))


def _danger(reading: Reading, chances: Mapping[str, float], weights: Weights, entities: list[Entity]) -> str | None:
    if "emergency" not in chances:
        return None
    chance = chances["emergency"] + chances.get("crime", 0.0)
    found = safety.emergency(reading)
    if found is None or chance < _least(found, weights):
        told = safety.signs(reading)
        if told is None or told[1] < _SIGNS or chance < weights.signed_danger:
            return None
        found = told[0]
    entities.append(Entity("emergency_kind", found.kind, *reading.raw_span(found.start, found.end)))
    return "emergency"


def _least(found: safety.Danger, weights: Weights) -> float:
    if found.sure and found.phrases > 1:
        return weights.double_danger
    return weights.sure_danger if found.sure else weights.unsure_danger


def _denounced(reading: Reading, chances: Mapping[str, float], weights: Weights) -> str | None:
    if "denunciation" not in chances:
        return None
    found = safety.denunciation(reading)
    return "denunciation" if found and chances["denunciation"] >= weights.denunciation else None


def _crime(reading: Reading, chances: Mapping[str, float], weights: Weights, entities: list[Entity]) -> str | None:
    if "crime" not in chances:
        return None
    found = safety.crime(reading)
    if found is None or (chances["crime"] < weights.crime and not found.sure):
        return None
    entities.append(Entity("emergency_kind", found.kind, *reading.raw_span(found.start, found.end)))
    return "crime"


def _own(chances: Mapping[str, float], weights: Weights) -> str | None:
    best = max(chances, key=lambda intent: chances[intent], default="")
    return best if best.startswith(OWN) and chances[best] >= weights.own else None


def _codes(
    text: str, known: frozenset[str], scores: dict[str, float], entities: list[Entity], weights: Weights
) -> None:
    for code in codes.find(text):
        entities.append(Entity(code.entity, code.value, code.start, code.end))
        wanted = {"ticket_code": "ticket_status", "dossier_code": "dossier_status"}.get(code.entity)
        for intent in known:
            if intent == wanted or (wanted is None and intent.startswith(ASK)):
                scores[intent] += weights.code


def _aspects(
    reading: Reading, known: frozenset[str], scores: dict[str, float], entities: list[Entity], weights: Weights
) -> None:
    asks = [intent for intent in known if intent.startswith(ASK)]
    if not asks:
        return
    total = _total(scores, asks)
    for intent in asks:
        scores[intent] = total + weights.certainty * (scores[intent] - total)
    found = aspects.cues(reading)
    main, named, strength = aspects.asked(found)
    if strength:
        before = _total(scores, asks)
        gain = weights.strong_aspect if strength == aspects.STRONG else weights.weak_aspect
        for aspect in named:
            if ASK + aspect in scores:
                scores[ASK + aspect] += gain if aspect == main else weights.other_aspect
        level = before - _total(scores, asks)
        level += weights.question if strength == aspects.STRONG else weights.weak_question
        for intent in asks:
            scores[intent] += level
    elif ASK + "overview" in scores and reading.words >= _ENOUGH_WORDS:
        # Among the aspects only: that nothing is asked makes no question of it.
        before = _total(scores, asks)
        scores[ASK + "overview"] += weights.no_cue
        level = before - _total(scores, asks)
        for intent in asks:
            scores[intent] += level
    best = max(asks, key=lambda intent: scores[intent])
    chosen = best.removeprefix(ASK)
    share = _ranked({intent: scores[intent] for intent in asks})[0][1]
    told = dict.fromkeys(named) if strength == aspects.STRONG else {}
    if (strength == aspects.STRONG and chosen not in told) or (
        strength != aspects.STRONG and (chosen in named or share >= weights.confident_aspect)
    ):
        told = {chosen: None}
    told.pop("overview", None)  # the intent says it; an entity would end a follow-up's "what about …"
    for aspect in told:
        cue = next((cue for cue in found if cue.aspect == aspect), None)
        span = reading.raw_span(cue.start, cue.end) if cue else (0, len(reading.message.raw))
        entities.append(Entity("aspect", aspect, *span))
