"""The office: hours and addresses, a human, and the citizen's own data."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions import services
from actions.answers import question_of, utter
from actions.saying import Events, conversation_of, outcome, say
from bot.conversations.desk.opening import prospects
from bot.conversations.desk.telling import LEAVE
from bot.tickets.draft import CANCEL, CONFIRM, SLOTS
from bot.tickets.office import wants_erasure
from bot.tickets.photos import Photos


class ActionOffice(Action):  # type: ignore[misc]  # rasa-sdk has no type information
    """Opening hours, or address and telephone."""

    def name(self) -> str:
        """As in the domain."""
        return "action_office"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, _domain: dict[str, Any]) -> Events:
        """Tell; what staff have written for just this question goes first."""
        here = services.current()
        question = question_of(tracker, here.locality.now().date(), here.locality.province.name)
        if (written := here.answers.written(question)) is not None:
            return utter(dispatcher, written)
        office, message = here.desk.office, tracker.latest_message
        asked = str(message.get("text") or "")
        hours = (message.get("intent") or {}).get("name") == "hours"
        say(dispatcher, office.hours(asked) if hours else office.contact(asked))
        outcome(dispatcher, "smalltalk")
        return []


class ActionHandoff(Action):  # type: ignore[misc]  # as above
    """A human: where one can be reached; the wish is recorded for staff."""

    def name(self) -> str:
        """As in the domain."""
        return "action_handoff"

    async def run(self, dispatcher: CollectingDispatcher, _tracker: Tracker, _domain: dict[str, Any]) -> Events:
        """Tell; where a person can come now, they are called into the conversation."""
        here = services.current()
        office = here.desk.office
        chance = await prospects(here.database) if here.settings.live_chat == "on" else None
        live = chance is not None and chance.staffed and office.is_open()
        if live and chance is not None:
            leave = (here.desk.texts.say("button_leave"), LEAVE)
            say(dispatcher, office.handoff_live(chance.usual), buttons=[leave])
        else:
            say(dispatcher, office.handoff_closed() if chance and chance.staffed else office.handoff())
        outcome(dispatcher, "handoff", unresolved={"reason": "handoff"}, live=live)
        return []


class ActionPrivacy(Action):  # type: ignore[misc]  # as above
    """What is kept; and at a request to delete, everything that this conversation holds back is deleted at once."""

    def name(self) -> str:
        """As in the domain."""
        return "action_privacy"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, _domain: dict[str, Any]) -> Events:
        """Tell, or delete and tell."""
        here, conversation = services.current(), conversation_of(tracker)
        events: Events = []
        if wants_erasure(str(tracker.latest_message.get("text") or "")):
            await here.tickets.forget(conversation)
            await Photos(here.database, here.settings).forget(conversation)
            kept = [ticket.code for ticket in await here.tickets.mine(conversation)]
            say(dispatcher, here.desk.office.erased(kept))
            events = [SlotSet(name, None) for name in SLOTS]
            if tracker.active_loop.get("name"):
                # The form comes back after this; it finds its report gone and ends.
                events.append(SlotSet(CONFIRM, CANCEL))
        else:
            say(dispatcher, here.desk.office.privacy())
        outcome(dispatcher, "privacy")
        return events
