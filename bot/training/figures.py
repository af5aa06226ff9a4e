"""The figures of one set as JSON: what the console draws, and what gates compare.

`{"rows", "missing", "in_catalogue", "measures": {name: [right, of]}, "styles": {style: {name: [right, of]}},
"calibration": {"error", "bins": [[rows, confidence, right]]}, "intents": {intent: [right, asked, given]},
"confusion": [[asked, given, count]]}`; of `confusion` the right ones are left out.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from bot.training.rows import QUESTIONS, Row
from bot.training.scoring import Judged, Report, Share

Figures = dict[str, Any]


def of(report: Report, *, missing: int, in_catalogue: float) -> Figures:
    """The figures of a report.

    Args:
        missing: rows that got no answer.
        in_catalogue: of the rows that name procedures, the share whose procedures the catalogue has.
    """
    intents: dict[str, list[int]] = {}
    confusion: Counter[tuple[str, str]] = Counter()
    for item in report.judged:
        if item.row.style.startswith("~"):
            continue
        asked = intent_of(item.row)
        given = asked if item.intent_right else _given(item)
        for name in (asked, given):
            intents.setdefault(name, [0, 0, 0])
        intents[asked][1] += 1
        intents[given][2] += 1
        if asked == given:
            intents[asked][0] += 1
        else:
            confusion[asked, given] += 1
    calibration = report.calibration()
    return {
        "rows": report.rows,
        "missing": missing,
        "in_catalogue": round(in_catalogue, 4),
        "measures": _shares(report.measures),
        "styles": {style: _shares(shares) for style, shares in report.styles.items()},
        "calibration": {
            "error": calibration.error,
            "bins": [[one.rows, round(one.confidence, 4), round(one.right, 4)] for one in calibration.bins],
        },
        "intents": dict(sorted(intents.items())),
        "confusion": [[asked, given, count] for (asked, given), count in confusion.most_common()],
    }


def percent(pair: Sequence[int] | None) -> float | None:
    """Of [right, of]; None of nothing."""
    return 100 * pair[0] / pair[1] if pair and pair[1] else None


def value(figures: Figures | None, measure: str, style: str = "") -> float | None:
    """A measure in percent, over all rows or of one style."""
    if not figures:
        return None
    shares = figures["styles"].get(style, {}) if style else figures["measures"]
    return percent(shares.get(measure))


def scores(counts: Sequence[int]) -> tuple[float | None, float | None, float | None]:
    """Precision, recall and F1 in percent, of [right, asked, given]."""
    right, asked, given = counts
    precision = 100 * right / given if given else None
    recall = 100 * right / asked if asked else None
    both = 200 * right / (asked + given) if asked + given else None
    return precision, recall, both


def intent_of(row: Row) -> str:
    """What a row asks for, in the words of intents."""
    if row.kind in QUESTIONS:
        return f"ask_{row.aspect}" if row.aspect else "question"
    if row.kind == "complaint":
        return f"report_{row.category}" if row.category else "report"
    return "ticket_status" if row.kind == "dossier_status" else row.kind


def _given(item: Judged) -> str:
    got = item.got
    if got.kind == "question":
        if item.row.kind in QUESTIONS and not item.row.aspect:
            return got.status  # the aspect was not asked about: what was done says more
        return f"ask_{got.aspects[0]}" if got.aspects else "question"
    if got.kind == "complaint":
        return f"report_{got.category}" if got.category else "report"
    return got.kind


def _shares(values: Mapping[str, Share]) -> dict[str, list[int]]:
    return {name: [share.right, share.of] for name, share in values.items() if share.of}
