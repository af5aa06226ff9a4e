"""The lines of a file of FAQs: what each would make of the FAQ that it names, or why it cannot be taken."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from bot.console import texts_faqs
from bot.console.sheets import Line, RefusedError
from bot.knowledge.faqs import OWN, Faq, FaqDraft, InvalidFaqError, is_own


@dataclass(frozen=True)
class FaqLine:
    """What a line of a file makes of an FAQ.

    Attributes:
        known: the one that it changes; none: a new one.
        intent: the trained intent that it is to answer; empty: the one that it has, or none.
    """

    known: Faq | None
    draft: FaqDraft
    retired: bool
    intent: str = ""

    @property
    def same(self) -> bool:
        """Whether it changes nothing."""
        known = self.known
        return (
            known is not None
            and known.draft.checked() == self.draft
            and known.retired == self.retired
            and self.intent in ("", known.intent)
        )


class Read(NamedTuple):
    """What a file holds.

    Attributes:
        faqs: what changes something.
        same: lines that change nothing.
        refused: lines that cannot be taken: number, text, reason for people.
    """

    faqs: list[FaqLine]
    same: int
    refused: list[tuple[int, str, str]]


def read(lines: Sequence[Line], known: Mapping[int, Faq]) -> Read:
    """What the lines of a file would make of the FAQs.

    Args:
        known: all that there are, by number.
    """
    found: list[FaqLine] = []
    same, refused = 0, []
    answers = {faq.intent: faq.id for faq in known.values() if faq.intent}
    for line in lines:
        number, questions, answer, source, until, ended, intent = line.cells
        faq = known.get(int(number)) if number.isdecimal() and len(number) < 10 else None
        try:
            if number and faq is None:
                raise RefusedError(f"không có câu hỏi thường gặp số {number}; để trống cột Số nếu là câu mới")
            draft = FaqDraft(questions.splitlines(), answer, source, _day(until)).checked()
            retired = _yes(ended)
            if intent:
                _nameable(intent, faq, answers)
        except InvalidFaqError as error:
            field_, code = texts_faqs.FIELDS[error.field], texts_faqs.CODES[error.code]
            refused.append((line.number, questions, texts_faqs.INVALID.format(field=field_, code=code)))
            continue
        except RefusedError as error:
            refused.append((line.number, questions, str(error)))
            continue
        made = FaqLine(faq, draft, retired, intent)
        if made.same:
            same += 1
        else:
            found.append(made)
        if intent:
            answers[intent] = faq.id if faq is not None else 0
    return Read(found, same, refused)


def _nameable(intent: str, faq: Faq | None, answers: Mapping[str, int]) -> None:
    """Whether an FAQ may answer an intent.

    Args:
        answers: which FAQ answers which already, 0 for one that the file makes.

    Raises:
        RefusedError
    """
    if not is_own(intent):
        raise RefusedError(f"cột Ý định chỉ nhận tên bắt đầu bằng {OWN}, chữ thường không dấu, số và gạch dưới")
    if faq is not None and faq.intent not in (None, intent):
        raise RefusedError(f"câu này đã có ý định {faq.intent}; không đổi bằng tệp được")
    owner = answers.get(intent)
    if owner is not None and (faq is None or owner != faq.id):
        raise RefusedError(f"ý định {intent} đã có câu hỏi thường gặp khác trả lời")


def _day(value: str) -> date | None:
    if not value:
        return None
    try:
        if "/" in value:
            day, month, year = value.split("/")
            return date(int(year), int(month), int(day))
        return date.fromisoformat(value[:10])
    except ValueError as error:
        raise RefusedError("ngày hết hiệu lực phải như 2026-12-31 hay 31/12/2026") from error


def _yes(value: str) -> bool:
    if value.lower() in ("", "không", "khong", "false", "0"):
        return False
    if value.lower() in ("có", "co", "true", "1", "x"):
        return True
    raise RefusedError("cột Ngừng dùng chỉ nhận “có” hoặc để trống")
