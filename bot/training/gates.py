"""Gates: what a candidate must reach before it may be published.

- `floor`: a measure of a set, over all rows or of one style, must be at least so many percent (of what should be rare,
  at most);
- `drop`: it may not be worse than the live model's by more than so many points;
- the project's own floors (`tests/understanding/floors.yml`) hold for its sets where the catalogue has what they ask
  about; on a small catalogue the figures would say more about the catalogue than about the model;
- a changed answer that somebody rejected (counted when it is published, not here).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Any, Literal

from bot.training.figures import Figures, value
from bot.training.floors import Floors
from bot.training.ladder import CLEAN, MARK
from bot.training.scoring import BY_STYLE, MEASURES, SHOULD_BE_RARE

Kind = Literal["floor", "drop"]
EACH = "*"
"""As a style: each style of the set for itself."""
LEAST_ROWS = 10
"""A style with fewer rows is not judged by itself: one row would be ten points."""
CATALOGUE = 0.95
"""Share of a project set's procedures that the catalogue must have for its floors to hold."""
_NOTHING = 1e-9
NAMES = {
    "kind": "loại tin nhắn",
    "aspect": "khía cạnh",
    "link@1": "đúng thủ tục",
    "link@3": "thủ tục trong ba đầu",
    "link and aspect": "thủ tục và khía cạnh",
    "precision when it answers": "đúng khi trả lời thẳng",
    "questions answered": "trả lời thẳng",
    "ambiguous asked back": "câu mơ hồ được hỏi lại",
    "needless questions back": "hỏi lại không cần",
    "not in the catalogue, said so": "không có thì nói không có",
    "report category": "lĩnh vực phản ánh",
    "report category, first two": "lĩnh vực phản ánh, trong hai đầu",
    "emergency recall": "nhận ra khẩn cấp",
    "emergency false alarms": "báo khẩn cấp nhầm",
    "denunciation": "tố cáo",
    "hand-off": "gặp cán bộ",
    "status": "tra cứu",
    "crime": "tội phạm",
    "complaint against a decision": "khiếu nại",
}
"""What people call the measures."""


@dataclass(frozen=True)
class Rule:
    """A gate as it is set.

    Attributes:
        held_out: the set; empty: every one.
        style: empty: over all rows; `*`: each style.
        bound: percent, or points.
    """

    held_out: str
    style: str
    measure: str
    kind: Kind
    bound: float


DEFAULTS = (
    Rule("", "", "kind", "drop", 1.0),
    Rule("", "", "aspect", "drop", 2.0),
    Rule("", "", "link@1", "drop", 2.0),
    Rule("", "", "report category", "drop", 2.0),
    Rule("", "", "emergency recall", "drop", 0.0),
    Rule("", EACH, "kind", "drop", 5.0),
)
"""While nobody has set others: no worse than the live model by more than this."""


@dataclass(frozen=True)
class Gate:
    """A gate as it was judged."""

    held_out: str
    style: str
    measure: str
    kind: str
    """`floor`, `drop`, or `project` (a floor of the project)."""
    bound: float
    value: float | None
    """Of the candidate; of a loss, in points."""
    live: float | None
    ok: bool

    def as_json(self) -> dict[str, Any]:
        """For the database."""
        return asdict(self)


def known(measure: str, style: str) -> bool:
    """Whether there is such a measure; by style there are fewer."""
    return measure in (BY_STYLE if style else MEASURES)


def judge(
    sets: Mapping[str, Mapping[str, Figures | None]], rules: Iterable[Rule], floors: Mapping[str, Floors]
) -> list[Gate]:
    """Every gate.

    Args:
        sets: by name the figures of `candidate` and `live`.
        floors: of the project's own sets.
    """
    rules = tuple(rules)
    found: list[Gate] = []
    for name, both in sets.items():
        candidate, live = both["candidate"] or {}, both.get("live")
        for rule in rules:
            if rule.held_out in ("", name):
                found += _by_rule(name, rule, candidate, live)
        if name in floors and candidate.get("in_catalogue", 0) >= CATALOGUE:
            found += _by_floors(name, floors[name], candidate, live)
    return found


def _by_rule(name: str, rule: Rule, candidate: Figures, live: Figures | None) -> Iterator[Gate]:
    styles = [rule.style]
    if rule.style == EACH:
        styles = [style for style, shares in candidate["styles"].items() if _enough(shares.get(rule.measure))]
    for style in styles:
        now, before = value(candidate, rule.measure, style), value(live, rule.measure, style)
        rare = rule.measure in SHOULD_BE_RARE
        if rule.kind == "floor":
            if now is None and not rule.held_out:
                continue  # a floor for every set says nothing to a set that has no such rows
            ok = now is not None and (now <= rule.bound + _NOTHING if rare else now >= rule.bound - _NOTHING)
        else:
            if now is None or before is None:
                continue
            ok = ((now - before) if rare else (before - now)) <= rule.bound + _NOTHING
        yield Gate(name, style, rule.measure, rule.kind, rule.bound, now, before, ok)


def _by_floors(name: str, floors: Floors, candidate: Figures, live: Figures | None) -> Iterator[Gate]:
    wanted = [("", measure, bound) for measure, bound in floors.measures.items()]
    wanted += [(style, measure, bound) for style, group in floors.styles.items() for measure, bound in group.items()]
    for style, measure, bound in wanted:
        yield from (
            Gate(name, style, measure, "project", bound, gate.value, gate.live, gate.ok)
            for gate in _by_rule(name, Rule(name, style, measure, "floor", bound), candidate, live)
        )
    for noise, group in floors.losses.items():
        for measure, most in group.items():
            loss, before = (_loss(figures, noise, measure) for figures in (candidate, live))
            yield Gate(name, MARK + noise, measure, "loss", most, loss, before, loss is not None and loss <= most)


def _loss(figures: Figures | None, noise: str, measure: str) -> float | None:
    clean, noisy = value(figures, measure, CLEAN), value(figures, measure, MARK + noise)
    return None if clean is None or noisy is None else round(clean - noisy, 2)


def _enough(pair: list[int] | None) -> bool:
    return pair is not None and pair[1] >= LEAST_ROWS
