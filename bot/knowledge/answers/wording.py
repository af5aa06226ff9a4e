"""Making a record's own words fit to be said: no abolished level, no promise of "free", short enough, one line."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Sequence
from decimal import Decimal

from bot.knowledge.answers import texts
from bot.knowledge.names import bare_name
from bot.knowledge.records import Fee, ProcedureRecord, Time

_SPACE = re.compile(r"\s+")
_SENTENCE = re.compile(r"(?<=[.;!?…])\s+")
_DISTRICT_WORD = r"(?:quận|huyện|thị\s+xã|thị\s+trấn)"
_ENUMERATED = re.compile(
    r"\b(xã|phường)\s*,\s*(phường|xã)(?:\s*,|\s+(?:và|hoặc))?\s*(?:và\s+|hoặc\s+)?thị\s+trấn\b", re.IGNORECASE
)
_ADDRESS = re.compile(
    r"\s*,?\s*\b(?:Quận\s+\d{1,2}|(?:quận|huyện|thị xã|thị trấn)(?:\s+[A-ZĐÂĂÊÔƠƯÁÀẢÃẠ]\w*){1,4})(?=\s*[,;.)]|$)",
    re.UNICODE | re.MULTILINE,
)
_BETWEEN = re.compile(r"(cấp\s+tỉnh)\s*[,/]\s*(?:cấp\s+)?huyện\s*(?:,|và|hoặc|/)\s*(?:cấp\s+)?(xã)", re.IGNORECASE)
_AT_LEVEL = re.compile(r"\(?\s*\(?(?:được\s+)?thực hiện (?:tại|ở) cấp (?:huyện|quận)\)?", re.IGNORECASE)
_LEVEL = re.compile(
    rf"\b(?:(?:ở|tại)\s+)?(?:cấp\s+)?{_DISTRICT_WORD}(?:\s*(?:,|/|và|hoặc)\s*(?:(?:cấp\s+)?{_DISTRICT_WORD}|thành\s+phố"
    r"(?:\s+(?:trực\s+)?thuộc\s+(?:tỉnh|thành\s+phố[^,;.]{0,40}))?))*",
    re.IGNORECASE,
)
_FREE = re.compile(r"\bmiễn\s+phí\b", re.IGNORECASE)
_UNTIL = re.compile(r"đến (?:hết )?(?:ngày )?(?P<day>\d{1,2})/(?P<month>\d{1,2})/(?P<year>20\d\d)\b", re.IGNORECASE)
DISTRICT = re.compile(rf"\b{_DISTRICT_WORD}\b", re.IGNORECASE)


def tidy(text: str) -> str:
    """One line, single spaces."""
    return _SPACE.sub(" ", text).strip()


def without_districts(text: str) -> str:
    """The text without the level that was abolished on 1 July 2025 (Law 72/2025 on local government).

    Where an office of that level was named, "có thẩm quyền" stands: who took its work over differs by procedure.
    """
    if not DISTRICT.search(text):
        return text
    text = _ENUMERATED.sub(r"\1, \2", text)
    text = _AT_LEVEL.sub("", text)
    text = _BETWEEN.sub(r"\1, cấp \2", text)
    text = _ADDRESS.sub("", text)
    return tidy_lines(_LEVEL.sub(_competent, text))


def _competent(match: re.Match[str]) -> str:
    return ("nơi " if match.group().lower().startswith(("ở", "tại")) else "") + texts.COMPETENT


def tidy_lines(text: str) -> str:
    """As `tidy`, line by line."""
    return "\n".join(tidy(line) for line in text.splitlines())


def says_free(record: ProcedureRecord) -> bool:
    """Whether the source states an exemption somewhere, and nowhere prints an unconfirmed zero."""
    states = {fee.status for method in record.methods for fee in method.fees}
    states |= {overlay.fee.status for overlay in record.overlays if overlay.fee}
    return "free_stated" in states and "zero_unconfirmed" not in states


class Wording:
    """How the words of one record may be repeated."""

    def __init__(self, record: ProcedureRecord, today: dt.date | None = None) -> None:
        self._today = today
        self.free = says_free(record)
        """Whether the word \"miễn phí\" may be said."""
        self.old_level = False
        """Whether a word of the abolished level was taken out of what has been said so far."""

    def say(self, text: str) -> str:
        """A text of the record as a citizen may read it."""
        text = tidy_lines(text)
        if DISTRICT.search(text):
            # A list of "xã, phường, thị trấn" is merely dated; an office of the old level is one not to walk to.
            self.old_level = self.old_level or bool(DISTRICT.search(_ENUMERATED.sub("", text)))
            text = without_districts(text)
        if not self.free:
            text = _FREE.sub(texts.PRINTED_FREE, text)
        return _UNTIL.sub(self._ended, text) if self._today else text

    def _ended(self, match: re.Match[str]) -> str:
        """A date until which something held, marked where it is past (discounts outlive their time on the portal)."""
        try:
            last = dt.date(int(match["year"]), int(match["month"]), int(match["day"]))
        except ValueError:
            return match.group()
        return match.group() + (texts.ENDED if self._today and last < self._today else "")


def shorten(text: str, limit: int) -> str:
    """The text cut at a sentence, else at a word, within `limit` characters."""
    if len(text) <= limit:
        return text
    cut = text[: limit - 1]
    ends = [match.start() for match in _SENTENCE.finditer(cut)]
    if ends and ends[-1] > limit * 0.5:
        return cut[: ends[-1]].rstrip() + " …"
    return cut.rsplit(" ", 1)[0].rstrip(" ,;:-–") + "…"


def sentences(text: str) -> list[str]:
    """The sentences and lines of a text."""
    return [tidy(part) for line in text.splitlines() for part in _SENTENCE.split(line) if part.strip()]


def name_of(record: ProcedureRecord, limit: int = 90) -> str:
    """The name to begin an answer with: plain where there is one, short always."""
    name = record.plain_name or bare_name(record.name.rstrip(" ."))
    return shorten(tidy(without_districts(tidy(name))), limit)


def joined(parts: Sequence[str]) -> str:
    """Words in a row: "a, b hoặc c"."""
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} hoặc {parts[-1]}"


def number(value: Decimal) -> str:
    """A number as Vietnamese write it: 1.500.000 and 2,5."""
    whole, _, rest = f"{value.normalize():f}".partition(".")
    return f"{int(whole):,}".replace(",", ".") + (f",{rest}" if rest else "")


def money(fee: Fee) -> str:
    """The amount of a fee."""
    currency = {None: "đồng", "VND": "đồng", "VNĐ": "đồng", "đ": "đồng", "Đồng": "đồng", "đồng": "đồng"}.get(
        fee.currency, fee.currency
    )
    return f"{number(fee.amount or Decimal(0))} {currency}"


def duration(time: Time) -> str | None:
    """A time with its unit; none where the source gives no unit or no number."""
    if time.quantity is None or time.unit is None:
        return None
    return f"{number(time.quantity)} {texts.UNITS[time.unit]}"


def date(value: dt.date) -> str:
    """dd/mm/yyyy."""
    return value.strftime("%d/%m/%Y")


def unique(parts: Iterable[str]) -> list[str]:
    """Each once, in order."""
    return list(dict.fromkeys(parts))
