"""What Telegram keeps: chats, messages, files, and the updates that the bot has not taken yet."""

from __future__ import annotations

import asyncio
import itertools
import time
from dataclasses import dataclass, field
from typing import Any

Json = dict[str, Any]
KEPT = 24 * 3600.0
"""Seconds after which an update that nobody took is gone."""
BY_DEFAULT = frozenset(
    {"message", "edited_message", "callback_query", "my_chat_member", "channel_post", "inline_query", "poll"}
)


@dataclass
class File:
    """A file on Telegram's servers."""

    file_id: str
    path: str
    body: bytes = field(repr=False)

    def shown(self) -> Json:
        """As messages name it."""
        return {"file_id": self.file_id, "file_unique_id": f"u{self.file_id}", "file_size": len(self.body)}


@dataclass
class Chat:
    """A private chat of one citizen with the bot."""

    id: int
    first_name: str
    blocked: bool = False
    messages: dict[int, Json] = field(default_factory=dict)
    """The bot's messages in it, with their keyboards."""

    def shown(self) -> Json:
        return {"id": self.id, "type": "private", "first_name": self.first_name}

    def person(self) -> Json:
        return {"id": self.id, "is_bot": False, "first_name": self.first_name, "language_code": "vi"}


@dataclass(frozen=True)
class Pending:
    """An update that waits for the bot."""

    id: int
    chat: int
    body: Json
    at: float


class Platform:
    """The state of one bot."""

    def __init__(self, token: str) -> None:
        self.token = token
        self.bot = {"id": int(token.split(":")[0]), "is_bot": True, "first_name": "Một Cửa", "username": "motcua_bot"}
        self.chats: dict[int, Chat] = {}
        self.files: dict[str, File] = {}
        self.pending: dict[int, Pending] = {}
        self.sent: list[Json] = []
        """What reached citizens, in order."""
        self.log: list[Json] = []
        """Everything said in all chats, by both sides."""
        self.calls: list[str] = []
        self.actions: list[Json] = []
        """Shown for a moment, as in a client: `{"chat", "action"}`."""
        self.callbacks: dict[str, bool] = {}
        """Presses by id: whether they are answered."""
        self.commands: list[Json] = []
        self.allowed: frozenset[str] = BY_DEFAULT
        self.arrived = asyncio.Event()
        self.on_update: list[Any] = []
        """Told of each new update."""
        self._update_ids = itertools.count(1000)
        self._message_ids = itertools.count(10)
        self._ids = itertools.count(1)

    # What the bot does

    def deliver(self, chat: Chat, content: Json, markup: Json, call: str) -> Json:
        """A message of the bot reaches a chat; the message."""
        number = next(self._message_ids)
        message = {"message_id": number, "from": self.bot, "chat": chat.shown(), "date": int(time.time()), **content}
        if "inline_keyboard" in markup:
            message["reply_markup"] = {"inline_keyboard": markup["inline_keyboard"]}
        chat.messages[number] = message
        buttons = [button for row in markup.get("inline_keyboard", []) for button in row]
        keys = [key for row in markup.get("keyboard", []) for key in row]
        text = content.get("text", content.get("caption", ""))
        record = {
            "call": call,
            "chat": chat.id,
            "message_id": number,
            "text": text,
            "buttons": [{"title": b["text"], "payload": b.get("callback_data"), "url": b.get("url")} for b in buttons],
            "keyboard": [key if isinstance(key, dict) else {"text": key} for key in keys],
            "file": (content.get("photo") or [content.get("document") or {}])[-1].get("file_id"),
        }
        record["at"] = time.time()
        self.sent.append(record)
        self.log.append({"who": "bot", **record})
        return message

    def keep_file(self, body: bytes, name: str) -> File:
        """Store a file."""
        number = next(self._ids)
        made = File(f"file{number}", name.format(number), body)
        self.files[made.file_id] = made
        return made

    # What citizens do

    def citizen(self, chat: int, name: str = "An") -> Chat:
        """The chat of a citizen, begun where it was not."""
        return self.chats.setdefault(chat, Chat(chat, name))

    def arrive(self, chat: Chat, kind: str, content: Json) -> Json:
        """Make an update of what a citizen did; nothing where the bot does not want this kind."""
        update = {"update_id": next(self._update_ids), kind: content}
        if kind in self.allowed:
            pending = Pending(update["update_id"], chat.id, update, time.time())
            self.pending[pending.id] = pending
            self.arrived.set()
            for told in self.on_update:
                told(pending)
        return update

    def say(self, chat: int, said: str = "", **content: Any) -> Json:
        """A message of a citizen."""
        found = self.citizen(chat)
        message = {
            "message_id": next(self._message_ids),
            "from": found.person(),
            "chat": found.shown(),
            "date": int(time.time()),
            **content,
        }
        self.log.append(
            {"who": "citizen", "at": time.time(), "chat": chat, "message_id": message["message_id"], "text": said}
        )
        return self.arrive(found, "message", message)

    def press(self, chat: int, data: str, message_id: int | None = None, stale: bool = False) -> Json:
        """A pressed inline button, which must be there.

        Args:
            stale: press one that the platform no longer shows the bot (an inaccessible message).
        """
        found = self.citizen(chat)
        message: Json = {"message_id": message_id or 1, "chat": found.shown(), "date": 0}
        if not stale:
            having = [m for m in found.messages.values() if _has(m, data) and message_id in (None, m["message_id"])]
            if not having:
                raise LookupError(f"no message in chat {chat} has a button {data!r}")
            message = having[-1]
        press_id = f"press{next(self._ids)}"
        self.callbacks[press_id] = False
        self.log.append({"who": "citizen", "at": time.time(), "chat": chat, "text": f"[{_title(message, data)}]"})
        query = {"id": press_id, "from": found.person(), "chat_instance": "1", "data": data, "message": message}
        return self.arrive(found, "callback_query", query)

    def forget_old(self) -> None:
        """Updates that nobody took within a day are gone."""
        oldest = time.time() - KEPT
        for number in [number for number, update in self.pending.items() if update.at < oldest]:
            del self.pending[number]


def _has(message: Json, data: str) -> bool:
    rows = message.get("reply_markup", {}).get("inline_keyboard", [])
    return any(button.get("callback_data") == data for row in rows for button in row)


def _title(message: Json, data: str) -> str:
    rows = message.get("reply_markup", {}).get("inline_keyboard", [])
    return next((b["text"] for row in rows for b in row if b.get("callback_data") == data), data)
