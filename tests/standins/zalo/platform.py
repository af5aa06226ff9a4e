"""What Zalo keeps: the app, the Official Account, its citizens, and what was said."""

from __future__ import annotations

import hashlib
import itertools
import random
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

Json = dict[str, Any]
DAY = 86400.0


@dataclass(frozen=True)
class App:
    """An app and the Official Account that it serves. Ids are strings, above 2^53."""

    app_id: str = "360846524940903967"
    app_secret: str = "app-secret-of-the-stand-in"
    oa_id: str = "388613280878808645"
    oa_secret: str = "oa-secret-key-of-the-stand-in"
    first_refresh_token: str = "first-refresh-token-of-the-stand-in"


@dataclass
class Citizen:
    """A citizen as this OA sees them.

    Attributes:
        last_at: when they last did something with the OA, by the platform's clock; none: never.
        refuses: an error code that every message to them gets, such as -227.
    """

    id: str
    follows: bool = True
    last_at: float | None = None
    refuses: int = 0

    @property
    def id_by_app(self) -> str:
        """Another id of the same person; not to be used for sending."""
        return str(int(hashlib.sha256(self.id.encode()).hexdigest()[:15], 16) + 2**59)


@dataclass
class Upload:
    """A picture or file that was uploaded to be sent."""

    kind: str
    body: bytes = field(repr=False)
    until: float


class Platform:
    """The state of one Official Account."""

    def __init__(self, app: App, seed: int = 1) -> None:
        self.app = app
        self.citizens: dict[str, Citizen] = {}
        self.uploads: dict[str, Upload] = {}
        self.media: dict[str, bytes] = {}
        self.sent: list[Json] = []
        """What reached citizens, in order."""
        self.log: list[Json] = []
        """Everything said, by both sides."""
        self.calls: list[Json] = []
        self.on_event: list[Callable[[Json], None]] = []
        self.echoes = True
        """Whether the OA's own messages come back as events, as Zalo does."""
        self._offset = 0.0
        self._random = random.Random(seed)
        self._ids = itertools.count(1)

    def now(self) -> float:
        """The platform's clock, in seconds."""
        return time.time() + self._offset

    def later(self, seconds: float) -> None:
        """Let time pass on the platform."""
        self._offset += seconds

    def new_id(self) -> str:
        """A message id as Zalo makes them: 20 hexadecimal digits."""
        return f"{self._random.getrandbits(48):012x}{next(self._ids):08x}"

    def token(self) -> str:
        """A token or the name of an upload."""
        return f"{self._random.getrandbits(160):040x}{next(self._ids):x}"

    def citizen(self, citizen: str) -> Citizen:
        """A citizen, known from now on."""
        return self.citizens.setdefault(citizen, Citizen(citizen))

    def happen(self, event: Json) -> None:
        """Something to tell the webhook."""
        for told in self.on_event:
            told(event)

    def timestamp(self) -> str:
        """Milliseconds, as a string."""
        return str(int(self.now() * 1000))

    def deliver(self, citizen: Citizen, record: Json) -> str:
        """A message reaches a citizen; its id."""
        number = self.new_id()
        record = {"citizen": citizen.id, "message_id": number, **record}
        record["at"] = time.time()
        self.sent.append(record)
        self.log.append({"who": "bot", **record})
        if self.echoes:
            self._echo(citizen, record)
        return number

    def _echo(self, citizen: Citizen, record: Json) -> None:
        kind = "oa_send_text" if not record.get("file") else f"oa_send_{record['file_kind']}"
        base = {"app_id": self.app.app_id, "sender": {"id": self.app.oa_id}, "recipient": {"id": citizen.id}}
        said = {"text": record["text"], "msg_id": record["message_id"]}
        by_app, when = {"user_id_by_app": citizen.id_by_app}, {"timestamp": self.timestamp()}
        self.happen({**base, **by_app, "event_name": kind, "message": said, **when})
        received = {"msg_id": record["message_id"]}
        self.happen({**base, "event_name": "user_received_message", "message": received, **when})
        seen = {"msg_ids": [record["message_id"]]}
        self.happen({**base, "event_name": "user_seen_message", "message": seen, **when})
