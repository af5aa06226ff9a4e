"""Runs in the engine's environment: random conversations, cut and uncut, must leave the same state behind."""

from __future__ import annotations

import json
import random
from typing import Any

from bot.engine.runtime import lean

lean.quiet()
lean.leave_out("")

from rasa.shared.core import events  # noqa: E402  # after what is left out
from rasa.shared.core.domain import Domain  # noqa: E402
from rasa.shared.core.trackers import DialogueStateTracker  # noqa: E402

from bot.engine.runtime import state  # noqa: E402

DOMAIN = Domain.from_file("domain.yml")
SLOTS = ["procedure", "aspect", "report_place", "requested_slot"]


def turn(rng: random.Random, number: int) -> list[events.Event]:
    """The events of a turn: a question, a step of the form, a digression, the end of the form."""
    made: list[events.Event] = [
        events.UserUttered(f"lời {number}", {"name": "ask_fee", "confidence": 0.9}, [], message_id=str(number)),
        events.DefinePrevUserUtteredFeaturization(False),
    ]
    kind = rng.choice(["question", "form", "digression", "end"])
    if kind in ("form", "digression"):
        made += [events.ActiveLoop("report_form")]
    if kind == "digression":
        made += [events.ActionExecutionRejected("report_form"), events.LoopInterrupted(True)]
    if kind == "end":
        made += [events.ActiveLoop(None), events.SlotSet("requested_slot", None)]
    made += [events.ActionExecuted("report_form" if kind == "form" else "action_answer", "RulePolicy", 1.0)]
    made += [events.SlotSet(rng.choice(SLOTS), rng.choice([None, "x", str(number)])) for _ in range(rng.randrange(4))]
    made += [events.BotUttered(f"trả lời {number}"), events.ActionExecuted("action_listen")]
    return made


def seen(tracker: DialogueStateTracker) -> dict[str, Any]:
    """What a later turn can see of a tracker."""
    loop = tracker.active_loop
    return {
        "slots": tracker.current_slot_values(),
        "loop": (loop.name, loop.rejected, loop.is_interrupted) if loop else None,
        "said": (tracker.latest_message.text, tracker.latest_message.intent, tracker.latest_message.message_id),
        "action": tracker.latest_action_name,
        "channel": tracker.get_latest_input_channel(),
    }


def main() -> None:
    """Compare a tracker that went through storage after every turn with one that never did."""
    longest = 0
    for seed in range(60):
        rng = random.Random(seed)  # a test's own dice
        begin = [events.SessionStarted(), events.ActionExecuted("action_listen")]
        whole = DialogueStateTracker.from_events("x", list(begin), DOMAIN.slots)
        stored = DialogueStateTracker.from_events("x", list(begin), DOMAIN.slots)
        for number in range(rng.randrange(1, 40)):
            made = turn(rng, number)
            whole.update_with_events(made, DOMAIN)
            stored.update_with_events(made, DOMAIN)
            text = json.dumps(state.encode(stored, DOMAIN.slots))
            stored = state.decode("x", json.loads(text), DOMAIN.slots)
            longest = max(longest, len(stored.events))
            assert seen(stored) == seen(whole), (seed, number, seen(stored), seen(whole))
    print(json.dumps({"longest": longest}))


if __name__ == "__main__":
    main()
