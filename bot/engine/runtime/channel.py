"""Rasa's input channel for the relay: one request is one turn, answered whole or refused with 503.

`POST /webhooks/turn/turn`, `GET /webhooks/turn/health`, `POST /webhooks/turn/parse` with `{"text"}` for what a text
means without taking a turn, and for a change of model `POST /webhooks/turn/model/prepare`
and `…/activate` with `{"model", "sha256"}`; all with the header `X-Engine-Secret`.
Rasa's own `--auth-token` does not protect `/webhooks/*`, so the secret is checked here, before
anything of the body is read as JSON.
"""

from __future__ import annotations

import asyncio
import hmac
import json
import logging
import traceback
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from rasa.core.channels.channel import InputChannel, UserMessage
from sanic import Blueprint
from sanic.request import Request
from sanic.response import HTTPResponse
from sanic.response import json as json_response

from bot.engine.runtime import payloads
from bot.engine.runtime.faults import CannotStart, TurnRefused
from bot.engine.runtime.shelf import ModelRefused, Shelf, Wanted
from bot.engine.runtime.turn import Engine

log = logging.getLogger(__name__)

MAX_BODY = 64 * 1024
MAX_TEXT = 4000
MAX_MESSAGE_ID = 200
MAX_PAYLOAD = 256
MAX_QUESTION = 32
# Not Rasa's mark of a command any more, and still a slash to a reader.
NEUTRAL_SLASH = "\N{DIVISION SLASH}"


class BadTurn(Exception):  # noqa: N818  # says what came, as HTTP does
    """The body is not a turn; with the status that says so."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


@dataclass(frozen=True)
class TurnRequest:
    """A body of the contract, checked."""

    conversation: str
    message_id: str
    text: str | None
    payload: str | None
    channel: str
    question: str | None = None


class TurnInput(InputChannel):  # type: ignore[misc]  # Rasa carries no types
    """The channel `turn`; `credentials.yml` names it and its secret."""

    def __init__(self, secret: str) -> None:
        self._secret = secret.encode()
        self._running: set[asyncio.Task[HTTPResponse]] = set()

    @classmethod
    def name(cls) -> str:
        """The channel's name, which is also its place under `/webhooks/`."""
        return "turn"

    @classmethod
    def from_credentials(cls, credentials: dict[str, Any] | None) -> TurnInput:
        """Rasa calls this with what stands in `credentials.yml`."""
        secret = (credentials or {}).get("secret")
        if not isinstance(secret, str) or not secret.strip() or secret.startswith("${"):
            raise CannotStart("credentials.yml gives the channel `turn` no secret")
        return cls(secret.strip())

    def blueprint(self, _on_new_message: Callable[[UserMessage], Awaitable[Any]]) -> Blueprint:
        """The routes. Rasa's own handler is not used: it returns nothing and hides failures."""
        blueprint = Blueprint("turn")

        @blueprint.route("/turn", methods=["POST"])  # type: ignore[untyped-decorator]  # Sanic carries no types
        async def turn(request: Request) -> HTTPResponse:
            if not self._authorised(request):
                return _error(401, "unauthorised", "the secret is wrong")
            # Sanic cancels a handler whose client went away; a turn that has begun is finished all the same.
            # The engine is taken once: a model that comes into use meanwhile is for the next turn.
            task = asyncio.ensure_future(self._turn(request.app.ctx.shelf.engine, request.body))
            self._running.add(task)
            task.add_done_callback(self._running.discard)
            return await asyncio.shield(task)

        @blueprint.route("/parse", methods=["POST"])  # type: ignore[untyped-decorator]  # Sanic carries no types
        async def parse(request: Request) -> HTTPResponse:
            if not self._authorised(request):
                return _error(401, "unauthorised", "the secret is wrong")
            try:
                text = text_of(request.body)
            except BadTurn as error:
                return _error(error.status, "bad_text", str(error))
            return _json(meaning(await request.app.ctx.shelf.engine.parse(text)))

        @blueprint.route("/health", methods=["GET"])  # type: ignore[untyped-decorator]  # Sanic carries no types
        async def health(request: Request) -> HTTPResponse:
            if not self._authorised(request):
                return _error(401, "unauthorised", "the secret is wrong")
            return _json({"status": "ok", **_in_use(request.app.ctx.shelf)})

        @blueprint.route("/model/<step>", methods=["POST"])  # type: ignore[untyped-decorator]  # as above
        async def model(request: Request, step: str) -> HTTPResponse:
            if not self._authorised(request):
                return _error(401, "unauthorised", "the secret is wrong")
            shelf: Shelf = request.app.ctx.shelf
            steps = {"prepare": shelf.prepare, "activate": shelf.activate}
            if step not in steps:
                return _error(404, "unknown_step", "prepare or activate")
            try:
                await asyncio.shield(steps[step](wanted_of(request.body)))
            except BadTurn as error:
                return _error(error.status, "bad_model", str(error))
            except ModelRefused as refusal:
                return _error(409, refusal.code, str(refusal))
            return _json(_in_use(shelf))

        return blueprint

    def _authorised(self, request: Request) -> bool:
        return hmac.compare_digest(request.headers.get("X-Engine-Secret", "").encode(), self._secret)

    async def _turn(self, engine: Engine, body: bytes) -> HTTPResponse:
        try:
            request = read(body)
        except BadTurn as error:
            return _error(error.status, "bad_turn" if error.status == 400 else "too_long", str(error))
        parsed = None if request.payload is None else payloads.parse(request.payload, engine.domain.intents)
        try:
            response = await engine.take_turn(
                request.conversation,
                request.message_id,
                text=request.text,
                parsed=parsed,
                metadata={
                    "message_id": request.message_id,
                    "conversation": request.conversation,
                    "channel": request.channel,
                    "question": request.question,
                },
            )
        except TurnRefused as refusal:
            log.warning("turn.refused code=%s conversation=%s reason=%s", refusal.code, request.conversation, refusal)
            log.debug("turn.refused", exc_info=True)
            return _error(503, refusal.code, "the turn was not taken; send it again")
        except Exception as error:
            # Where, not what: the message of an exception may quote the citizen.
            where = "".join(traceback.format_tb(error.__traceback__))
            log.error("turn.broken error=%s conversation=%s\n%s", type(error).__name__, request.conversation, where)
            return _error(503, "internal", "the turn was not taken; send it again")
        return _json(response)


