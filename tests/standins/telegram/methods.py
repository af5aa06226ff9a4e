"""The methods of the Bot API, as far as this bot or a neighbour of it calls them.

Limits and errors as in Telegram's documentation and its server's source. Not here: entities and `parse_mode` are kept
and not parsed, and a photo given by an address is not fetched.
"""

from __future__ import annotations

import json
import math
import time
from collections.abc import Callable, Mapping
from typing import Any

from tests.standins.telegram.errors import BLOCKED, OLD_QUERY, ApiError, bad, flood
from tests.standins.telegram.platform import Chat, Json, Platform

MOST_TEXT, MOST_CAPTION, MOST_DATA = 4096, 1024, 64
ACTIONS = frozenset(
    {
        *("typing", "upload_photo", "record_video", "upload_video", "record_voice", "upload_voice"),
        *("upload_document", "choose_sticker", "find_location", "record_video_note", "upload_video_note"),
    }
)
LARGEST_DOWNLOAD, LARGEST_PHOTO = 20 * 2**20, 10 * 2**20
OVERALL, IN_CHAT, CHAT_BURST = 30.0, 1.0, 5
"""Messages a second; a chat may be ahead of its pace by a few."""


class Pace:
    """Refuses who sends faster than Telegram allows."""

    def __init__(self) -> None:
        self._next: dict[int | None, float] = {}

    def look(self, chat: int) -> None:
        """Raises ApiError where it is too fast."""
        now = time.monotonic()
        for key, rate, burst in ((None, OVERALL, OVERALL), (chat, IN_CHAT, CHAT_BURST)):
            due = max(self._next.get(key, 0.0), now - burst / rate)
            if due > now:
                raise flood(math.ceil(due - now))
            self._next[key] = due + 1 / rate


