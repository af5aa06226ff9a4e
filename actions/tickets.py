"""Reports already filed, and dossiers: status by conversation or by code and PIN, and the buttons of a ticket."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions import services
from actions.saying import Events, conversation_of, entity, metadata, outcome, say
from bot.tickets.follow_up import code_and_pin
from bot.tickets.told import wanted

ASKED = "asked_ticket"
WORDS = "asked_words"


class ActionTicketStatus(Action):  # type: ignore[misc]  # rasa-sdk has no type information
    """The status of a report, and what its citizen says about it."""

    def name(self) -> str:
        """As in the domain."""
        return "action_ticket_status"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, _domain: dict[str, Any]) -> Events:
        """Show, change, or ask for what is needed."""
        text = str(tracker.latest_message.get("text") or "")
        code, pin = code_and_pin(text, entity(tracker, "ticket_code"), tracker.slots.get(ASKED))
        told = await services.current().follow_up.heard(
            conversation_of(tracker),
            code=code,
            pin=pin,
            choice=entity(tracker, "choice"),
            text=text,
            wanted=wanted(tracker.slots.get(WORDS)),
            # The engine says so where the text means nothing else.
            question=metadata(tracker).get("question") if tracker.latest_message.get("gated_from") else None,
            photo=entity(tracker, "photo"),
            location=entity(tracker, "location"),
        )
        say(dispatcher, told.text, buttons=told.buttons)
        outcome(dispatcher, "lookup", ticket=told.ticket)
        return [SlotSet(ASKED, told.asked), SlotSet(WORDS, told.wanted)]


class ActionDossierStatus(Action):  # type: ignore[misc]  # as above
    """How to look up a dossier."""

    def name(self) -> str:
        """As in the domain."""
        return "action_dossier_status"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, _domain: dict[str, Any]) -> Events:
        """Tell the way."""
        say(dispatcher, services.current().desk.office.dossier(entity(tracker, "dossier_code")))
        outcome(dispatcher, "lookup")
        return []
