"""POST /api/chat and GET /api/chat/history."""

from __future__ import annotations

import json
import time
import unicodedata
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import structlog
from psycopg import Error as DatabaseError
from psycopg_pool import PoolTimeout
from sqlalchemy.exc import DBAPIError
from starlette.requests import Request
from starlette.responses import Response

from bot.channels import metrics
from bot.channels.web.errors import ApiError
from bot.channels.web.limits import RateLimiter, client_name
from bot.conversations.answers import Answer, Answers
from bot.conversations.capability import Capabilities
from bot.conversations.errors import NotAnsweredYetError, UnknownConversationError
from bot.conversations.inbox import Inbox, clean
from bot.conversations.turns import Incoming, Said
from bot.privacy import readable

log = structlog.get_logger(__name__)

MAX_TEXT = 2000
MAX_BODY = 16 * 1024
MAX_MESSAGE_ID = 128
MAX_PAYLOAD = 64
MOST_WAITING = 2000
"""Requests that may wait at once in one process."""
ASK_AGAIN = 2
DATABASE_AGAIN = 5


@dataclass(frozen=True)
class ChatRequest:
    """A checked request."""

    message_id: str
    conversation: str | None
    text: str | None
    payload: str | None


class ChatApi:
    """The chat API of one web process."""

    def __init__(
        self, inbox: Inbox, answers: Answers, capabilities: Capabilities, *, reply_wait: float, limited: bool
    ) -> None:
        self._inbox = inbox
        self._answers = answers
        self._capabilities = capabilities
        self._reply_wait = reply_wait
        self._by_client = RateLimiter(burst=300, per_second=10) if limited else None
        self._by_conversation = RateLimiter(burst=30, per_second=1) if limited else None

    async def chat(self, request: Request) -> Response:
        """Take a message, wait for its answer.

        The checks come in the order of their cost, and nothing touches the database before the capability
        is known to be ours.
        """
        started = time.perf_counter()
        self._limit(self._by_client, client_name(request.client.host if request.client else None))
        asked = parse_chat(await read_body(request))
        incoming = self._incoming(asked)
        self._limit(self._by_conversation, incoming.key)
        if self._answers.waiting >= MOST_WAITING:
            raise ApiError("unavailable", retry_after=DATABASE_AGAIN)
        try:
            key, answer = await self._answer(incoming)
        except UnknownConversationError as error:
            raise ApiError("unknown_conversation") from error
        except NotAnsweredYetError as error:
            raise ApiError("not_answered_yet", retry_after=ASK_AGAIN) from error
        except (DatabaseError, PoolTimeout, DBAPIError) as error:
            log.warning("chat.database", error=type(error).__name__)
            raise ApiError("unavailable", retry_after=DATABASE_AGAIN) from error
        metrics.ANSWERS.labels(answer.status).inc()
        metrics.ANSWER_SECONDS.observe(time.perf_counter() - started)
        # The stored JSON goes out as it is: `{"replies": …, "understanding": …}` behind our first key.
        body = f'{{"conversation": "{self._capabilities.issue(key)}", {answer.result[1:]}'
        return Response(body, media_type="application/json")

    async def _answer(self, incoming: Incoming) -> tuple[uuid.UUID, Answer]:
        accepted = await self._inbox.accept(incoming)
        if accepted.done:
            answer = await self._answers.read(accepted.id)
            if answer is not None:
                return accepted.key, answer
        return accepted.key, await self._answers.wait(accepted.id, timeout=self._reply_wait)

    async def history(self, request: Request) -> Response:
        """The last messages of a conversation, for a page that was loaded again."""
        self._limit(self._by_client, client_name(request.client.host if request.client else None))
        key = self._capabilities.verify(bearer(request))
        if key is None:
            raise ApiError("unknown_conversation")
        try:
            said, desk = await self._inbox.history(key), await self._inbox.with_staff(key)
        except UnknownConversationError as error:
            raise ApiError("unknown_conversation") from error
        except (DatabaseError, PoolTimeout) as error:
            raise ApiError("unavailable", retry_after=DATABASE_AGAIN) from error
        body = {"messages": list(shown(said)), "desk": desk}
        return Response(json.dumps(body, ensure_ascii=False), media_type="application/json")

    def _incoming(self, asked: ChatRequest) -> Incoming:
        if asked.conversation is None:
            first = self._capabilities.key_for_first(asked.message_id, asked.text or f"\0{asked.payload}")
            key, opens = first or uuid.uuid4(), True
        else:
            verified = self._capabilities.verify(asked.conversation)
            if verified is None:
                raise ApiError("unknown_conversation")
            key, opens = verified, False
        return Incoming("web", asked.message_id, key, text=asked.text, payload=asked.payload, opens=opens)

    @staticmethod
    def _limit(limiter: RateLimiter | None, name: object) -> None:
        seconds = limiter.take(name) if limiter else 0
        if seconds:
            raise ApiError("too_many_requests", retry_after=seconds)


