"""The words of a turn: what comes in, what the engine made of it, what goes back."""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

FORGOTTEN = "[không lưu]"
"""Stands in the message log where the words must not be kept (denunciations)."""

HELD = "held"
"""The kind of a message that must be made ready before its turn."""

Json = dict[str, Any]


@dataclass(frozen=True)
class Incoming:
    """What a channel received.

    Attributes:
        message_id: unique within the conversation; the same again is the same message.
        key: the conversation's key; where `opens` or `external_id` is set, the key to open one with.
        text: what the citizen wrote, or
        payload: the payload of the button they pressed, or
        held: JSON of what lies with the platform, made ready when the turn comes.
        external_id: the platform's id of the citizen, by which the conversation is found (Telegram, Zalo).
        opens: this is a first message: a conversation is opened with `key`, or, if that one exists and was
            opened by the same message a short while ago, this is that message.
    """

    channel: str
    message_id: str
    key: uuid.UUID = field(default_factory=uuid.uuid4)
    text: str | None = None
    payload: str | None = None
    held: str | None = None
    external_id: str | None = None
    opens: bool = False

    @property
    def kind(self) -> str:
        """`text`, `payload` or `held`."""
        if self.held is not None:
            return HELD
        return "payload" if self.text is None else "text"

    def with_key(self, key: uuid.UUID) -> Incoming:
        """The same message for another key."""
        return replace(self, key=key)


@dataclass(frozen=True)
class Accepted:
    """A message in the inbox: new, or the one that was there already.

    Attributes:
        id: `messages.id`.
        done: whether its answer is there.
    """

    id: int
    key: uuid.UUID
    new: bool
    done: bool


@dataclass(frozen=True)
class Claim:
    """The right to take one turn of one conversation, until the lease ends."""

    conversation_id: int
    epoch: int
    key: uuid.UUID
    channel: str
    has_masked: bool
    message: int
    """`messages.id`."""
    message_id: str
    kind: str
    body: str
    tries: int
    age: float
    """Seconds since the message was received."""
    noticed: bool
    question: str | None = None
    """The ticket whose officer's question the message may answer (`bot.tickets.waiting`)."""
    with_staff: bool = False
    """An officer holds the conversation: the message is theirs to answer (`bot.conversations.desk`)."""


@dataclass(frozen=True)
class Turn:
    """What the engine answered.

    Attributes:
        replies: `[{"text", "buttons", "image"}]`, at least one where the engine answered; none where an officer will.
        understanding: as the API returns it.
        unresolved: `{"reason", "candidates"}` where no answer was found.
        forget: the words must not be kept.
        form_active: a report is being taken down, or may be: its masked values are still needed.
        doubt: `{"confidence", "candidates"}` where the answer may be about another procedure than was meant.
        wants: what the last reply asks for that one press can give on some channels: `location`, `contact`.
        live: a person was asked for, and is to come into this conversation.
    """

    replies: list[Json]
    understanding: Json
    unresolved: Json | None = None
    forget: bool = False
    form_active: bool = False
    wants: str | None = None
    doubt: Json | None = None
    live: bool = False

    @property
    def status(self) -> str:
        """What kind of outcome it was."""
        return str(self.understanding["status"])

    def result(self) -> str:
        """The JSON that is stored and given back."""
        return json.dumps({"replies": self.replies, "understanding": self.understanding}, ensure_ascii=False)


@dataclass(frozen=True)
class Said:
    """One message of the history with its replies."""

    message_id: str
    kind: str
    body: str
    at: str
    """ISO 8601."""
    state: str
    replies: list[Json] = field(default_factory=list)


def no_understanding(status: str) -> Json:
    """The understanding of a turn that the engine never took."""
    return {
        "status": status,
        "intent": None,
        "confidence": None,
        "aspects": [],
        "procedures": [],
        "category": None,
        "categories": [],
        "ticket": None,
    }


def parse_turn(data: object) -> Turn:
    """Check and tidy the engine's response.

    Raises:
        ValueError: it is not a turn (no replies, no status, wrong types).
    """
    if not isinstance(data, Mapping):
        raise ValueError("not an object")
    replies, understanding = data.get("replies"), data.get("understanding")
    if not isinstance(replies, list) or not replies:
        raise ValueError("no replies")
    if not isinstance(understanding, Mapping) or not isinstance(understanding.get("status"), str):
        raise ValueError("no status")
    unresolved = data.get("unresolved")
    return Turn(
        [_reply(reply) for reply in replies],
        no_understanding("answered") | {k: v for k, v in understanding.items() if k in _UNDERSTANDING},
        dict(unresolved) if isinstance(unresolved, Mapping) else None,
        data.get("forget") is True,
        data.get("form_active") is True,
        wants if isinstance(wants := data.get("wants"), str) else None,
        _doubt(data.get("doubt")),
        data.get("live") is True,
    )


_UNDERSTANDING = frozenset(no_understanding(""))


def _doubt(doubt: object) -> Json | None:
    if not isinstance(doubt, Mapping) or not isinstance(sure := doubt.get("confidence"), int | float):
        return None
    return {**doubt, "confidence": float(sure)}


def _reply(reply: object) -> Json:
    if not isinstance(reply, Mapping):
        raise ValueError("a reply is not an object")
    text, image = reply.get("text"), reply.get("image")
    buttons = [
        {"title": button["title"], "payload": button["payload"]}
        for button in reply.get("buttons") or ()
        if isinstance(button, Mapping)
        and isinstance(button.get("title"), str)
        and isinstance(button.get("payload"), str)
    ]
    if not isinstance(text, str) or not (text or image):
        raise ValueError("a reply without text")
    return {"text": text, "buttons": buttons, "image": image if isinstance(image, str) else None}
