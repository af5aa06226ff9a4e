"""From a posted form to a report."""

from __future__ import annotations

import hashlib
import math
import re
import secrets
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from bot.locality import Category, Locality, Question
from bot.open311.errors import BadRequestError, NotFoundError, Open311Error
from bot.open311.forms import Sent, moment
from bot.privacy import mask, readable
from bot.tickets import Texts, legal
from bot.tickets.contacts import Contact
from bot.tickets.guidance import Guidance
from bot.tickets.published import without_names
from bot.tickets.records import NewReport
from bot.tickets.wards import resolve

LONGEST_DESCRIPTION = 4000
LONGEST_PLACE = 500
LONGEST_CONTACT = 200
LONGEST_ID = 200
LONGEST_URL = 2000
LONGEST_ANSWER = 1000
COORDINATES = "{lat:.6f}, {long:.6f}"
"""The place of a report that came with coordinates alone."""

_ONLY_COORDINATES = re.compile(r"-?\d{1,2}\.\d{6}, -?\d{1,3}\.\d{6}")
_NUMBER = re.compile(r"[+-]?(?:\d{1,15}(?:\.\d{0,15})?|\.\d{1,15})(?:[eE][+-]?\d{1,2})?")
NOT_REPORTS = ("emergency", "crime", "denunciation", "complaint_decision")
_CONTACT = ("email", "phone", "first_name", "last_name", "device_id", "account_id")


@dataclass(frozen=True)
class Posted:
    """A checked POST.

    Attributes:
        report: without its photos, which are stored when all else holds.
        idempotency_key: posting again with it gives the same ticket.
        note: what else the caller said, for the office alone.
    """

    report: NewReport
    idempotency_key: str
    note: str | None


def read_post(sent: Sent, locality: Locality, key_name: str, header_key: str | None) -> Posted:
    """Check a posted request.

    Args:
        key_name: whose API key it is; external ids are its own.
        header_key: of the header `Idempotency-Key`.

    Raises:
        NotFoundError: no such service.
        BadRequestError: with a line for everything that does not hold.
    """
    code = sent.get("service_code")
    category = locality.category(code)
    if code and category is None:
        raise NotFoundError(f"service_code {code[:60]!r} was not found")
    problems: list[str] = [] if code else ["service_code was not provided"]
    lat, long = _coordinates(sent, problems)
    place = sent.get("address_string") or sent.get("address_id")
    if place is None and lat is not None and long is not None:
        place = COORDINATES.format(lat=lat, long=long)
    if place is None and not problems:
        problems.append("a place was not provided: lat and long, or address_string, or address_id")
    description = sent.get("description") or ""
    _short_enough(problems, "description", description, LONGEST_DESCRIPTION)
    _short_enough(problems, "address_string", place or "", LONGEST_PLACE)
    for name in _CONTACT:
        _short_enough(problems, name, sent.get(name) or "", LONGEST_CONTACT)
    if (email := sent.get("email")) and not re.fullmatch(r"[^@\s]+@[^@\s]+", email):
        problems.append("email: expected an e-mail address")
    external = header_key or sent.get("external_id") or next(iter(sent.attributes.get("external_id", ())), None)
    _short_enough(problems, "external_id", external or "", LONGEST_ID)
    media_url = _media_url(sent, problems)
    answers = _answers(sent, category, problems) if category else {}
    sorted_as = legal.sort(" ".join((description, *map(str, answers.values()))))
    if sorted_as in NOT_REPORTS:
        problems.append(_guided(sorted_as, locality))
    ward = _ward(locality, place or "", lat, long, problems)
    if problems or category is None:
        raise BadRequestError(*problems)
    hide = _hider(sent)
    report = NewReport(
        conversation="",
        channel="open311",
        category=category.code,
        description=hide(description)[:LONGEST_DESCRIPTION],
        place=place if place and only_coordinates(place) else hide(place or ""),
        contact=_contact(sent),
        lat=lat,
        long=long,
        ward=ward,
        # About the conduct of an official, under whatever service it came: for the office alone.
        private=sorted_as == "conduct",
        answers={name: hide(value) if isinstance(value, str) else value for name, value in answers.items()},
        source="open311",
        external_id=external_id(key_name, external) if external else None,
    )
    return Posted(report, _idempotency_key(key_name, external), f"Ảnh hoặc tệp: {media_url}" if media_url else None)


def _guided(sort: str, locality: Locality) -> str:
    """Why something is not taken, and where it belongs; nothing of it is stored."""
    guidance = Guidance(locality, Texts(locality))
    told = " ".join(guidance.of(sort)).replace("\n", " ")
    return f"description: this is not a service request ({sort}) and nothing of it was stored. {told}"