def _object(body: bytes) -> dict[str, Any]:
    """The JSON object that a body is.

    Raises:
        BadTurn: it is too long, or none.
    """
    if len(body) > MAX_BODY:
        raise BadTurn(413, "the body is too long")
    try:
        data = json.loads(body)
    except ValueError:
        raise BadTurn(400, "the body is not JSON") from None
    if not isinstance(data, dict):
        raise BadTurn(400, "the body is not an object")
    return data


def read(body: bytes) -> TurnRequest:
    """The turn that a body holds.

    Raises:
        BadTurn: it holds none.
    """
    data = _object(body)
    text, payload = _text(data, "text", MAX_TEXT), _text(data, "payload", MAX_PAYLOAD)
    if (text is None) == (payload is None):
        raise BadTurn(400, "one of text and payload must be given")
    metadata = data.get("metadata") or {}
    if not isinstance(metadata, dict):
        raise BadTurn(400, "metadata must be an object")
    return TurnRequest(
        conversation=_conversation(data.get("conversation")),
        message_id=_required(data, "message_id", MAX_MESSAGE_ID),
        text=None if text is None else neutral(text),
        payload=payload,
        channel=str(metadata.get("channel") or "web")[:32],
        question=_text(metadata, "question", MAX_QUESTION),
    )


def wanted_of(body: bytes) -> Wanted:
    """The model that a body names.

    Raises:
        BadTurn: it names none.
    """
    data = _object(body)
    return Wanted(_required(data, "model", MAX_MESSAGE_ID), _required(data, "sha256", MAX_MESSAGE_ID))


def text_of(body: bytes) -> str:
    """The text that a body asks about.

    Raises:
        BadTurn: it holds none.
    """
    data = _object(body)
    return neutral(_required(data, "text", MAX_TEXT))


def meaning(parsed: dict[str, Any]) -> dict[str, Any]:
    """What a text means, in short: intent, confidence, and of an emergency which kind it is."""
    kinds = (found.get("value") for found in parsed["entities"] if found.get("entity") == "emergency_kind")
    return {
        "intent": parsed["intent"]["name"],
        "confidence": round(float(parsed["intent"].get("confidence") or 0.0), 4),
        "emergency_kind": next(kinds, None),
    }


def neutral(text: str) -> str:
    """The text without what Rasa would execute: a leading "/" names an intent with entities of its own.

    Nor may it be blank, which Rasa would not count as a message.
    """
    text = text.replace("\0", "").strip()
    return NEUTRAL_SLASH + text[1:] if text.startswith("/") else text or "…"


def _conversation(value: Any) -> str:
    try:
        return str(UUID(value))
    except (ValueError, TypeError, AttributeError):
        raise BadTurn(400, "conversation must be a UUID") from None


def _text(data: dict[str, Any], name: str, longest: int) -> str | None:
    value = data.get(name)
    if value is None:
        return None
    if not isinstance(value, str):
        raise BadTurn(400, f"{name} must be a string or null")
    if len(value) > longest:
        raise BadTurn(413, f"{name} is longer than {longest} characters")
    try:
        value.encode()
    except UnicodeEncodeError:
        raise BadTurn(400, f"{name} holds half a character") from None
    return value


def _required(data: dict[str, Any], name: str, longest: int) -> str:
    value = _text(data, name, longest)
    if not value:
        raise BadTurn(400, f"{name} is missing")
    return value


def _in_use(shelf: Shelf) -> dict[str, Any]:
    """What an engine says about its model; the id is Rasa's, and tells two trainings of one data apart."""
    engine = shelf.engine
    return {"model": engine.model.name, "model_id": engine.model_id, "sha256": shelf.wanted.sha256}


def _json(body: dict[str, Any], status: int = 200) -> HTTPResponse:
    return json_response(body, status=status, dumps=json.dumps, ensure_ascii=False)


def _error(status: int, code: str, message: str) -> HTTPResponse:
    return _json({"error": {"code": code, "message": message}}, status)
