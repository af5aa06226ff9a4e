"""What Zalo's webhook events say: each as messages of one citizen, or as nothing.

| event | becomes |
|---|---|
| `user_send_text`, `anonymous_send_text` | Text; Payload where it is one of our buttons, pressed |
| `user_send_image` | the caption as Text, each picture as Media |
| `user_send_location` | Location |
| `user_send_audio`, `_video`, `_sticker`, `_gif`, `_file` | Media |
| `user_send_link` | Text: what was written, else the address |
| `user_send_business_card` | Contact, another's |
| `user_submit_info` | Contact, the citizen's own |
| `follow`, `unfollow`, `user_withdraw` | Event |
| `oa_send_*`, `user_seen_message`, `user_received_message` | nothing: our own echo, or a receipt |
| everything else | nothing: it is told as unknown, not refused |

Everything in an event is what an outsider sent, signed or not: ids, numbers and addresses are checked by shape.
"""

from __future__ import annotations

import hashlib
import json
import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from bot.channels.entry import HELP
from bot.channels.message import Contact, Content, Event, EventKind, Location, Media, MediaKind, Payload, Received, Text
from bot.conversations.inbox import clean

CHANNEL = "zalo"
ANONYMOUS = "anonymous"
BUTTON = "#"
"""Before a payload of ours: a pressed button comes back as a text."""

Outcome = Literal["taken", "own", "ignored", "unknown", "unreadable"]

_OWN = re.compile(r"oa_send_\w+|user_seen_message|user_received_message")
_IGNORED = frozenset({"user_click_chatnow", "user_reacted_message", "oa_reacted_message"})
_EVENTS: dict[str, EventKind] = {"follow": "came", "unfollow": "left", "user_withdraw": "withdrew"}
_MEDIA: dict[str, MediaKind] = {
    "image": "photo",
    "audio": "voice",
    "video": "video",
    "sticker": "sticker",
    "gif": "sticker",
    "file": "file",
}
_SENT = re.compile(r"(user|anonymous)_send_(\w+)")
_ID = re.compile(r"[0-9A-Za-z_.\-]{1,96}")
_PRESSED = re.compile(r"#([a-z]{2,10}:[0-9A-Za-z_.:,\-]{1,60})")
_ADDRESS = re.compile(r"https?://[!-~]{1,2040}")
_PHONE = re.compile(r"\+?[0-9]{8,15}")
_MOST_ATTACHMENTS = 10
_MOST_NAME = 200


@dataclass(frozen=True)
class Parsed:
    """What an event is to us."""

    outcome: Outcome
    received: tuple[Received, ...] = ()


def parse(event: Any) -> Parsed:
    """The messages in an event; raises nothing, whatever it is."""
    if not isinstance(event, Mapping) or not isinstance(event.get("event_name"), str):
        return Parsed("unreadable")
    name = event["event_name"]
    if _OWN.fullmatch(name):
        return Parsed("own")
    if name in _IGNORED:
        return Parsed("ignored")
    sent = _SENT.fullmatch(name)
    if not sent and name not in _EVENTS and name != "user_submit_info":
        return Parsed("unknown")
    citizen = _citizen(event, anonymous=bool(sent and sent[1] == ANONYMOUS))
    if citizen is None:
        return Parsed("unreadable")
    if name in _EVENTS:
        contents: list[Content] = [Event(_EVENTS[name], _milliseconds(event.get("timestamp")))]
    elif name == "user_submit_info":
        contents = [_own_contact(event.get("info"))]
    else:
        assert sent is not None  # noqa: S101  the only way left
        found = _said(sent[2], _object(event.get("message")))
        if found is None:
            return Parsed("unknown")
        contents = found
    number = _message_id(event, name, citizen)
    received = (
        Received(CHANNEL, citizen, number if place == 0 else f"{number}/{place}", content)
        for place, content in enumerate(contents)
    )
    return Parsed("taken", tuple(received))


