"""The component that lets plain words overrule or sharpen the classifier."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.extractors.extractor import EntityExtractorMixin
from rasa.shared.nlu.constants import (
    ENTITIES,
    ENTITY_ATTRIBUTE_END,
    ENTITY_ATTRIBUTE_START,
    ENTITY_ATTRIBUTE_TYPE,
    ENTITY_ATTRIBUTE_VALUE,
    INTENT,
    TEXT,
)
from rasa.shared.nlu.training_data.message import Message

from bot.engine.nlu import fingerprint
from bot.engine.nlu.classifier import PARTS, RANKING
from bot.engine.nlu.decide import ASK, Decision, Entity, Weights, decide

REPORT = "report_"
QUESTION = "question"
"""The entity that holds a question asked beside a report; the actions look whether it names a procedure."""
_SURE = 0.85


def _chances(ranking: list[dict[str, Any]]) -> dict[str, float]:
    return {entry["name"]: entry["confidence"] for entry in ranking}


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=False)
class CueRefiner(GraphComponent, EntityExtractorMixin):  # type: ignore[misc]  # Rasa has no types
    """Safety words first, then codes, kinds of wishes and aspects (see `decide`).

    It only ever chooses among the intents that the classifier was trained on: with another data set, whose intents
    carry other names, it changes nothing and finds codes only.
    """

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """What may be set in config.yml: every weight of `decide.Weights`, and how much is reported."""
        return {
            "ranking_length": 10,  # how many intents are reported
            "enabled": True,  # false: leave every message as the classifier understood it
            **{weight.name: weight.default for weight in fields(Weights)},
        }

    def __init__(self, config: dict[str, Any]) -> None:
        """Keep the settings."""
        settings = {**self.get_default_config(), **config}
        self._enabled = bool(settings["enabled"])
        self._ranking_length = int(settings["ranking_length"])
        self._weights = Weights(**{weight.name: float(settings[weight.name]) for weight in fields(Weights)})

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> CueRefiner:
        """A component; there is nothing to train."""
        return cls(config)

    def process(self, messages: list[Message]) -> list[Message]:
        """Refine the intent of each message and add the entities found."""
        for message in messages:
            text = message.get(TEXT)
            ranking = message.get(RANKING) or []
            if not text or not ranking or not self._enabled:
                continue
            decision = decide(text, _chances(ranking), self._weights)
            decision = self._both(text, decision, message.get(PARTS) or [])
            message.set(INTENT, {"name": decision.intent, "confidence": decision.confidence}, add_to_output=True)
            reported = decision.ranking[: self._ranking_length]
            message.set(RANKING, [{"name": n, "confidence": c} for n, c in reported], add_to_output=True)
            found = [
                {
                    ENTITY_ATTRIBUTE_TYPE: entity.name,
                    ENTITY_ATTRIBUTE_VALUE: entity.value,
                    ENTITY_ATTRIBUTE_START: entity.start,
                    ENTITY_ATTRIBUTE_END: entity.end,
                }
                for entity in decision.entities
            ]
            if found:
                message.set(ENTITIES, [*message.get(ENTITIES, []), *self.add_extractor_name(found)], add_to_output=True)
        return messages

    def _both(self, text: str, decision: Decision, parts: list[tuple[int, int, list[dict[str, Any]]]]) -> Decision:
        """A message that reports something and asks something: the report, with the question as an entity."""
        if not decision.intent.startswith((ASK, REPORT)):
            return decision
        read = [
            (start, end, decide(text[start:end], _chances(ranking), self._weights)) for start, end, ranking in parts
        ]
        asked = [part for part in read if part[2].intent.startswith(ASK) and part[2].confidence >= _SURE]
        told = [part for part in read if part[2].intent.startswith(REPORT) and part[2].confidence >= _SURE]
        if not asked or not told:
            return decision
        start, end, question = asked[0]
        report = told[0][2]
        found = [Entity(QUESTION, text[start:end].strip(" ,.;"), start, end)]
        if (aspect := question.intent.removeprefix(ASK)) != "overview":
            found.append(Entity("aspect", aspect, start, end))
        return Decision(report.intent, report.confidence, decision.ranking, [*report.entities, *found])

    @classmethod
    def fingerprint_addon(cls, config: dict[str, Any]) -> str | None:
        """A digest of the helpers: Rasa's cache would not see that they changed."""
        return fingerprint.of_sources()
