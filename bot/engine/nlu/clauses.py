"""The parts of a message that may want different things: "hỏi thủ tục khai sinh, tiện thể đèn đường hư cả tuần"."""

from __future__ import annotations

import re

_BETWEEN = re.compile(
    r"[.;?!,\n]+|\b(?:tiện thể|tien the|sẵn tiện|san tien|nhân tiện|nhan tien|luôn tiện|luon tien|ngoài ra|ngoai ra"
    r"|à mà|với lại|voi lai)\b",
    re.IGNORECASE,
)
LEAST_WORDS = 3
"""Shorter parts are talk."""
MOST = 4
"""More parts than this are a story, which is classified as a whole."""


def parts(text: str) -> list[tuple[int, int]]:
    """The spans of the parts of a raw message; empty where it has only one that says something."""
    spans: list[tuple[int, int]] = []
    start = 0
    for found in [*_BETWEEN.finditer(text), None]:
        end = found.start() if found else len(text)
        if len(text[start:end].split()) >= LEAST_WORDS:
            spans.append((start, end))
        start = found.end() if found else end
    return spans if 2 <= len(spans) <= MOST else []
