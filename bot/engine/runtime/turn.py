"""One turn, from a message to a saved response: [load, understand, gate, decide, act, respond, save].

`Engine` composes Rasa's own parts (model, policies, actions, forms) without its `Agent`, whose
way of loading goes on with no model, another model, or a store in memory when something is wrong.
"""

from __future__ import annotations

import asyncio
import logging
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, NoReturn

from rasa.core.actions.action import Action, ActionExecutionRejection
from rasa.core.channels.channel import OutputChannel, UserMessage
from rasa.core.lock_store import InMemoryLockStore
from rasa.core.nlg import TemplatedNaturalLanguageGenerator
from rasa.core.policies.policy import PolicyPrediction
from rasa.core.processor import MessageProcessor
from rasa.core.tracker_store import InMemoryTrackerStore
from rasa.engine.loader import load_predict_graph_runner
from rasa.engine.storage.local_model_storage import LocalModelStorage
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

from bot.engine.runtime import gate, outcome
from bot.engine.runtime.faults import DialogueFailed, TurnRefused
from bot.engine.runtime.graph import SequentialGraphRunner
from bot.engine.runtime.tracker_store import ConversationStore

log = logging.getLogger(__name__)

FORGOTTEN = "[không lưu]"
"""What is stored instead of a message that must not be kept (denunciations)."""


class TurnOutput(OutputChannel):  # type: ignore[misc]  # Rasa carries no types
    """Collects what the actions utter, as it is: Rasa's own collector tears texts at blank lines."""

    def __init__(self) -> None:
        self.utterances: list[dict[str, Any]] = []

    @classmethod
    def name(cls) -> str:
        """The channel's name, by which a domain may hold responses of its own."""
        return "turn"

    async def send_response(self, _recipient_id: str, message: dict[str, Any]) -> None:
        """Take one utterance."""
        self.utterances.append(message)


class _Loud(Action):  # type: ignore[misc]  # Rasa carries no types
    """An action whose failure ends the turn, where Rasa would log it and go on without its events."""

    def __init__(self, action: Action) -> None:
        self._action = action

    def name(self) -> str:
        return str(self._action.name())

    def event_for_successful_execution(self, prediction: PolicyPrediction) -> Any:
        return self._action.event_for_successful_execution(prediction)

    async def run(self, *args: Any, **kwargs: Any) -> Any:
        try:
            return await self._action.run(*args, **kwargs)
        except ActionExecutionRejection:
            raise
        except Exception as error:
            raise DialogueFailed(f"{self.name()}: {type(error).__name__}") from error


RANKED = 4
"""How many readings of a message are kept: the first two of a report's categories are nearly always among them."""


class TurnProcessor(MessageProcessor):  # type: ignore[misc]  # Rasa carries no types
    """Rasa's processor with a gate behind the understanding, and no failure swallowed."""

    @staticmethod
    def _load_model(model_path: Path) -> tuple[str, Any, SequentialGraphRunner]:
        with tempfile.TemporaryDirectory(prefix="mot-cua-model-") as folder:
            metadata, runner = load_predict_graph_runner(
                Path(folder), model_path, LocalModelStorage, SequentialGraphRunner
            )
        return model_path.name, metadata, runner

    async def parse_message(
        self, message: UserMessage, tracker: DialogueStateTracker | None = None, only_output_properties: bool = True
    ) -> dict[str, Any]:
        """Understand a citizen's text, in view of where the conversation is."""
        parsed = await super().parse_message(message, tracker, only_output_properties)
        parsed["intent_ranking"] = parsed.get("intent_ranking", [])[:RANKED]
        return gate.apply(parsed, tracker, question=bool((message.metadata or {}).get("question")))

    def _check_for_unseen_features(self, parse_data: dict[str, Any]) -> None:
        """Nothing: that intents are in the domain was checked at training, and Rasa would only warn."""

    async def take(self, message: UserMessage, tracker: DialogueStateTracker) -> DialogueStateTracker:
        """Let Rasa do everything of a turn but loading and saving."""
        output = message.output_channel
        try:
            await self._update_tracker_session(tracker, output)
            await self._handle_message_with_tracker(message, tracker)
            tracker = await self.run_action_extract_slots(output, tracker)
            await self._run_prediction_loop(output, tracker)
        except Exception as error:
            raise DialogueFailed(type(error).__name__) from error
        return tracker

    async def _run_action(
        self,
        action: Action,
        tracker: DialogueStateTracker,
        output_channel: OutputChannel,
        nlg: Any,
        prediction: PolicyPrediction,
    ) -> bool:
        return bool(await super()._run_action(_Loud(action), tracker, output_channel, nlg, prediction))


