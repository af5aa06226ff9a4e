"""Reports ("phản ánh, kiến nghị"): the form, filing, cancelling, and the status of tickets and dossiers.

For the engine's side (domain.yml, nlu_data/rules.yml):

Form `report_form`, required_slots in this order:
    report_category, report_description, report_place, report_contact, report_confirm

Slots (all `influence_conversation: false`, `mappings: [{type: custom}]`):
    report_category     text   category code of the locality file
    report_description  text   masked text
    report_place        text   masked text; "-" when the citizen cannot say
    report_contact      any    {"name", "phone", "email"} with tokens, or {"anonymous": true}
    report_confirm      text   "edit" while choosing what to correct, "yes", "cancel"
    report_turn         text   id of the last message that the form has read
    last_ticket         text   code of the ticket filed last
    asked_ticket        text   code whose PIN we asked for

Actions:
    validate_report_form
    action_ask_report_form_report_category      action_ask_report_form_report_description
    action_ask_report_form_report_place         action_ask_report_form_report_contact
    action_ask_report_form_report_confirm
    action_file_report      the form's submit action: files on "yes", says goodbye on "cancel",
                            and always empties the report slots
    action_cancel_report    "hủy" while no report is being written
    action_ticket_status    action_dossier_status

Rules wanted:
    - intent: report | report_<any category>          → report_form, active_loop: report_form
    - condition: active_loop: report_form
      action: report_form, active_loop: null, requested_slot: null → action_file_report
    - digressions. Inside the form, `validate_report_form` reads every message first; what is clearly
      something else it rejects (ActionExecutionRejected), and then a rule of the intent is expected:
        condition: active_loop: report_form; intent: X → (action of X) → report_form, active_loop: report_form
      The form then asks its open question again by itself. X is one of `DIGRESSIONS` of
      bot/tickets/intake.py: all ask_*, pick, emergency, crime, denunciation, complaint_decision,
      ticket_status, dossier_status, handoff, privacy, hours, contact, capabilities, bot_challenge,
      abuse, other_language, greet, thanks.
      All other intents in the form (inform, affirm, deny, cancel, form_choice, report*, nlu_fallback,
      goodbye, out_of_scope …) are always taken by the form; no rule is needed for them inside it.
    - outside the form: intent cancel → action_cancel_report; intent form_choice (a button of a report
      that is over) → action_cancel_report.

What the actions read: `latest_message.intent.name` and `.confidence`, `latest_message.text` (masked text; for
`form:<choice>` the entity `choice`), `latest_message.entities`, `latest_message.metadata`.

A PIN alone: after we asked for a PIN (slot asked_ticket), citizens answer with six bare digits ("123456", "pin
123456"). The engine should give such a whole message the intent `ticket_status`.

Outcome keys beyond the plan: `"forget": true` in an outcome (denunciations) asks for the message's body
to be replaced by "[không lưu]" in the message log; the engine passes it on as top-level `"forget": true`.
"""
