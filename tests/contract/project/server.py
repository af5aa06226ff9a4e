"""The action server of the contract tests: real rasa-sdk, with actions that fail in every way."""

from __future__ import annotations

import asyncio
import os
import sys
import warnings
from typing import Any

os.environ["SANIC_HOST"] = "127.0.0.1"
warnings.filterwarnings("ignore")

from rasa_sdk import Action  # noqa: E402  # after the filters
from rasa_sdk.endpoint import create_app  # noqa: E402
from rasa_sdk.events import ActionExecutionRejected, FollowupAction, SlotSet  # noqa: E402
from rasa_sdk.executor import ActionExecutor  # noqa: E402


def _action(name: str) -> Any:
    def make(run: Any) -> Any:
        methods = {
            "name": lambda self: name,
            "run": lambda self, dispatcher, tracker, domain: run(dispatcher, tracker, domain),
        }
        return type(name, (Action,), methods)()

    return make


def _outcome(status: str, **more: Any) -> dict[str, Any]:
    return {"outcome": {"status": status, **more}}


@_action("action_answer")
async def answer(dispatcher: Any, tracker: Any, domain: Any) -> list[Any]:
    count = (tracker.get_slot("count") or 0) + 1
    entities = {entity["entity"]: entity["value"] for entity in tracker.latest_message["entities"]}
    dispatcher.utter_message(
        text=f"Câu trả lời {count}",
        buttons=[{"title": "Xem đầy đủ", "payload": "full:1.001193:fee"}],
        json_message=_outcome(
            "answered", aspects=[entities.get("aspect", "fee")], procedures=[entities.get("code", "1.001193")]
        ),
    )
    return [SlotSet("count", count)]


@_action("action_echo")
async def echo(dispatcher: Any, tracker: Any, domain: Any) -> list[Any]:
    message = tracker.latest_message
    dispatcher.utter_message(
        text=f"{message['intent']['name']} {message['metadata']['message_id']} {message['metadata']['channel']}"
        f" {sorted(domain)} {[e['value'] for e in message['entities']]}",
        json_message=_outcome("lookup"),
    )
    return [SlotSet("asked_ticket", "PA-2026-000001")]


@_action("action_slow")
async def slow(dispatcher: Any, tracker: Any, domain: Any) -> list[Any]:
    await asyncio.sleep(0.7)
    count = (tracker.get_slot("count") or 0) + 1
    dispatcher.utter_message(text=f"Chậm {count}", json_message=_outcome("answered"))
    return [SlotSet("count", count)]


@_action("action_hang")
async def hang(dispatcher: Any, tracker: Any, domain: Any) -> list[Any]:
    await asyncio.sleep(60)
    return []


@_action("action_crash")
async def crash(dispatcher: Any, tracker: Any, domain: Any) -> list[Any]:
    raise RuntimeError("on purpose")


@_action("action_silent")
async def silent(dispatcher: Any, tracker: Any, domain: Any) -> list[Any]:
    return [SlotSet("count", 99)]


@_action("action_circle")
async def circle(dispatcher: Any, tracker: Any, domain: Any) -> list[Any]:
    return [FollowupAction("action_circle")]


@_action("action_guide")
async def guide(dispatcher: Any, tracker: Any, domain: Any) -> list[Any]:
    forget = tracker.latest_message["intent"]["name"] == "denunciation"
    dispatcher.utter_message(text="Gọi 114 ngay.", json_message=_outcome("guided", forget=forget))
    return []


@_action("validate_report_form")
async def validate(dispatcher: Any, tracker: Any, domain: Any) -> list[Any]:
    asked = tracker.get_slot("requested_slot")
    since = [event["event"] for event in tracker.events]
    since = since[len(since) - since[::-1].index("user") :]
    if asked is None or "action_execution_rejected" in since:  # called again when the form asks anew
        return []
    if tracker.latest_message["intent"]["name"] == "inform":
        return [SlotSet(asked, tracker.latest_message["text"])]
    return [ActionExecutionRejected("report_form")]


@_action("action_file_report")
async def file_report(dispatcher: Any, tracker: Any, domain: Any) -> list[Any]:
    place, contact = tracker.get_slot("report_place"), tracker.get_slot("report_contact")
    dispatcher.utter_message(
        text=f"Đã ghi: {place} / {contact}", json_message=_outcome("filed", ticket="PA-2026-000001", category="khac")
    )
    return [SlotSet("report_place", None), SlotSet("report_contact", None)]


def main() -> None:
    """Serve the actions on the port that the command line names."""
    executor = ActionExecutor()
    for action in (answer, echo, slow, hang, crash, silent, circle, guide, validate, file_report):
        executor.register_action(action)
    create_app(executor).run(host="127.0.0.1", port=int(sys.argv[1]), single_process=True, access_log=False, motd=False)


if __name__ == "__main__":
    main()
