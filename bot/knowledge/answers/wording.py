"""Making a record's own words fit to be said: no abolished level, no promise of "free", short enough, one line."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Sequence
from decimal import Decimal

from bot.knowledge.answers import texts
from bot.knowledge.names import bare_name
from bot.knowledge.records import Fee, ProcedureRecord, Time

_SPACE = re.compile(r"[\s\ue000-\uf8ff]+")  # blanks, and the private signs that word processors leave
_TO_MEND = re.compile(r" [,;:.]|[,;:.…][”)]?[,;:.…]")
_MENDED = (
    (re.compile(r" +(?=[,;:](?:\s|$))| +(?=\.(?:\s|$))", re.MULTILINE), ""),
    (re.compile(r"(?<!\.)\.{2}(?!\.)"), "."),
    (re.compile(r"\.{3,}"), "…"),
    (re.compile(r"(…[”)]?)[.,]+(?!\w)|[;,:.](?=…)"), r"\1"),
    (re.compile(r"([;,:])[;,]+|[;,:]+(?=\.(?!\w))|(?<!v)\.(?=[,:](?!\w)|;)"), r"\1"),
)
_SENTENCE = re.compile(r"(?<=[.;!?…])\s+")
_DISTRICT_WORD = r"(?:quận|huyện|thị\s+xã|thị\s+trấn)"
_ENUMERATED = re.compile(
    r"\b(xã|phường)\s*,\s*(phường|xã)(?:\s*,|\s+(?:và|hoặc))?\s*(?:và\s+|hoặc\s+)?thị\s+trấn\b", re.IGNORECASE
)
_ADDRESS = re.compile(
    r"\s*,?\s*\b(?:[Qq]uận|[Hh]uyện|[Tt]hị xã|[Tt]hị trấn)"
    r"(?:\s+\d{1,2}\b|(?:\s+[A-ZĐÂĂÊÔƠƯÁÀẢÃẠ]\w*){1,4})(?=\s*[,;.)]|$)",
    re.UNICODE | re.MULTILINE,
)
_LISTED = re.compile(
    rf"\b(tỉnh|phố|phường|xã|bộ)\s*[,/]\s*{_DISTRICT_WORD}(?:\s*[,/]\s*{_DISTRICT_WORD})*(?=\s*(?:[,;.)/]|không\b|thuộc\b|$))",
    re.IGNORECASE | re.MULTILINE,
)
_ABOVE = re.compile(
    rf"(?:\b(?:(?:có\s+)?thẩm\s+quyền|từ)\s+)*\b(?:cấp\s+)?{_DISTRICT_WORD}(?:\s*,\s*{_DISTRICT_WORD})*\s+trở\s+lên\b",
    re.IGNORECASE,
)
_WITH_PROVINCE = re.compile(rf"(cấp\s+tỉnh)\s*(?:,|/|và|hoặc)\s*cấp\s+{_DISTRICT_WORD}\b", re.IGNORECASE)
_WITH_OTHERS = re.compile(rf"\bcấp\s+{_DISTRICT_WORD}\s*(?:,|/|và|hoặc)\s*(?=cấp\s+(?:xã|tỉnh)\b)", re.IGNORECASE)
_OR_PROVINCE = re.compile(rf"\b{_DISTRICT_WORD}\s*/\s*(?=tỉnh\b)", re.IGNORECASE)
_BETWEEN = re.compile(r"(cấp\s+tỉnh)\s*[,/]\s*(?:cấp\s+)?huyện\s*(?:,|và|hoặc|/)\s*(?:cấp\s+)?(xã)", re.IGNORECASE)
_AT_LEVEL = re.compile(r"\(?\s*\(?(?:được\s+)?thực hiện (?:tại|ở) cấp (?:huyện|quận)\)?", re.IGNORECASE)
_LEVEL = re.compile(
    rf"\b(?P<at>(?:ở|tại)\s+)?(?P<level>cấp\s+)?{_DISTRICT_WORD}"
    rf"(?:(?:\s*(?:,|/|và|hoặc)\s*|\s+)(?:(?:cấp\s+)?{_DISTRICT_WORD}|thành\s+phố"
    r"(?:\s+(?:trực\s+)?thuộc\s+(?:tỉnh|thành\s+phố[^,;.]{0,40}))?))*",
    re.IGNORECASE,
)
_OFFICE_BEFORE = re.compile(
    r"(?:công an|nhân dân|ubnd|hđnd|xã hội|bhxh|cơ quan|bưu điện|y tế|thuế|phòng|trung tâm|toà án|tòa án|kinh doanh"
    r"|hành chính|khen thưởng|thẩm quyền|bệnh viện|thực vật|dự phòng|mặt bằng|xây dựng|sử dụng đất|ban|đội|chi cục)"
    r"\s*$",
    re.IGNORECASE,
)
_FREE = re.compile(r"\bmiễn\s+phí\b", re.IGNORECASE)
_FREE_SERVICE = re.compile(r"\b(cấp|phát|hướng dẫn|tư vấn|cung cấp|hỗ trợ)\s+miễn\s+phí\b", re.IGNORECASE)
_FREE_FROM = re.compile(r"\b(miễn)\s+phí(?=\s+thi\s+hành\s+án)", re.IGNORECASE)
_FREE_FOR = re.compile(
    r"\b(miễn)\s+phí(?=\s+(?:đối với|cho|trong|từ|kể từ|khi|nếu|theo quy định tại|trường hợp)\b)", re.IGNORECASE
)
_ENDS = re.compile(r"đến (?:hết )?(?:ngày )?(?P<day>\d{1,2})/(?P<month>\d{1,2})/(?P<year>20\d\d)\b", re.IGNORECASE)
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
    text = _WITH_PROVINCE.sub(r"\1", text)
    text = _WITH_OTHERS.sub("", text)
    text = _ADDRESS.sub("", text)
    text = _LISTED.sub(r"\1", text)
    text = _OR_PROVINCE.sub("", text)
    text = _ABOVE.sub(texts.COMPETENT, text)
    return tidy_lines(_LEVEL.sub(_competent, text))


def _competent(match: re.Match[str]) -> str:
    """What stands where the level stood: for an office "có thẩm quyền", for the mere area "địa phương"."""
    before = match.string[: match.start()]
    if before.rstrip().lower().endswith(texts.COMPETENT):
        return ""
    if before.rstrip().lower().endswith("địa bàn"):
        return texts.LOCALITY
    if not match["level"] and not _OFFICE_BEFORE.search(before):
        return (match["at"] or "") + texts.LOCALITY
    return ("nơi " if match["at"] else "") + texts.COMPETENT


def tidy_lines(text: str) -> str:
    """As `tidy`, line by line."""
    return "\n".join(tidy(line) for line in text.splitlines())


def mended(text: str) -> str:
    """The text without the doubled signs and the blanks before signs that the source or a cut left."""
    if _TO_MEND.search(text):
        for pattern, by in _MENDED:
            text = pattern.sub(by, text)
    return text


def may_say_free(record: ProcedureRecord) -> bool:
    """Whether the record nowhere prints an unconfirmed zero, so that its own words on exemptions may be repeated."""
    states = {fee.status for method in record.methods for fee in method.fees}
    states |= {overlay.fee.status for overlay in record.overlays if overlay.fee}
    return "zero_unconfirmed" not in states


class Wording:
    """How the words of one record may be repeated."""

    def __init__(self, record: ProcedureRecord, today: dt.date | None = None, province: str | None = None) -> None:
        self._today = today
        self.province = province
        """Where the citizen asks; an office of another province is not named to them."""
        self.free = may_say_free(record)
        """Whether the word \"miễn phí\" may be said."""
        self.old_level = False
        """Whether a word of the abolished level was taken out of what has been said so far."""

    def say(self, text: str) -> str:
        """A text of the record as a citizen may read it."""
        text = mended(tidy_lines(text))
        if DISTRICT.search(text):
            # A list of "xã, phường, thị trấn" is merely dated; an office of the old level is one not to walk to.
            self.old_level = self.old_level or bool(DISTRICT.search(_ENUMERATED.sub("", text)))
            text = without_districts(text)
        if not self.free:
            text = _FREE_SERVICE.sub(rf"\1 {texts.NOT_CHARGED}", text)
            text = _FREE_FROM.sub(rf"\1 {texts.OF_FEE}", text)
            text = _FREE_FOR.sub(rf"\1 {texts.EXEMPT_FOR}", text)
            text = _FREE.sub(texts.PRINTED_FREE, text)
        return _ENDS.sub(self._marked, text) if self._today else text

    def ended(self, text: str) -> dt.date | None:
        """The past day until which a text says that its figure is applied.

        A discount or exemption "từ ngày … đến …" that has ended leaves the figure itself standing.
        """
        for match in _ENDS.finditer(text):
            last = _day(match)
            clause = re.split(r"[.;(]", text[: match.start()])[-1]
            applied = "áp dụng" in clause.lower() and "từ ngày" not in clause.lower()
            if last and self._today and last < self._today and applied:
                return last
        return None

    def _marked(self, match: re.Match[str]) -> str:
        """A date until which something held, marked where it is past (discounts outlive their time on the portal)."""
        last = _day(match)
        return match.group() + (texts.ENDED if last and self._today and last < self._today else "")


