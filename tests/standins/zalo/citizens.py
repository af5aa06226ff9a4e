"""What a test may let citizens do, and what it may look at: the control API of the Zalo stand-in."""

from __future__ import annotations

import base64
import time
from collections.abc import Callable
from typing import Any

from tests.standins.serving import Act
from tests.standins.zalo.api import Api
from tests.standins.zalo.deliveries import Deliveries
from tests.standins.zalo.oauth import Tokens
from tests.standins.zalo.platform import Json, Platform


class Citizens:
    """Makes the events of citizens, their fields in Zalo's order.

    Args:
        base: the stand-in's own address, where the pictures of citizens lie.
    """

    def __init__(self, platform: Platform, base: Callable[[], str]) -> None:
        self._platform = platform
        self._base = base

    def write(self, citizen: str, text: str, quote: str = "") -> str:
        """A text; its message id."""
        number = self._platform.new_id()
        message = {"text": text, "msg_id": number} | ({"quote_msg_id": quote} if quote else {})
        self._send(citizen, "text", message, text)
        return number

    def write_many(self, messages: list[list[str]]) -> list[str]:
        """(citizen, text) each; the message ids."""
        return [self.write(citizen, text) for citizen, text in messages]

    def press(self, citizen: str, title: str) -> str:
        """A button of the last message with it: its payload is sent as if it had been written."""
        having = [
            button
            for one in self._platform.sent
            if one["citizen"] == citizen
            for button in one["buttons"]
            if button["title"] == title
        ]
        if not having:
            raise LookupError(f"{citizen} sees no button {title!r}")
        return self.write(citizen, having[-1]["payload"])

    def photo(self, citizen: str, body: str) -> str:
        """A picture (base64), which Zalo keeps on its media host."""
        name = f"{self._platform.token()}.jpg"
        self._platform.media[name] = base64.b64decode(body)
        url = f"{self._base()}/media/{name}"
        return self._attached(citizen, "image", {"thumbnail": url, "url": url}, text="")

    def photo_at(self, citizen: str, url: str) -> str:
        """A picture that is said to lie anywhere."""
        return self._attached(citizen, "image", {"thumbnail": url, "url": url}, text="")

    def location(self, citizen: str, latitude: Any, longitude: Any) -> str:
        """A place; the coordinates as strings or as numbers: Zalo has sent both."""
        place = {"coordinates": {"latitude": latitude, "longitude": longitude}}
        return self._attached(citizen, "location", place, text="")

    def sticker(self, citizen: str) -> str:
        """A sticker."""
        return self._attached(citizen, "sticker", {"id": "12345", "url": f"{self._base()}/sticker?eid=12345"})

    def audio(self, citizen: str) -> str:
        """A voice message."""
        return self._attached(citizen, "audio", {"url": f"{self._base()}/media/voice.amr"})

    def file(self, citizen: str, name: str, size: int = 20480) -> str:
        """A document."""
        kind = name.rsplit(".", 1)[-1]
        fields = {"url": f"{self._base()}/media/{name}", "size": str(size), "name": name}
        return self._attached(citizen, "file", {**fields, "checksum": "d41d8cd98f00b204e9800998ecf8427e", "type": kind})

    def follow(self, citizen: str, follows: bool = True) -> None:
        """Follow or unfollow the OA."""
        found = self._platform.citizen(citizen)
        found.follows = follows
        if follows:
            found.last_at = self._platform.now()
        app = self._platform.app
        kind = "follow" if follows else "unfollow"
        who = {"oa_id": app.oa_id, "follower": {"id": citizen}, "user_id_by_app": found.id_by_app}
        when = {"app_id": app.app_id, "timestamp": self._platform.timestamp()}
        self._platform.happen({**who, "event_name": kind, "source": "oa_profile", **when})

    def withdraw(self, citizen: str) -> None:
        """Take back the consent to the use of one's data."""
        found, app = self._platform.citizen(citizen), self._platform.app
        who = {"app_id": app.app_id, "oa_id": app.oa_id, "user_id": citizen, "user_id_by_app": found.id_by_app}
        self._platform.happen({**who, "event_name": "user_withdraw", "timestamp": self._platform.timestamp()})

    def submit_info(self, citizen: str, name: str, phone: str) -> None:
        """The form that the OA asked to fill in."""
        found, app = self._platform.citizen(citizen), self._platform.app
        found.last_at = self._platform.now()
        who = {"sender": {"id": citizen}, "recipient": {"id": app.oa_id}, "event_name": "user_submit_info"}
        when = {"app_id": app.app_id, "timestamp": self._platform.timestamp()}
        self._platform.happen({**who, **when, "info": {"name": name, "phone": phone}})

    def write_anonymously(self, citizen: str, conversation: str, text: str) -> str:
        """A text of somebody without an account."""
        self._platform.citizen(citizen).last_at = self._platform.now()
        number = self._platform.new_id()
        app = self._platform.app
        message = {"conversation_id": conversation, "text": text, "msg_id": number}
        who = {"app_id": app.app_id, "sender": {"id": citizen}, "recipient": {"id": app.oa_id}}
        when = {"timestamp": self._platform.timestamp()}
        self._platform.happen({**who, "event_name": "anonymous_send_text", "message": message, **when})
        return number

    def raw(self, event: Json) -> None:
        """Any event, signed as it should be."""
        self._platform.happen(event)

    def _attached(self, citizen: str, kind: str, payload: Json, **message: Any) -> str:
        number = self._platform.new_id()
        attachments = [{"payload": payload, "type": kind}]
        said = f"[{kind}] {payload.get('name') or payload.get('url') or payload.get('coordinates') or ''}"
        self._send(citizen, kind, {**message, "msg_id": number, "attachments": attachments}, said)
        return number

    def _send(self, citizen: str, kind: str, message: Json, said: str) -> None:
        found, app = self._platform.citizen(citizen), self._platform.app
        found.last_at = self._platform.now()
        entry = {"who": "citizen", "at": time.time(), "citizen": citizen, "message_id": message["msg_id"]}
        self._platform.log.append({**entry, "text": said})
        who = {"app_id": app.app_id, "sender": {"id": citizen}, "user_id_by_app": found.id_by_app}
        to = {"recipient": {"id": app.oa_id}, "event_name": f"user_send_{kind}"}
        self._platform.happen({**who, **to, "message": message, "timestamp": self._platform.timestamp()})


