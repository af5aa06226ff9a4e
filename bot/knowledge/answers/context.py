"""What the sections share: the day and place of an answer, overlays that hold then, channels in words."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from bot.knowledge.answers import texts
from bot.knowledge.answers.wording import Wording, joined, tidy, unique
from bot.knowledge.records import Channel, Overlay, ProcedureRecord

_KIND_OF_PROVINCE = re.compile(r"^(?:tỉnh|thành phố|tp\.?)\s*", re.IGNORECASE)
_NEXT_OFFICE = re.compile(
    r",\s+(?=(?:Ban|Biên phòng|Bảo hiểm|Bộ|Chi cục|Chi nhánh|Chủ tịch|Công an|Công đoàn|Cơ quan|Cảng vụ|Cục|Hải quan"
    r"|Hội đồng|Kho bạc|Ngân hàng|Phòng|Sở|Thanh tra|Thuế|Thủ tướng|Trung tâm|Tổ chức|Tổng cục|Tòa án|UBND|Uỷ ban|Viện"
    r"|Vụ|Văn phòng|Đồn|Ủy ban) )"
)
_MARK_OF_SOURCE = re.compile(r"_\w+$")  # "Tòa án nhân dân_old"
_PERSON = re.compile(r"^Chủ tịch\s+(?=(?:ủy ban|uỷ ban|ubnd)\b)", re.IGNORECASE)
_OF_PROVINCE = re.compile(
    r"^(?P<office>(?:Sở|Phòng|Ủy ban|Uỷ ban|UBND)\b.*?)\s*(?:-\s*)?"
    r"\b(?P<province>(?:[Tt]hành phố|TP|[Tt]ỉnh)[. ]*[A-ZĐ]\w*(?: [A-ZĐ]\w*)*)$"
)
_ASKED = 100


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


def offices(named: str, wording: Wording) -> list[str]:
    """The offices of a list as a citizen may read them.

    The portal names the office's head ("Chủ tịch ủy ban nhân dân") and, for procedures of the whole country, the
    office of the province that entered the page: a citizen elsewhere is told the office without its province.
    """
    parts = [tidy(part).rstrip(" .;,") for part in _NEXT_OFFICE.split(wording.say(named))]
    parts = [_PERSON.sub("", _MARK_OF_SOURCE.sub("", part)) for part in parts]
    here = [part for part in parts if not _elsewhere(part, wording)]
    kept = here or [_OF_PROVINCE.sub(r"\g<office>", part) for part in parts]
    return unique(part[:1].upper() + part[1:] for part in kept if part)


def _elsewhere(office: str, wording: Wording) -> bool:
    found = _OF_PROVINCE.match(office)
    return found is not None and (wording.province is None or _plain(found["province"]) != _plain(wording.province))


def office_of(record: ProcedureRecord, wording: Wording) -> str:
    """Whom to ask: who receives the file, as far as that is one or a few."""
    named = offices(record.agency.receives, wording) if record.agency.receives else []
    said = joined(named) if named else ""
    return said if 0 < len(said) <= _ASKED else texts.DEFAULT_OFFICE


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
