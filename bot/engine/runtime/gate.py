"""What a message means in view of where the conversation is.

Inside the report form almost everything is an answer to the form's question: "cống trước nhà 12
tràn từ tối qua" must not become a question about an address. A text therefore stays what the
classifier took it for only when it clearly interrupts; else it is `inform`. Outside the form
two things are answers to us: a bare PIN after we asked for one, and words after we asked for
words (why a report shall be reopened, what an officer wants to know). Of what is not text only a
picture and a shared place come here: they answer an officer's question, where there is one.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from bot.text import fold

if TYPE_CHECKING:
    from rasa.shared.core.trackers import DialogueStateTracker

FORM = "report_form"
INFORM = "inform"
PIN_SLOT = "asked_ticket"
WORDS_SLOT = "asked_words"
TICKET = "ticket_status"

_PIN = re.compile(r"(?:(?:ma )?pin\W{0,3})?\d{6}\W*")

# Who says this begins a report, whatever we asked.
_NEW = re.compile(r"\b(?:phan anh|kien nghi)\b")

# Words that make a question of a sentence; on folded text, whole words.
_QUESTION = re.compile(
    r"\?|\b(?:bao nhieu|bao lau|may (?:ngay|tien)|the nao|nhu nao|sao a|o dau|cho nao|la gi|gi khong|nhung gi"
    r"|can gi|gi (?:vay|the|a|ha)|giay to gi|giay gi|khi nao|bao gio|duoc khong|dc khong|dc ko|duoc ko|khong a|ko a"
    r"|khong vay|phai khong|hay khong"
    r"|cho (?:toi|minh|em|e|tui) hoi|hoi (?:chut|ti|xiu|ve)|thu tuc|ho so|le phi)\b"
)


# One step back in the form, which reads it itself (bot/tickets/replies.py): never "cancel", whatever it looks like.
_BACK = re.compile(r"(?:(?:cho|xin) )?(?:(?:toi|em|minh) )?(?:quay|tro|lui) lai(?: (?:buoc|cau) truoc)?\W*")


@dataclass(frozen=True)
class Interruption:
    """When an intent interrupts the form.

    Attributes:
        confidence: the least that the classifier must be sure.
        entity: an entity that is enough whatever the confidence.
        asked: the text must also look like a question.
        words: the longest text that may be meant this way, in words.
    """

    confidence: float = 0.0
    entity: str | None = None
    asked: bool = False
    words: int = 1000


@dataclass(frozen=True)
class Rules:
    """The intents that may interrupt, and when."""

    by_intent: dict[str, Interruption] = field(
        default_factory=lambda: {
            # Answers to the form's own questions, and the way out.
            "affirm": Interruption(words=8),
            "deny": Interruption(words=8),
            "cancel": Interruption(confidence=0.4, words=12),
            # What must never be taken down as a report. A word of the lexicon decides, or a sure classifier.
            "emergency": Interruption(confidence=0.85, entity="emergency_kind"),
            "crime": Interruption(confidence=0.85, entity="emergency_kind"),
            "denunciation": Interruption(confidence=0.7),
            "complaint_decision": Interruption(confidence=0.7),
            # Other wishes.
            "handoff": Interruption(confidence=0.6),
            "privacy": Interruption(confidence=0.7),
            "ticket_status": Interruption(confidence=0.7, entity="ticket_code"),
            "dossier_status": Interruption(confidence=0.7, entity="dossier_code"),
            "hours": Interruption(confidence=0.7, asked=True),
            "contact": Interruption(confidence=0.7, asked=True),
            "bot_challenge": Interruption(confidence=0.7, asked=True),
            "capabilities": Interruption(confidence=0.7, asked=True),
            "other_language": Interruption(confidence=0.8),
            "greet": Interruption(confidence=0.7, words=4),
            "thanks": Interruption(confidence=0.7, words=6),
            "abuse": Interruption(confidence=0.8, words=6),
        }
    )
    question: Interruption = Interruption(confidence=0.7, asked=True)
    """For every `ask_*`, and for what staff answer (`own_*`)."""

    def interrupts(self, intent: str, confidence: float, entities: set[str], text: str) -> bool:
        """Whether a text that was understood as `intent` is more than an answer to the form."""
        rule = self.question if intent.startswith(("ask_", "own_")) else self.by_intent.get(intent)
        if rule is None:
            return False
        if rule.entity in entities:
            return True
        folded = fold(text)
        return (
            confidence >= rule.confidence
            and len(folded.split()) <= rule.words
            and (not rule.asked or _QUESTION.search(folded) is not None)
        )


RULES = Rules()


def apply(parsed: dict[str, Any], tracker: DialogueStateTracker | None, *, question: bool = False) -> dict[str, Any]:
    """The understanding of a text, corrected by where the conversation is.

    Args:
        parsed: Rasa's parse data; when its intent is replaced, `gated_from` keeps the name of the old one.
        tracker: before this message; none outside a conversation.
        question: an officer asked, and this may be the answer.
    """
    if tracker is None:
        return parsed
    intent = parsed.get("intent") or {}
    name, text = intent.get("name") or "", parsed.get("text") or ""
    if tracker.active_loop_name == FORM:
        if _BACK.fullmatch(fold(text.strip())):
            return _as(parsed, INFORM)
        entities = {entity.get("entity") for entity in parsed.get("entities") or []}
        if not RULES.interrupts(name, float(intent.get("confidence") or 0.0), entities, text):
            return _as(parsed, INFORM)
    elif PIN_SLOT in tracker.slots and tracker.get_slot(PIN_SLOT) and _PIN.fullmatch(fold(text.strip())):
        return _as(parsed, TICKET)
    elif asked_for_words(tracker):
        # "Có", "không", "thôi" answer our question as well.
        if name in ("affirm", "deny", "cancel") or not _elsewhere(parsed):
            return _as(parsed, TICKET)
    elif question and name != "cancel" and not _elsewhere(parsed):
        return _as(parsed, TICKET)
    return parsed


def shown(parsed: dict[str, Any], tracker: DialogueStateTracker, *, question: bool = False) -> dict[str, Any]:
    """The understanding of a picture or a shared place: an officer may have asked for it; else it is about a report.

    Args:
        question: an officer asked, and this may be the answer.
    """
    entities = {entity.get("entity") for entity in parsed.get("entities") or []}
    if tracker.active_loop_name == FORM or not entities & {"photo", "location"}:
        return parsed
    asked = tracker.get_slot(WORDS_SLOT) if WORDS_SLOT in tracker.slots and asked_for_words(tracker) else None
    answers = isinstance(asked, dict) and asked.get("kind") == "reply"
    return _as(parsed, TICKET) if question or answers else parsed


def asked_for_words(tracker: DialogueStateTracker) -> bool:
    """Whether the last turn asked the citizen for words, and has no other question since."""
    for event in reversed(tracker.events):
        if event.type_name == "user":
            return False
        if event.type_name == "slot" and event.key == WORDS_SLOT:
            return bool(event.value)
    return False


def _elsewhere(parsed: dict[str, Any]) -> bool:
    """Whether a text is plainly something else than an answer: danger, a question, a new report …"""
    intent, text = parsed.get("intent") or {}, str(parsed.get("text") or "")
    name, confidence = str(intent.get("name") or ""), float(intent.get("confidence") or 0.0)
    if name in ("affirm", "deny"):
        return False
    if name == "goodbye" or (name.startswith("report") and _NEW.search(fold(text))):
        return True
    entities = {str(entity.get("entity")) for entity in parsed.get("entities") or []}
    return RULES.interrupts(name, confidence, entities, text)


def _as(parsed: dict[str, Any], name: str) -> dict[str, Any]:
    old = parsed.get("intent") or {}
    if old.get("name") == name:
        return parsed
    return {
        **parsed,
        "intent": {"name": name, "confidence": float(old.get("confidence") or 0.0)},
        "gated_from": old.get("name"),
    }