class Methods:
    """What a token may call.

    Args:
        pace: none: as fast as one likes.
    """

    def __init__(self, platform: Platform, pace: Pace | None = None) -> None:
        self._platform = platform
        self._pace = pace
        self._table: dict[str, Callable[[Mapping[str, Any]], Any]] = {
            "getme": lambda _: self._platform.bot,
            "sendmessage": self._send_message,
            "sendphoto": self._send_photo,
            "senddocument": self._send_document,
            "sendchataction": self._send_chat_action,
            "answercallbackquery": self._answer_callback,
            "setmycommands": self._set_commands,
            "getmycommands": lambda _: self._platform.commands,
            "deletemycommands": self._delete_commands,
            "getfile": self._get_file,
        }

    def call(self, method: str, values: Mapping[str, Any]) -> Any:
        """The result of a call; `values` as strings, files as (name, bytes).

        Raises:
            ApiError: it is refused.
        """
        found = self._table.get(method.lower())
        if found is None:
            raise ApiError(404, "Not Found")
        return found(values)

    def _send_message(self, values: Mapping[str, Any]) -> Json:
        chat = self._chat(values)
        text = str(values.get("text", "")).strip()
        if not text:
            raise bad("message text is empty")
        if len(text) > MOST_TEXT:
            raise bad("message is too long")
        return self._platform.deliver(chat, {"text": text}, _markup(values), "sendMessage")

    def _send_photo(self, values: Mapping[str, Any]) -> Json:
        content = self._file(values, "photo", "photos/{}.jpg", LARGEST_PHOTO)
        sizes = [{**content, "width": 1280, "height": 960}]
        return self._with_caption(values, {"photo": sizes}, "sendPhoto")

    def _send_document(self, values: Mapping[str, Any]) -> Json:
        content = self._file(values, "document", "documents/{}.bin", 50 * 2**20)
        return self._with_caption(values, {"document": content}, "sendDocument")

    def _with_caption(self, values: Mapping[str, Any], content: Json, call: str) -> Json:
        caption = str(values.get("caption", "")).strip()
        if len(caption) > MOST_CAPTION:
            raise bad("message caption is too long")
        content |= {"caption": caption} if caption else {}
        return self._platform.deliver(self._chat(values), content, _markup(values), call)

    def _file(self, values: Mapping[str, Any], field: str, path: str, most: int) -> Json:
        given = values.get(field)
        if isinstance(given, tuple):
            if not given[1]:
                raise bad("file must be non-empty")
            if len(given[1]) > most:
                raise ApiError(413, "Request Entity Too Large")
            return self._platform.keep_file(given[1], path).shown()
        if not given:
            raise bad(f"there is no {field} in the request")
        if str(given).startswith("attach://"):
            return self._file(values, str(given).removeprefix("attach://"), path, most)
        if given in self._platform.files:
            return self._platform.files[given].shown()
        if str(given).startswith(("http://", "https://")):
            return self._platform.keep_file(b"", path).shown()
        raise bad("wrong remote file identifier specified: Wrong string length")

    def _send_chat_action(self, values: Mapping[str, Any]) -> bool:
        chat = self._known(values)
        action = str(values.get("action", ""))
        if action not in ACTIONS:
            raise bad("wrong parameter action in request")
        self._platform.actions.append({"chat": chat.id, "action": action})
        return True

    def _answer_callback(self, values: Mapping[str, Any]) -> bool:
        press = str(values.get("callback_query_id", ""))
        if self._platform.callbacks.get(press, True):
            raise OLD_QUERY
        if len(str(values.get("text", ""))) > 200:
            raise bad("MESSAGE_TOO_LONG")
        self._platform.callbacks[press] = True
        return True

    def _set_commands(self, values: Mapping[str, Any]) -> bool:
        commands = from_json(values.get("commands", "[]"))
        if len(commands) > 100:
            raise bad("BOT_COMMANDS_TOO_MUCH")
        for command in commands:
            name = command.get("command", "").removeprefix("/")
            if not (0 < len(name) <= 32 and name.isascii() and name.replace("_", "a").isalnum() and name.islower()):
                raise bad("BOT_COMMAND_INVALID")
            if not 0 < len(command.get("description", "")) <= 256:
                raise bad("BOT_COMMAND_DESCRIPTION_INVALID")
        self._platform.commands = commands
        return True

    def _delete_commands(self, _: Mapping[str, Any]) -> bool:
        self._platform.commands = []
        return True

    def _get_file(self, values: Mapping[str, Any]) -> Json:
        found = self._platform.files.get(str(values.get("file_id", "")))
        if found is None:
            raise bad("wrong file_id or the file is temporarily unavailable")
        if len(found.body) > LARGEST_DOWNLOAD:
            raise bad("file is too big")
        return {**found.shown(), "file_path": found.path}

    def _known(self, values: Mapping[str, Any]) -> Chat:
        try:
            chat = self._platform.chats.get(int(values.get("chat_id", "")))
        except ValueError:
            chat = None
        if chat is None:
            raise bad("chat not found")
        if chat.blocked:
            raise BLOCKED
        return chat

    def _chat(self, values: Mapping[str, Any]) -> Chat:
        """The chat of a message that would be delivered now."""
        chat = self._known(values)
        if self._pace:
            self._pace.look(chat.id)
        return chat


def _markup(values: Mapping[str, Any]) -> Json:
    """The keyboard, checked as Telegram checks it."""
    given = from_json(values.get("reply_markup", "{}"))
    if not isinstance(given, dict):
        raise bad("object expected as reply markup")
    for row in given.get("inline_keyboard", []):
        for button in row:
            if not button.get("text"):
                raise bad('can\'t parse inline keyboard button: Field "text" must be non-empty')
            if "callback_data" in button and not 0 < len(button["callback_data"].encode()) <= MOST_DATA:
                raise bad("BUTTON_DATA_INVALID")
            if not {"callback_data", "url"} & button.keys():
                raise bad("can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard")
    return given


def from_json(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    try:
        return json.loads(value)
    except ValueError as error:
        raise bad("can't parse JSON object") from error
