"""From a question as typed to what is searched: the steps in order are `PIPELINE` of `analyse`."""

from __future__ import annotations

import re
from dataclasses import dataclass

from bot.knowledge.search import features
from bot.knowledge.search.lexicon import Lexicon, Meaning
from bot.knowledge.search.phrases import BREAK, Hit, Phrases, Words, replace, spoken
from bot.knowledge.search.spelling import Speller

_CODE = re.compile(r"(?<![\d.])\d\.\d{6}(?![\d.])")
_FOLDED, _WRITTEN = ("nuoc", "ngoai"), ("nước", "ngoài")
_NOT_THIS = Phrases((p, True) for p in ("chứ không phải", "chứ không", "chứ đâu phải", "chớ không phải"))
_I_MEAN = Phrases(
    (p, True)
    for p in (
        "ý tôi là",
        "ý mình là",
        "ý em là",
        "ý là",
        "ý tôi hỏi",
        "ý mình hỏi",
        "ý em hỏi",
        "mà là",
        "tôi hỏi",
        "mình hỏi",
        "em hỏi",
    )
)


@dataclass(frozen=True, slots=True)
class Query:
    """A question made ready for the search."""

    typed: Words
    """Normalised and corrected, nothing taken out."""
    words: Words
    """Concepts as one word, aspect phrases taken out."""
    content: tuple[str, ...]
    """The folded words that say which procedure: no stop words, no breaks."""
    features: features.Features
    codes: tuple[str, ...]
    corrected: frozenset[str]
    """Words that were corrected: they count a little less."""
    light: frozenset[str]
    """Words that, with the marks they were typed with, are stop words, though folded they may be others (cái: cai)."""
    carrying: tuple[int, ...] = ()
    """The places of the typed words that carry something and only ask for no aspect."""


def analyse(text: str, lexicon: Lexicon, speller: Speller, stop: frozenset[str]) -> Query:
    """Normalise, keep the last word of a correction, correct the spelling, name concepts, take out talk."""
    codes = tuple(dict.fromkeys(_CODE.findall(text)))
    typed = meant(spoken(_CODE.sub(" ", text)))
    typed, changed = speller.correct(typed)
    corrected = frozenset(typed.folded[place] for place in changed)
    named = concepts(typed, lexicon)
    stripped = replace(named, lexicon.strip.find(named))
    told = features.of_question(typed, lexicon)
    if told.foreign and not set(_FOLDED) <= set(stripped.folded):
        # A nationality is named: the titles know only "nước ngoài".
        stripped = Words((*stripped.folded, BREAK, *_FOLDED), (*stripped.written, BREAK, *_WRITTEN))
    written = lexicon.stop_written if typed.accented else frozenset()
    return Query(
        typed=typed,
        words=stripped,
        content=_content(stripped, written, stop),
        features=told,
        codes=codes,
        corrected=corrected,
        light=frozenset(f for f, w in zip(stripped.folded, stripped.written, strict=True) if w in written)
        | {word for word in stripped.folded if len(word) == 1},
        carrying=_carrying(typed, lexicon, stop),
    )


def _carrying(typed: Words, lexicon: Lexicon, stop: frozenset[str]) -> tuple[int, ...]:
    asking = {place for hit in lexicon.strip.find(typed) for place in range(hit.start, hit.end)}
    return tuple(
        place
        for place, (folded, written) in enumerate(zip(typed.folded, typed.written, strict=True))
        if place not in asking
        and len(folded) > 1
        and not folded.isdigit()
        and folded not in stop
        and written not in lexicon.stop_written
    )


def _content(text: Words, stop_written: frozenset[str], stop: frozenset[str]) -> tuple[str, ...]:
    """The folded words that carry something: a stop word is known by its diacritics where the writer uses them."""
    return tuple(
        folded
        for folded, written in zip(text.folded, text.written, strict=True)
        if folded not in stop and written not in stop_written and not folded.isdigit() and len(folded) > 1
    )


def concepts(text: Words, lexicon: Lexicon) -> Words:
    """The text with plain phrases in official words, and the names of one thing made one word."""
    return _understood(_understood(text, lexicon.rewrites), lexicon.concepts)


def _understood(text: Words, phrases: Phrases[Meaning]) -> Words:
    present = set(text.folded)
    return replace(
        text,
        [
            Hit(hit.start, hit.end, hit.value.words)
            for hit in phrases.find(text)
            if not hit.value.unless & (present - set(text.folded[hit.start : hit.end]))
        ],
    )


def meant(text: Words) -> Words:
    """What a correction keeps: "không phải X, ý mình là Y" and "Y chứ không phải X" are about Y."""
    last = None
    for hit in _I_MEAN.find(text):
        last = hit
    if last is not None and last.end < len(text.folded):
        text = _part(text, last.end, len(text.folded))
    for hit in _NOT_THIS.find(text):
        if hit.start >= 2:
            return _part(text, 0, hit.start)
    return text


def _part(text: Words, start: int, end: int) -> Words:
    return Words(text.folded[start:end], text.written[start:end])
