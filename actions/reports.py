"""Reports ("phản ánh, kiến nghị"): the form, filing, cancelling.

For the engine's side (domain.yml, nlu_data/rules.yml):

Form `report_form`, required_slots in this order:
    report_category, report_description, report_place, report_contact, report_confirm

Slots (all `influence_conversation: false`, `mappings: [{type: custom}]`):
    report_category     text   category code of the locality file
    report_description  text   masked text
    report_place        text   masked text; "-" when the citizen cannot say
    report_contact      any    {"name", "phone", "email"} with tokens, or {"anonymous": true}
    report_confirm      text   "edit" while choosing what to correct; when over: "yes", "cancel", or the closing
                               intent (denunciation, complaint_decision)
    report_turn         text   id of the last message that the form has read
    last_ticket         text   code of the ticket filed last
    asked_ticket        text   code whose PIN we asked for

Actions:
    validate_report_form
    action_ask_report_form_report_category      action_ask_report_form_report_description
    action_ask_report_form_report_place         action_ask_report_form_report_contact
    action_ask_report_form_report_confirm
    action_file_report      the form's submit action: files on "yes", says goodbye on "cancel", guides on a
                            closing intent, and always empties the report slots
    action_cancel_report    "hủy" while no report is being written
    action_ticket_status    action_dossier_status

Rules wanted:
    - intent: report | report_<any category>          → report_form, active_loop: report_form
    - condition: active_loop: report_form
      action: report_form, active_loop: null, requested_slot: null → action_file_report
    - digressions. Inside the form, `validate_report_form` reads every message first; what is clearly
      something else it rejects (ActionExecutionRejected), and then a rule of the intent is expected:
        condition: active_loop: report_form; intent: X → (action of X) → report_form, active_loop: report_form
      The form then asks its open question again by itself. X is one of `bot.tickets.DIGRESSIONS`: all ask_*,
      pick, emergency, crime, ticket_status, dossier_status, handoff, privacy, hours, contact, capabilities,
      bot_challenge, abuse, other_language, greet, thanks. A denunciation or a complaint against a decision
      ends the form instead; action_file_report then guides.
      All other intents in the form (inform, affirm, deny, cancel, form_choice, report*, nlu_fallback,
      goodbye, out_of_scope …) are always taken by the form; no rule is needed for them inside it.
    - outside the form: intent cancel → action_cancel_report; intent form_choice (a button of a report
      that is over) → action_cancel_report.

What the actions read: `latest_message.intent.name` and `.confidence`, `latest_message.text` (masked text; for
`form:<choice>` the entity `choice`), `latest_message.entities`, `latest_message.metadata`, and
`latest_message.gated_from` (the classifier's intent where the engine's gate put `inform`).

A PIN alone: after we asked for a PIN (slot asked_ticket), citizens answer with six bare digits ("123456", "pin
123456"). The engine should give such a whole message the intent `ticket_status`.

Outcome keys beyond the plan: `"forget": true` in an outcome (denunciations) asks for the message's body
to be replaced by "[không lưu]" in the message log; the engine passes it on as top-level `"forget": true`.
"""

from __future__ import annotations

from typing import Any, cast

from rasa_sdk import Action, Tracker
from rasa_sdk.events import ActionExecutionRejected, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions import services
from actions.saying import Events, conversation_of, entity, message_id, metadata, outcome, say
from bot.tickets import NewReport
from bot.tickets.contacts import Contact
from bot.tickets.draft import (
    CANCEL,
    CATEGORY,
    CONFIRM,
    CONTACT,
    DESCRIPTION,
    PLACE,
    QUESTIONS,
    UNKNOWN_PLACE,
    YES,
    Draft,
    Step,
)
from bot.tickets.gate import Heard, heard

FORM = "report_form"
REQUESTED = "requested_slot"
TURN = "report_turn"
LAST = "last_ticket"


class ValidateReportForm(Action):  # type: ignore[misc]  # rasa-sdk has no type information
    """Reads every message of the form: fills the draft, or lets what is no answer pass to its own rule."""

    def name(self) -> str:
        """As in the domain."""
        return f"validate_{FORM}"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, _domain: dict[str, Any]) -> Events:
        """Take the message in, once."""
        desk = services.current().desk
        asked = tracker.slots.get(REQUESTED)
        turn = SlotSet(TURN, message_id(tracker))
        if asked and tracker.slots.get(TURN) == message_id(tracker):
            # Back from a digression: the message has been read, the question stays, unless the report was erased.
            return [SlotSet(REQUESTED, None if draft_of(tracker).confirm == CANCEL else asked)]
        before = draft_of(tracker) if asked else Draft()
        message = heard_of(tracker)
        step = desk.intake.listen(before, asked, message) if asked else desk.intake.begin(message)
        if step.interrupted:
            return [turn, ActionExecutionRejected(FORM)]
        for note in step.notes:
            dispatcher.utter_message(text=desk.texts.say(note))
        if step.asked and step.draft.category != before.category:
            for line in desk.intake.opening(step.draft):
                dispatcher.utter_message(text=line)
        return [turn, *slots_of(step)]


