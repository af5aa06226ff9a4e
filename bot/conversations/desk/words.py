"""What officers may read of a conversation: masked as it is stored, without the PINs of reports, and without reports
that only named roles may read."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from typing import Any

from bot.privacy import readable
from bot.tickets.links import LINK

HIDDEN = "[nội dung chỉ người được giao mới đọc được]"
_DOTS = "••••••"
_TOLD_PIN = re.compile(r"(PIN\D{0,12})\d{6}(?!\d)", re.IGNORECASE)
_SIX = re.compile(r"(?<![\w-])\d{6}(?!\w)")
_ABOUT_PIN = re.compile(r"\bpin\b|PA-\d{4}-\d{6}|^\W*\d{6}\W*$", re.IGNORECASE)
_PRESSED = {
    "menu:handoff": "Gặp cán bộ",
    "menu:report": "Gửi phản ánh",
    "menu:status": "Phản ánh của tôi",
    "menu:help": "Trợ giúp",
    "desk:leave": "Thôi, không chờ nữa",
}
_SENT = {
    "photo": "Ảnh",
    "location": "Vị trí",
    "voice": "Tin thoại",
    "video": "Video",
    "sticker": "Nhãn dán",
    "file": "Tệp",
    "contact": "Danh thiếp",
    "ticket": "Liên kết của một phản ánh",
    "pressed": "Nút đã bấm",
}


def told(text: str) -> str:
    """What the bot or an officer said."""
    return _TOLD_PIN.sub(rf"\1{_DOTS}", _without_proofs(readable(text)))


def wrote(text: str) -> str:
    """What the citizen wrote."""
    text = _without_proofs(readable(text))
    return _SIX.sub(_DOTS, text) if _ABOUT_PIN.search(text) else text


def said(kind: str, body: str, titles: Mapping[str, str]) -> str:
    """A citizen's message for people.

    Args:
        titles: of the buttons that they were offered, by payload.
    """
    if kind == "text":
        return wrote(body)
    if kind == "held":
        return f"[{_SENT.get(_kind(body), 'Tin khác')}]"
    for start in ("photo", "location"):
        if body.startswith(f"{start}:"):
            return f"[{_SENT[start]}]"
    return titles.get(body) or _PRESSED.get(body) or "[Nút đã bấm]"


class Restricted:
    """Hides what belongs to reports that whoever looks may not read.

    Args:
        categories: codes of restricted categories; empty where everything may be read.
        codes: of this conversation's restricted tickets.
    """

    def __init__(self, categories: Iterable[str], codes: Iterable[str]) -> None:
        self._categories = frozenset(categories)
        self._codes = tuple(codes)
        self._inside = False

    def hides_turn(self, status: str | None, understanding: Mapping[str, Any]) -> bool:
        """Whether a turn is part of such a report; to be asked of all turns, in order."""
        category = understanding.get("category")
        if category in self._categories:
            self._inside = status != "filed"
            return True
        if category is not None or status == "filed":
            self._inside = False
        return self._inside and status in ("form", None)

    def hides_text(self, text: str) -> bool:
        """Whether a text tells of such a ticket."""
        return any(code in text for code in self._codes)


def _without_proofs(text: str) -> str:
    return LINK.sub(lambda match: match["code"], text)


def _kind(body: str) -> str:
    try:
        found = json.loads(body)
    except ValueError:
        return ""
    return str(found.get("kind")) if isinstance(found, dict) else ""
