"""What an import has to say about a record: why it was refused, or what is doubtful in it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

Severity = Literal["rejected", "doubtful"]

REJECTED: Final[dict[str, str]] = {
    "unreadable": "The line, object or document cannot be read as data.",
    "bad_code": "The code has not the form N.NNNNNN.",
    "empty_name": "The record has no name.",
    "other_procedure": "The page shows another procedure than the code says.",
    "duplicate_code": "The code came earlier in the same file.",
    "invalid_record": "The record does not fit the catalogue's shape.",
}
"""The reasons for which a record is refused."""

DOUBTFUL: Final[dict[str, str]] = {
    "replaced_code": "The code has been replaced by another one.",
    "price_contradiction": "The channels tell different fees.",
    "amount_implausible": "A fee is too small to be true; the portal cut a point of thousands.",
    "amount_restored": "A fee was cut at its point of thousands and restored from its own note.",
    "time_and_fee_glued": "Time and fee stand together without a separator; the reading is a guess.",
    "stale_wording": "The text names the district level, which ended on 1 July 2025.",
    "expired_note": "A note of the fee was valid only until a day that is past.",
    "field_repaired": "A column had been cut at the wrong place; it was read again from the page's text.",
    "unparsed_text": "Part of a column was not understood; its text is in the detail.",
    "documents_without_count": "No document has a number of copies; which lines are notes is a guess.",
    "form_not_separated": "A form's file name could not be told from the document's name.",
    "own_record_kept": "The operator's own record stands; the imported one was left out.",
    "older_than_stored": "The catalogue already has a later reading; the imported one was left out.",
}
"""The reasons for which a record is taken with a doubt, or left out in favour of a better one."""


@dataclass(frozen=True, slots=True)
class Issue:
    """One thing that a person should know about one record."""

    severity: Severity
    reason: str
    detail: str
    code: str | None = None
    line: int | None = None


def rejected(reason: str, detail: str, code: str | None = None, line: int | None = None) -> Issue:
    """A record that is refused."""
    if reason not in REJECTED:
        raise ValueError(f"unknown reason for a refusal: {reason}")
    return Issue("rejected", reason, detail, code, line)


def doubtful(reason: str, detail: str, code: str | None = None, line: int | None = None) -> Issue:
    """A record with a doubt."""
    if reason not in DOUBTFUL:
        raise ValueError(f"unknown reason for a doubt: {reason}")
    return Issue("doubtful", reason, detail, code, line)
