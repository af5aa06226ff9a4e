"""What can go wrong in talking to another system.

BackendError
├── NotSentError   it certainly does not have it: sent again freely (after `pause` seconds, where it says so)
├── UnknownError   it may have it: to be looked up before anything is sent again
└── RefusedError   it will never take it: given up, staff are told

`code` is a stable word for records and logs; nothing that the other system said stands in it.
"""

from __future__ import annotations


class BackendError(Exception):
    """Base of all."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class NotSentError(BackendError):
    """Certainly not done."""

    def __init__(self, code: str, pause: float | None = None) -> None:
        super().__init__(code)
        self.pause = pause


class UnknownError(BackendError):
    """May have been done."""


class RefusedError(BackendError):
    """Will never be done."""


class WebhookError(Exception):
    """What was posted to us is not taken; `status` is the HTTP status, `code` a stable word."""

    def __init__(self, code: str, status: int) -> None:
        super().__init__(code)
        self.code = code
        self.status = status
