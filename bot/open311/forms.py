"""Reading what a caller sent: the address' parameters and a form, bounded before anything is parsed."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import AsyncGenerator, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, tzinfo

from starlette.datastructures import FormData, Headers, UploadFile
from starlette.formparsers import FormParser, MultiPartException, MultiPartParser
from starlette.requests import Request

from bot.open311.errors import BadRequestError, TooLargeError

LARGEST_FORM = 64 * 1024
LARGEST_UPLOAD = 24 * 1024 * 1024
MOST_FIELDS = 200
MOST_FILES = 3
LONGEST_VALUE = 32 * 1024

_ATTRIBUTE = re.compile(r"attribute\[([^\[\]]{1,60})\](\[\d*\])?")
_UNWANTED = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
"""Control characters; XML could not give them back, nor a database hold the first."""
_DATE = re.compile(r"(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?)(Z|[+-]\d\d:?\d\d)?)?", re.IGNORECASE)


@dataclass(frozen=True)
class Sent:
    """Parameters of one request, cleaned: NFC, no control characters. An empty one counts as absent."""

    values: dict[str, str] = field(default_factory=dict)
    attributes: dict[str, list[str]] = field(default_factory=dict)
    media: tuple[bytes, ...] = ()

    def get(self, name: str) -> str | None:
        """A value, or none."""
        return self.values.get(name)

    def listed(self, name: str) -> tuple[str, ...]:
        """A comma-separated value, each part once."""
        parts = (part.strip() for part in (self.get(name) or "").split(","))
        return tuple(dict.fromkeys(part for part in parts if part))


def from_query(request: Request) -> Sent:
    """What stands in the address."""
    return _sent(request.query_params.multi_items())


async def from_form(request: Request) -> Sent:
    """A POST: the form, and what stands in the address besides.

    Raises:
        TooLargeError: longer than we read.
        BadRequestError: not a form, or a broken one.
    """
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind == "multipart/form-data":
        body = await _body(request, LARGEST_UPLOAD)
        form = await _multipart(request.headers, body)
    elif kind in ("application/x-www-form-urlencoded", ""):
        try:
            form = await FormParser(request.headers, _once(await _body(request, LARGEST_FORM))).parse()
        except (MultiPartException, UnicodeDecodeError, ValueError) as error:
            raise BadRequestError(f"not a form: {getattr(error, 'message', 'it cannot be read')}") from error
    else:
        raise BadRequestError(
            "Content-Type must be application/x-www-form-urlencoded, or multipart/form-data with media"
        )
    try:
        pairs = [(name, value) for name, value in form.multi_items() if isinstance(value, str)]
        files = [value for _, value in form.multi_items() if isinstance(value, UploadFile) and value.size]
        if len(pairs) > MOST_FIELDS:
            raise BadRequestError(f"at most {MOST_FIELDS} fields")
        sent = _sent([*request.query_params.multi_items(), *pairs])
        return Sent(sent.values, sent.attributes, tuple([await file.read() for file in files]))
    finally:
        await form.close()


async def _multipart(headers: Headers, body: bytes) -> FormData:
    parser = MultiPartParser(
        headers,
        _once(body),
        max_files=MOST_FILES,
        max_fields=MOST_FIELDS,
        max_part_size=LONGEST_VALUE,
    )
    try:
        return await parser.parse()
    except (MultiPartException, UnicodeDecodeError, KeyError, ValueError) as error:
        raise BadRequestError(f"not a multipart form: {getattr(error, 'message', 'it cannot be read')}") from error


async def _once(body: bytes) -> AsyncGenerator[bytes, None]:
    yield body
    yield b""


async def _body(request: Request, largest: int) -> bytes:
    problem = TooLargeError(f"the request is longer than {largest} bytes")
    announced = request.headers.get("content-length", "")
    if announced.isdecimal() and int(announced[:15]) > largest:
        raise problem
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > largest:
            raise problem
    return bytes(body)


def _sent(pairs: Iterable[tuple[str, str]]) -> Sent:
    values: dict[str, str] = {}
    attributes: dict[str, list[str]] = {}
    for name, value in pairs:
        value = cleaned(value)
        if not value:
            continue
        found = _ATTRIBUTE.fullmatch(name)
        if found:
            attributes.setdefault(found[1], []).append(value)
        elif name in ("service_request_id", "service_code", "status") and name in values:
            # "Can be declared multiple times, comma delimited": both readings of the text are taken.
            values[name] += f",{value}"
        else:
            values[name] = value
    return Sent(values, attributes)


def cleaned(value: str) -> str:
    """A text in NFC, without control characters and without space around it."""
    # What is no character at all comes from bytes that are no UTF-8.
    value = value.encode("utf-8", "replace").decode()
    return unicodedata.normalize("NFC", _UNWANTED.sub("", value)).strip()


def moment(text: str, name: str, zone: tzinfo = UTC) -> datetime:
    """A moment in W3C's form; where it says no zone, `zone` is meant.

    Raises:
        BadRequestError: it is none.
    """
    found = _DATE.fullmatch(text)
    try:
        if not found:
            raise ValueError
        day, clock, offset = found.groups()
        parsed = datetime.fromisoformat(f"{day}T{clock or '00:00'}{(offset or '').upper()}")
        return (parsed if parsed.tzinfo else parsed.replace(tzinfo=zone)).astimezone(UTC)
    except (ValueError, OverflowError):
        raise BadRequestError(f"{name}: expected a date and time such as 2026-11-25T08:00:00Z") from None


def written(at: datetime | None) -> str | None:
    """A moment as we write it: UTC, whole seconds."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ") if at else None
