"""What a caller is told when a request is refused.

Open311Error
├── BadRequestError      400  anything that does not hold, each with its own line
├── RefusedError         403  the API key is missing, wrong, or may not do this
├── NotFoundError        404  no such service, request, token, jurisdiction, address
├── MethodError          405  the address knows other methods
├── TooLargeError        413  refused before it is read
├── BusyCallerError      429  too many requests; `retry_after` says when to come again
└── UnavailableError     503  the database does not answer; nothing was done

GeoReport v2 names 400, 403 and 404; the others are HTTP's own, in the same shape.
"""

from __future__ import annotations


class Open311Error(Exception):
    """Base of all. `descriptions` are for the people who write the other system."""

    status = 400

    def __init__(self, *descriptions: str, retry_after: int | None = None, allow: str | None = None) -> None:
        super().__init__("; ".join(descriptions))
        self.descriptions = descriptions
        self.retry_after = retry_after
        self.allow = allow


class BadRequestError(Open311Error):
    """Values do not hold."""


class RefusedError(Open311Error):
    """Not with this key."""

    status = 403


class NotFoundError(Open311Error):
    """There is no such thing for whoever asks."""

    status = 404


class MethodError(Open311Error):
    """The address knows other methods."""

    status = 405


class TooLargeError(Open311Error):
    """The body is longer than what is read."""

    status = 413


class BusyCallerError(Open311Error):
    """Too many requests."""

    status = 429


class UnavailableError(Open311Error):
    """Nothing was done; the caller may try again."""

    status = 503
