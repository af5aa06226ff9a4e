"""What an answer is worth against its label: pure functions from rows and understandings to figures."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from bot.training.rows import QUESTIONS, Row


@dataclass(frozen=True)
class Understood:
    """What the system made of a row: the `understanding` of the API's answer."""

    status: str
    intent: str | None
    confidence: float
    aspects: tuple[str, ...]
    procedures: tuple[str, ...]
    category: str | None
    categories: tuple[str, ...] = ()
    """The category and the next likeliest one."""

    @classmethod
    def of(cls, understanding: dict[str, Any]) -> Understood:
        """From the JSON of the API."""
        return cls(
            status=understanding["status"],
            intent=understanding.get("intent"),
            confidence=float(understanding.get("confidence") or 0.0),
            aspects=tuple(understanding.get("aspects") or ()),
            procedures=tuple(understanding.get("procedures") or ()),
            category=understanding.get("category"),
            categories=tuple(understanding.get("categories") or ()),
        )

    @property
    def kind(self) -> str:
        """The kind of message that the system took it for, in the words of the labels."""
        if self.status == "guided":
            return self.intent or "guided"
        if self.status == "unresolved":
            return "out_of_scope" if self.intent == "out_of_scope" else "question"
        return {
            "answered": "question",
            "clarify": "question",
            "form": "complaint",
            "filed": "complaint",
            "lookup": "ticket_status",
            "privacy": "smalltalk",
        }.get(self.status, self.status)


_LOOKUPS = {"dossier_status": "ticket_status"}
"""The API has one status for both look-ups."""


@dataclass(frozen=True)
class Judged:
    """A row with what was understood and what of it is right; None where a measure does not apply."""

    row: Row
    got: Understood
    kind: bool
    aspect: bool | None = None
    link1: bool | None = None
    link3: bool | None = None
    both: bool | None = None
    category: bool | None = None
    asked_back: bool | None = None

    @property
    def intent_right(self) -> bool | None:
        """Whether the intent is right: the kind, and the aspect or category where the label has one."""
        if self.row.kind in QUESTIONS and not self.row.in_catalogue:
            return None
        return self.kind and self.aspect is not False and self.category is not False

    @property
    def right(self) -> bool:
        """Whether nothing that was measured is wrong."""
        measures = (self.aspect, self.link1, self.category, self.asked_back)
        return self.kind and all(value is not False for value in measures)


def judge(row: Row, got: Understood) -> Judged:
    """Compare one answer with its label."""
    if row.kind not in QUESTIONS:
        category = None if row.category is None else got.category == row.category
        wanted = _LOOKUPS.get(row.kind, row.kind)
        kind = got.kind == wanted or (row.kind == "out_of_scope" and got.status == "unresolved")
        return Judged(row, got, kind=kind, category=category if row.kind == "complaint" else None)
    kind = got.kind == "question"
    if not row.in_catalogue:
        return Judged(row, got, kind=got.status == "unresolved")
    if row.ambiguous:
        return Judged(row, got, kind=kind, asked_back=got.status == "clarify")
    aspect = None
    if row.aspect is not None:
        accepted = {row.aspect, *row.aspect_ok}
        named = got.aspects if row.kind == "multi" else got.aspects[:1]
        aspect = bool(accepted.intersection(named))
    if not row.codes:
        return Judged(row, got, kind=kind, aspect=aspect)
    if row.kind == "multi":
        link1 = link3 = set(row.codes) <= set(got.procedures)
    else:
        link1 = bool(got.procedures) and got.procedures[0] in row.codes
        link3 = bool(set(row.codes).intersection(got.procedures[:3]))
    both = link1 and aspect if aspect is not None else None
    return Judged(row, got, kind=kind, aspect=aspect, link1=link1, link3=link3, both=both)


@dataclass
class Share:
    """How many of how many."""

    right: int = 0
    of: int = 0

    def add(self, value: bool | None) -> None:
        """Count a measure, where it applies."""
        if value is not None:
            self.of += 1
            self.right += value

    @property
    def percent(self) -> float | None:
        """Percent, or None of nothing."""
        return round(100 * self.right / self.of, 1) if self.of else None


@dataclass(frozen=True)
class Bin:
    """Rows of like confidence."""

    rows: int
    confidence: float
    """Mean, 0 to 1."""
    right: float
    """Share that was right, 0 to 1."""


@dataclass(frozen=True)
class Calibration:
    """What a confidence is worth."""

    bins: tuple[Bin, ...]
    error: float | None
    """Expected calibration error in points (Guo et al. 2017): mean gap between confidence and truth, by rows."""


def calibrate(pairs: Sequence[tuple[float, bool]], bins: int = 10) -> Calibration:
    """Sort (confidence, right) pairs into bins of equal width and compare."""
    held: list[list[tuple[float, bool]]] = [[] for _ in range(bins)]
    for confidence, right in pairs:
        held[min(bins - 1, int(confidence * bins))].append((confidence, right))
    made = tuple(
        Bin(len(inside), sum(c for c, _ in inside) / len(inside), sum(r for _, r in inside) / len(inside))
        for inside in held
        if inside
    )
    if not pairs:
        return Calibration((), None)
    gap = sum(one.rows * abs(one.confidence - one.right) for one in made) / len(pairs)
    return Calibration(made, round(100 * gap, 1))


