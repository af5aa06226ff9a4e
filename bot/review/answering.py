"""Telling the citizens of a group: written once, it goes to everyone who still waits, on their own channel, once.

The copies are rows of the outbox, made in one transaction with the answer. Whether a platform still lets us write to a
citizen (Zalo's window) is for its sender to check when it sends; what could not be delivered is shown to staff. A
citizen is told of a question once: their cases are `told` from then on, also when two people answer at the same time.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import insert, text
from sqlalchemy.ext.asyncio import AsyncSession

from bot.privacy import readable
from bot.review.errors import InvalidError
from bot.review.regrouping import COUNT
from bot.review.work import ReviewWork, lock
from bot.storage.models import AnswerDelivery, GroupAnswer, Outbox
from bot.storage.outgoing import is_pushed, outgoing_parts

LONGEST = 1800
QUOTED = 200
"""Characters of the citizen's question that are repeated."""
PLACEHOLDERS = {"{cau_hoi}": "câu người dân đã hỏi", "{ngay_hoi}": "ngày hỏi"}
_PLACE = re.compile(r"\{[a-z_]*\}")

_WAITING = text("""
SELECT DISTINCT ON (u.conversation_id) u.conversation_id, c.channel, u.text, u.created_at
FROM unresolved_cases u JOIN conversations c ON c.id = u.conversation_id
WHERE u.group_id = :id AND u.state = 'open' AND c.opted_out_at IS NULL
ORDER BY u.conversation_id, u.id
""")
_TOLD = text(
    "UPDATE unresolved_cases SET state = 'told' WHERE group_id = :id AND state = 'open' AND conversation_id = ANY(:to)"
)
_NOBODY = text("""
SELECT count(DISTINCT u.conversation_id) FROM unresolved_cases u JOIN conversations c ON c.id = u.conversation_id
WHERE u.group_id = :id AND u.state = 'open' AND c.opted_out_at IS NOT NULL
""")


@dataclass(frozen=True)
class Sent:
    """What became of an answer at once."""

    told: int
    """Citizens for whom a copy was made."""
    opted_out: int
    """Citizens who wait and do not want messages."""


def check(said: str) -> str:
    """An answer as it may be sent.

    Raises:
        InvalidError: `answer` (empty, too long), `placeholder` (one that there is not).
    """
    said = said.replace("\r\n", "\n").strip()
    if not 0 < len(said) <= LONGEST:
        raise InvalidError("answer")
    if set(_PLACE.findall(said)) - PLACEHOLDERS.keys():
        raise InvalidError("placeholder")
    return said


def filled(said: str, question: str, asked_at: str) -> str:
    """An answer with the citizen's own question and its day.

    In one pass: what a citizen wrote is never looked through for placeholders.
    """
    words = " ".join(readable(question).split())
    quoted = words if len(words) <= QUOTED else words[: QUOTED - 1].rstrip() + "…"
    values = {"{cau_hoi}": f"“{quoted}”", "{ngay_hoi}": asked_at}
    return _PLACE.sub(lambda match: values.get(match.group(), match.group()), said)


class Answering(ReviewWork):
    """Answers to groups."""

    async def answer(self, number: int, version: int, said: str, day: Any) -> Sent:
        """Tell everyone of the group who waits.

        Args:
            day: a moment as a day for people, in local time.

        Raises:
            InvalidError: as of `check`; `nobody`: nobody waits (any more).
        """
        said = check(said)
        async with self.sessions.begin() as session:
            group = await lock(session, number, version)
            waiting = (await session.execute(_WAITING, {"id": number})).all()
            if not waiting:
                raise InvalidError("nobody")
            blocked = int(await session.scalar(_NOBODY, {"id": number}) or 0)
            answer = GroupAnswer(group_id=number, text=said, account=self.by, told=len(waiting))
            session.add(answer)
            await session.flush()
            for conversation, channel, question, asked_at in waiting:
                await _copy(session, answer.id, conversation, channel, filled(said, question, day(asked_at)))
            await session.execute(_TOLD, {"id": number, "to": [row[0] for row in waiting]})
            await session.execute(text("SELECT pg_notify('outbox', '')"))
            note = {"answer": answer.id, "told": len(waiting), "opted_out": blocked}
            await self.changed(session, group, "review.answer", note, state="answered")
            await session.execute(text(COUNT.format(where="WHERE u.group_id = ANY(:ids)")), {"ids": [number]})
            return Sent(len(waiting), blocked)


async def _copy(session: AsyncSession, answer: int, conversation: int, channel: str, said: str) -> None:
    reply: dict[str, Any] = {"text": said, "buttons": [], "image": None}
    pushed = is_pushed(channel)
    last: int | None = None
    for seq, body in enumerate(outgoing_parts(channel, [reply]) or [reply]):
        row = insert(Outbox).values(
            conversation_id=conversation, seq=seq, channel=channel, body=body, state="queued" if pushed else "shown"
        )
        last = (await session.execute(row.returning(Outbox.id))).scalar_one()
    session.add(AnswerDelivery(answer_id=answer, conversation_id=conversation, outbox_id=last))
    await session.flush()
    if not pushed:
        await session.execute(text("SELECT pg_notify('shown', :id)"), {"id": str(conversation)})


@dataclass(frozen=True)
class Delivery:
    """What became of the copies of one answer."""

    answer: int
    text: str
    account: str
    at: datetime
    told: int
    counts: dict[str, int]
    """By the outbox's state; `gone`: its row is no longer kept."""
    troubles: dict[tuple[str, str], int]
    """By the outbox's state and the sender's word for why something was not delivered."""


_DELIVERED = text("""
SELECT a.id, a.text, a.account, a.created_at, a.told, coalesce(o.state, 'gone') AS state, o.error,
    count(d.id)
FROM group_answers a LEFT JOIN answer_deliveries d ON d.answer_id = a.id LEFT JOIN outbox o ON o.id = d.outbox_id
WHERE a.group_id = :id GROUP BY a.id, coalesce(o.state, 'gone'), o.error ORDER BY a.id DESC
""")


async def deliveries(session: AsyncSession, number: int) -> list[Delivery]:
    """The answers of a group, the newest first, with what became of their copies."""
    found: dict[int, Delivery] = {}
    for answer, said, account, at, told, state, error, count in await session.execute(_DELIVERED, {"id": number}):
        one = found.setdefault(answer, Delivery(answer, said, account, at, told, {}, {}))
        if count:
            one.counts[state] = one.counts.get(state, 0) + count
            if state in ("failed", "unknown", "opted_out"):
                why = state, error or ""
                one.troubles[why] = one.troubles.get(why, 0) + count
    return list(found.values())