class Engine:
    """A loaded model and a store: takes turns, those of one conversation one after the other."""

    def __init__(self, model: Path, store: ConversationStore | None) -> None:
        """Load the model.

        Args:
            model: exactly this file is loaded.
            store: none where nothing but understanding is wanted.
        """
        self.model = model
        self._store = store
        self._locks: dict[str, tuple[asyncio.Lock, int]] = {}
        nlg = TemplatedNaturalLanguageGenerator({})
        self.processor = TurnProcessor(
            model,
            tracker_store=store or InMemoryTrackerStore(Domain.empty()),
            lock_store=InMemoryLockStore(),
            generator=nlg,
            on_circuit_break=_went_in_circles,
        )
        nlg.responses = self.domain.responses
        self.processor.tracker_store.domain = self.domain

    def beside(self, model: Path) -> Engine:
        """An engine with another model: on the same store, and never in one conversation at once with this one."""
        made = Engine(model, self._store and self._store.beside())
        made._locks = self._locks
        return made

    @property
    def domain(self) -> Domain:
        """The domain that the model was trained with."""
        return self.processor.domain

    @property
    def model_id(self) -> str:
        """What Rasa calls this model."""
        return str(self.processor.model_metadata.model_id)

    async def take_turn(
        self,
        conversation: str,
        message_id: str,
        *,
        text: str | None,
        parsed: dict[str, Any] | None,
        metadata: dict[str, Any],
    ) -> dict[str, Any]:
        """Take one turn and save it.

        Args:
            text: what the citizen wrote, masked, or
            parsed: the understanding of the button that they pressed.
            metadata: what actions read at `latest_message["metadata"]`.

        Returns:
            The response; of a message that was the last one taken already, the saved response.

        Raises:
            TurnRefused: nothing was changed.
        """
        assert self._store is not None, "an engine without a store takes no turns"  # noqa: S101  # a programmer's slip
        async with self._one_at_a_time(conversation):
            stored = await self._store.load(conversation)
            if stored.response is not None and stored.message_id == message_id:
                return stored.response
            if parsed is not None:
                parsed = gate.shown(parsed, stored.tracker, question=bool(metadata.get("question")))
            output = TurnOutput()
            message = UserMessage(
                text if parsed is None else "",
                output,
                conversation,
                parse_data=parsed,
                input_channel="turn",
                message_id=message_id,
                metadata=metadata,
            )
            stored.tracker = await self.processor.take(message, stored.tracker)
            understood = stored.tracker.latest_message
            response = outcome.respond(
                output.utterances,
                intent=understood.intent.get("name"),
                confidence=understood.intent.get("confidence"),
                form_active=stored.tracker.active_loop_name is not None,
                ranking=[str(one["name"]) for one in understood.parse_data.get("intent_ranking") or ()],
            )
            if response.get("forget"):
                _forget(stored.tracker)
            await self._store.save_turn(stored, message_id, response)
            return response

    async def parse(self, text: str) -> dict[str, Any]:
        """Understand a text outside any conversation."""
        message = UserMessage(text)
        return await self.processor.parse_message(message, DialogueStateTracker(message.sender_id, self.domain.slots))

    @asynccontextmanager
    async def _one_at_a_time(self, conversation: str) -> AsyncIterator[None]:
        lock, users = self._locks.get(conversation, (asyncio.Lock(), 0))
        self._locks[conversation] = (lock, users + 1)
        try:
            async with lock:
                yield
        finally:
            lock, users = self._locks.pop(conversation)
            if users > 1:
                self._locks[conversation] = (lock, users - 1)


def _went_in_circles(*_: Any) -> NoReturn:
    raise DialogueFailed("too many actions in one turn")


def _forget(tracker: DialogueStateTracker) -> None:
    for event in reversed(tracker.events):
        if isinstance(event, UserUttered):
            event.text = FORGOTTEN
            event.parse_data = {**event.parse_data, "text": FORGOTTEN, "entities": []}
            event.entities = []
            return


__all__ = ["Engine", "TurnOutput", "TurnProcessor", "TurnRefused"]
