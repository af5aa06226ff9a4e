"""What actions share: reading the tracker, saying a text with buttons, reporting the outcome."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

Events = list[dict[str, Any]]


def metadata(tracker: Tracker) -> dict[str, Any]:
    """What the relay sent with the message: message_id, conversation, channel."""
    found = tracker.latest_message.get("metadata")
    return found if isinstance(found, dict) else {}


def message_id(tracker: Tracker) -> str:
    """The id of the message that this turn answers."""
    return str(metadata(tracker).get("message_id") or tracker.latest_message.get("message_id") or "")


def conversation_of(tracker: Tracker) -> str:
    """The key of the conversation."""
    return str(metadata(tracker).get("conversation") or tracker.sender_id)


def entity(tracker: Tracker, name: str) -> str | None:
    """The first value of an entity in the latest message."""
    found = tracker.latest_message.get("entities") or ()
    return next((str(item["value"]) for item in found if item.get("entity") == name and item.get("value")), None)


def say(dispatcher: CollectingDispatcher, text: str, *, buttons: Iterable[tuple[str, str]] = ()) -> None:
    """Say a text with (title, payload) buttons."""
    dispatcher.utter_message(text=text, buttons=[{"title": title, "payload": payload} for title, payload in buttons])


def outcome(dispatcher: CollectingDispatcher, status: str, **values: Any) -> None:
    """Report how the turn ended; empty values are left out."""
    told = {key: value for key, value in values.items() if value}
    dispatcher.utter_message(json_message={"outcome": {"status": status, **told}})
