"""Errors as the Bot API gives them."""

from __future__ import annotations

from typing import Any


class ApiError(Exception):
    """A call was refused.

    Args:
        code: also the HTTP status.
    """

    def __init__(self, code: int, description: str, **parameters: Any) -> None:
        super().__init__(description)
        self.code = code
        self.description = description
        self.parameters = parameters

    def body(self) -> dict[str, Any]:
        """As it is answered."""
        found = {"ok": False, "error_code": self.code, "description": self.description}
        return found | {"parameters": self.parameters} if self.parameters else found


def bad(description: str) -> ApiError:
    """A call that makes no sense."""
    return ApiError(400, f"Bad Request: {description}")


def flood(seconds: int) -> ApiError:
    """Too many calls."""
    return ApiError(429, f"Too Many Requests: retry after {seconds}", retry_after=seconds)


BLOCKED = ApiError(403, "Forbidden: bot was blocked by the user")
WEBHOOK_IS_SET = ApiError(
    409, "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first"
)
OTHER_POLLER = ApiError(
    409, "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running"
)
OLD_QUERY = bad("query is too old and response timeout expired or query ID is invalid")
