"""POST /api/chat/feedback: a thumb for an answer."""

from __future__ import annotations

import json
from typing import Final, cast

import structlog
from psycopg import Error as DatabaseError
from psycopg_pool import PoolTimeout
from starlette.requests import Request
from starlette.responses import Response

from bot.channels.web.api import DATABASE_AGAIN, MAX_MESSAGE_ID, read_body
from bot.channels.web.errors import ApiError
from bot.channels.web.limits import RateLimiter, client_name
from bot.conversations.capability import Capabilities
from bot.conversations.errors import UnknownConversationError
from bot.conversations.pool import Pool
from bot.review.feedback import Thumb, give

log = structlog.get_logger(__name__)

VALUES: Final = ("up", "down")


class FeedbackApi:
    """Takes `{"conversation", "message_id", "value": "up" | "down"}`; the same again is the same."""

    def __init__(self, pool: Pool, capabilities: Capabilities, *, limited: bool) -> None:
        self._pool = pool
        self._capabilities = capabilities
        self._by_client = RateLimiter(burst=120, per_second=4) if limited else None
        self._by_conversation = RateLimiter(burst=20, per_second=0.5) if limited else None

    async def give(self, request: Request) -> Response:
        """Keep a thumb; 401 where the conversation, or the message in it, is not known."""
        _limit(self._by_client, client_name(request.client.host if request.client else None))
        token, message_id, value = parse(await read_body(request))
        key = self._capabilities.verify(token)
        if key is None:
            raise ApiError("unknown_conversation")
        _limit(self._by_conversation, key)
        try:
            await give(self._pool, key, message_id, value)
        except UnknownConversationError as error:
            raise ApiError("unknown_conversation") from error
        except (DatabaseError, PoolTimeout) as error:
            log.warning("feedback.database", error=type(error).__name__)
            raise ApiError("unavailable", retry_after=DATABASE_AGAIN) from error
        return Response(json.dumps({"value": value}), media_type="application/json")


def parse(body: bytes) -> tuple[str, str, Thumb]:
    """Check a request's body: token, message id, value.

    Raises:
        ApiError: 400 or 422.
    """
    try:
        data = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise ApiError("bad_json") from error
    if not isinstance(data, dict):
        raise ApiError("bad_json")
    for field in ("conversation", "message_id", "value"):
        if data.get(field) is None:
            raise ApiError("missing_field", field=field)
        if not isinstance(data[field], str):
            raise ApiError("wrong_type", field=field, expected="chuỗi")
    message_id = data["message_id"]
    if not message_id or len(message_id) > MAX_MESSAGE_ID or not message_id.isprintable():
        raise ApiError("invalid_message_id", limit=MAX_MESSAGE_ID)
    if data["value"] not in VALUES:
        raise ApiError("wrong_type", field="value", expected="up hoặc down")
    return data["conversation"], message_id, cast(Thumb, data["value"])


def _limit(limiter: RateLimiter | None, name: object) -> None:
    if limiter and (seconds := limiter.take(name)):
        raise ApiError("too_many_requests", retry_after=seconds)
