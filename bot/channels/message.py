"""What every channel makes of what it received: one message of one citizen.

A channel verifies and parses; from here on nobody needs to know which platform it was.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import Any, Literal

MediaKind = Literal["photo", "file", "voice", "sticker", "video"]
EventKind = Literal["came", "left", "withdrew"]


@dataclass(frozen=True, slots=True)
class Text:
    """What the citizen wrote, not cleaned and not masked yet."""

    text: str


@dataclass(frozen=True, slots=True)
class Payload:
    """The payload of the button that the citizen pressed, as we once sent it; not to be trusted."""

    payload: str


@dataclass(frozen=True, slots=True)
class Media:
    """A picture or another file that lies with the platform.

    Attributes:
        reference: by which the channel's fetcher finds it: the platform's file id, or its address.
        size: bytes, as the platform says; none where it does not.
        name: of a file, as the citizen named it.
    """

    kind: MediaKind
    reference: str
    size: int | None = None
    name: str | None = None


@dataclass(frozen=True, slots=True)
class Location:
    """A shared place, in degrees."""

    latitude: float
    longitude: float


@dataclass(frozen=True, slots=True)
class Contact:
    """A shared contact.

    Attributes:
        own: whether the platform vouches that it is the sender's own; another's is not taken.
    """

    phone: str
    name: str | None = None
    own: bool = False


@dataclass(frozen=True, slots=True)
class Event:
    """Something happened that is not said to us: no answer is due to it.

    `came`: follows us, or unblocked us. `left`: unfollowed or blocked us. `withdrew`: takes back the consent to
    the use of their data (Zalo `user_withdraw`).

    Attributes:
        at: when, in seconds since 1970; none where the platform does not say.
    """

    kind: EventKind
    at: float | None = None


@dataclass(frozen=True, slots=True)
class TicketLink:
    """The citizen came by a link to a report: its code, and the proof in the link that it was given to them, if any."""

    code: str
    proof: str = ""


Content = Text | Payload | Media | Location | Contact | TicketLink | Event


@dataclass(frozen=True, slots=True)
class Received:
    """One message of one citizen. What a platform sends as one (picture and caption) may be two: the caption first.

    Attributes:
        channel: as in `Channel.name`.
        external_id: the platform's id of the citizen (of Zalo the one within the OA).
        message_id: unique within the citizen's conversation; the same again is the same message.
    """

    channel: str
    external_id: str
    message_id: str
    content: Content


def hold(content: Media | Contact | TicketLink | Payload) -> str:
    """What is stored of a message that is made ready when its turn comes (`bot.channels.holding`).

    Of a contact that is not the sender's own, nothing but that.
    """
    match content:
        case Contact():
            return json.dumps({"kind": "contact"})
        case Payload(payload):
            return json.dumps({"kind": "pressed", "payload": payload})
        case TicketLink(code, proof):
            return json.dumps({"kind": "ticket", "code": code, "proof": proof})
        case Media():
            kept: dict[str, Any] = {name: value for name, value in asdict(content).items() if value is not None}
            return json.dumps(kept)
