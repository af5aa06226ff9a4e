"""What an update of the Bot API says to us: https://core.telegram.org/bots/api#update.

| update | becomes |
|---|---|
| text | Text; a command of the menu its payload; `/start <link>` a link to a report |
| caption and photo | Text, then Media: two messages, in this order |
| pressed inline button | Payload |
| place, venue | Location |
| contact | Contact, `own` only where its `user_id` is the sender's |
| image sent as a file | Media `photo`; any other file, voice, sticker, video: Media of its kind |
| the bot blocked, unblocked | Event |
| edited message, group, channel post, anything else | nothing: an edit is no new question |
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import structlog
from telegram import ChatMemberUpdated, Message, PhotoSize, Update
from telegram.constants import ChatMemberStatus, ChatType

from bot.channels.entry import HELP
from bot.channels.message import (
    Contact,
    Content,
    Event,
    Location,
    Media,
    MediaKind,
    Payload,
    Received,
    Text,
    TicketLink,
)
from bot.channels.telegram.commands import of_command
from bot.conversations.inbox import clean
from bot.tickets.links import LINK
from bot.tickets.photos import MOST_BYTES

log = structlog.get_logger(__name__)

CHANNEL = "telegram"
WANTED = ["message", "callback_query", "my_chat_member"]
"""The kinds of updates that are asked for."""

_COMMAND = re.compile(r"/(?P<name>[A-Za-z0-9_]{1,32})(?:@\w+)?(?:\s+(?P<rest>.*))?", re.DOTALL)


def read(update: Update) -> list[Received]:
    """As `translate`, and nothing for an update of a shape that we do not know: delivered again, it would be no
    better, and Telegram delivers nothing else of that chat until it is taken.
    """
    try:
        return translate(update)
    except (AttributeError, KeyError, TypeError, ValueError, IndexError, OverflowError) as error:
        log.warning("telegram.update.unread", error=type(error).__name__)
        return []


def translate(update: Update) -> list[Received]:
    """The messages in an update, in order; none for what is not said to us by one citizen."""
    chat = update.effective_chat
    if chat is None or chat.type != ChatType.PRIVATE:
        return []
    citizen = str(int(chat.id))
    if (query := update.callback_query) is not None:
        pressed = clean(str(query.data or ""))
        return [Received(CHANNEL, citizen, f"c{clean(str(query.id))}", Payload(pressed))] if pressed else []
    if (changed := update.my_chat_member) is not None:
        return [Received(CHANNEL, citizen, f"u{int(update.update_id)}", _membership(changed))]
    if (message := update.message) is None:
        return []
    number = f"m{int(message.message_id)}"
    if (media := _media(message)) is None:
        return [Received(CHANNEL, citizen, number, _content(message))]
    found = [Received(CHANNEL, citizen, f"{number}m", media)]
    if (message.caption or "").strip():
        found.insert(0, Received(CHANNEL, citizen, number, Text(message.caption or "")))
    return found


def _content(message: Message) -> Content:
    if message.location is not None:
        return Location(float(message.location.latitude), float(message.location.longitude))
    if (contact := message.contact) is not None:
        sender = message.from_user.id if message.from_user else None
        name = " ".join(filter(None, (contact.last_name, contact.first_name)))
        return Contact(str(contact.phone_number), name, own=contact.user_id is not None and contact.user_id == sender)
    text = (message.text or message.caption or "").strip()
    if command := _COMMAND.fullmatch(text):
        return _commanded(command["name"].lower(), (command["rest"] or "").strip())
    return Text(text) if text else Payload(HELP)


def _commanded(name: str, rest: str) -> Content:
    if name == "start" and (link := LINK.fullmatch(rest)):
        return TicketLink(link["code"].upper(), (link["proof"] or "").lower())
    known = of_command(name)
    if known is None and rest:
        return Text(rest)
    return known or Payload(HELP)


def _media(message: Message) -> Media | None:
    if message.photo:
        best = _best(message.photo)
        return Media("photo", best.file_id, best.file_size)
    if (document := message.document) is not None and not message.animation:
        kind: MediaKind = "photo" if (document.mime_type or "").startswith("image/") else "file"
        return Media(kind, document.file_id, document.file_size)
    unread: tuple[tuple[MediaKind, object], ...] = (
        ("voice", message.voice or message.audio),
        ("sticker", message.sticker),
        ("video", message.video or message.video_note or message.animation),
    )
    return next((Media(kind, "") for kind, sent in unread if sent), None)


def _best(sizes: Sequence[PhotoSize]) -> PhotoSize:
    """The largest that is taken; Telegram offers a picture in several sizes."""
    taken = [size for size in sizes if (size.file_size or 0) <= MOST_BYTES] or list(sizes[:1])
    return max(taken, key=lambda size: size.width * size.height)


def _membership(changed: ChatMemberUpdated) -> Event:
    gone = changed.new_chat_member.status in (ChatMemberStatus.BANNED, ChatMemberStatus.LEFT)
    return Event("left" if gone else "came")
