"""The relay's side of the wall: one turn over HTTP to an engine."""

from __future__ import annotations

import json
import time
import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from bot.conversations.errors import (
    EngineError,
    EngineFaultyError,
    EngineRefusedError,
    EngineUnavailableError,
    EngineUnreachableError,
)
from bot.conversations.http1 import NoResponseError, NotConnectedError, Peer
from bot.conversations.turns import Turn, parse_turn

TURN = "/webhooks/turn/turn"
PARSE = "/webhooks/turn/parse"
HEALTH = "/webhooks/turn/health"
REST = 1.0
"""Seconds for which an engine that could not be reached comes last."""


@dataclass(frozen=True)
class Meaning:
    """What the engine makes of a text, without a turn."""

    intent: str
    emergency_kind: str | None = None


class EngineClient:
    """Calls the engines. A conversation keeps to one of them and goes to the next only when that one is down."""

    def __init__(self, urls: Sequence[str], secret: str, *, timeout: float) -> None:
        if not urls:
            raise ValueError("no engine URL")
        self._peers = [Peer(url, headers={"X-Engine-Secret": secret}) for url in urls]
        self._down_until = [0.0] * len(self._peers)
        self._timeout = timeout

    async def take_turn(
        self,
        conversation: uuid.UUID,
        message_id: str,
        *,
        text: str | None,
        payload: str | None,
        channel: str,
        question: str | None = None,
    ) -> Turn:
        """Take one turn.

        Args:
            text: masked text, or
            payload: the pressed button's.
            question: code of the ticket whose officer's question the text may answer.

        Raises:
            EngineError: which kind tells what to do; repeating with the same message id is always safe.
        """
        body = json.dumps(
            {
                "conversation": str(conversation),
                "message_id": message_id,
                "text": text,
                "payload": payload,
                "metadata": {"channel": channel} | ({"question": question} if question else {}),
            },
            ensure_ascii=False,
        ).encode()
        return _turn(*await self._post(conversation, TURN, body, wait=self._timeout))

    async def meaning(self, conversation: uuid.UUID, text: str, *, wait: float = 3.0) -> Meaning:
        """What a masked text means; no turn is taken and nothing is remembered.

        Raises:
            EngineError: nobody could say.
        """
        status, answer = await self._post(conversation, PARSE, json.dumps({"text": text}).encode(), wait=wait)
        if status != 200:
            raise EngineFaultyError(f"HTTP {status}")
        try:
            found = json.loads(answer)
            kind = found.get("emergency_kind")
            return Meaning(str(found["intent"]), None if kind is None else str(kind))
        except (ValueError, KeyError, AttributeError) as error:
            raise EngineFaultyError("no meaning") from error

    async def _post(self, conversation: uuid.UUID, path: str, body: bytes, *, wait: float) -> tuple[int, bytes]:
        """Ask the conversation's engine, or the next one where that is down."""
        failure: EngineError = EngineUnreachableError("no engine")
        for number in self._order(conversation):
            try:
                return await self._peers[number].request("POST", path, body, wait=wait)
            except NotConnectedError as error:
                self._down_until[number] = time.monotonic() + REST
                failure = EngineUnreachableError(str(error))
                failure.__cause__ = error
            except TimeoutError as error:
                raise EngineUnavailableError(f"no answer within {wait:g} s") from error
            except NoResponseError as error:
                raise EngineUnavailableError(str(error)) from error
        raise failure

    async def ready(self, *, wait: float = 2.0) -> bool:
        """Whether at least one engine has its model loaded."""
        for peer in self._peers:
            try:
                status, _ = await peer.request("GET", HEALTH, wait=wait)
            except (NotConnectedError, NoResponseError, TimeoutError):
                continue
            if status == 200:
                return True
        return False

    def close(self) -> None:
        """Close the idle connections."""
        for peer in self._peers:
            peer.close()

    def _order(self, conversation: uuid.UUID) -> list[int]:
        many = len(self._peers)
        first = conversation.int % many
        now = time.monotonic()
        order = [(first + step) % many for step in range(many)]
        return sorted(order, key=lambda number: self._down_until[number] > now)


def _turn(status: int, answer: bytes) -> Turn:
    if status == 200:
        try:
            return parse_turn(json.loads(answer))
        except ValueError as error:
            raise EngineFaultyError(f"not a turn: {error}") from error
    if status in (400, 413, 422):
        raise EngineRefusedError(f"HTTP {status}")
    if status == 503:
        raise EngineUnavailableError("turn not taken")
    if status == 401:
        # No fault of the message: it waits until the secret is put right.
        raise EngineUnavailableError("the engine has another secret (BOT_ENGINE_SECRET)")
    raise EngineFaultyError(f"HTTP {status}")