def _day(match: re.Match[str]) -> dt.date | None:
    try:
        return dt.date(int(match["year"]), int(match["month"]), int(match["day"]))
    except ValueError:
        return None


def shorten(text: str, limit: int) -> str:
    """The text cut at a sentence, else at a word, within `limit` characters."""
    if len(text) <= limit:
        return text
    cut = text[: limit - 1]
    ends = [match.start() for match in _SENTENCE.finditer(cut)]
    if ends and ends[-1] > limit * 0.5:
        cut = cut[: ends[-1]].rstrip(" ;…")
        return _closed(cut, limit, " …" if cut.endswith(".") else "…")
    return _closed(cut[: limit - 2].rsplit(" ", 1)[0], limit, "…")


def _closed(text: str, limit: int, end: str) -> str:
    """A cut text with its end; a bracket that it leaves open is left out, or closed where it began early."""
    opened = [place for place, sign in enumerate(text) if sign == "("]
    if text.count("(") > text.count(")"):
        last = opened[text.count(")") - len(opened)] if text.count(")") else opened[0]
        if last > limit * 0.4:
            text, end = text[:last], "…"
        else:
            end = "…)"
    return text.rstrip(" ,;:-–") + end


def sentences(text: str) -> list[str]:
    """The sentences and lines of a text."""
    return [tidy(part) for line in text.splitlines() for part in _SENTENCE.split(line) if part.strip()]


def name_of(record: ProcedureRecord, limit: int = 90) -> str:
    """The name to begin an answer with: plain where there is one, short always."""
    name = record.plain_name or bare_name(record.name.strip(" .-–+*•"))
    return shorten(mended(tidy(without_districts(tidy(name)))), limit)


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
