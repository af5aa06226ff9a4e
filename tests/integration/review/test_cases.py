"""What becomes a case: through the real statements of turns, thumbs and the sweep."""

from __future__ import annotations

import json
import uuid
from collections.abc import AsyncIterator
from typing import Any

import pytest

from bot.conversations.claims import Claims
from bot.conversations.errors import UnknownConversationError
from bot.conversations.pool import Pool, open_pool
from bot.conversations.turns import FORGOTTEN, Turn, no_understanding
from bot.review.feedback import give
from bot.review.repeats import find_repeats
from tests.support.review import Desk


@pytest.fixture
async def pool(database_url: str) -> AsyncIterator[Pool]:
    async with open_pool(database_url, size=4) as made:
        yield made


class Talk:
    """One citizen whose turns are stored as the relay does it."""

    def __init__(self, desk: Desk, pool: Pool) -> None:
        self.desk = desk
        self.pool = pool
        self.claims = Claims(pool, "test", lease=30)
        self.citizen = 0
        self.key = uuid.UUID(int=0)

    async def say(self, said: str, turn: Turn, *, kind: str = "text") -> str:
        if not self.citizen:
            self.citizen = await self.desk.citizen()
            self.key = await self.desk.one("SELECT key FROM conversations WHERE id = :id", id=self.citizen)
        name = str(uuid.uuid4())
        await self.desk.one(
            "INSERT INTO messages (conversation_id, message_id, kind, body) VALUES (:c, :id, :kind, :body) RETURNING 1",
            c=self.citizen, id=name, kind=kind, body=said,
        )  # fmt: skip
        await self.desk.one("UPDATE conversations SET waiting = 1 WHERE id = :c RETURNING 1", c=self.citizen)
        claim = (await self.claims.take(1))[0]
        assert await self.claims.finish(claim, turn) == 0
        return name


@pytest.fixture
def talk(desk: Desk, pool: Pool) -> Talk:
    return Talk(desk, pool)


def turn(status: str, confidence: float = 0.9, **more: Any) -> Turn:
    understanding = no_understanding(status) | {"intent": "ask_fee", "confidence": confidence}
    return Turn([{"text": "…", "buttons": [], "image": None}], understanding, **more)


async def cases(desk: Desk) -> list[tuple[Any, ...]]:
    return list(await desk.rows("SELECT text, reason, signals FROM unresolved_cases ORDER BY id"))


async def jobs(desk: Desk) -> int:
    return int(await desk.one("SELECT count(*) FROM procrastinate_jobs WHERE task_name = 'review.group'"))


@pytest.mark.parametrize(
    ("made", "expected"),
    [
        (turn("unresolved", unresolved={"reason": "no_match", "candidates": ["1.1"]}), ("no_match", ["unresolved"])),
        (turn("unresolved"), ("no_match", ["unresolved"])),
        (turn("answered", 0.1), ("doubt", ["low_confidence"])),
        (turn("answered", doubt={"confidence": 0.5, "candidates": []}), ("doubt", ["low_confidence"])),
        (turn("handoff", unresolved={"reason": "handoff"}), ("handoff", ["handoff"])),
    ],
)
async def test_what_was_not_answered_well_is_a_case_with_its_job(
    desk: Desk, talk: Talk, made: Turn, expected: tuple[Any, ...]
) -> None:
    await talk.say("xe rác mấy giờ tới", made)
    assert await cases(desk) == [("xe rác mấy giờ tới", *expected)]
    assert await jobs(desk) == 1


@pytest.mark.parametrize(
    "made",
    [
        turn("answered"),
        turn("clarify"),
        turn("form", 0.1),
        turn("filed", 0.1),
        turn("guided", 0.1),
        turn("privacy", 0.1),
        turn("lookup", 0.1),
        turn("unresolved", forget=True, unresolved={"reason": "no_match"}),
        turn("answered", 0.1, form_active=True),
    ],
)
async def test_what_was_answered_or_is_no_question_is_none(desk: Desk, talk: Talk, made: Turn) -> None:
    await talk.say("một câu nào đó", made)
    assert await cases(desk) == []
    assert await jobs(desk) == 0


async def test_a_human_asked_for_is_about_the_question_before(desk: Desk, talk: Talk) -> None:
    await talk.say("lệ phí tách thửa ở phường", turn("clarify"))
    await talk.say("menu:handoff", turn("handoff", unresolved={"reason": "handoff"}), kind="payload")
    assert await cases(desk) == [("lệ phí tách thửa ở phường", "handoff", ["handoff"])]