def bearer(request: Request) -> str:
    """The token in `Authorization: Bearer <token>`; empty where there is none."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else ""


async def read_body(request: Request) -> bytes:
    """The body, refused before it is read where it says that it is too long."""
    announced = request.headers.get("content-length", "")
    if announced.isdecimal() and int(announced[:12]) > MAX_BODY:
        raise ApiError("request_too_large", limit=MAX_BODY)
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > MAX_BODY:
            raise ApiError("request_too_large", limit=MAX_BODY)
    return body


def parse_chat(body: bytes) -> ChatRequest:
    """Check a request's body.

    Raises:
        ApiError: 400, 413 or 422.
    """
    try:
        data = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise ApiError("bad_json") from error
    if not isinstance(data, dict):
        raise ApiError("bad_json")
    if data.get("message_id") is None:
        raise ApiError("missing_field", field="message_id")
    message_id, conversation = _string(data, "message_id"), _string(data, "conversation")
    text, payload = _string(data, "text"), _string(data, "payload")
    if not message_id or len(message_id) > MAX_MESSAGE_ID or not message_id.isprintable():
        raise ApiError("invalid_message_id", limit=MAX_MESSAGE_ID)
    if text is not None and len(text) > MAX_TEXT and len(unicodedata.normalize("NFC", text)) > MAX_TEXT:
        raise ApiError("message_too_long", limit=MAX_TEXT)
    if text is not None and not clean(text):
        text = None
    if payload is not None and not clean(payload):
        payload = None
    if text is None and payload is None:
        raise ApiError("empty_message")
    if text is not None and payload is not None:
        raise ApiError("text_and_payload")
    if payload is not None:
        payload = clean(payload)
        if len(payload.encode()) > MAX_PAYLOAD:
            raise ApiError("payload_too_long", limit=MAX_PAYLOAD)
    return ChatRequest(message_id or "", conversation, text, payload)


def _string(data: dict[str, Any], field: str) -> str | None:
    value = data.get(field)
    if value is None or isinstance(value, str):
        return value
    raise ApiError("wrong_type", field=field, expected="chuỗi")


def shown(said: Iterable[Said]) -> Iterable[dict[str, Any]]:
    """The history as the page shows it; a pressed button is shown by its title."""
    titles: dict[str, str] = {}
    for one in said:
        yield {
            "message_id": one.message_id,
            "kind": one.kind,
            "body": one.body,
            "text": pressed_title(one.body, titles) if one.kind == "payload" else readable(one.body),
            "at": one.at,
            "pending": one.state == "pending",
            "replies": one.replies,
        }
        for reply in one.replies:
            titles |= {button["payload"]: button["title"] for button in reply.get("buttons", ())}


def pressed_title(payload: str, titles: dict[str, str]) -> str:
    """What a citizen pressed or sent, in words."""
    for start, title in (("photo:", "Ảnh đã gửi"), ("location:", "Vị trí đã chia sẻ")):
        if payload.startswith(start):
            return title
    return titles.get(payload, payload)