def _said(kind: str, message: Mapping[str, Any]) -> list[Content] | None:
    """What a message holds; None for a kind that we do not know."""
    text = message.get("text") if isinstance(message.get("text"), str) else ""
    attachments = message.get("attachments")
    payloads = [
        _object(one.get("payload"))
        for one in (attachments if isinstance(attachments, list) else [])[:_MOST_ATTACHMENTS]
        if isinstance(one, Mapping)
    ]
    if kind == "text":
        pressed = _PRESSED.fullmatch((text or "").strip())
        return [Payload(pressed[1]) if pressed else Text(text or "")]
    if kind == "link":
        address = next((p["url"] for p in payloads if isinstance(p.get("url"), str)), "")
        return [Text(text or address)]
    read: Callable[[Mapping[str, Any]], Content | None]
    if kind == "location":
        read = _location
    elif kind == "business_card":
        read = _card
    elif kind in _MEDIA:
        media = _MEDIA[kind]

        def read(payload: Mapping[str, Any]) -> Content | None:
            return _media(media, payload)

    else:
        return None
    found: list[Content] = [content for payload in payloads if (content := read(payload)) is not None]
    caption: list[Content] = [Text(text)] if text and text.strip() else []
    # Something was sent that we cannot read: say what we can do.
    return [*caption, *found] or [Payload(HELP)]


def _location(payload: Mapping[str, Any]) -> Location | None:
    coordinates = _object(payload.get("coordinates"))
    latitude, longitude = _degrees(coordinates.get("latitude"), 90), _degrees(coordinates.get("longitude"), 180)
    return None if latitude is None or longitude is None else Location(latitude, longitude)


def _media(kind: MediaKind, payload: Mapping[str, Any]) -> Media | None:
    address = payload.get("url")
    if not isinstance(address, str) or not _ADDRESS.fullmatch(address):
        return None
    name = payload.get("name")
    return Media(
        kind,
        # Zalo's own examples say http; nothing is fetched without TLS.
        re.sub(r"^http://(?=[^:/]+/)", "https://", address),
        size=_size(payload.get("size")),
        name=clean(name)[:_MOST_NAME] if isinstance(name, str) else None,
    )


def _card(payload: Mapping[str, Any]) -> Contact | None:
    """A business card: the phone stands in a JSON text within the description."""
    try:
        description = _object(json.loads(payload.get("description") or "{}"))
    except (ValueError, TypeError, RecursionError):
        return None
    phone = _phone(description.get("phone"))
    return Contact(phone) if phone else None


def _own_contact(info: Any) -> Content:
    """What the citizen filled in when the OA asked for it; Zalo says whose it is."""
    given = _object(info)
    phone, name = _phone(given.get("phone")), given.get("name")
    if phone is None:
        return Payload(HELP)
    return Contact(phone, clean(name)[:_MOST_NAME] or None if isinstance(name, str) else None, own=True)


def _citizen(event: Mapping[str, Any], *, anonymous: bool) -> str | None:
    """The citizen's id within the OA; of one who is not known to it, with the conversation's."""
    places = (event.get("follower"), event.get("sender"), event.get("user"))
    found = [_id(_object(place).get("id")) for place in places] + [_id(event.get("user_id"))]
    citizen = next((one for one in found if one), None)
    if not anonymous or citizen is None:
        return citizen
    conversation = _id(_object(event.get("message")).get("conversation_id"))
    return f"{ANONYMOUS}:{citizen}:{conversation}" if conversation else None


def _message_id(event: Mapping[str, Any], name: str, citizen: str) -> str:
    """Zalo's id of the message; of an event without one, a name that its repetition has as well."""
    given = _id(_object(event.get("message")).get("msg_id"))
    if given:
        return given
    seed = f"{name}\0{citizen}\0{event.get('timestamp')}"
    return f"e-{hashlib.sha256(seed.encode('utf-8', 'replace')).hexdigest()[:32]}"


def _object(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _id(value: Any) -> str | None:
    """An id: a string, or a whole number written as one."""
    text = str(value) if isinstance(value, int) and not isinstance(value, bool) and 0 < value < 2**63 else value
    return text if isinstance(text, str) and _ID.fullmatch(text) else None


def _degrees(value: Any, most: int) -> float | None:
    """A coordinate, which comes as a number or as a string."""
    if (
        isinstance(value, bool)
        or not isinstance(value, int | float | str)
        or (isinstance(value, str) and len(value) > 32)
    ):
        return None
    try:
        found = float(value)
    except (ValueError, OverflowError):
        return None
    return found if math.isfinite(found) and abs(found) <= most else None


def _phone(value: Any) -> str | None:
    text = str(value) if isinstance(value, int) else value
    bare = re.sub(r"[\s.\-()]", "", text[:40]) if isinstance(text, str) else ""
    return bare if _PHONE.fullmatch(bare) else None


def _size(value: Any) -> int | None:
    text = str(value) if isinstance(value, int | str) and not isinstance(value, bool) else ""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 13 else None


def _milliseconds(value: Any) -> float | None:
    text = str(value) if isinstance(value, int | str) and not isinstance(value, bool) else ""
    return int(text) / 1000 if text.isascii() and text.isdigit() and len(text) < 15 else None
