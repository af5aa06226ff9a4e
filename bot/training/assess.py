"""Judging a candidate beside the live model: held-out sets, noise, real messages, gates, changed answers."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from bot.storage.models import AnswerChange, Evaluation, Procedure
from bot.training import figures, floors, ladder
from bot.training import gates as gating
from bot.training.figures import Figures
from bot.training.gatebook import GateBook
from bot.training.heldout import HeldOut, floors_file
from bot.training.ladder import CLEAN
from bot.training.rows import Row, RowsError
from bot.training.scoring import Judged, Understood, judge, score
from bot.training.trial import Bench, Question

MESSAGES = "messages"
RUNG = 120
"""Clean rows of a set that climb the noise ladder: its first so many."""
CHANGES = 500
"""Changed answers that are kept of one evaluation."""
_SECRET = re.compile(r"\bPA-?\d{4}-?\d{4,}|\b\d{6}\b", re.IGNORECASE)
"""A ticket's code, or what may be its PIN: such a message is not asked again, it might open somebody's ticket."""
_COMPARED = ("status", "intent", "aspects", "procedures", "category")
_RECENT = text(
    "SELECT id, body, before FROM (SELECT m.id, m.body, m.kind, m.state, m.intent, m.received_at,"
    " CASE WHEN lag(m.received_at) OVER c > m.received_at - interval '30 minutes' AND lag(m.kind) OVER c = 'text'"
    " THEN lag(m.body) OVER c END AS before"
    " FROM messages m WHERE m.conversation_id IN (SELECT conversation_id FROM messages WHERE state = 'done'"
    " AND kind = 'text' ORDER BY id DESC LIMIT :most) WINDOW c AS (PARTITION BY m.conversation_id ORDER BY m.id)) found"
    " WHERE kind = 'text' AND state = 'done' AND intent IS NOT NULL AND body NOT LIKE '[không lưu]%'"
    " ORDER BY id DESC LIMIT :most"
)

Answers = Mapping[str, dict[str, Any]]


@dataclass
class Outcome:
    """What an evaluation found."""

    sets: dict[str, dict[str, Figures | None]] = field(default_factory=dict)
    gates: list[gating.Gate] = field(default_factory=list)
    changes: list[AnswerChange] = field(default_factory=list)
    messages: int = 0
    seconds: float = 0.0

    @property
    def failed(self) -> list[gating.Gate]:
        """The gates that were not reached."""
        return [gate for gate in self.gates if not gate.ok]


@dataclass(frozen=True)
class Asked:
    """A message of a citizen, masked as it is kept."""

    number: int
    text: str
    before: str | None


class Assessment:
    """Asks both models everything and compares.

    Args:
        bench: where models are tried.
        held_out: the sets.
        most_messages: the newest messages of citizens that both are asked.
    """

    def __init__(
        self,
        sessions: async_sessionmaker[AsyncSession],
        bench: Bench,
        held_out: Sequence[HeldOut],
        *,
        most_messages: int,
        root: Path,
    ) -> None:
        self._sessions = sessions
        self._bench = bench
        self._sets = held_out
        self._most = most_messages
        self._root = root

    async def run(
        self, candidate: Path, live: Path | None, told: Callable[[int, str], None] = lambda _percent, _step: None
    ) -> Outcome:
        """Judge a candidate.

        Args:
            told: is told how far it is (percent) and what is done.

        Raises:
            RowsError: a set cannot be read.
            TrialError: a model gave no answers.
        """
        began = time.monotonic()
        sets = {held.name: _with_ladder(held.rows()) for held in self._sets}
        messages = await self._messages()
        questions = [_question(name, row) for name, rows in sets.items() for row in rows]
        questions += [Question(f"{MESSAGES}|{m.number}", (*([m.before] if m.before else []), m.text)) for m in messages]
        share = 50 if live else 100
        answers = await self._bench.ask(candidate, questions, _part(told, 0, share, len(questions), "mô hình mới"))
        before: Answers | None = None
        if live is not None:
            before = await self._bench.ask(
                live, questions, _part(told, share, 100, len(questions), "mô hình đang dùng")
            )
        async with self._sessions() as session:
            codes = set(await session.scalars(select(Procedure.code)))
        rules = await GateBook(self._sessions).rules()
        out = Outcome(messages=len(messages))
        for held in self._sets:
            rows = sets[held.name]
            out.sets[held.name] = {
                "candidate": _figures(held.name, rows, answers, codes),
                "live": None if before is None else _figures(held.name, rows, before, codes),
            }
            if before is not None and not held.own:
                out.changes += _changed_rows(held.name, rows, before, answers)
        if before is not None:
            out.changes += _changed_messages(messages, before, answers)
        out.changes = out.changes[:CHANGES]
        out.gates = gating.judge(out.sets, rules, self._floors())
        out.seconds = round(time.monotonic() - began, 1)
        return out

    def _floors(self) -> dict[str, floors.Floors]:
        return {held.name: floors.load(floors_file(self._root), held.name) for held in self._sets if held.own}

    async def _messages(self) -> list[Asked]:
        async with self._sessions() as session:
            rows = (await session.execute(_RECENT, {"most": self._most})).all()
        return [Asked(row.id, row.body, row.before) for row in rows if not _SECRET.search(f"{row.body} {row.before}")]


def kept(outcome: Outcome, model: int, live: int | None) -> Evaluation:
    """An outcome as a row; its changes are added with the row's number."""
    return Evaluation(
        model_id=model,
        live_id=live,
        sets=outcome.sets,
        messages=outcome.messages,
        gates=[gate.as_json() for gate in outcome.gates],
        seconds=outcome.seconds,
    )