async def test_one_question_is_one_case_with_all_that_speaks_for_looking_at_it(desk: Desk, talk: Talk) -> None:
    name = await talk.say("lệ phí tách thửa ở phường", turn("unresolved"))
    await talk.say("gặp cán bộ", turn("handoff"))
    await give(talk.pool, talk.key, name, "down")
    await give(talk.pool, talk.key, name, "down")
    assert await cases(desk) == [("lệ phí tách thửa ở phường", "no_match", ["unresolved", "handoff", "thumbs_down"])]


async def test_a_human_asked_for_by_a_button_alone_is_nothing_to_review(desk: Desk, talk: Talk) -> None:
    await talk.say("menu:handoff", turn("handoff"), kind="payload")
    assert await cases(desk) == []


async def test_the_words_of_a_denunciation_are_in_no_case(desk: Desk, talk: Talk) -> None:
    name = await talk.say("tôi tố cáo ông B nhận tiền", turn("guided", forget=True))
    await give(talk.pool, talk.key, name, "down")
    await talk.say("menu:handoff", turn("handoff"), kind="payload")
    await talk.say("tôi tố cáo ông B nhận tiền", turn("guided", forget=True))
    assert await find_repeats(desk.sessions) == 0
    assert await cases(desk) == []
    assert await desk.rows("SELECT DISTINCT body FROM messages WHERE kind = 'text'") == [(FORGOTTEN,)]


async def test_the_words_of_a_report_are_in_no_case(desk: Desk, talk: Talk) -> None:
    name = await talk.say("cán bộ một cửa bắt tôi đi lại ba lần", turn("form"))
    await give(talk.pool, talk.key, name, "down")
    pressed = await talk.say("report:confirm", turn("filed"), kind="payload")
    await give(talk.pool, talk.key, pressed, "down")
    await talk.say("menu:handoff", turn("handoff"), kind="payload")
    assert await cases(desk) == []


async def test_a_thumb_is_kept_once_and_can_be_turned(desk: Desk, talk: Talk) -> None:
    name = await talk.say("giờ làm việc của phường", turn("answered"))
    for value in ("down", "down", "up"):
        await give(talk.pool, talk.key, name, value)  # type: ignore[arg-type]
    assert await desk.rows("SELECT value FROM message_feedback") == [("up",)]
    assert await desk.rows("SELECT state, signals FROM unresolved_cases") == [("closed", [])]


async def test_a_thumb_for_a_pressed_button_is_about_the_question_before(desk: Desk, talk: Talk) -> None:
    await talk.say("khai sinh", turn("clarify"))
    pressed = await talk.say("pick:1.001193:fee", turn("answered"), kind="payload")
    await give(talk.pool, talk.key, pressed, "down")
    assert await cases(desk) == [("khai sinh", "thumbs_down", ["thumbs_down"])]


async def test_nobody_judges_the_answers_of_others(desk: Desk, talk: Talk) -> None:
    name = await talk.say("giờ làm việc của phường", turn("answered"))
    with pytest.raises(UnknownConversationError):
        await give(talk.pool, uuid.uuid4(), name, "down")
    with pytest.raises(UnknownConversationError):
        await give(talk.pool, talk.key, "another", "down")


async def test_a_question_asked_again_within_minutes_is_a_case_once(desk: Desk, talk: Talk) -> None:
    await talk.say("Thủ tục tách thửa đất thế nào?", turn("answered"))
    await talk.say("cảm ơn", turn("smalltalk"))
    await talk.say("thu tuc tach thua dat the nao", turn("answered"))
    await desk.case("giấy phép xây dựng nhà ở")
    for _ in range(2):
        await find_repeats(desk.sessions)
    found = [row for row in await cases(desk) if "repeated" in row[2]]
    assert found == [("thu tuc tach thua dat the nao", "repeated", ["repeated"])]


async def test_a_fenced_turn_leaves_no_case(desk: Desk, talk: Talk) -> None:
    await talk.say("xin chào", turn("smalltalk"))
    await desk.one(
        "INSERT INTO messages (conversation_id, message_id, kind, body) VALUES (:c, 'x', 'text', 'hỏi') RETURNING 1",
        c=talk.citizen,
    )
    await desk.one("UPDATE conversations SET waiting = 1 WHERE id = :c RETURNING 1", c=talk.citizen)
    claim = (await talk.claims.take(1))[0]
    await desk.one("UPDATE conversations SET claim_epoch = claim_epoch + 1 WHERE id = :c RETURNING 1", c=talk.citizen)
    assert await talk.claims.finish(claim, turn("unresolved")) is None
    assert await cases(desk) == []
    assert json.dumps(await jobs(desk)) == "0"
