"""From a reviewer's decision to what the bot is taught: sentences, names of procedures, FAQs.

Everything is written by the one writer of the corpus and by the FAQs' service, in the transaction of the decision.
"""

from __future__ import annotations

from collections.abc import Awaitable, Sequence
from datetime import date
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from bot.console.site import Site
from bot.knowledge.faqs import FaqDraft, Faqs
from bot.knowledge.faqs.service import LONGEST_QUESTION
from bot.review.work import Teach

FOUND_ALREADY = 0.5
"""A procedure that the search finds as surely as this needs no further name."""
LONGEST_ALIAS = 120
OUT_OF_SCOPE = "out_of_scope"


class NotTaughtError(Exception):
    """It could not be taught, so nothing was decided; the text says why, in Vietnamese."""


def taught(count: int, refused: int = 0) -> dict[str, Any]:
    """What is kept with the label and told to the reviewer."""
    said = f"Đã thêm {count} câu mẫu." if count else ""
    if refused:
        said += f" {refused} câu không thêm được (đã thuộc nơi khác hoặc không hợp lệ)."
    return {"taught": count, "refused": refused, "told": said.strip()}


class Teacher:
    """Makes, for each kind of label, what teaches it.

    Args:
        by: the account whose decision it is.
    """

    def __init__(self, site: Site, by: str) -> None:
        self._site = site
        self._by = by
        self._writer = site.curation
        self._faqs = Faqs()

    def of(self, label: dict[str, Any], score: float | None = None) -> Teach | None:
        """What teaches a label.

        Args:
            score: how surely the search finds the procedure already; none: a person looked for it.
        """
        match label["kind"]:
            case "procedure":
                return self._procedure(label, score)
            case "alias":
                return self._names(label["code"], label["alias"])
            case "intent":
                return self._sentences(label["intent"])
            case "scope":
                return self._sentences(OUT_OF_SCOPE, needed=False)
            case "faq":
                return self._variants(int(label["faq"]))
            case _:
                return None

    def new_faq(self, questions: Sequence[str], answer: str, source: str, until: date | None) -> Teach:
        """Makes an FAQ out of the questions of a group (or of those that were written)."""

        async def teach(session: AsyncSession, sentences: Sequence[str]) -> dict[str, Any]:
            draft = FaqDraft(questions or [said[:LONGEST_QUESTION] for said in sentences], answer, source, until)
            number = await _asked(self._faqs.add(session, draft, by=self._by))
            return {"faq": number, "told": "Đã thêm câu hỏi thường gặp; bot trả lời được ngay."}

        return teach

    def new_intent(self, name: str, answer: str, source: str, until: date | None) -> Teach:
        """Makes an intent of a group's sentences: an FAQ that answers it at once, and sentences to train it on.

        Args:
            name: what citizens want, in words.
        """

        async def teach(session: AsyncSession, sentences: Sequence[str]) -> dict[str, Any]:
            told = await self.new_faq([], answer, source, until)(session, sentences)
            intent, added, refused = await self.intent_of(session, told["faq"], name, sentences)
            said = (
                f" Ý định “{intent}” có {added} câu mẫu;"
                " huấn luyện rồi đưa mô hình vào dùng để bot nhận ra cả cách nói khác."
            )
            return taught(added, refused) | {"faq": told["faq"], "intent": intent, "told": told["told"] + said}

        return teach

    async def intent_of(
        self, session: AsyncSession, faq: int, name: str, sentences: Sequence[str]
    ) -> tuple[str, int, int]:
        """Have an FAQ answer a trained intent as well.

        Args:
            name: what citizens want, in words; where the FAQ has an intent already, that one is taught.

        Returns:
            The intent, how many sentences were added, how many could not be.

        Raises:
            NotTaughtError: none could be added.
        """
        intent: str = await _asked(self._faqs.name(session, faq, name, by=self._by))
        added, refused = await _asked(self._writer.add_what_fits(session, intent, sentences, by=self._by, new=True))
        if not added and refused:
            raise NotTaughtError(_told(refused[-1][1]))
        return intent, len(added), len(refused)

    def _procedure(self, label: dict[str, Any], score: float | None) -> Teach:
        sentences = self._sentences(f"ask_{label.get('aspect') or 'overview'}")

        async def teach(session: AsyncSession, said: Sequence[str]) -> dict[str, Any]:
            told = await sentences(session, said)
            alias = next((item for item in said if len(item) <= LONGEST_ALIAS), None)
            if alias and (score is None or score < FOUND_ALREADY):
                told |= await self._names(label["code"], alias)(session, said) | {"taught": told["taught"]}
            return told

        return teach

    def _names(self, code: str, alias: str) -> Teach:
        async def teach(session: AsyncSession, _sentences: Sequence[str]) -> dict[str, Any]:
            await _asked(self._writer.set_aliases(session, code, add=[alias], by=self._by))
            return {"alias": alias, "told": "Đã thêm tên gọi cho thủ tục; bot tìm được ngay."}

        return teach

    def _sentences(self, intent: str, *, needed: bool = True) -> Teach:
        """Sentences for an intent.

        Args:
            needed: a label that no sentence could be taught for is refused. What is none of ours is none of ours also
                where it is no sentence.
        """

        async def teach(session: AsyncSession, sentences: Sequence[str]) -> dict[str, Any]:
            added, refused = await _asked(self._writer.add_what_fits(session, intent, sentences, by=self._by))
            if needed and refused and not added and len(refused) == len(sentences):
                raise NotTaughtError(_told(refused[-1][1]))
            return taught(len(added), len(refused))

        return teach

    def _variants(self, number: int) -> Teach:
        async def teach(session: AsyncSession, sentences: Sequence[str]) -> dict[str, Any]:
            for sentence in sentences:
                await _asked(self._faqs.extend(session, number, sentence[:LONGEST_QUESTION], by=self._by))
            return {"taught": len(sentences), "told": "Đã thêm cách hỏi; bot trả lời được ngay."}

        return teach


async def _asked(asking: Awaitable[Any]) -> Any:
    """The writer's answer, its refusal in words for people."""
    try:
        return await asking
    except Exception as error:
        if type(error).__name__ not in _REFUSALS:
            raise
        raise NotTaughtError(_told(error)) from error


def _told(error: Exception) -> str:
    return _REFUSALS[type(error).__name__].format(label=getattr(error, "label", ""))


_REFUSALS = {
    "UnknownTargetError": "không có ý định hoặc thủ tục này",
    "InvalidExampleError": "câu không dùng làm câu mẫu được",
    "MissingExampleError": "câu vừa bị người khác thay đổi",
    "TakenElsewhereError": "câu này đã thuộc “{label}”",
    "LeakError": "câu này nằm trong bộ kiểm tra nên không được dùng để dạy",
    "InvalidFaqError": "câu hỏi thường gặp thiếu hoặc quá dài",
    "UnknownFaqError": "câu hỏi thường gặp này không còn",
    "StaleFaqError": "câu hỏi thường gặp vừa bị người khác thay đổi",
}
