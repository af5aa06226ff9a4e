"""What can go wrong in the work on groups.

ReviewError
├── UnknownGroupError   there is no such group (any more)
├── StaleError          somebody else has decided something since the page was opened
└── InvalidError        what was wanted cannot be done; `code` says why
"""

from __future__ import annotations

from datetime import datetime


class ReviewError(Exception):
    """Of the work on groups."""

    code = "review"


class UnknownGroupError(ReviewError):
    """No such group; where it was merged, `into` is the group that holds its cases now."""

    code = "unknown"

    def __init__(self, into: int | None = None) -> None:
        super().__init__(into)
        self.into = into


class StaleError(ReviewError):
    """The group was changed by `account` at `at` after the page was opened."""

    code = "stale"

    def __init__(self, account: str | None, at: datetime | None) -> None:
        super().__init__(account, at)
        self.account = account
        self.at = at


class InvalidError(ReviewError):
    """Cannot be done."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code
