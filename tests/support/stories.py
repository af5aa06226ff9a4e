"""Rasa's end-to-end stories, played through the running system: what citizens say, what is understood, what is done.

The stories stand in Rasa's own format (`tests/stories/*.yml`). `rasa test` would play them without our action server,
relay and stores; here each message goes the whole way over HTTP, and the actions are read back from the engine's state.
A `user` step that is the payload of a button (`form:confirm`) is pressed, any other is typed.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from bot.conversations.capability import Capabilities
from bot.runtime import secret_files
from tests.support.system import System

_PAYLOAD = re.compile(r"[a-z]+:[a-z0-9_.:,]+")


@dataclass(frozen=True)
class Turn:
    """What a citizen says or presses, and what is to come of it."""

    said: str
    intent: str | None
    actions: list[str] = field(default_factory=list)

    @property
    def pressed(self) -> bool:
        """Whether it is a button's payload."""
        return _PAYLOAD.fullmatch(self.said) is not None


@dataclass(frozen=True)
class Story:
    """A story by name; `ends` is the status of its last turn."""

    name: str
    ends: str
    turns: list[Turn]


def read(path: Path) -> Iterator[Story]:
    """The stories of a file.

    Raises:
        ValueError: a step is neither a citizen's nor an action.
    """
    for story in yaml.safe_load(path.read_text(encoding="utf-8"))["stories"]:
        turns: list[Turn] = []
        for step in story["steps"]:
            if "user" in step:
                turns.append(Turn(step["user"].strip(), step.get("intent")))
            elif "action" in step:
                turns[-1].actions.append(step["action"])
            else:
                raise ValueError(f"{story['story']}: {step}")
        yield Story(story["story"], story["metadata"]["ends"], turns)


class Player:
    """Plays one conversation and tells what the engine did in its last turn."""

    def __init__(self, system: System) -> None:
        self._system = system
        self._token: str | None = None
        self.answer: dict[str, Any] = {}

    def take(self, turn: Turn) -> tuple[str | None, list[str]]:
        """Say or press it; the intent as understood, and the actions that were taken."""
        ask = self._system.press if turn.pressed else self._system.say
        self.answer = ask(turn.said, self._token)
        self._token = self.answer["conversation"]
        return self.answer["understanding"]["intent"], self._actions()

    def _actions(self) -> list[str]:
        settings = secret_files.resolve(self._system.settings(), make=False)
        key: uuid.UUID | None = Capabilities(settings.secret_key).verify(str(self._token))
        with self._system.database() as connection:
            row = connection.execute("select state from engine.trackers where sender_id = %s", [str(key)]).fetchone()
        assert row is not None, "the engine has kept no state"
        events: list[dict[str, Any]] = row[0]
        last = max(number for number, event in enumerate(events) if event["event"] == "user")
        done = [event["name"] for event in events[last:] if event["event"] == "action"]
        return [name for name in done if name != "action_listen"]
