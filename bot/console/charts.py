"""Charts as inline SVG, drawn here: nothing is asked of anybody, and every figure stands in the page as text, too."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from markupsafe import Markup, escape

MOST_LABELS = 24
LONGEST_NAME = 24
_CELL, _LABEL, _TOP = 26, 190, 150
_SIZE = 260


def confusion(intents: Mapping[str, Sequence[int]], mistakes: Sequence[Sequence[object]], title: str) -> Markup:
    """A matrix: rows are what was asked, columns what was understood; the darker, the more of the row.

    Args:
        intents: by intent [right, asked, given].
        mistakes: [asked, given, count].
    """
    most = sorted(intents, key=lambda name: (-intents[name][1] - intents[name][2], name))[:MOST_LABELS]
    names = sorted(most)
    at = {name: number for number, name in enumerate(names)}
    cells = {(name, name): intents[name][0] for name in names}
    for asked, given, count in mistakes:
        if asked in at and given in at:
            cells[str(asked), str(given)] = int(str(count))
    wide, high = _LABEL + _CELL * len(names) + 10, _TOP + _CELL * len(names) + 10
    parts = [_open(wide, high, title)]
    for name, number in at.items():
        x, y = _LABEL + _CELL * number + _CELL / 2, _TOP + _CELL * number + _CELL / 2
        parts.append(_text(_LABEL - 6, y + 4, name, anchor="end"))
        parts.append(
            Markup('<text x="{x:.0f}" y="{y}" transform="rotate(-60 {x:.0f} {y})" class="t">{name}</text>').format(
                x=x + 4, y=_TOP - 8, name=name
            )
        )
    for asked, row in at.items():
        total = max(1, intents[asked][1])
        for given, column in at.items():
            count = cells.get((asked, given), 0)
            share = count / total
            kind = "hit" if asked == given else "miss"
            opacity = 0.04 if not count else 0.15 + 0.85 * min(1.0, share)
            x, y = _LABEL + _CELL * column, _TOP + _CELL * row
            parts.append(
                Markup(
                    '<rect x="{x}" y="{y}" width="{w}" height="{w}" class="{kind}" fill-opacity="{o:.2f}">'
                    "<title>{asked} → {given}: {count}</title></rect>"
                ).format(x=x, y=y, w=_CELL - 2, kind=kind, o=opacity, asked=asked, given=given, count=count)
            )
            if count:
                light = " light" if opacity > 0.55 else ""
                parts.append(_text(x + _CELL / 2 - 1, y + 16, str(count), anchor="middle", more=f"n{light}"))
    return Markup("").join([*parts, Markup("</svg>")])


def reliability(bins: Sequence[Sequence[float]], title: str) -> Markup:
    """How often a confidence was right: on the diagonal it says what it is worth; a dot is as big as it has rows."""
    left, top, side = 44, 10, _SIZE
    parts = [_open(left + side + 16, top + side + 44, title)]
    for tick in (0, 25, 50, 75, 100):
        y, x = top + side - side * tick / 100, left + side * tick / 100
        parts.append(Markup('<line x1="{}" x2="{}" y1="{y}" y2="{y}" class="grid"/>').format(left, left + side, y=y))
        parts.append(_text(left - 6, y + 4, str(tick), anchor="end"))
        parts.append(_text(x, top + side + 18, str(tick), anchor="middle"))
    parts.append(
        Markup('<line x1="{}" y1="{}" x2="{}" y2="{}" class="ideal"/>').format(left, top + side, left + side, top)
    )
    most = max((row[0] for row in bins), default=1)
    points = [(left + side * confidence, top + side - side * right, rows) for rows, confidence, right in bins]
    path = " ".join(f"{x:.1f},{y:.1f}" for x, y, _ in points)
    parts.append(Markup('<polyline points="{}" class="curve"/>').format(path))
    for (x, y, rows), (_, confidence, right) in zip(points, bins, strict=True):
        parts.append(
            Markup(
                '<circle cx="{x:.1f}" cy="{y:.1f}" r="{r:.1f}" class="dot"><title>độ tin {c:.0f} %: đúng {k:.0f} %,'
                " {n} câu</title></circle>"
            ).format(x=x, y=y, r=3 + 5 * (rows / most) ** 0.5, c=100 * confidence, k=100 * right, n=int(rows))
        )
    parts.append(_text(left + side / 2, top + side + 38, "độ tin, %", anchor="middle"))
    return Markup("").join([*parts, Markup("</svg>")])


def pairs(rows: Sequence[tuple[str, float | None, float | None]], title: str) -> Markup:
    """Bars of percent, the candidate's above the live model's, a pair a row."""
    left, step, wide = 150, 40, 320
    parts = [_open(left + wide + 60, step * len(rows) + 12, title)]
    for number, (name, now, before) in enumerate(rows):
        y = step * number + 8
        parts.append(_text(left - 8, y + 19, name, anchor="end"))
        for offset, kind, value in ((0, "now", now), (15, "before", before)):
            if value is not None:
                parts.append(
                    Markup('<rect x="{}" y="{}" width="{:.1f}" height="13" class="{}"/>').format(
                        left, y + offset, wide * value / 100, kind
                    )
                )
                parts.append(_text(left + wide * value / 100 + 5, y + offset + 11, f"{value:.1f}"))
    return Markup("").join([*parts, Markup("</svg>")])


def bars(rows: Sequence[tuple[str, float]], title: str) -> Markup:
    """A bar a row, its number behind it; the longest fills the width."""
    left, step, wide = 170, 24, 300
    most = max((value for _, value in rows), default=0) or 1
    parts = [_open(left + wide + 70, step * len(rows) + 6, title)]
    for number, (name, value) in enumerate(rows):
        y = step * number + 3
        parts.append(
            _text(left - 8, y + 14, name if len(name) <= LONGEST_NAME else name[: LONGEST_NAME - 1] + "…", anchor="end")
        )
        parts.append(
            Markup('<rect x="{}" y="{}" width="{:.1f}" height="18" class="now"><title>{}: {}</title></rect>').format(
                left, y, max(1.0, wide * value / most), name, value
            )
        )
        parts.append(_text(left + wide * value / most + 6, y + 14, f"{value:,.0f}".replace(",", ".")))
    return Markup("").join([*parts, Markup("</svg>")])


def _open(wide: float, high: float, title: str) -> Markup:
    return Markup('<svg viewBox="0 0 {:.0f} {:.0f}" width="{:.0f}" role="img" aria-label="{}" class="chart">').format(
        wide, high, wide, title
    )


def _text(x: float, y: float, said: str, *, anchor: str = "start", more: str = "t") -> Markup:
    return Markup('<text x="{:.0f}" y="{:.0f}" text-anchor="{}" class="{}">{}</text>').format(
        x, y, anchor, more, escape(said)
    )
