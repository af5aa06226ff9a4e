"""The state of a conversation as it is stored: few events, and of each only what a later turn needs.

A tracker is rebuilt from its events at every turn, so the cost of a turn would grow with the
conversation. Once there are more than twice `KEEP` events, the oldest are replaced by what they
had led to (a session start, the slots, the active form, listening). The cut goes *backward* to
a citizen's message, so that no turn is torn: forms continue across it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from rasa.shared.core.constants import ACTION_LISTEN_NAME
from rasa.shared.core.events import (
    ActionExecuted,
    ActionExecutionRejected,
    ActiveLoop,
    BotUttered,
    Event,
    Restarted,
    SessionStarted,
    SlotSet,
    UserUttered,
)
from rasa.shared.core.slots import Slot
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.shared.utils.common import all_subclasses

KEEP = 8
"""Events that stay after a cut, at least. A turn makes some six, ten in a form; rules see the current one alone."""

# Rasa stamps every event with these; the model is known and they would be half of the state.
_STAMPS = ("model_id", "assistant_id")
_PARSE_KEYS = ("intent", "entities", "payload")
# What an action event says for policies that learn from stories; rules do not.
_UNUSED = ("policy", "confidence", "hide_rule_turn")
_KINDS: dict[str, type[Event]] = {}
for _kind in all_subclasses(Event):
    _KINDS.setdefault(_kind.type_name, _kind)


def encode(tracker: DialogueStateTracker, slots: Iterable[Slot]) -> list[dict[str, Any]]:
    """The events to store for a tracker, as JSON objects.

    Args:
        tracker: at the end of a turn.
        slots: of the domain, to find out what was set before a cut.
    """
    return [_slim(event.as_dict()) for event in shorten(list(tracker.events), tracker.sender_id, slots)]


def decode(sender_id: str, state: Sequence[dict[str, Any]], slots: Iterable[Slot]) -> DialogueStateTracker:
    """The tracker of stored events.

    Raises:
        ValueError: an event is not one.
    """
    return DialogueStateTracker.from_events(sender_id, decode_events(state), slots=slots)


def decode_events(events: Sequence[dict[str, Any]]) -> list[Event]:
    """Events from JSON objects. Rasa's own way walks through all its classes for each and skips what it does not know.

    Raises:
        ValueError: an event is not one.
    """
    decoded = []
    for parameters in events:
        kind = _KINDS.get(str(parameters.get("event")))
        event = kind._from_parameters(parameters) if kind else None
        if event is None:
            raise ValueError(f"not an event: {str(parameters.get('event'))[:50]!r}")
        decoded.append(event)
    return decoded


def shorten(events: list[Event], sender_id: str, slots: Iterable[Slot], keep: int = KEEP) -> list[Event]:
    """The events without what no later turn can see, cut when there are more than twice `keep`."""
    begin = max((i for i, event in enumerate(events) if isinstance(event, (SessionStarted, Restarted))), default=0)
    # What the bot said is in the message log; neither the policy nor an action reads it here.
    events = [event for event in events[begin:] if not isinstance(event, BotUttered)]
    if len(events) <= 2 * keep:
        return events
    cut = next((i for i in range(len(events) - keep, 0, -1) if isinstance(events[i], UserUttered)), 0)
    if cut == 0:
        return events
    return _summary(events[:cut], events[cut].timestamp, sender_id, slots) + events[cut:]


def _summary(events: list[Event], timestamp: float, sender_id: str, slots: Iterable[Slot]) -> list[Event]:
    then = DialogueStateTracker.from_events(sender_id, events, slots=slots)
    summary: list[Event] = [SessionStarted(timestamp)]
    summary += [
        SlotSet(slot.name, slot.value, timestamp) for slot in then.slots.values() if slot.value != slot.initial_value
    ]
    if then.active_loop_name:
        summary.append(ActiveLoop(then.active_loop_name, timestamp))
        if then.is_active_loop_rejected:
            summary.append(ActionExecutionRejected(then.active_loop_name, timestamp=timestamp))
    summary.append(ActionExecuted(ACTION_LISTEN_NAME, timestamp=timestamp))
    return summary


def _slim(event: dict[str, Any]) -> dict[str, Any]:
    slim = {key: value for key, value in event.items() if value is not None and key not in _UNUSED}
    metadata = {key: value for key, value in (slim.pop("metadata", None) or {}).items() if key not in _STAMPS}
    if metadata:
        slim["metadata"] = metadata
    if "value" not in slim and event.get("event") == "slot":
        slim["value"] = None
    if event.get("event") == "active_loop":
        slim["name"] = event.get("name")
    if event.get("event") == "user":
        parsed = event.get("parse_data") or {}
        slim["parse_data"] = {key: parsed[key] for key in _PARSE_KEYS if parsed.get(key) is not None}
    return slim