class AskReport(Action):  # type: ignore[misc]  # as above
    """Asks one question of the form."""

    slot = ""

    def name(self) -> str:
        """As in the domain."""
        return f"action_ask_{FORM}_{self.slot}"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, _domain: dict[str, Any]) -> Events:
        """Ask."""
        draft = draft_of(tracker)
        question = services.current().desk.intake.question(draft, self.slot)
        say(dispatcher, question.text, buttons=question.buttons)
        outcome(dispatcher, "form", category=draft.category)
        return []


class AskReportCategory(AskReport):
    """What is it about?"""

    slot = CATEGORY


class AskReportDescription(AskReport):
    """What happened?"""

    slot = DESCRIPTION


class AskReportPlace(AskReport):
    """Where?"""

    slot = PLACE


class AskReportContact(AskReport):
    """Who may be called back?"""

    slot = CONTACT


class AskReportConfirm(AskReport):
    """The summary: send, correct, cancel?"""

    slot = CONFIRM


class ActionFileReport(Action):  # type: ignore[misc]  # as above
    """The end of the form: files, says that nothing was sent, or guides."""

    def name(self) -> str:
        """As in the domain."""
        return "action_file_report"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, _domain: dict[str, Any]) -> Events:
        """End the report; a repeated call files once."""
        here, draft = services.current(), draft_of(tracker)
        emptied = [SlotSet(name, None) for name in (*QUESTIONS, TURN)]
        if draft.confirm != YES:
            return [*close(dispatcher, draft), *emptied]
        key = f"{conversation_of(tracker)}:{message_id(tracker)}"
        ticket = await here.tickets.file(report_of(tracker, draft), key)
        say(dispatcher, here.desk.filed(ticket), buttons=((here.desk.texts.say("button_my_tickets"), "menu:status"),))
        outcome(dispatcher, "filed", category=ticket.category, ticket=ticket.code)
        return [*emptied, SlotSet(LAST, ticket.code)]


class ActionCancelReport(Action):  # type: ignore[misc]  # as above
    """ "Hủy", or an old button, while no report is being written."""

    def name(self) -> str:
        """As in the domain."""
        return "action_cancel_report"

    async def run(self, dispatcher: CollectingDispatcher, _tracker: Tracker, _domain: dict[str, Any]) -> Events:
        """Say so."""
        say(dispatcher, services.current().desk.texts.say("nothing_to_cancel"))
        outcome(dispatcher, "smalltalk")
        return []


def heard_of(tracker: Tracker) -> Heard:
    """The latest message."""
    message = tracker.latest_message
    intent = message.get("intent") or {}
    name = str(intent.get("name") or "")
    return heard(
        message.get("text"),
        name,
        float(intent.get("confidence") or 0.0),
        entity(tracker, "choice") if name == "form_choice" else None,
        message.get("gated_from"),
    )


def draft_of(tracker: Tracker) -> Draft:
    """The report as the slots hold it."""
    slots = tracker.slots
    contact = slots.get(CONTACT)
    return Draft(
        category=slots.get(CATEGORY),
        description=slots.get(DESCRIPTION),
        place=slots.get(PLACE),
        contact=cast(Contact, contact) if isinstance(contact, dict) else None,
        confirm=slots.get(CONFIRM),
    )


def slots_of(step: Step) -> Events:
    """A step as slots; a question to ask next, or none when the form is over."""
    draft = step.draft
    values = (draft.category, draft.description, draft.place, draft.contact, draft.confirm)
    slots = [SlotSet(name, value) for name, value in zip(QUESTIONS, values, strict=True)]
    return [*slots, SlotSet(REQUESTED, step.asked)]


def report_of(tracker: Tracker, draft: Draft) -> NewReport:
    """The confirmed draft as a report."""
    return NewReport(
        conversation=conversation_of(tracker),
        channel=str(metadata(tracker).get("channel") or "unknown"),
        category=draft.category or "",
        description=draft.description or "",
        place="" if draft.place == UNKNOWN_PLACE else draft.place or "",
        contact=draft.contact or Contact(anonymous=True),
    )


def close(dispatcher: CollectingDispatcher, draft: Draft) -> Events:
    """A report that ends unsent."""
    desk = services.current().desk
    if draft.confirm in ("denunciation", "complaint_decision"):
        for line in desk.guidance.of(draft.confirm):
            say(dispatcher, line)
        outcome(dispatcher, "guided", forget=draft.confirm == "denunciation")
    else:
        say(dispatcher, desk.texts.say("cancelled"))
        outcome(dispatcher, "smalltalk")
    return []
