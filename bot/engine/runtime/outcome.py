"""From what the actions uttered to the one response of a turn: replies, understanding, unresolved."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from bot.engine.runtime.faults import NothingSaid

REPORT = "report_"
# Most telling first: a turn that did several things is named after the foremost.
STATUSES = (
    "filed",
    "guided",
    "answered",
    "clarify",
    "lookup",
    "privacy",
    "handoff",
    "unresolved",
    "form",
    "smalltalk",
)


def respond(
    utterances: Sequence[dict[str, Any]],
    *,
    intent: str | None,
    confidence: float | None,
    form_active: bool,
    ranking: Sequence[str] = (),
) -> dict[str, Any]:
    """The response of a turn, as the relay receives it.

    Args:
        utterances: what the actions uttered, in order: `text`, `buttons`, `image`, and the outcome in
            `custom["outcome"]`, which stays on this side.
        intent: what the message was understood as.
        confidence: of that understanding, 0 to 1.
        form_active: whether a report is being taken down when the turn ends. It is told to the relay,
            which keeps masked values that long, and decides the status of a turn whose actions reported none.
        ranking: what else the message may have been, the likeliest first.

    Raises:
        NothingSaid: no utterance has a text.
    """
    replies = [reply for utterance in utterances if (reply := _reply(utterance))]
    if not replies:
        raise NothingSaid("no action said anything")
    outcomes = [
        outcome
        for utterance in utterances
        if isinstance(custom := utterance.get("custom"), dict) and isinstance(outcome := custom.get("outcome"), dict)
    ]
    seen = {outcome.get("status") for outcome in outcomes}
    status = next((name for name in STATUSES if name in seen), "form" if form_active else "smalltalk")
    response = {
        "replies": replies,
        "understanding": {
            "status": status,
            "intent": intent,
            "confidence": None if confidence is None else round(float(confidence), 4),
            "aspects": _union(outcomes, "aspects"),
            "procedures": _union(outcomes, "procedures"),
            "category": (category := _last(outcomes, "category")),
            "categories": _categories(category, ranking),
            "ticket": _last(outcomes, "ticket"),
        },
        "unresolved": _last(outcomes, "unresolved"),
        "form_active": form_active,
    }
    if (doubt := _last(outcomes, "doubt")) is not None:
        response["doubt"] = doubt
    if any(outcome.get("forget") for outcome in outcomes):
        # Denunciations: the words are kept neither here nor in the message log.
        response["forget"] = True
    if wants := _last(outcomes, "wants"):
        # What the last question can be answered with by one press, where a channel has that.
        response["wants"] = str(wants)
    if any(outcome.get("live") for outcome in outcomes):
        # A person is to come into the conversation.
        response["live"] = True
    return response


def _categories(category: str | None, ranking: Sequence[str]) -> list[str]:
    """The report's category and the next likeliest one; empty where nothing was reported."""
    if category is None:
        return []
    others = (intent.removeprefix(REPORT) for intent in ranking if intent.startswith(REPORT))
    return [category, *(other for other in others if other != category)][:2]


def _reply(utterance: dict[str, Any]) -> dict[str, Any] | None:
    text = utterance.get("text")
    if not isinstance(text, str) or not text.strip():
        return None
    return {
        "text": text.strip(),
        "buttons": [
            {"title": str(button["title"]), "payload": str(button["payload"])}
            for button in utterance.get("buttons") or []
            if isinstance(button, dict) and button.get("title") and button.get("payload")
        ],
        "image": utterance.get("image") or None,
    }


def _union(outcomes: Sequence[dict[str, Any]], key: str) -> list[str]:
    return list(dict.fromkeys(str(value) for outcome in outcomes for value in outcome.get(key) or []))


def _last(outcomes: Sequence[dict[str, Any]], key: str) -> Any:
    return next((outcome[key] for outcome in reversed(outcomes) if outcome.get(key) is not None), None)
