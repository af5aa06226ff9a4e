"""Rasa's rule policy, without trying every rule at every step.

Stock `RulePolicy` compares each state of the conversation with each rule, once for the text of
the message and once for its intent. Our rules never name a text, and a rule can only hold when
its last state has the last action and the intent of the conversation; so they are looked up by
these two. What is predicted is the same (`tests/contract/policy_properties.py`).
"""

from __future__ import annotations

import json
from typing import Any

from rasa.core.policies.rule_policy import RulePolicy
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.shared.core.constants import PREVIOUS_ACTION, USER
from rasa.shared.core.domain import Domain, State
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.shared.nlu.constants import ACTION_NAME, INTENT, TEXT

Index = dict[tuple[str | None, str | None], list[tuple[str, list[State]]]]


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.POLICY_WITHOUT_END_TO_END_SUPPORT, is_trainable=True)
class IndexedRulePolicy(RulePolicy):  # type: ignore[misc]  # Rasa carries no types
    """The rule policy; configured as Rasa's own."""

    def _find_action_from_rules(
        self, tracker: DialogueStateTracker, domain: Domain, use_text_for_last_user_input: bool
    ) -> tuple[str | None, str | None, bool]:
        if use_text_for_last_user_input:
            return None, None, False
        found: tuple[str | None, str | None, bool] = super()._find_action_from_rules(tracker, domain, False)
        return found

    def _get_possible_keys(self, lookup: dict[str, str], states: list[State]) -> set[str]:
        last = states[-1]
        action = (last.get(PREVIOUS_ACTION) or {}).get(ACTION_NAME)
        intent = (last.get(USER) or {}).get(INTENT)
        index = self._index(lookup)
        if action is None:  # the very beginning, where Rasa looks at nothing else
            candidates = [rule for at, rules in index.items() if at[0] is None for rule in rules]
        else:
            candidates = [*index.get((action, None), ()), *(index.get((action, intent), ()) if intent else ())]
        return {key for key, rule in candidates if self._holds(key, len(rule), states)}

    def _holds(self, key: str, length: int, states: list[State]) -> bool:
        return all(self._is_rule_applicable(key, back, states[-1 - back]) for back in range(min(length, len(states))))

    def _index(self, lookup: dict[str, str]) -> Index:
        """The rules of a lookup by the action and the intent of their last state."""
        known: dict[int, tuple[int, Index]] = self.__dict__.setdefault("_indexes", {})
        size, index = known.get(id(lookup), (-1, {}))
        if size != len(lookup):  # while rules are checked in training, some are taken out
            index = {}
            for key in lookup:
                rule: list[dict[str, Any]] = json.loads(key)
                last = rule[-1]
                user = last.get(USER) or {}
                if TEXT in user:
                    raise ValueError(f"a rule names a text, which this policy does not look at: {user[TEXT]!r}")
                at = ((last.get(PREVIOUS_ACTION) or {}).get(ACTION_NAME), user.get(INTENT))
                index.setdefault(at, []).append((key, rule))
            known[id(lookup)] = (len(lookup), index)
        return index
