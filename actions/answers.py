"""Answers about procedures: slots and entities in, one service call, utterances out."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, cast

from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions import services
from actions.saying import entity
from bot.knowledge.dialogue import Question
from bot.knowledge.records import ASPECTS, Aspect
from bot.knowledge.said import Answer

Events = list[dict[str, Any]]


class ActionAnswer(Action):  # type: ignore[misc]  # rasa-sdk has no type information
    """Every question about a procedure, pressed buttons of answers, and what the engine did not understand."""

    def name(self) -> str:
        """As in the domain."""
        return "action_answer"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, _domain: dict[str, Any]) -> Events:
        """Answer."""
        here = services.current()
        question = question_of(tracker, here.locality.now().date(), here.locality.province.name)
        return utter(dispatcher, await here.answers.answer(question))


class ActionOutOfScope(Action):  # type: ignore[misc]  # as above
    """What is not ours to answer."""

    def name(self) -> str:
        """As in the domain."""
        return "action_out_of_scope"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, _domain: dict[str, Any]) -> Events:
        """Say so, unless staff have answered it."""
        here = services.current()
        question = question_of(tracker, here.locality.now().date(), here.locality.province.name)
        return utter(dispatcher, here.answers.out_of_scope(question))


async def answer_beside(dispatcher: CollectingDispatcher, tracker: Tracker) -> tuple[Events, str]:
    """Answer what a report's message asks besides; the slots, and the text that was answered (empty: none was)."""
    text = entity(tracker, "question")
    if not text:
        return [], ""
    here = services.current()
    question = question_of(tracker, here.locality.now().date(), here.locality.province.name)
    intent = f"ask_{question.aspects[0]}" if question.aspects else "ask_overview"
    answer = await here.answers.answer_beside(replace(question, text=text, intent=intent))
    return (utter(dispatcher, answer), text) if answer else ([], "")


def question_of(tracker: Tracker, today: Any, province: str) -> Question:
    """The question that a tracker holds; whatever does not fit is left out."""
    message, slots = tracker.latest_message, tracker.slots
    entities = [entity for entity in message.get("entities") or () if isinstance(entity.get("value"), str)]
    picked = {entity["entity"]: entity["value"] for entity in entities}
    aspects = [entity["value"] for entity in entities if entity["entity"] == "aspect" and entity["value"] in ASPECTS]
    offered, recent = slots.get("offered"), slots.get("recent")
    last = slots.get("aspect")
    intent = str((message.get("intent") or {}).get("name") or "nlu_fallback")
    return Question(
        text=str(message.get("text") or "") if intent != "pick" else "",
        intent=intent,
        today=today,
        province=province,
        aspects=tuple(cast(Aspect, aspect) for aspect in dict.fromkeys(aspects)),
        procedure=slots.get("procedure"),
        last_aspect=cast(Aspect, last) if last in ASPECTS else None,
        offered=tuple(item for item in offered if isinstance(item, dict)) if isinstance(offered, list) else (),
        recent=tuple(code for code in recent if isinstance(code, str)) if isinstance(recent, list) else (),
        code=picked.get("code"),
        aspect=cast(Aspect, aspects[0]) if aspects else None,
        full=picked.get("full") == "1",
    )


def utter(dispatcher: CollectingDispatcher, answer: Answer) -> Events:
    """Say the replies, report the outcome, set the slots."""
    for reply in answer.replies:
        buttons = [{"title": button.title, "payload": button.payload} for button in reply.buttons]
        dispatcher.utter_message(text=reply.text, buttons=buttons)
    dispatcher.utter_message(json_message={"outcome": answer.outcome})
    return [{"event": "slot", "name": name, "value": value, "timestamp": None} for name, value in answer.slots.items()]