def _ward(locality: Locality, place: str, lat: float | None, long: float | None, problems: list[str]) -> str | None:
    """The ward of a place: as its words say, else where its coordinates lie, else the only one there is."""
    found = resolve(place, [], locality) if place and not only_coordinates(place) else None
    if found and found.state == "inside" and len(found.places) == 1:
        return found.places[0].code
    codes, drawn = [area.code for area in locality.areas], locality.drawn
    if drawn is not None and lat is not None and long is not None:
        if (code := drawn.ward(lat, long)) is not None:
            return code
        if drawn.covers(codes):
            problems.append(f"lat and long: outside the area of {locality.name}")
            return None
    return codes[0] if len(codes) == 1 else None


def only_coordinates(place: str) -> bool:
    """Whether a place says no more than latitude and longitude do."""
    return bool(_ONLY_COORDINATES.fullmatch(place))


def external_id(key_name: str, given: str) -> str:
    """How a caller's own id is stored: callers do not share them."""
    return f"{key_name}:{given}"


def _idempotency_key(key_name: str, external: str | None) -> str:
    if external is None:
        return f"open311:{key_name}:once:{secrets.token_hex(16)}"
    return f"open311:{key_name}:{hashlib.sha256(external.encode()).hexdigest()}"


def _coordinates(sent: Sent, problems: list[str]) -> tuple[float | None, float | None]:
    lat, long = sent.get("lat"), sent.get("long")
    if lat is None and long is None:
        return None, None
    if lat is None or long is None:
        problems.append("lat and long must be provided together")
        return None, None
    if not (_NUMBER.fullmatch(lat) and _NUMBER.fullmatch(long)):
        problems.append("lat and long: expected decimal degrees")
        return None, None
    degrees = float(lat), float(long)
    if not (all(map(math.isfinite, degrees)) and abs(degrees[0]) <= 90 and abs(degrees[1]) <= 180):
        problems.append("lat and long: out of range")
        return None, None
    return degrees


def _media_url(sent: Sent, problems: list[str]) -> str | None:
    url = sent.get("media_url")
    if url is None:
        return None
    try:
        split = urlsplit(url)
        good = split.scheme in ("http", "https") and bool(split.hostname) and not re.search(r"\s", url)
    except ValueError:
        good = False
    if not good or len(url) > LONGEST_URL:
        problems.append("media_url: expected an address that begins with http:// or https://")
    return url


def _contact(sent: Sent) -> Contact:
    """What the office needs to call back. Ids of devices and accounts are of no use to it and are not kept."""
    contact = Contact()
    if name := " ".join(part for part in (sent.get("last_name"), sent.get("first_name")) if part):
        contact["name"] = name
    if phone := sent.get("phone"):
        contact["phone"] = phone
    if email := sent.get("email"):
        contact["email"] = email
    return contact or Contact(anonymous=True)


def _hider(sent: Sent) -> Any:
    """What takes personal data out of a text: the masks of the bot, and what this form itself says of the person."""
    first, last = sent.get("first_name") or "", sent.get("last_name") or ""
    names = [f"{last} {first}", f"{first} {last}", first, last]
    given = [value for name in ("email", "phone", "device_id", "account_id") if len(value := sent.get(name) or "") > 5]

    def hide(text: str) -> str:
        for value in given:
            text = re.sub(re.escape(value), "(…)", text, flags=re.IGNORECASE)
        return without_names(readable(mask(text).text), names)

    return hide


def _answers(sent: Sent, category: Category, problems: list[str]) -> dict[str, Any]:
    known = {question.code: question for question in category.questions}
    unknown = sorted(set(sent.attributes) - set(known) - {"external_id"})
    problems += [f"attribute[{name}]: this service has no such attribute" for name in unknown]
    answers: dict[str, Any] = {}
    for code, question in known.items():
        given = sent.attributes.get(code)
        if not given:
            if question.required:
                problems.append(f"attribute[{code}] was not provided")
            continue
        try:
            answers[code] = _answer(question, given)
        except Open311Error as error:
            problems += error.descriptions
    return answers


def _answer(question: Question, given: list[str]) -> Any:
    name = f"attribute[{question.code}]"
    options = {option.code for option in question.options}
    if question.kind == "choices":
        # Several fields of one name, or one with commas: both are met.
        keys = list(dict.fromkeys(part.strip() for value in given for part in value.split(",") if part.strip()))
        if not set(keys) <= options:
            raise BadRequestError(f"{name}: expected some of {', '.join(sorted(options))}")
        return keys
    if len(given) > 1:
        raise BadRequestError(f"{name}: expected one value")
    value = given[0]
    match question.kind:
        case "choice":
            if value not in options:
                raise BadRequestError(f"{name}: expected one of {', '.join(sorted(options))}")
        case "number":
            if not _NUMBER.fullmatch(value) or not math.isfinite(float(value)):
                raise BadRequestError(f"{name}: expected a number")
        case "date":
            moment(value, name)
        case "text":
            if len(value) > LONGEST_ANSWER:
                raise BadRequestError(f"{name}: at most {LONGEST_ANSWER} characters")
    return value


def _short_enough(problems: list[str], name: str, value: str, most: int) -> None:
    if len(value) > most:
        problems.append(f"{name}: at most {most} characters")
