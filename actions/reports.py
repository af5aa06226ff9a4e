"""Reports ("phản ánh, kiến nghị"): the form, filing, cancelling.

For the engine's side (domain.yml, nlu_data/rules.yml):

Form `report_form`, required_slots in this order:
    report_category, report_description, report_details, report_place, report_ward, report_similar, report_photos,
    report_contact, report_confirm

Slots (all `influence_conversation: false`, `mappings: [{type: custom}]`):
    report_category     text   category code of the locality file
    report_description  text   masked text
    report_details      any    answers to the category's own questions, by code
    report_place        text   masked text; "-" when the citizen cannot say
    report_at           any    [latitude, longitude] where they were shared
    report_ward         any    `bot.tickets.draft.Spot`: the ward, or what is open about it
    report_similar      any    `bot.tickets.draft.Likeness`: open reports that may be the same
    report_photos       any    keys of pictures; empty: asked and declined
    report_contact      any    {"name", "phone", "email"} with tokens, or {"anonymous": true}
    report_confirm      text   "edit" while choosing what to correct; when over: "yes", "cancel", "join:<code>", or
                               the closing intent (denunciation, complaint_decision)
    report_turn         text   id of the last message that the form has read
    last_ticket         text   code of the ticket filed last
    asked_ticket        text   code whose PIN we asked for
    asked_words         any    {"kind": "reply" | "reopen", "code", "text"}: what the next text is wanted for; text:
                               an answer that waits for "yes"

Actions:
    validate_report_form
    action_ask_report_form_<slot>   one for each of the required slots
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
`form:<choice>` the entity `choice`; for a picture or a shared place the entities `photo`, `location`),
`latest_message.entities`, `latest_message.metadata`, and
`latest_message.gated_from` (the classifier's intent where the engine's gate put `inform`).

A PIN alone: after we asked for a PIN (slot asked_ticket), citizens answer with six bare digits ("123456", "pin
123456"). The engine should give such a whole message the intent `ticket_status`.

Words: after a turn that set asked_words, and where the relay says that an officer's question may be answered
(`metadata.question`), the engine gives a text that is plainly nothing else the intent `ticket_status` with
`gated_from`.

Outcome keys beyond the plan: `"forget": true` in an outcome (denunciations) asks for the message's body
to be replaced by "[không lưu]" in the message log; the engine passes it on as top-level `"forget": true`.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import ActionExecutionRejected, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions import services
from actions.answers import answer_beside
from actions.saying import Events, conversation_of, entity, message_id, metadata, outcome, say
from bot.storage.database import sessions
from bot.tickets import NewReport, details
from bot.tickets.contacts import Contact
from bot.tickets.draft import (
    CANCEL,
    CATEGORY,
    CONFIRM,
    CONTACT,
    DESCRIPTION,
    DETAILS,
    PHOTOS,
    PLACE,
    SIMILAR,
    SLOTS,
    UNKNOWN_PLACE,
    WARD,
    YES,
    Draft,
    Step,
)
from bot.tickets.gate import Heard, heard
from bot.tickets.photos import Photos
from bot.tickets.place_names import NameTable
from bot.tickets.settling import Settling, address, joins

FORM = "report_form"
REQUESTED = "requested_slot"
TURN = "report_turn"
LAST = "last_ticket"
WANTS = {PLACE: "location", CONTACT: "contact"}
"""What one press can answer on some channels."""


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
        answered: Events = []
        if asked:
            step = desk.intake.listen(before, asked, message)
        else:
            answered, question = await answer_beside(dispatcher, tracker)
            step = desk.intake.begin(replace(message, text=message.text.replace(question, "", 1).strip(" ,.;")))
        if step.interrupted:
            return [turn, ActionExecutionRejected(FORM)]
        step = await settled(step, before, tracker)
        for note in step.notes:
            dispatcher.utter_message(text=desk.texts.say(note))
        if step.asked and step.draft.category != before.category:
            for line in desk.intake.opening(step.draft):
                dispatcher.utter_message(text=line)
        return [turn, *answered, *slots_of(step)]


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
        outcome(dispatcher, "form", category=draft.category, wants=WANTS.get(self.slot))
        return []


class AskReportCategory(AskReport):
    """What is it about?"""

    slot = CATEGORY


class AskReportDescription(AskReport):
    """What happened?"""

    slot = DESCRIPTION


class AskReportDetails(AskReport):
    """What the category asks besides."""

    slot = DETAILS


class AskReportPlace(AskReport):
    """Where?"""

    slot = PLACE


class AskReportWard(AskReport):
    """Is it this ward? Which one? Another place is responsible."""

    slot = WARD


class AskReportSimilar(AskReport):
    """Is it the same as an open report nearby?"""

    slot = SIMILAR


class AskReportPhotos(AskReport):
    """A picture?"""

    slot = PHOTOS


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
        emptied = [SlotSet(name, None) for name in (*SLOTS, TURN)]
        if draft.confirm != YES:
            await photos().forget(conversation_of(tracker))
            return [*close(dispatcher, draft), *emptied]
        key = f"{conversation_of(tracker)}:{message_id(tracker)}"
        held = await photos().waiting(conversation_of(tracker), draft.photos or ())
        ticket = await here.tickets.file(report_of(tracker, replace(draft, photos=held)), key)
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
        photo=entity(tracker, "photo") if name == "report" else None,
        location=entity(tracker, "location") if name == "report" else None,
    )


def draft_of(tracker: Tracker) -> Draft:
    """The report as the slots hold it."""
    return Draft.of(tracker.slots)


def slots_of(step: Step) -> Events:
    """A step as slots; a question to ask next, or none when the form is over."""
    return [*(SlotSet(name, value) for name, value in step.draft.slots().items()), SlotSet(REQUESTED, step.asked)]


def photos() -> Photos:
    """The pictures."""
    here = services.current()
    return Photos(here.database, here.settings)


async def settled(step: Step, before: Draft, tracker: Tracker) -> Step:
    """The step with what the database knows: the ward, similar reports, whether a joined one still lives."""
    here = services.current()
    made, desk = sessions(here.database), here.desk
    settling = Settling(made, NameTable(made), photos(), locality=desk.locality, texts=desk.texts, intake=desk.intake)
    if code := joins(step.draft):
        joined = await here.tickets.join(code, conversation_of(tracker))
        return step if joined else settling.not_joined(step.draft)
    return await settling.settle(step, before, conversation=conversation_of(tracker), channel=channel_of(tracker))


def channel_of(tracker: Tracker) -> str:
    """The channel of the message."""
    return str(metadata(tracker).get("channel") or "unknown")


def report_of(tracker: Tracker, draft: Draft) -> NewReport:
    """The confirmed draft as a report."""
    locality = services.current().desk.locality
    category = locality.category(draft.category)
    lat, long = draft.at or (None, None)
    return NewReport(
        conversation=conversation_of(tracker),
        channel=channel_of(tracker),
        category=draft.category or "",
        description=draft.description or "",
        place="" if draft.place == UNKNOWN_PLACE else draft.place or "",
        contact=draft.contact or Contact(anonymous=True),
        address=address(draft, locality),
        ward=(draft.spot or {}).get("ward"),
        lat=lat,
        long=long,
        answers=details.final(draft.details),
        photos=() if category and category.photo == "none" else draft.photos or (),
    )


def close(dispatcher: CollectingDispatcher, draft: Draft) -> Events:
    """A report that ends unsent, or joined to another's."""
    desk = services.current().desk
    if code := joins(draft):
        category = desk.locality.category(draft.category)
        buttons = ((desk.texts.say("button_my_tickets"), "menu:status"),)
        label = category.label if category else ""
        say(dispatcher, desk.texts.say("joined", code=code, category=label), buttons=buttons)
        outcome(dispatcher, "lookup", ticket=code, category=draft.category)
    elif draft.confirm in ("denunciation", "complaint_decision"):
        for line in desk.guidance.of(draft.confirm):
            say(dispatcher, line)
        outcome(dispatcher, "guided", forget=draft.confirm == "denunciation")
    else:
        say(dispatcher, desk.texts.say("cancelled"))
        outcome(dispatcher, "smalltalk")
    return []