def acts(platform: Platform, citizens: Citizens, api: Api, tokens: Tokens, deliveries: Deliveries) -> dict[str, Act]:
    """The acts by name."""
    names = "write write_many press photo photo_at location sticker audio file follow withdraw submit_info raw"
    found: dict[str, Act] = {name: getattr(citizens, name) for name in (*names.split(), "write_anonymously")}

    def sent(citizen: str | None = None, after: int = 0) -> list[Json]:
        return [one for one in platform.sent[after:] if citizen in (None, one["citizen"])]

    def transcript(citizen: str, after: int = 0) -> list[Json]:
        return [one for one in platform.log if citizen == one["citizen"]][after:]

    def state() -> Json:
        return {
            "sent": len(platform.sent),
            "paid": api.paid,
            "calls": platform.calls,
            "refreshed": tokens.refreshed,
            "refused": tokens.refused,
            "webhook": deliveries.url,
            "under_way": deliveries.under_way,
            "given_up": len(deliveries.given_up),
        }

    def counts() -> Json:
        """A quick look for a long run."""
        done = len(deliveries.delivered)
        return {"under_way": deliveries.under_way, "sent": len(platform.sent), "tries": done}

    def refuse(citizen: str, code: int) -> None:
        """Every message to this citizen gets this code; 0: no more."""
        platform.citizen(citizen).refuses = code

    def configure(**values: Any) -> None:
        """Set `shuffle, duplicates, timeout, url` of deliveries, `access_life, old_access_ends` of tokens,
        `buttons, quota` of the API, `echoes` of the account."""
        for name, value in values.items():
            owner = next((one for one in (deliveries, tokens, api, platform) if hasattr(one, name)), None)
            if owner is None or name.startswith("_"):
                raise LookupError(name)
            setattr(owner, name, value)

    def webhook(url: str) -> None:
        deliveries.url = url

    def tries(after: int = 0) -> list[Json]:
        return deliveries.delivered[after:]

    def consent(**query: str) -> str:
        return tokens.consent(query)

    def upload(name: str) -> Json:
        found = platform.uploads[name]
        return {"kind": found.kind, "body": base64.b64encode(found.body).decode()}

    return found | {
        "sent": sent,
        "transcript": transcript,
        "state": state,
        "counts": counts,
        "refuse": refuse,
        "configure": configure,
        "webhook": webhook,
        "deliveries": tries,
        "consent": consent,
        "upload": upload,
        "later": platform.later,
        "end_access": tokens.end_access,
        "forget_access": tokens.forget_access,
    }
