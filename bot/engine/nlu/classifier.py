"""The intent classifier as a graph component."""

from __future__ import annotations

from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.classifiers.classifier import IntentClassifier
from rasa.shared.nlu.constants import INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.engine.nlu import fingerprint
from bot.engine.nlu.clauses import parts
from bot.engine.nlu.features import Shape, extract
from bot.engine.nlu.linear import LinearModel, Training
from bot.engine.nlu.recent import normalised

RANKING = "intent_ranking"
PARTS = "parts_ranking"
"""Of a message with several parts: (start, end, ranking) of each."""


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class LinearIntentClassifier(GraphComponent, IntentClassifier):  # type: ignore[misc]  # Rasa has no types
    """Linear classifier of short texts that reads folded and marked words and characters (see `linear`).

    It needs no featurizer: it reads the text of a message, in training and in use.
    """

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """What may be set in config.yml."""
        return {
            "regularisation": 0.3,  # C of the SVMs; smaller is smoother
            "noisy_copies": 2,  # noisy copies made of each training sentence (the first has no diacritics); 0 is none
            "least_documents": 3,  # a feature must occur in so many sentences, copies included
            "held_out": 0.2,  # share of sentences on which the temperature of the probabilities is fitted
            "balance": 0.75,  # how much rare intents are lifted: 0 not at all, 1 until each weighs the same
            "rarity": None,  # exponent of the inverse document frequency; none: found from the sentences (see `rarity`)
            "seed": 20261101,  # of the noise and of the split
            "words": 3,  # longest n-gram of folded words
            "marked_words": 2,  # longest n-gram of words with diacritics
            "shortest_chars": 2,  # of character n-grams inside a word
            "longest_chars": 5,
            "ranking_length": 0,  # how many intents are reported; 0 is all (CueRefiner chooses among all)
        }

    def __init__(
        self, config: dict[str, Any], storage: ModelStorage, resource: Resource, model: LinearModel | None = None
    ) -> None:
        """Keep what the engine gives."""
        self._config = {**self.get_default_config(), **config}
        self._storage = storage
        self._resource = resource
        self._model = model

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> LinearIntentClassifier:
        """An untrained component."""
        return cls(config, model_storage, resource)

    def train(self, training_data: TrainingData) -> Resource:
        """Learn the intents of the training sentences and store the model."""
        examples = [e for e in training_data.intent_examples if e.get(TEXT) and e.get(INTENT)]
        if examples:
            settings = self._config
            training = Training(**{name: settings[name] for name in Training.__dataclass_fields__})
            shape = Shape(**{name: settings[name] for name in Shape.__dataclass_fields__})
            texts, labels = [e.get(TEXT) for e in examples], [e.get(INTENT) for e in examples]
            self._model = LinearModel.train(texts, labels, training, shape)
            with self._storage.write_to(self._resource) as folder:
                self._model.save(folder)
        return self._resource

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> LinearIntentClassifier:
        """The trained component; an untrained one when there was nothing to learn from."""
        try:
            with model_storage.read_from(resource) as folder:
                model = LinearModel.load(folder)
        except ValueError:  # how Rasa says that a resource was never written
            model = None
        return cls(config, model_storage, resource, model)

    def process(self, messages: list[Message]) -> list[Message]:
        """Set the intent and the ranking of each message."""
        for message in messages:
            text = message.get(TEXT)
            if self._model is None or not text:
                message.set(INTENT, {"name": None, "confidence": 0.0}, add_to_output=True)
                message.set(RANKING, [], add_to_output=True)
                continue
            ranking = self._rank(text)
            message.set(INTENT, dict(ranking[0]), add_to_output=True)
            message.set(RANKING, ranking[: self._config["ranking_length"] or None], add_to_output=True)
            message.set(PARTS, [(start, end, self._rank(text[start:end])) for start, end in parts(text)])
        return messages

    def _rank(self, text: str) -> list[dict[str, Any]]:
        assert self._model is not None  # noqa: S101 - both callers have looked
        chances = self._model.probabilities(extract(normalised(text).tokens, self._model.shape))
        return [{"name": self._model.labels[at], "confidence": float(chances[at])} for at in chances.argsort()[::-1]]

    @classmethod
    def fingerprint_addon(cls, config: dict[str, Any]) -> str | None:
        """A digest of the helpers: Rasa's cache would not see that they changed."""
        return fingerprint.of_sources()
