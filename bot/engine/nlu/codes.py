"""Codes in a message: of procedures, of reports (tickets) and of dossiers."""

from __future__ import annotations

import re
from dataclasses import dataclass

_TICKET = re.compile(r"(?<![\w-])PA[-– ]?(\d{4})[-– ]?(\d{6})(?![\w-])", re.IGNORECASE)
_DOSSIER = re.compile(
    r"(?<![\w.])(?:(?:\d{2,3}\.){1,4})?[HG]\d{2}(?:[.\-]\d{1,3})*[-–]\d{6}[-–]\d{3,5}(?![\w-])", re.IGNORECASE
)
_PROCEDURE = re.compile(r"(?<![\w.,])(\d\.\d{6})(?:\.[\dA-Z.\-]+)?(?![\w])")


@dataclass(frozen=True)
class Code:
    """One code: which entity it is, its value in canonical form, and where in the raw text."""

    entity: str
    value: str
    start: int
    end: int


def find(raw: str) -> list[Code]:
    """The codes of a message, in order."""
    found = [
        Code("ticket_code", f"PA-{match[1]}-{match[2]}", match.start(), match.end()) for match in _TICKET.finditer(raw)
    ]
    found += [
        Code("dossier_code", match.group().upper().replace("–", "-"), match.start(), match.end())
        for match in _DOSSIER.finditer(raw)
    ]
    taken = [(code.start, code.end) for code in found]
    found += [
        Code("procedure_code", match[1], match.start(1), match.end(1))
        for match in _PROCEDURE.finditer(raw)
        if not any(start <= match.start() < end for start, end in taken)
    ]
    return sorted(found, key=lambda code: code.start)
