"""A bank with a live model and a judged candidate, for tests of pages: no real models, but figures of real scoring."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from pathlib import Path

from pydantic import SecretStr
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from bot.settings import Settings
from bot.storage.models import AnswerChange, Conversation, Message
from bot.training import figures, gates, modelfile
from bot.training.assess import Outcome, kept
from bot.training.bank import Bank
from bot.training.rows import Row
from bot.training.scoring import Understood, judge, score
from tests.support.console import Office

EVIL = "<script>alert(1)</script><img src=x onerror=alert(2)>"


@dataclass(frozen=True)
class Seeded:
    """What was put there."""

    live: int
    candidate: int
    changes: tuple[int, ...]


def seed(office: Office, data: Path, *, reached: bool = False) -> Seeded:
    """Fill the bank.

    Args:
        data: the data directory of the office.
        reached: whether the candidate reaches its gates.
    """
    settings = Settings(data_dir=data, database_url=SecretStr(office.system.database_url))
    return office.run(lambda made: _seed(made, settings, reached))


async def _seed(made: async_sessionmaker[AsyncSession], settings: Settings, reached: bool) -> Seeded:
    bank = Bank(made, settings)
    entries = []
    for content in (b"live", b"candidate"):
        path = modelfile.new_path(settings)
        path.write_bytes(content)
        entries.append(modelfile.made(path, content.decode(), modelfile.code_checksum()))
    modelfile.point(settings, entries[0])
    live = await bank.adopt()
    assert live is not None
    candidate = await bank.add(entries[1], run=0, author="lan", notes=f"thêm câu {EVIL}", sentences=4000)
    both: dict[str, figures.Figures | None] = {"candidate": _figures(20 if reached else 12), "live": _figures(18)}
    outcome = Outcome(sets={"phuong": both}, messages=1, seconds=3.0)
    outcome.gates = gates.judge(outcome.sets, gates.DEFAULTS, {})
    async with made.begin() as session:
        citizen = Conversation(channel="web", external_id=str(uuid.uuid4()))
        session.add(citizen)
        await session.flush()
        message = Message(conversation_id=citizen.id, message_id="1", kind="text", body=f"lệ phí {EVIL}", state="done")
        evaluation = kept(outcome, candidate.id, live.id)
        session.add_all([message, evaluation])
        await session.flush()
        changes = [
            AnswerChange(
                evaluation_id=evaluation.id,
                origin=origin,
                key=str(number),
                message_id=message.id if origin == "messages" else None,
                text=None if origin == "messages" else f"câu {number} {EVIL}",
                before=_answer("unresolved"),
                after=_answer("answered"),
                effect=effect,
            )
            for number, (origin, effect) in enumerate(
                [("messages", "unknown"), ("phuong", "better"), ("phuong", "worse")]
            )
        ]
        session.add_all(changes)
        await session.flush()
        return Seeded(live.id, candidate.id, tuple(change.id for change in changes))


def _answer(status: str) -> dict[str, object]:
    understanding = {"status": status, "intent": "ask_fee", "procedures": ["1.001193"], "aspects": ["fee"]}
    return {"understanding": understanding, "replies": [f"Lệ phí: miễn. {EVIL}"]}


def _figures(right: int) -> figures.Figures:
    judged = []
    for number in range(20):
        row = Row(id=str(number), text="lệ phí", kind="question", aspect="fee" if number % 2 else "duration")
        good = number < right
        aspect = row.aspect if good else "documents"
        got = Understood(
            "answered" if good else "handoff", f"ask_{aspect}", 0.9 if good else 0.4, (str(aspect),), (), None
        )
        judged.append(judge(row, got))
    return figures.of(score(judged), missing=0, in_catalogue=1.0)