def _with_ladder(rows: list[Row]) -> list[Row]:
    return [*rows, *ladder.climb([row for row in rows if row.style == CLEAN][:RUNG])]


def _question(name: str, row: Row) -> Question:
    return Question(f"{name}|{row.id}", (*([row.context] if row.context else []), row.text))


def _part(told: Callable[[int, str], None], begin: int, end: int, many: int, what: str) -> Callable[[int], None]:
    def done(count: int) -> None:
        told(begin + (end - begin) * count // max(1, many), f"hỏi {what}: {count}/{many}")

    return done


def _figures(name: str, rows: Sequence[Row], answers: Answers, codes: set[str]) -> Figures:
    judged: list[Judged] = []
    for row in rows:
        if answer := answers.get(f"{name}|{row.id}"):
            judged.append(judge(row, Understood.of(answer["understanding"])))
    naming = [row for row in rows if row.codes]
    covered = sum(not codes.isdisjoint(row.codes) for row in naming) / len(naming) if naming else 1.0
    return figures.of(score(judged, codes), missing=len(rows) - len(judged), in_catalogue=covered)


def _changed_rows(name: str, rows: Sequence[Row], before: Answers, after: Answers) -> list[AnswerChange]:
    found = []
    for row in rows:
        key = f"{name}|{row.id}"
        if row.style.startswith(ladder.MARK) or not (old := before.get(key)) or not (new := after.get(key)):
            continue
        if differ(old, new):
            was, now = (judge(row, Understood.of(answer["understanding"])).right for answer in (old, new))
            effect = "neither" if was == now else "better" if now else "worse"
            said = f"{row.context} → {row.text}" if row.context else row.text
            found.append(
                AnswerChange(origin=name, key=row.id, text=said, before=_shown(old), after=_shown(new), effect=effect)
            )
    return found


def _changed_messages(messages: Sequence[Asked], before: Answers, after: Answers) -> list[AnswerChange]:
    found = []
    for message in messages:
        key = f"{MESSAGES}|{message.number}"
        if (old := before.get(key)) and (new := after.get(key)) and differ(old, new):
            found.append(
                AnswerChange(
                    origin=MESSAGES,
                    key=str(message.number),
                    message_id=message.number,
                    before=_shown(old),
                    after=_shown(new),
                    effect="unknown",
                )
            )
    return found


def differ(old: dict[str, Any], new: dict[str, Any]) -> bool:
    """Whether a citizen would notice, or somebody who counts: another understanding or other words."""
    was, now = old["understanding"], new["understanding"]
    return any(was.get(name) != now.get(name) for name in _COMPARED) or _said(old) != _said(new)


def _said(answer: dict[str, Any]) -> list[str]:
    return [reply["text"] for reply in answer.get("replies") or []]


def _shown(answer: dict[str, Any]) -> dict[str, Any]:
    return {"understanding": answer["understanding"], "replies": _said(answer)}


__all__ = ["Assessment", "Outcome", "RowsError", "differ", "kept"]
