"""The aspect fee: five states, rows by channel, what the province sets, figures that contradict each other."""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal, InvalidOperation

from bot.knowledge.answers import texts
from bot.knowledge.answers.context import Here, by_channels, in_words, office_of
from bot.knowledge.answers.section import Section
from bot.knowledge.answers.wording import Wording, date, money, name_of, number, shorten, unique
from bot.knowledge.records import Channel, Fee, Overlay, ProcedureRecord

Row = tuple[Channel, Fee]
_NOTE = 400
_LEAST_NOTE = 8
_CURRENCY = r"(?:việt nam đồng|vnđ|vnd|đồng|đ)"
_AMOUNT_FIRST = re.compile(
    rf"^\W*(?P<amount>\d[\d.,]*)\s*{_CURRENCY}\b\s*(?:\((?P<rest>.*)\)?)?$", re.IGNORECASE | re.DOTALL
)
_AMOUNT = re.compile(rf"\d[\d.,]*\d{{3}}\s*{_CURRENCY}\b", re.IGNORECASE)


def fee_words(fee: Fee, wording: Wording) -> str:
    """One fee in the words of its state; "free" only where the source states an exemption."""
    match fee.status:
        case "amount":
            last = wording.ended(fee.text) if fee.text else None
            return texts.AMOUNT_ENDED.format(amount=money(fee), date=date(last)) if last else money(fee)
        case "free_stated":
            return texts.FREE_STATED if wording.free else texts.EXEMPT_STATED
        case "set_by_council":
            return texts.COUNCIL
        case "zero_unconfirmed":
            return texts.ZERO
        case "not_published":
            amount = _leading_amount(fee)
            return texts.DOUBTFUL_AMOUNT.format(amount=number(amount)) if amount else texts.NOT_PUBLISHED


def _first_words(fee: Fee, wording: Wording) -> str:
    if fee.status == "zero_unconfirmed":
        return texts.FEE_IN_NOTE if fee.text and _AMOUNT.search(fee.text) else texts.ZERO_FIRST
    return fee_words(fee, wording)


def _rows(record: ProcedureRecord) -> list[Row]:
    return [(method.channel, fee) for method in record.methods for fee in method.fees]


def fee_summary(record: ProcedureRecord, here: Here, wording: Wording) -> str | None:
    """The fee in a few words; none where the record has no fee rows."""
    overlays = [overlay.fee for overlay in here.overlays(record, "fee") if overlay.fee]
    general = [overlay for overlay in here.overlays(record, "fee") if overlay.fee and overlay.channel is None]
    words = unique(_first_words(fee, wording) for fee in overlays)
    if not general:
        words = unique([*words, *(_first_words(fee, wording) for _, fee in _rows(record))])
    return None if not words else words[0] if len(words) == 1 else texts.DEPENDS


def channel_fees(record: ProcedureRecord, channel: Channel, here: Here, wording: Wording) -> list[str]:
    """What one channel costs, in words: what the province sets goes before the fee of the rest of the country."""
    overlays = [
        texts.FEE_OVERLAY_ALL.format(province=overlay.province, amount=_first_words(overlay.fee, wording))
        for overlay in here.overlays(record, "fee")
        if overlay.fee and overlay.channel in (None, channel)
    ]
    return overlays or unique(_first_words(fee, wording) for at, fee in _rows(record) if at == channel)


def fee(record: ProcedureRecord, here: Here, wording: Wording) -> Section:
    """What it costs."""
    name, rows, office = name_of(record), _rows(record), office_of(record, wording)
    section = Section("fee", _first(name, rows, wording), _lines(rows, wording))
    if _contradict(rows):
        section.always.append(texts.FEE_CONTRADICTS.format(office=office))
    elif not rows or any(not _sure(fee, wording) for _, fee in rows):
        section.always.append(texts.ASK_OFFICE.format(office=office))
    overlays = [overlay for overlay in here.overlays(record, "fee") if overlay.fee]
    return _with_overlays(name, overlays, rows, section, wording) if overlays else section


def _sure(fee: Fee, wording: Wording) -> bool:
    """Whether a fee can be told without sending the citizen to ask."""
    if fee.status == "amount":
        return not (fee.text and wording.ended(fee.text))
    return fee.status == "free_stated"


def _first(name: str, rows: Sequence[Row], wording: Wording) -> str:
    words = unique(_first_words(fee, wording) for _, fee in rows)
    if not words:
        return texts.FEE_ONE.format(name=name, amount=texts.NOT_PUBLISHED)
    if len(words) == 1:
        return texts.FEE_ONE.format(name=name, amount=words[0])
    published = [(channel, fee) for channel, fee in rows if fee.status != "not_published"]
    known = unique(_first_words(fee, wording) for _, fee in published)
    if len(known) == 1:
        channels = in_words(unique_channels(published))
        return texts.FEE_SOME_CHANNELS.format(name=name, amount=known[0], channels=channels)
    return texts.FEE_BY_CHANNEL.format(name=name)


