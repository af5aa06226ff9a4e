"""What a test may let citizens do, and what it may look at: the control API of the Telegram stand-in."""

from __future__ import annotations

import base64
from typing import Any

from tests.standins.serving import Act
from tests.standins.telegram.platform import Json, Platform
from tests.standins.telegram.updates import Updates


def acts(platform: Platform, updates: Updates) -> dict[str, Act]:
    """The acts by name."""

    def write(chat: int, text: str) -> Json:
        content: Json = {"text": text}
        if text.startswith("/"):
            content["entities"] = [{"type": "bot_command", "offset": 0, "length": len(text.split()[0])}]
        return platform.say(chat, text, **content)

    def write_many(messages: list[list[Any]]) -> list[int]:
        """(chat, text) each; the message ids."""
        return [write(chat, text)["message"]["message_id"] for chat, text in messages]

    def edit(chat: int, message_id: int, text: str) -> Json:
        found = platform.citizen(chat)
        message = {"message_id": message_id, "from": found.person(), "chat": found.shown(), "date": 1, "edit_date": 2}
        return platform.arrive(found, "edited_message", message | {"text": text})

    def send_photo(chat: int, body: str, caption: str = "") -> Json:
        """`body` in base64; Telegram makes a small size of it too."""
        data = base64.b64decode(body)
        small = platform.keep_file(data[:1], "photos/{}.jpg").shown() | {"width": 90, "height": 67}
        large = platform.keep_file(data, "photos/{}.jpg").shown() | {"width": 1280, "height": 960}
        said = {"caption": caption} if caption else {}
        return platform.say(chat, f"[ảnh] {caption}", photo=[small, large], **said)

    def send_file(chat: int, body: str, name: str, kind: str = "document") -> Json:
        made = platform.keep_file(base64.b64decode(body), f"{kind}s/{{}}").shown() | {"file_name": name}
        return platform.say(chat, f"[{kind}] {name}", **{kind: made})

    def send_voice(chat: int) -> Json:
        made = platform.keep_file(b"OggS", "voice/{}.oga").shown() | {"duration": 2, "mime_type": "audio/ogg"}
        return platform.say(chat, "[thoại]", voice=made)

    def send_sticker(chat: int) -> Json:
        made = platform.keep_file(b"RIFF", "stickers/{}.webp").shown()
        looks = {"width": 512, "height": 512, "is_animated": False, "is_video": False, "type": "regular"}
        return platform.say(chat, "[nhãn dán]", sticker=made | looks)

    def share_location(chat: int, latitude: float, longitude: float) -> Json:
        place = {"latitude": latitude, "longitude": longitude}
        return platform.say(chat, f"[vị trí] {latitude}, {longitude}", location=place)

    def share_contact(chat: int, phone: str, owner: int | None = None, **names: str) -> Json:
        """One's own contact, or of `owner` (0: somebody without Telegram); `first_name`, `last_name`."""
        contact: Json = {"phone_number": phone, "first_name": "An"} | names
        if owner != 0:
            contact["user_id"] = owner or chat
        return platform.say(chat, "[danh bạ]", contact=contact)

    def member(chat: int, blocked: bool) -> Json:
        """Block or unblock the bot."""
        found = platform.citizen(chat)
        found.blocked = blocked
        old, new = ("member", "kicked") if blocked else ("kicked", "member")
        until = {"until_date": 0}
        body = {
            "chat": found.shown(),
            "from": found.person(),
            "date": 1,
            "old_chat_member": {"user": platform.bot, "status": old} | ({} if blocked else until),
            "new_chat_member": {"user": platform.bot, "status": new} | (until if blocked else {}),
        }
        return platform.arrive(found, "my_chat_member", body)

    def sent(chat: int | None = None, after: int = 0) -> list[Json]:
        return [one for one in platform.sent[after:] if chat in (None, one["chat"])]

    def transcript(chat: int, after: int = 0) -> list[Json]:
        return [one for one in platform.log if chat == one["chat"]][after:]

    def state() -> Json:
        return {
            "pending": len(platform.pending),
            "sent": len(platform.sent),
            "calls": platform.calls,
            "actions": platform.actions,
            "unanswered": [press for press, answered in platform.callbacks.items() if not answered],
            "commands": platform.commands,
            "webhook": updates.info({}),
        }

    def counts() -> Json:
        """A quick look for a long run."""
        return {"pending": len(platform.pending), "sent": len(platform.sent), "tries": len(updates.delivered)}

    def duplicates(share: float) -> None:
        updates.duplicates = share

    def deliveries(after: int = 0) -> list[Json]:
        return updates.delivered[after:]

    def update_again(update: Json) -> None:
        """The same update under a new number, as after a move of the bot between Telegram's centres."""
        kind = next(key for key in update if key != "update_id")
        chat = update[kind]["chat"]["id"] if "chat" in update[kind] else update[kind]["message"]["chat"]["id"]
        platform.arrive(platform.citizen(chat), kind, update[kind])

    return {
        "write": write,
        "write_many": write_many,
        "edit": edit,
        "press": platform.press,
        "photo": send_photo,
        "document": send_file,
        "voice": send_voice,
        "sticker": send_sticker,
        "location": share_location,
        "contact": share_contact,
        "member": member,
        "sent": sent,
        "transcript": transcript,
        "state": state,
        "counts": counts,
        "duplicates": duplicates,
        "deliveries": deliveries,
        "update_again": update_again,
    }
