"""Try a model the whole way, actions included, without a conversation that lasts: `python -m bot.engine.trial`.

A line in is `{"id", "texts": [earlier …, asked]}`; a line out `{"id", "response"}` with the response of the last turn
(`runtime/outcome.py`), or `{"id", "error"}`. Nothing is kept, nothing listens: this process talks to its starter and to
the action server alone. Every row is a conversation of its own under a random name, so that actions find nobody's
reports and can leave nothing behind; a report is never confirmed within one message.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any, TextIO

from bot.engine.runtime import lean
from bot.engine.runtime.faults import CannotStart

AT_ONCE = 4
"""Rows that are asked at the same time: the action server answers meanwhile."""
PASSED_ON = 3
"""Tries of a turn that the action server did not answer."""


def main(arguments: list[str] | None = None) -> int:
    """Answer rows until the end of input."""
    parser = argparse.ArgumentParser(prog="python -m bot.engine.trial", description=__doc__)
    parser.add_argument("--model", type=Path, required=True, help="the model file")
    parser.add_argument("--actions", required=True, help="where the action server takes calls")
    parser.add_argument("--action-timeout", type=float, default=20.0, help="seconds that one action may take")
    options = parser.parse_args(arguments)
    lean.quiet()
    try:
        lean.leave_out(lean.description_of(options.model))
        from bot.engine.runtime import remote
        from bot.engine.serve import webhook

        actions = remote.ActionServer(webhook(options.actions), options.action_timeout)
        remote.harden(actions)
        engine = _engine(options.model)
    except CannotStart as error:
        print(f"trial: {error}", file=sys.stderr)
        return 2
    asyncio.run(_answer(engine, actions, sys.stdin, sys.stdout))
    return 0


def _engine(model: Path) -> Any:
    from rasa.shared.core.domain import Domain

    from bot.engine.runtime.tracker_store import ConversationStore, Stored
    from bot.engine.runtime.turn import Engine

    class Passing(ConversationStore):
        """Holds a conversation for as long as its row takes."""

        def __init__(self) -> None:
            super().__init__(Domain.empty(), host="none")
            self.held: dict[str, Stored] = {}

        async def load(self, sender_id: str) -> Stored:
            return self.held.get(sender_id) or Stored(self.init_tracker(sender_id), version=0)

        async def save_turn(self, stored: Stored, message_id: str | None, response: dict[str, Any] | None) -> None:
            self.held[stored.tracker.sender_id] = Stored(stored.tracker, stored.version + 1, message_id, response)

    try:
        return Engine(model, Passing())
    except Exception as error:
        raise CannotStart(f"the model {model.name} cannot be loaded: {type(error).__name__}: {error}") from error


async def _answer(engine: Any, actions: Any, source: TextIO, target: TextIO) -> None:
    rows = _rows(source)

    async def work() -> None:
        for row in rows:  # one iterator for all: each takes the next
            answer = await _one(engine, row)
            target.write(json.dumps({"id": row["id"], **answer}, ensure_ascii=False) + "\n")
            target.flush()

    try:
        await asyncio.gather(*(work() for _ in range(AT_ONCE)))
    finally:
        await actions.close()


async def _one(engine: Any, row: dict[str, Any]) -> dict[str, Any]:
    from bot.engine.runtime.channel import neutral
    from bot.engine.runtime.faults import TurnRefused

    conversation, response = str(uuid.uuid4()), {}
    try:
        for text in row["texts"]:
            for tries in range(1, PASSED_ON + 1):
                message_id = uuid.uuid4().hex
                metadata = {"message_id": message_id, "conversation": conversation, "channel": "web"}
                try:
                    response = await engine.take_turn(
                        conversation, message_id, text=neutral(str(text)), parsed=None, metadata=metadata
                    )
                    break
                except TurnRefused:
                    if tries == PASSED_ON:
                        raise
                    await asyncio.sleep(tries)
    except TurnRefused as refusal:
        return {"error": f"{refusal.code}: {refusal}"}
    except Exception as error:
        return {"error": type(error).__name__}  # its text may quote the citizen
    finally:
        engine.processor.tracker_store.held.pop(conversation, None)
    return {"response": response}


def _rows(source: TextIO) -> Iterator[dict[str, Any]]:
    for line in source:
        if line.strip():
            yield json.loads(line)


if __name__ == "__main__":
    sys.exit(main())
