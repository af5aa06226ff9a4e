"""What a message inside a report is: an answer to the open question, or something else that comes first."""

from __future__ import annotations

import re
from dataclasses import dataclass

from bot.privacy import tokens_in
from bot.text import fold, normalise
from bot.tickets.places import find_place
from bot.tickets.wording import phrases

REPORT = "report_"
OWN = "own_"
"""Begins the intents that staff made; they are questions."""
PAYLOAD = re.compile(r"(?:form|report|menu|pick|aspect|full|photo|location|ticket):\S*")

URGENT = frozenset({"emergency", "crime"})
"""Answered at once, whatever was asked; the report waits."""
CLOSING = frozenset({"denunciation", "complaint_decision"})
"""Not for a report at all: the report ends and nothing of it is kept."""
TALK = phrases(
    "ticket_status|dossier_status|handoff|privacy|hours|contact|capabilities|bot_challenge|abuse|other_language|greet"
    "|thanks|pick"
)
ASPECTS = phrases(
    "ask_overview|ask_documents|ask_fee|ask_duration|ask_place|ask_steps|ask_online|ask_form|ask_eligibility"
    "|ask_legal_basis|ask_result"
)
DIGRESSIONS = URGENT | TALK | ASPECTS
"""Intents that the form lets pass to their own action, and then asks its question again."""

SURE = 0.5
"""Confidence from which an urgent or closing intent, or a question, interrupts."""
TALK_SURE = 0.6
LONGEST_TALK = 14
"""Words; a longer message tells a story, and the story is the report."""

_QUESTION = re.compile(
    r"\?|\b(?:bao nhieu|bao lau|may ngay|may tien|o dau|cho nao|can gi|giay to gi|gi a|gi vay|the nao|lam sao|ra sao"
    r"|duoc khong|phai khong|co khong|khi nao|may gio|can nhung|gom nhung|thu tuc)\b"
    r"|\b(?:gi|sao|khong|dau|nao|chua)(?: a)?\W*$"
)


@dataclass(frozen=True)
class Heard:
    """One message of a citizen, as the engine understood it.

    Attributes:
        text: masked text; empty for a pressed button.
        choice: of a `form:<choice>` button.
        named: the category that the message is about, where the engine sees one.
        photo: key of a picture that was sent.
        at: latitude and longitude that were shared, in degrees.
    """

    text: str
    intent: str = "inform"
    confidence: float = 1.0
    choice: str | None = None
    named: str | None = None
    photo: str | None = None
    at: tuple[float, float] | None = None

    @property
    def category(self) -> str | None:
        """The category that the message is about."""
        return self.intent.removeprefix(REPORT) if self.intent.startswith(REPORT) else self.named

    @property
    def words(self) -> int:
        """Length in words."""
        return len(normalise(self.text).tokens)


def heard(
    text: str | None,
    intent: str,
    confidence: float = 1.0,
    choice: str | None = None,
    gated_from: str | None = None,
    *,
    photo: str | None = None,
    location: str | None = None,
) -> Heard:
    """A message; the payload of a button is no text.

    Args:
        gated_from: what the classifier took a message for that the engine calls an answer to the form
            (`inform`); of it only the category counts.
        photo: key of a picture.
        location: "latitude,longitude" in degrees.
    """
    spoken = (text or "").strip()
    named = (gated_from or "").removeprefix(REPORT) if (gated_from or "").startswith(REPORT) else None
    silent = choice or photo or location or PAYLOAD.fullmatch(spoken)
    return Heard("" if silent else spoken, intent, confidence, choice, named, photo, _degrees(location))


def _degrees(location: str | None) -> tuple[float, float] | None:
    try:
        lat, long = map(float, (location or "").split(","))
    except ValueError:
        return None
    return lat, long


def closes(message: Heard) -> bool:
    """Whether the message must not become a report: a denunciation, a complaint against a decision."""
    return message.intent in CLOSING and message.confidence >= SURE


def interrupts(message: Heard, asked: str) -> bool:
    """Whether the message is something else than an answer to the question about `asked`."""
    if message.intent in URGENT:
        return message.confidence >= SURE
    question = message.intent in ASPECTS or message.intent.startswith(OWN)
    if not (question or message.intent in DIGRESSIONS) or message.choice:
        return False
    if not message.text:
        return True
    if asked == "report_contact" and tokens_in(message.text):
        return False
    if asked in ("report_place", "report_ward") and find_place(message.text):
        return False
    if message.words > LONGEST_TALK:
        return False
    if question:
        return message.confidence >= SURE and bool(_QUESTION.search(fold(message.text)))
    return message.confidence >= TALK_SURE
