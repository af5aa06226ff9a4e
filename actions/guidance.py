"""Guidance in place of a report: emergencies, crimes, denunciations, complaints against decisions.

A denunciation's outcome carries `forget`: its words must stay neither in the message log nor in the tracker.
"""

from __future__ import annotations

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions import services
from actions.saying import Events, entity, outcome, say


class ActionGuide(Action):  # type: ignore[misc]  # rasa-sdk has no type information
    """The number first, or the right way to turn to."""

    def name(self) -> str:
        """As in the domain."""
        return "action_guide"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, _domain: dict[str, Any]) -> Events:
        """Guide."""
        intent = str((tracker.latest_message.get("intent") or {}).get("name") or "")
        for line in services.current().desk.guidance.of(intent, entity(tracker, "emergency_kind")):
            say(dispatcher, line)
        outcome(dispatcher, "guided", forget=intent == "denunciation")
        return []
