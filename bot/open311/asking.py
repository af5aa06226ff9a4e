"""Which requests and updates a caller asks for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo

from bot.open311.errors import BadRequestError, NotFoundError
from bot.open311.forms import Sent, moment
from bot.tickets.kit import CODE
from bot.tickets.published import PublishedQuery

WINDOW = timedelta(days=90)
MOST = 1000
"""Of a page, and of ids asked for at once."""
DEEPEST = 100_000
"""Requests that may be skipped; beyond, a narrower span of dates serves better."""
_TICK = timedelta(seconds=1) - timedelta(microseconds=1)


@dataclass(frozen=True)
class Part:
    """A page of a list."""

    skip: int
    most: int


def read_query(sent: Sent, zone: tzinfo, now: datetime | None = None) -> PublishedQuery | None:
    """The query of GET requests; none where it cannot find anything.

    Raises:
        BadRequestError: a parameter does not hold.
    """
    if ids := sent.listed("service_request_id"):
        codes = read_codes(ids)
        return PublishedQuery(codes=codes, most=MOST) if codes else None
    part = read_part(sent)
    since, until = read_window(sent, zone, now)
    states = {state.lower() for state in sent.listed("status")}
    if not states <= {"open", "closed"}:
        raise BadRequestError("status: expected open, closed, or both with a comma")
    return PublishedQuery(
        categories=sent.listed("service_code"),
        ended=None if len(states) != 1 else states == {"closed"},
        since=since,
        until=until,
        skip=part.skip,
        most=part.most,
    )


def read_codes(ids: tuple[str, ...]) -> tuple[str, ...]:
    """Those that can be codes of tickets.

    Raises:
        BadRequestError: too many.
    """
    if len(ids) > MOST:
        raise BadRequestError(f"service_request_id: at most {MOST} at once")
    return tuple(code for code in map(str.upper, ids) if CODE.fullmatch(code))


def read_code(given: str) -> str:
    """One code.

    Raises:
        NotFoundError: no ticket can have it.
    """
    code = given.upper()
    if not CODE.fullmatch(code):
        raise NotFoundError(f"service_request_id {given[:60]!r} was not found")
    return code


def read_part(sent: Sent) -> Part:
    """`page` (from 1) and `page_size`.

    Raises:
        BadRequestError: out of range.
    """
    page, size = _whole(sent, "page", 1, DEEPEST), _whole(sent, "page_size", MOST, MOST)
    skip = (page - 1) * size
    if skip > DEEPEST:
        raise BadRequestError(f"page: at most {DEEPEST} requests can be skipped; narrow the dates")
    return Part(skip, size)


def read_window(sent: Sent, zone: tzinfo, now: datetime | None = None) -> tuple[datetime, datetime]:
    """The span of `start_date` and `end_date`; both, either or none may be given.

    Raises:
        BadRequestError: no dates, the wrong way round, or more than 90 days.
    """
    now = now or datetime.now(UTC)
    start, end = sent.get("start_date"), sent.get("end_date")
    since = moment(start, "start_date", zone) if start else None
    until = moment(end, "end_date", zone) if end else None
    try:
        if until and not until.microsecond:
            until += _TICK  # what is written in whole seconds is found again by them
        if since is None:
            since = (until or now) - WINDOW
        elif until is None:
            until = since + WINDOW
        # A second more for what was just filed.
        until = until or now + _TICK
    except OverflowError:
        raise BadRequestError("start_date, end_date: out of range") from None
    if until < since:
        raise BadRequestError("end_date is before start_date")
    if until - since > WINDOW + _TICK:
        raise BadRequestError(f"start_date and end_date may span {WINDOW.days} days at most")
    return since, until


def flag(sent: Sent, name: str) -> bool:
    """Whether a parameter says yes."""
    return (sent.get(name) or "").lower() in ("true", "1", "yes")


def _whole(sent: Sent, name: str, default: int, most: int) -> int:
    text = sent.get(name)
    if text is None:
        return default
    if not text.isascii() or not text.isdecimal() or not 1 <= int(text[:12]) <= most or len(text) > 12:
        raise BadRequestError(f"{name}: expected a whole number from 1 to {most}")
    return int(text)
