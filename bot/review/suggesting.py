"""What a group of questions may be about: suggestions for staff, best first, each with its reason."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from bot.knowledge.search import SearchIndex
from bot.review.terms import terms_of

Suggestion = dict[str, Any]
MOST = 9
"""As many as there are keys to accept one with."""
MOST_PROCEDURES = 4
LEAST = 0.02
"""A procedure with less of a chance is not suggested."""
NO_INTENT = frozenset({"nlu_fallback", "pick", "greet", "thanks", "goodbye", "affirm", "deny", "cancel", "handoff"})
"""Nobody labels a question with these."""


@dataclass(frozen=True, slots=True)
class Example:
    """A sentence that is taught already, or a variant of an FAQ."""

    kind: str
    """`intent` or `faq`."""
    name: str
    text: str


def suggest(
    text: str,
    index: SearchIndex | None,
    *,
    aspects: Sequence[str] = (),
    intents: Iterable[str] = (),
    examples: Iterable[tuple[Example, float, list[str]]] = (),
) -> list[Suggestion]:
    """Suggestions for the question that stands for a group.

    Args:
        aspects: what is asked, as the engine understood most of the cases.
        intents: of every case, as the engine understood it.
        examples: taught sentences like it, with their likeness and the words in common.
    """
    found = [*_procedures(text, index, aspects)] if index is not None else []
    found += _intents(intents)
    for example, likeness, words in examples:
        same = next(
            (item for item in found if item["kind"] == example.kind and item.get(example.kind) == example.name), None
        )
        if same is None:
            found.append(
                {"kind": example.kind, example.kind: example.name, "score": round(likeness, 3), "why": words,
                 "like": example.text}
            )  # fmt: skip
        elif "like" not in same:
            same |= {"like": example.text, "why": words, "score": round(max(same["score"], likeness), 3)}
    found.sort(key=lambda item: (-item["score"], item["kind"], str(item.get("code") or item.get("intent"))))
    return [*found[: MOST - 1], {"kind": "scope", "score": 0.0, "why": []}]


def nearest_procedure(text: str, index: SearchIndex, least: float) -> str | None:
    """The code that the search comes nearest to, where that is near enough to say something."""
    best = index.search(text).best
    return best.code if best is not None and best.score >= least else None


def _procedures(text: str, index: SearchIndex, aspects: Sequence[str]) -> Iterable[Suggestion]:
    query = index.analyse(text)
    own = terms_of(text)
    for code in query.codes:
        if code in index:
            yield {"kind": "procedure", "code": code, "aspect": _first(aspects), "name": index.name(code) or code,
                   "score": 1.0, "why": [code]}  # fmt: skip
    for candidate in index.rank(query, limit=MOST_PROCEDURES):
        if candidate.score >= LEAST:
            words = own.shared(terms_of(candidate.name)) or list(query.content[:4])
            yield {
                "kind": "procedure",
                "code": candidate.code,
                "aspect": _first(aspects),
                "name": candidate.name,
                "score": round(candidate.score, 3),
                "why": words,
            }


def _intents(intents: Iterable[str]) -> list[Suggestion]:
    counted = Counter(name for name in intents if name and name not in NO_INTENT)
    total = sum(counted.values())
    return [
        {"kind": "intent", "intent": name, "score": round(0.5 * count / total, 3), "why": [], "cases": count}
        for name, count in sorted(counted.items(), key=lambda item: (-item[1], item[0]))[:3]
    ]


def _first(aspects: Sequence[str]) -> str | None:
    return aspects[0] if aspects else None