def unique_channels(rows: Sequence[Row]) -> list[Channel]:
    """The channels of the rows, each once."""
    return list(dict.fromkeys(channel for channel, _ in rows))


def _lines(rows: Sequence[Row], wording: Wording) -> list[str]:
    """The rows where they say more than the first line."""
    grouped = by_channels((channel, _row(fee, wording)) for channel, fee in rows)
    if len({fee_words(fee, wording) for _, fee in rows}) == 1 and len(grouped) == 1:
        note = _note(rows[0][1], wording)
        return [f"• {note[:1].upper()}{note[1:]}"] if note else []
    return [
        f"• {texts.FEE_PER_ROW.format(channel=in_words(channels).capitalize(), amount=said)}"
        for channels, said in grouped
    ]


def _row(fee: Fee, wording: Wording) -> str:
    note = _note(fee, wording)
    return f"{fee_words(fee, wording)} – {note}" if note else fee_words(fee, wording)


def _note(fee: Fee, wording: Wording) -> str | None:
    """The source's remark on a fee, without what the state says already."""
    if not fee.text:
        return None
    text = fee.text.strip()
    if found := _AMOUNT_FIRST.match(text):
        rest = (found["rest"] or "").strip().removesuffix(")").lstrip(" -–+*•;")
        if fee.status not in ("amount", "not_published"):
            amount = _leading_amount(fee)
            rest = f"{texts.FEE_PRINTED.format(amount=number(amount))}{'; ' + rest if rest else ''}" if amount else rest
        text = rest.lstrip(" -–+*•;")
    note = shorten(wording.say(text).replace("\n", " ").lstrip(" -–+*•;"), _NOTE).rstrip(" .;")
    if fee.status != "free_stated" and note.startswith(texts.PRINTED_FREE):
        return None  # the portal prints it beside every zero
    note += ")" * (note.count("(") - note.count(")"))  # the importer cut the bracket around the remark
    return note if len(note) >= _LEAST_NOTE else None


def _leading_amount(fee: Fee) -> Decimal | None:
    """The figure that a row prints, also where its state is that others set the fee."""
    if fee.amount is not None:
        return fee.amount
    found = _AMOUNT_FIRST.match(fee.text.strip()) if fee.text else None
    if found is None:
        return None
    try:
        return Decimal(re.sub(r"[.,](?=\d{3}(?!\d))", "", found["amount"]).rstrip(".,"))
    except InvalidOperation:
        return None


def _contradict(rows: Sequence[Row]) -> bool:
    """Whether channels print different single figures."""
    figures: dict[Channel, set[Decimal]] = {}
    for channel, fee in rows:
        if (amount := _leading_amount(fee)) and fee.status != "zero_unconfirmed":
            figures.setdefault(channel, set()).add(amount)
    single = all(len(found) == 1 for found in figures.values())
    return len(figures) > 1 and single and len(set.union(*figures.values())) > 1


def _with_overlays(
    name: str, overlays: Sequence[Overlay], rows: Sequence[Row], national: Section, wording: Wording
) -> Section:
    """The province's fee first, naming its authority; then the fee of the rest of the country."""
    said, lines = [], []
    for overlay in overlays:
        amount = _first_words(overlay.fee, wording) if overlay.fee else texts.NOT_PUBLISHED
        template = texts.FEE_OVERLAY_CHANNEL if overlay.channel else texts.FEE_OVERLAY_ALL
        channel = texts.CHANNELS[overlay.channel] if overlay.channel else ""
        said.append(template.format(channel=channel, province=overlay.province, amount=amount))
        if overlay.authority:
            until = texts.FEE_OVERLAY_UNTIL.format(end=date(overlay.valid_to)) if overlay.valid_to else ""
            start = date(overlay.valid_from)
            lines.append(
                texts.FEE_OVERLAY_BASIS.format(authority=wording.say(overlay.authority), start=start, until=until)
            )
    words = unique(_first_words(fee, wording) for _, fee in rows)
    if len(words) == 1:
        lines.append(texts.FEE_NATIONAL.format(amount=words[0]))
    elif words:
        lines += [texts.FEE_NATIONAL_ROWS, *national.lines]
    always = [] if all(overlay.channel is None for overlay in overlays) else national.always
    return Section("fee", f"{name}: {'; '.join(said)}.", unique(lines), national.more, always)
