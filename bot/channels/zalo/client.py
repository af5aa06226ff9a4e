"""The Zalo OA API as this channel needs it, and what its failures mean (`bot.channels.sending`)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import structlog

from bot.channels.sending import NotSentError, OptedOutError, RefusedError, SendError, UnknownError
from bot.channels.zalo.codes import Action, Meaning, meaning
from bot.channels.zalo.events import ANONYMOUS, BUTTON
from bot.channels.zalo.http import Answer, BrokenOffError, Http, UnreachableError
from bot.channels.zalo.images import MOST_FILE
from bot.channels.zalo.pace import Pace, PaceError
from bot.channels.zalo.tokens import NoTokenError, TokenKeeper
from bot.conversations.turns import Json

log = structlog.get_logger(__name__)

SEND, SEND_ANONYMOUS = "/v3.0/oa/message/cs", "/v2.0/oa/message"
UPLOAD_IMAGE, UPLOAD_FILE = "/v2.0/oa/upload/image", "/v2.0/oa/upload/file"
FILE_TYPES = frozenset({"application/pdf", "application/msword"})
SHORTEST_TOKEN_PAUSE, TOKEN_PAUSE = 1.0, 60.0
"""Seconds for which a message waits for a token: until the next try to get one, within these."""
REJECTED_PAUSE = 300.0


class ZaloClient:
    """Calls with the access token, at the pace that Zalo allows."""

    def __init__(self, http: Http, keeper: TokenKeeper, pace: Pace) -> None:
        self._http = http
        self._keeper = keeper
        self._pace = pace

    async def close(self) -> None:
        """Close the connections."""
        await self._http.close()

    async def send(self, to: str, message: Json) -> str:
        """Send one message, made by `text_message`, `image_message` or `file_message`.

        Returns:
            Zalo's id of it.

        Raises:
            SendError: which kind tells whether it may be sent again.
        """
        path, recipient = _recipient(to)
        data = await self._call(path, json={"recipient": recipient, "message": message})
        return str(data.get("message_id") or "")

    async def upload_image(self, body: bytes, kind: str) -> str:
        """Upload a picture of at most 1 MB (see `images.fitted`); the id to send it with.

        Raises:
            NotSentError, RefusedError: never UnknownError, because uploading again does no harm.
        """
        name = "image.png" if kind == "image/png" else "image.jpg"
        return await self._upload(UPLOAD_IMAGE, (name, body, kind), "attachment_id")

    async def upload_file(self, body: bytes, name: str, kind: str = "application/pdf") -> str:
        """Upload a document (PDF, DOC) of at most 5 MB; the token to send it with.

        Raises:
            NotSentError, RefusedError.
        """
        if len(body) > MOST_FILE or kind not in FILE_TYPES:
            raise RefusedError("file")
        return await self._upload(UPLOAD_FILE, (name, body, kind), "token")

    async def _upload(self, path: str, file: tuple[str, bytes, str], key: str) -> str:
        try:
            data = await self._call(path, files={"file": file})
        except UnknownError as error:
            raise NotSentError(str(error)) from error
        found = data.get(key)
        if not isinstance(found, str) or not found:
            raise RefusedError("upload")
        return found

    async def _call(self, path: str, **what: Any) -> Mapping[str, Any]:
        """One call; with a token that Zalo does not take, once more with a new one."""
        try:
            access = await self._keeper.access()
            for again in (True, False):
                found = await self._once(path, access.token, **what)
                if not isinstance(found, Meaning):
                    return found
                if again:
                    access = await self._keeper.renewed(access.generation)
            await self._keeper.reject(access.generation, -216)
        except NoTokenError as error:
            pause = TOKEN_PAUSE if error.pause is None else error.pause
            pause = min(max(pause, SHORTEST_TOKEN_PAUSE), TOKEN_PAUSE)
            raise NotSentError(f"token_{error.trouble}", pause) from error
        raise NotSentError("token_rejected", REJECTED_PAUSE)

    async def _once(self, path: str, token: str, **what: Any) -> Mapping[str, Any] | Meaning:
        """The data of a successful call, or the meaning of an error that a new token may mend."""
        try:
            await self._pace.turn()
            answer = await self._http.post(path, headers={"access_token": token}, **what)
        except PaceError as error:
            raise NotSentError("rate_limited", error.pause) from error
        except UnreachableError as error:
            raise NotSentError(error.code) from error
        except BrokenOffError as error:
            raise UnknownError(error.code) from error
        self._pace.seen(answer.headers)
        code = error_code(answer)
        if code == 0:
            self._pace.went()
            data = answer.data.get("data")
            return data if isinstance(data, Mapping) else {}
        found = meaning(code)
        if found.action is Action.REFRESH:
            log.warning("zalo.token.refused", code=code)
            return found
        if found.word == "rate_limited":
            raise NotSentError(found.word, self._pace.limited(answer.headers))
        if found.alarm:
            log.error("zalo.api.trouble", code=code, trouble=found.word)
        raise failure(found)


def error_code(answer: Answer) -> int:
    """Zalo's error code of an answer, 0 for success. Errors come with HTTP 200.

    Raises:
        SendError: the answer has none: a gateway's, or a server's that failed.
    """
    code = answer.data.get("error") if isinstance(answer.data, Mapping) else None
    if isinstance(code, str) and code.lstrip("-").isascii() and code.lstrip("-").isdigit() and len(code) < 10:
        code = int(code)
    if isinstance(code, int) and not isinstance(code, bool) and (code != 0 or answer.status == 200):
        return code
    if answer.status == 429:
        return -32
    if 400 <= answer.status < 500:
        raise RefusedError(f"http_{answer.status}")
    if 300 <= answer.status < 400:
        raise NotSentError("redirected", REJECTED_PAUSE)
    raise UnknownError(f"http_{answer.status}" if answer.status >= 500 else "unreadable")


def failure(found: Meaning) -> SendError:
    """The error that says what to do with the message."""
    match found.action:
        case Action.GIVE_UP:
            return RefusedError(found.word)
        case Action.OPTED_OUT:
            return OptedOutError(found.word)
        case _:
            return NotSentError(found.word, found.pause)


def text_message(text: str, buttons: list[Json] | None = None) -> Json:
    """A text, with buttons where they are wanted and have been tried on one's own OA."""
    message: Json = {"text": text}
    if buttons:
        shown = [
            {"title": button["title"], "type": "oa.query.show", "payload": BUTTON + button["payload"]}
            for button in buttons
        ]
        message["attachment"] = {"type": "template", "payload": {"buttons": shown}}
    return message