@dataclass
class Report:
    """All figures of an evaluation."""

    rows: int
    measures: dict[str, Share]
    styles: dict[str, dict[str, Share]]
    kind_confusion: Counter[tuple[str, str]]
    aspect_confusion: Counter[tuple[str, str]]
    category_confusion: Counter[tuple[str, str]]
    judged: list[Judged] = field(default_factory=list)
    not_in_catalogue: int = 0

    def loss(self, clean: str, style: str, measure: str) -> float | None:
        """Points that a style loses from another in a measure; None where one of them has no rows."""
        shares = [self.styles.get(name, {}).get(measure, Share()) for name in (clean, style)]
        whole = [100 * share.right / share.of for share in shares if share.of]
        return round(whole[0] - whole[1], 2) if len(whole) == 2 else None

    def calibration(self, bins: int = 10) -> Calibration:
        """How far the confidence of the intent can be believed, over all rows that have one."""
        pairs = [(j.got.confidence, j.intent_right) for j in self.judged if j.got.intent and j.intent_right is not None]
        return calibrate(pairs, bins)

    def as_json(self) -> dict[str, Any]:
        """The figures without the rows."""

        def shares(values: dict[str, Share]) -> dict[str, Any]:
            return {k: {"percent": v.percent, "right": v.right, "of": v.of} for k, v in values.items()}

        def pairs(counts: Counter[tuple[str, str]]) -> list[dict[str, Any]]:
            return [{"label": a, "got": b, "count": n} for (a, b), n in counts.most_common()]

        return {
            "rows": self.rows,
            "not_in_catalogue": self.not_in_catalogue,
            "measures": shares(self.measures),
            "calibration_error": self.calibration().error,
            "styles": {style: shares(values) for style, values in self.styles.items()},
            "confusion": {
                "kind": pairs(self.kind_confusion),
                "aspect": pairs(self.aspect_confusion),
                "category": pairs(self.category_confusion),
            },
        }


Measure = Callable[[Judged], bool | None]


def _when(condition: Callable[[Judged], bool], value: Callable[[Judged], bool]) -> Measure:
    return lambda j: value(j) if condition(j) else None


def _linkable(j: Judged) -> bool:
    return j.link1 is not None


MEASURES: dict[str, Measure] = {
    "kind": lambda j: j.kind,
    "aspect": lambda j: j.aspect,
    "link@1": lambda j: j.link1,
    "link@3": lambda j: j.link3,
    "link and aspect": lambda j: j.both,
    "precision when it answers": _when(
        lambda j: _linkable(j) and j.got.status == "answered", lambda j: j.link1 is True
    ),
    "questions answered": _when(_linkable, lambda j: j.got.status == "answered"),
    "ambiguous asked back": lambda j: j.asked_back,
    "needless questions back": _when(_linkable, lambda j: j.got.status == "clarify"),
    "not in the catalogue, said so": _when(
        lambda j: j.row.kind in QUESTIONS and not j.row.in_catalogue, lambda j: j.got.status == "unresolved"
    ),
    "report category": lambda j: j.category,
    "report category, first two": _when(
        lambda j: j.category is not None, lambda j: bool(j.category) or j.row.category in j.got.categories
    ),
    "emergency recall": _when(lambda j: j.row.kind == "emergency", lambda j: j.got.kind == "emergency"),
    "emergency false alarms": _when(lambda j: j.row.kind != "emergency", lambda j: j.got.kind == "emergency"),
    "denunciation": _when(lambda j: j.row.kind == "denunciation", lambda j: j.got.kind == "denunciation"),
    "hand-off": _when(lambda j: j.row.kind == "handoff", lambda j: j.got.kind == "handoff"),
    "status": _when(
        lambda j: _LOOKUPS.get(j.row.kind, j.row.kind) == "ticket_status", lambda j: j.got.kind == "ticket_status"
    ),
    "crime": _when(lambda j: j.row.kind == "crime", lambda j: j.got.kind in {"crime", "emergency"}),
    "complaint against a decision": _when(
        lambda j: j.row.kind == "complaint_decision", lambda j: j.got.kind == "complaint_decision"
    ),
}
SHOULD_BE_RARE = frozenset({"needless questions back", "emergency false alarms"})
"""Measures of which less is better."""
BY_STYLE = ("kind", "aspect", "link@1", "link@3", "link and aspect", "report category")


def score(judged: Sequence[Judged], catalogue: Iterable[str] | None = None) -> Report:
    """Count all measures.

    Args:
        judged: the rows, judged.
        catalogue: the codes that the system knows; rows whose procedures are all unknown to it count
            in no measure of linking (they are counted apart). None: every code is taken as known.
    """
    known = None if catalogue is None else set(catalogue)
    report = Report(len(judged), {name: Share() for name in MEASURES}, {}, Counter(), Counter(), Counter())
    for item in judged:
        if known is not None and item.row.codes and not known.intersection(item.row.codes):
            report.not_in_catalogue += 1
            item = Judged(item.row, item.got, kind=item.kind, aspect=item.aspect)
        report.judged.append(item)
        style = report.styles.setdefault(item.row.style, {name: Share() for name in BY_STYLE})
        for name, measure in MEASURES.items():
            value = measure(item)
            report.measures[name].add(value)
            if name in style:
                style[name].add(value)
        expected = "question" if item.row.kind in QUESTIONS else item.row.kind
        if not item.kind:
            report.kind_confusion[expected, item.got.kind] += 1
        if item.aspect is False and item.row.aspect:
            report.aspect_confusion[item.row.aspect, (item.got.aspects or ("–",))[0]] += 1
        if item.category is False and item.row.category:
            report.category_confusion[item.row.category, item.got.category or "–"] += 1
    return report
