"""The OA API: errors come with HTTP 200 and `error` other than 0."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any

from tests.standins.zalo.platform import DAY, Citizen, Json, Platform, Upload

MOST_TEXT = 2000
LARGEST_IMAGE, LARGEST_FILE = 1024 * 1024, 5 * 1024 * 1024
FREE, REACHABLE = 2 * DAY, 7 * DAY
UPLOAD_LIFE = 7 * DAY
FILES = (b"%PDF", b"\xd0\xcf\x11\xe0", b"PK\x03\x04")
_QUOTA = {"quota_type": "reply", "remain": "8", "total": "8"}

MESSAGES = {
    0: "Success",
    -32: "Your application reached limit call api",
    -100: "attachment_id was expired",
    -200: "Send message failed",
    -201: "Parameter is invalid",
    -210: "Parameter exceeds allowable limit",
    -211: "Out of quota",
    -213: "User has not followed OA",
    -216: "Access token is invalid",
    -218: "Out of quota receive",
    -220: "access_token is expired or removed",
    -224: "The OA needs to upgrade OA Tier Package to use this feature",
    -227: "User is banned or has been inactive for more than 45 days",
    -230: "User has not interacted with the OA in the past 7 days",
    -232: "User has not interacted with the OA, or the last interaction has expired",
    -233: "message type is invalid or not support",
    -240: "MessageV2 API has been shut down, please switch to MessageV3",
    -242: "Invalid appsecret_proof provided in the API argument",
    -244: "User has restricted this message type from your OA",
    -320: "Your app needs to connect with Zalo Cloud Account to use paid features",
    -321: "Zalo Cloud Account associated with this app is out of money or unable to be charged",
}


class ApiRefusedError(Exception):
    """A call was refused."""

    def __init__(self, error: int, message: str = "") -> None:
        super().__init__(message)
        self.body = {"error": error, "message": message or MESSAGES.get(error, "Unknown error")}


class Rate:
    """Counts requests of a minute.

    Args:
        limit: requests.
    """

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self._minute = 0
        self._used = 0

    def take(self) -> bool:
        """Whether one more may go."""
        minute = int(time.monotonic() / 60)
        if minute != self._minute:
            self._minute, self._used = minute, 0
        self._used += 1
        return self._used <= self.limit

    def headers(self) -> dict[str, str]:
        """What Zalo says of it in its answers."""
        return {"X-RateLimit-Limit": str(self.limit), "X-RateLimit-Remain": str(max(0, self.limit - self._used))}


class Api:
    """The calls.

    Args:
        buttons: whether consultation messages may have buttons, which is not verified for v3.
        quota: whether answers name a quota, as they did until March 2026.
    """

    def __init__(self, platform: Platform, *, buttons: bool = False, quota: bool = False) -> None:
        self._platform = platform
        self.buttons = buttons
        self.quota = quota
        self.paid = 0
        """Messages that the OA is billed for: later than 48 hours after the citizen's last word."""

    def send(self, body: Any) -> Json:
        """`POST /v3.0/oa/message/cs`."""
        recipient, message = _parts(body)
        citizen = self._platform.citizens.get(str(recipient.get("user_id", "")))
        if citizen is None:
            raise ApiRefusedError(-201, "user_id is invalid!")
        record = self._record(message)
        self._reachable(citizen)
        return self._delivered(citizen, record)

    def send_v2(self, body: Any) -> Json:
        """`POST /v2.0/oa/message`: only for those who write without an account."""
        recipient, message = _parts(body)
        if "anonymous_id" not in recipient:
            raise ApiRefusedError(-240)
        citizen = self._platform.citizens.get(str(recipient["anonymous_id"]))
        if citizen is None or not recipient.get("conversation_id"):
            raise ApiRefusedError(-201, "anonymous_id is invalid!")
        return self._delivered(citizen, self._record(message))

    def upload_image(self, name: str, body: bytes) -> Json:
        """`POST /v2.0/oa/upload/image`."""
        if not body.startswith((b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n")):
            raise ApiRefusedError(-201, "file is invalid")
        return {"attachment_id": self._upload("image", body, LARGEST_IMAGE)}

    def upload_file(self, name: str, body: bytes) -> Json:
        """`POST /v2.0/oa/upload/file`."""
        if not body.startswith(FILES):
            raise ApiRefusedError(-201, "file is invalid")
        return {"token": self._upload("file", body, LARGEST_FILE)}

    def user_detail(self, query: Any) -> Json:
        """`GET /v3.0/oa/user/detail`."""
        citizen = self._platform.citizens.get(str(query.get("user_id", "")) if isinstance(query, dict) else "")
        if citizen is None:
            raise ApiRefusedError(-201, "user_id is invalid!")
        last = time.strftime("%d/%m/%Y", time.localtime(citizen.last_at)) if citizen.last_at else ""
        return {
            "user_id": citizen.id,
            "user_id_by_app": citizen.id_by_app,
            "user_external_id": "",
            "display_name": "Nguyễn Văn A",
            "user_alias": "Nguyễn Văn A",
            "is_sensitive": False,
            "user_last_interaction_date": last,
            "user_is_follower": citizen.follows,
            "tags_and_notes_info": {"notes": [], "tag_names": []},
            "shared_info": {},
        }

    def user_quota(self, body: Any) -> Json:
        """`POST /v3.0/oa/quota/message`."""
        citizen = self._platform.citizens.get(str(body.get("user_id", "")) if isinstance(body, dict) else "")
        if citizen is None:
            raise ApiRefusedError(-201, "user_id is invalid!")
        return {
            "last_interaction": str(int((citizen.last_at or 0) * 1000)),
            "cs_reply": {"remain": 8, "total": 8},
            "promotion": {"daily_remain": 0, "daily_total": 1, "monthly_remain": 4, "monthly_total": 6},
        }

    def _delivered(self, citizen: Citizen, record: Json) -> Json:
        number = self._platform.deliver(citizen, record)
        found = {"message_id": number, "user_id": citizen.id, "sent_time": self._platform.timestamp()}
        return {"quota": _QUOTA, **found} if self.quota else found

    def _reachable(self, citizen: Citizen) -> None:
        """The windows: free within 48 hours of the citizen's last word, billed within 7 days, then closed."""
        if citizen.refuses:
            raise ApiRefusedError(citizen.refuses)
        if not citizen.follows:
            raise ApiRefusedError(-213)
        if citizen.last_at is None:
            raise ApiRefusedError(-232)
        since = self._platform.now() - citizen.last_at
        if since > REACHABLE:
            raise ApiRefusedError(-230)
        self.paid += since > FREE

    def _record(self, message: Mapping[str, Any]) -> Json:
        """A message, checked, as it will reach the citizen."""
        text, attachment = message.get("text", ""), message.get("attachment")
        if not isinstance(text, str) or (not text.strip() and attachment is None):
            raise ApiRefusedError(-201, "message is empty")
        if len(text) > MOST_TEXT:
            raise ApiRefusedError(-210)
        record: Json = {"text": text, "buttons": [], "file": None, "asks": None}
        if attachment is None:
            return record
        if not isinstance(attachment, dict) or not isinstance(attachment.get("payload"), dict):
            raise ApiRefusedError(-201, "attachment is invalid")
        payload = attachment["payload"]
        if attachment.get("type") == "file":
            return record | {"file": self._uploaded("file", payload.get("token")), "file_kind": "file"}
        if attachment.get("type") != "template":
            raise ApiRefusedError(-233)
        if payload.get("buttons"):
            record["buttons"] = self._buttons(payload["buttons"])
        kind, elements = payload.get("template_type"), payload.get("elements") or [{}]
        if kind == "media":
            found = self._uploaded("image", elements[0].get("attachment_id"))
            return record | {"file": found, "file_kind": "image"}
        if kind == "request_user_info":
            return record | {"text": elements[0].get("subtitle", ""), "asks": "user_info"}
        if kind is not None or not record["buttons"]:
            raise ApiRefusedError(-233)
        return record

    def _buttons(self, given: Any) -> list[Json]:
        if not self.buttons:
            raise ApiRefusedError(-233)
        for button in given:
            if button.get("type") not in ("oa.query.show", "oa.query.hide", "oa.open.url", "oa.open.phone"):
                raise ApiRefusedError(-201, "button is invalid")
            if not 0 < len(button.get("title", "")) <= 100 or len(str(button.get("payload", ""))) > 1000:
                raise ApiRefusedError(-201, "button is invalid")
        if len(given) > 5:
            raise ApiRefusedError(-210)
        return [{"title": button["title"], "payload": button["payload"], "type": button["type"]} for button in given]

    def _upload(self, kind: str, body: bytes, most: int) -> str:
        if len(body) > most:
            raise ApiRefusedError(-210)
        name = self._platform.token()
        self._platform.uploads[name] = Upload(kind, body, self._platform.now() + UPLOAD_LIFE)
        return name

    def _uploaded(self, kind: str, name: Any) -> str:
        found = self._platform.uploads.get(str(name))
        if found is None or found.kind != kind:
            raise ApiRefusedError(-201, "attachment_id is invalid")
        if found.until < self._platform.now():
            raise ApiRefusedError(-100)
        return str(name)


def _parts(body: Any) -> tuple[Mapping[str, Any], Mapping[str, Any]]:
    recipient = body.get("recipient") if isinstance(body, dict) else None
    message = body.get("message") if isinstance(body, dict) else None
    if not isinstance(recipient, dict) or not isinstance(message, dict):
        raise ApiRefusedError(-201, "body is invalid")
    return recipient, message
