"""What a fee of 0 means, and which of the five states a printed fee is in.

The portal prints "Miễn phí" for every fee of 0, also where the provincial council sets it or nobody
filled it in. Only words that exempt everybody make a fee free.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from bot.knowledge.importing.texts import one_line
from bot.knowledge.records import Fee, FeeStatus

CURRENCIES = {"Việt Nam Đồng": "VND", "VNĐ": "VND", "VND": "VND", "USD": "USD", "EUR": "EUR"}

_COUNCIL = re.compile(
    r"(?:hội đồng nhân dân|hđnd)[^.;]{0,90}?(?:quy định|quyết định|ban hành|xem xét)"
    r"|(?:quy định|quyết định|nghị quyết|theo mức|do)[^.;]{0,40}(?:hội đồng nhân dân|hđnd)"
)
_LAW_TITLE = re.compile(r"thuộc thẩm quyền (?:quyết định )?của (?:hội đồng nhân dân|hđnd)[^.;)]*")
"""The title of a circular on fees that councils may set: it names the council but says nothing of this fee."""
_FREE = re.compile(
    r"^[\s(+*–-]*(?:phí|lệ phí|phí, lệ phí)?\s*:?\s*"
    r"(?:miễn (?:phí|lệ phí|thu phí|thu lệ phí|phí, lệ phí)|không (?:phải )?(?:thu|nộp|mất) (?:phí|lệ phí|phí, lệ phí))"
    r"(?P<rest>.*)$",
    re.DOTALL,
)
_UNCONDITIONAL = re.compile(r"^\s*(?:$|[.;,)]|\((?:theo\s)?(?:thông tư|luật|nghị định|nghị quyết|điều|khoản)\b)")
_MONEY = re.compile(r"\d[\d.,]*\s*(?:đồng|đ\b|vnđ|vnd|usd|triệu|nghìn)")
_WRAPPED = re.compile(r"^\((?:[^()]|\([^()]*\))*\)$")
_COPY = re.compile(r"phí (?:cấp )?bản sao[^.;]*")
_OTHER_CHARGE = re.compile(r"(?<!lệ )phí (?:công bố|thẩm định|thẩm tra|in|kiểm|cung cấp|sát hạch|khai thác)")
_CHARGE = re.compile(r"lệ phí")
_FEE = re.compile(r"(?<!lệ )phí")
_NO_KIND = re.compile(r"miễn phí|biểu phí|(?:pháp luật về|luật) phí")


@dataclass(frozen=True, slots=True)
class Printed:
    """A fee as the page prints it: free, none, or an amount, with the note in brackets behind it."""

    what: Literal["zero", "none", "amount"]
    amount: Decimal | None
    currency: str | None
    note: str
    printed: str
    """The words of the page, without the note."""


@dataclass(frozen=True, slots=True)
class Reading:
    """A fee with its state, and what was doubtful about its amount."""

    fee: Fee
    amount: Decimal | None
    """The amount for comparing channels: 0 for "Miễn phí", none where nothing is printed."""
    doubt: Literal["amount_implausible", "amount_restored"] | None = None


def set_by_council(text: str) -> bool:
    """Whether the words leave this fee to the provincial council."""
    return _COUNCIL.search(_LAW_TITLE.sub("", text.lower())) is not None


def explicitly_free(text: str) -> bool:
    """Whether the words exempt everybody: no group, no period, no other charge beside it but that for copies."""
    lowered = one_line(text).lower()
    match = _FREE.match(lowered)
    if match is None or not _UNCONDITIONAL.match(match["rest"]):
        return False
    rest = _COPY.sub("", match["rest"])
    return not (_MONEY.search(rest) or _OTHER_CHARGE.search(rest) or set_by_council(lowered))


def kind(text: str) -> Literal["fee", "charge"] | None:
    """`charge` for "lệ phí", `fee` for "phí"; none where the note's first sentence, too, has both or neither."""
    for part in (text, text.partition(".")[0]):
        lowered = part.lower()
        charge = _CHARGE.search(lowered)
        fee = _FEE.search(_NO_KIND.sub("", lowered))
        if (charge is None) != (fee is None):
            return "charge" if charge else "fee"
    return None


def read_fee(printed: Printed, context: str = "") -> Reading:
    """The state of a printed fee; `context` is the row's description, which may say who sets it."""
    note = one_line(printed.note)
    if _WRAPPED.match(note):
        note = note[1:-1].strip()
    text = note or None
    sort = kind(note)
    council = set_by_council(note) or ("phí" in context.lower() and set_by_council(context))
    if printed.what == "none":
        return Reading(_fee("set_by_council" if council else "not_published", sort, text), None)
    if printed.what == "zero":
        status: FeeStatus = "zero_unconfirmed"
        if council:
            status = "set_by_council"
        elif explicitly_free(note):
            status = "free_stated"
        return Reading(_fee(status, sort, text), Decimal(0))
    amount, doubt = printed.amount, None
    if amount is not None and printed.currency == "VND" and amount < 1000:
        restored = _restored(amount, note)
        if restored is None:
            whole = one_line(f"{printed.printed} {f'({note})' if note else ''}")
            return Reading(_fee("not_published", sort, whole), amount, "amount_implausible")
        amount, doubt = restored, "amount_restored"
    if council:
        whole = one_line(f"{printed.printed} ({note})") if note else printed.printed
        return Reading(_fee("set_by_council", sort, whole), amount)
    fee = Fee(status="amount", kind=sort, amount=amount, currency=printed.currency, text=text)
    return Reading(fee, amount, "amount_restored" if doubt else None)


def _fee(status: FeeStatus, sort: Literal["fee", "charge"] | None, text: str | None) -> Fee:
    return Fee(status=status, kind=sort, text=text)


def _restored(amount: Decimal, note: str) -> Decimal | None:
    """ "20 VNĐ (20.000 đ/tờ khai)" is 20,000: the portal took the point of thousands for a decimal point."""
    thousand = f"{amount.normalize():f}.000"
    if re.search(rf"(?<![\d.]){re.escape(thousand)}(?![\d.]\d)", note):
        return amount * 1000
    return None