def image_message(attachment_id: str, text: str = "") -> Json:
    """A picture that was uploaded, with a text beside it."""
    elements = [{"media_type": "image", "attachment_id": attachment_id}]
    message: Json = {
        "attachment": {"type": "template", "payload": {"template_type": "media", "elements": elements}},
    }
    return {"text": text, **message} if text else message


def file_message(token: str) -> Json:
    """A document that was uploaded."""
    return {"attachment": {"type": "file", "payload": {"token": token}}}


def contact_request(image_url: str) -> Json:
    """The form in which a citizen gives name and telephone; what they send comes back as `user_submit_info`.

    Args:
        image_url: a picture of ours that Zalo fetches.
    """
    element = {
        "title": "Gửi thông tin liên hệ",
        "subtitle": "Bấm để gửi họ tên, số điện thoại cho phản ánh này. Không bắt buộc.",
        "image_url": image_url,
    }
    payload = {"template_type": "request_user_info", "elements": [element]}
    return {"attachment": {"type": "template", "payload": payload}}


def _recipient(to: str) -> tuple[str, Json]:
    """Where and to whom: one who is not known to the OA is addressed by the conversation, on the older path."""
    kind, _, rest = to.partition(":")
    if kind == ANONYMOUS and rest:
        citizen, _, conversation = rest.partition(":")
        return SEND_ANONYMOUS, {"anonymous_id": citizen, "conversation_id": conversation}
    return SEND, {"user_id": to}
