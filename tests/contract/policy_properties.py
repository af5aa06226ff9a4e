"""Runs in the engine's environment: our rule policy predicts what Rasa's own predicts, in every state it can meet."""

from __future__ import annotations

import json
import random
import sys
import tarfile
from typing import Any

from bot.engine.runtime import lean

lean.quiet()
lean.leave_out("")

from rasa.core.policies.rule_policy import (  # noqa: E402  # after what is left out
    RULES,
    RULES_FOR_LOOP_UNHAPPY_PATH,
    RulePolicy,
)

from bot.engine.runtime.policy import IndexedRulePolicy  # noqa: E402


def lookups(model: str) -> dict[str, dict[str, str]]:
    """The rules that a model has learned."""
    with tarfile.open(model) as archive:
        name = next(name for name in archive.getnames() if name.endswith("rule_policy.json"))
        file = archive.extractfile(name)
        assert file is not None
        learned: dict[str, dict[str, str]] = json.loads(file.read())["lookup"]
    return learned


def states(rng: random.Random, vocabulary: dict[str, list[Any]]) -> list[dict[str, Any]]:
    """A conversation's states; often such as rules begin with."""
    made = []
    for number in range(rng.randrange(1, 6)):
        state: dict[str, Any] = {}
        if number or rng.random() < 0.8:
            state["prev_action"] = {"action_name": rng.choice(vocabulary["actions"])}
            if rng.random() < 0.8:
                state["user"] = {"intent": rng.choice(vocabulary["intents"])}
        loop = rng.choice(vocabulary["loops"])
        if loop:
            state["active_loop"] = {"name": loop}
        if rng.random() < 0.3:
            state["slots"] = {"requested_slot": (1.0,)}
        made.append(state)
    return made


def main() -> None:
    """Compare the rules that both find."""
    learned = lookups(sys.argv[1])
    keys = [rule for name in (RULES, RULES_FOR_LOOP_UNHAPPY_PATH) for key in learned[name] for rule in json.loads(key)]
    vocabulary = {
        "actions": sorted({rule.get("prev_action", {}).get("action_name", "action_x") for rule in keys} | {"action_x"}),
        "intents": sorted({rule.get("user", {}).get("intent", "x") for rule in keys}),
        "loops": [None, "report_form", "should_not_be_set"],
    }
    ours = IndexedRulePolicy.__new__(IndexedRulePolicy)
    found = 0
    rng = random.Random(1)  # a test's own dice
    for _ in range(4000):
        conversation = states(rng, vocabulary)
        for name in (RULES, RULES_FOR_LOOP_UNHAPPY_PATH):
            theirs = RulePolicy._get_possible_keys(ours, learned[name], conversation)
            assert ours._get_possible_keys(learned[name], conversation) == theirs, conversation
            found += bool(theirs)
    print(json.dumps({"rules": len(learned[RULES]), "found": found}))


if __name__ == "__main__":
    main()
