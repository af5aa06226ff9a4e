"""What the sections share: the day and place of an answer, overlays that hold then, channels in words."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from bot.knowledge.answers import texts
from bot.knowledge.answers.wording import Wording, joined, shorten, unique
from bot.knowledge.records import Channel, Overlay, ProcedureRecord

_KIND_OF_PROVINCE = re.compile(r"^(?:tỉnh|thành phố|tp\.?)\s+", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Here:
    """The day and the province for which an answer is made."""

    today: dt.date
    province: str | None = None

    def overlays(self, record: ProcedureRecord, field: str) -> list[Overlay]:
        """What the province sets, as far as it holds on the day."""
        if self.province is None:
            return []
        province = _plain(self.province)
        return [
            overlay
            for overlay in record.overlays
            if overlay.field == field
            and _plain(overlay.province) == province
            and overlay.valid_from <= self.today
            and (overlay.valid_to is None or self.today <= overlay.valid_to)
        ]


def _plain(province: str) -> str:
    return _KIND_OF_PROVINCE.sub("", province.strip()).lower()


def office_of(record: ProcedureRecord, wording: Wording) -> str:
    """Whom to ask: who receives the file."""
    return shorten(wording.say(record.agency.receives), 100) if record.agency.receives else texts.DEFAULT_OFFICE


def by_channels(pairs: Iterable[tuple[Channel, str]]) -> list[tuple[list[Channel], str]]:
    """Equal words of several channels made one row."""
    rows: dict[str, list[Channel]] = {}
    for channel, said in pairs:
        known = rows.setdefault(said, [])
        if channel not in known:
            known.append(channel)
    return [(channels, said) for said, channels in rows.items()]


def in_words(channels: Sequence[Channel]) -> str:
    """Channels in a row: "trực tuyến, trực tiếp"."""
    return ", ".join(texts.CHANNELS[channel] for channel in channels)


def channels_line(record: ProcedureRecord) -> str | None:
    """The ways to hand in as a phrase."""
    channels = unique(texts.CHANNELS[method.channel] for method in record.methods)
    return joined(channels) if channels else None
