"""What a pressed button means. Payloads come back through citizens' devices, so nothing in them is trusted.

| payload | intent | entities |
|---|---|---|
| `pick:<code>[:<aspect>]` | `pick` | code, aspect |
| `full:<code>:<aspect>` | `pick` | code, aspect, full=1 |
| `aspect:<aspect>` | `ask_<aspect>` | aspect |
| `report:<category>` | `report_<category>` | |
| `form:<choice>` | `form_choice` | choice |
| `photo:<key>` | `report` | photo: of a picture that the web process took |
| `location:<latitude>,<longitude>` | `report` | location, degrees |
| `menu:report|status|handoff|help` | `report`, `ticket_status`, `handoff`, `capabilities` | |
| `ticket:<PA-…>:<choice>` | `ticket_status` | ticket_code, choice |
| anything else | `nlu_fallback` | |
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from typing import Any

MAX_BYTES = 64
FALLBACK = "nlu_fallback"

ASPECTS = (
    "overview",
    "documents",
    "fee",
    "duration",
    "place",
    "steps",
    "online",
    "form",
    "eligibility",
    "legal_basis",
    "result",
)
MENU = {"report": "report", "status": "ticket_status", "handoff": "handoff", "help": "capabilities"}

_CODE = r"(?P<code>[0-9]\.[0-9]{6})"
_ASPECT = rf"(?P<aspect>{'|'.join(ASPECTS)})"

Parsed = tuple[str, dict[str, str]]


def _pick(match: re.Match[str]) -> Parsed:
    return "pick", {name: value for name, value in match.groupdict().items() if value}


def _full(match: re.Match[str]) -> Parsed:
    return "pick", {**match.groupdict(), "full": "1"}


def _aspect(match: re.Match[str]) -> Parsed:
    return f"ask_{match['aspect']}", {"aspect": match["aspect"]}


def _report(match: re.Match[str]) -> Parsed:
    return f"report_{match['category']}", {}


def _form(match: re.Match[str]) -> Parsed:
    return "form_choice", {"choice": match["choice"]}


def _sent(match: re.Match[str]) -> Parsed:
    """A picture or a place is about a report: it begins one, or joins the one that is being written."""
    return "report", {name: value for name, value in match.groupdict().items() if value}


def _menu(match: re.Match[str]) -> Parsed:
    return MENU[match["item"]], {}


def _ticket(match: re.Match[str]) -> Parsed:
    return "ticket_status", match.groupdict()


_SHAPES: tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], Parsed]], ...] = (
    (re.compile(rf"pick:{_CODE}(?::{_ASPECT})?"), _pick),
    (re.compile(rf"full:{_CODE}:{_ASPECT}"), _full),
    (re.compile(rf"aspect:{_ASPECT}"), _aspect),
    (re.compile(r"report:(?P<category>[a-z]{1,20}(?:_[a-z]{1,20}){0,5})"), _report),
    (re.compile(r"form:(?P<choice>[a-z]{1,20}(?:_[a-z]{1,20}){0,3}(?::[a-z0-9_]{1,30})?)"), _form),
    (
        re.compile(
            r"ticket:(?P<ticket_code>PA-[0-9]{4}-[0-9]{6,9})"
            r":(?P<choice>show|solved|unsolved|rate_[1-5]|reopen(?:_[a-z]{1,12})?|reply(?:_send|_drop)?)"
        ),
        _ticket,
    ),
    (re.compile(r"photo:(?P<photo>[0-9a-f]{32})"), _sent),
    (re.compile(r"location:(?P<location>-?[0-9]{1,2}\.[0-9]{1,7},-?[0-9]{1,3}\.[0-9]{1,7})"), _sent),
    (re.compile(rf"menu:(?P<item>{'|'.join(MENU)})"), _menu),
)


def parse(payload: str, intents: Collection[str]) -> dict[str, Any]:
    """The understanding of a payload, in the shape of Rasa's parse data.

    Args:
        payload: as it came back from the channel.
        intents: the names that the model's domain knows; a payload that leads to another is unknown.
    """
    unknown: Parsed = (FALLBACK, {})
    intent, entities = unknown
    if len(payload.encode()) <= MAX_BYTES:
        for shape, understand in _SHAPES:
            if match := shape.fullmatch(payload):
                intent, entities = understand(match)
                break
    if intent not in intents:
        intent, entities = unknown
    return {
        "text": "",
        "intent": {"name": intent, "confidence": 1.0},
        "entities": [
            {"entity": name, "value": value, "start": 0, "end": 0, "extractor": "payload"}
            for name, value in entities.items()
        ],
        "payload": payload if intent != FALLBACK else None,
    }
