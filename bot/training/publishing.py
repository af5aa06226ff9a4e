"""Publishing a model: all engines change to it between two turns, or none does. Going back is the same, without gates.

The steps: [check, prepare everywhere, point, activate everywhere]. Until `point` nothing has changed for a citizen, and
whatever goes wrong leaves the live model live. After it the model is the published one: an engine that starts begins
with it, one that missed the change follows the pointer by itself, and the publication is `partial` until all report it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import structlog
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from bot.settings import Settings
from bot.storage.jobs import defer_in
from bot.storage.models import Model, Publication
from bot.training import modelfile
from bot.training.bank import Bank, Shelved, UnknownModelError, entry_of
from bot.training.checkout import NoEngineError
from bot.training.engines import Engines, EngineState
from bot.training.gates import NAMES
from bot.training.loading import cannot_load

log = structlog.get_logger(__name__)

TASK = "models.publish"
LOST_AFTER = timedelta(minutes=5)
"""A publication that is under way for longer has lost its job; loading takes seconds."""
Also = Callable[[AsyncSession], None]
"""Adds something to the transaction, such as a row of the audit log."""
STATES = {
    "silent": "không trả lời",
    "refused": "không nạp được",
    "other": "vẫn dùng",
    "ready": "đã nạp",
    "serves": "đang dùng",
}


class PublishError(Exception):
    """It cannot be published; nothing changed. The text is for people.

    `code`: `unknown`, `gone` (pruned), `faulty`, `live` (it is the live one), `busy`, `gates`, `nothing_before`.
    """

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


@dataclass(frozen=True)
class Asking:
    """Who wants it, and why in spite of the gates."""

    author: str
    reason: str | None = None


class Publisher:
    """Decides, records and carries out publications.

    Args:
        settings: with the engines' addresses and secret; no addresses: no engine runs now.
    """

    def __init__(self, sessions: async_sessionmaker[AsyncSession], settings: Settings) -> None:
        self._sessions = sessions
        self._settings = settings
        self._bank = Bank(sessions, settings)
        urls = [url.strip().rstrip("/") for url in settings.engine_urls.split(",") if url.strip()]
        self.engines = Engines(urls, settings.engine_secret.get_secret_value())

    async def obstacles(self, number: int) -> list[str]:
        """What stands against publishing a model, for people; an administrator may override it with a reason.

        Raises:
            PublishError: it cannot be published at all.
        """
        shelved = await self._possible(number)
        evaluation = shelved.evaluation
        if evaluation is None:
            return ["Mô hình chưa được đánh giá."]
        found = [gate_text(gate) for gate in shelved.failed]
        if shelved.rejected:
            found.append(f"{shelved.rejected} câu trả lời thay đổi đã bị từ chối.")
        live = await self._bank.live()
        if live is not None and evaluation.live_id != live.id:
            found.append(f"Đã so với một mô hình khác; mô hình đang dùng nay là số {live.id}. Hãy đánh giá lại.")
        return found

    async def publish(self, number: int, asking: Asking, also: Also | None = None) -> int:
        """Have a model published; a job does it.

        Returns:
            The number of the publication.

        Raises:
            PublishError: it cannot be, or a gate stands against it and no reason was given.
        """
        obstacles = await self.obstacles(number)
        if obstacles and not asking.reason:
            raise PublishError("gates", "\n".join(obstacles))
        return await self._record(number, "publish", asking if obstacles else Asking(asking.author), also)

    async def rollback(self, asking: Asking, also: Also | None = None) -> int:
        """Have the model before published again.

        Raises:
            PublishError: there is none, or it cannot be used.
        """
        await self._bank.adopt()
        before = await self._bank.rollback_target()
        if before is None:
            raise PublishError("nothing_before", "Không có mô hình trước đó để quay lại.")
        await self._possible(before.id)
        return await self._record(before.id, "rollback", asking, also)

    async def carry_out(self, number: int) -> str:
        """Do what a publication says; may be repeated. Returns its state."""
        async with self._sessions() as session:
            publication = await session.get(Publication, number)
            model = await session.get(Model, publication.model_id) if publication else None
        if publication is None or model is None or publication.state != "changing":
            return publication.state if publication else "failed"
        entry = entry_of(model)
        fault = await asyncio.to_thread(modelfile.fault, self._settings, entry)
        if fault is not None:
            return await self._failed(number, f"Mô hình số {model.id} {fault}.", [])
        if len(self.engines):
            states = await self.engines.prepare(entry)
            if bad := [state for state in states if state.state != "ready"]:
                return await self._failed(number, _told(bad), states)
        else:
            try:
                problem = await cannot_load(self._settings, modelfile.folder(self._settings) / entry.model)
            except NoEngineError as error:
                problem = str(error)
            if problem:
                return await self._failed(number, problem, [])
        try:
            modelfile.point(self._settings, entry)
        except OSError as error:
            return await self._failed(number, f"Không ghi được {modelfile.pointer(self._settings)}: {error}", [])
        states = await self.engines.activate(entry)
        state = "live" if all(one.state == "serves" for one in states) else "partial"
        await self._ended(number, state, states)
        log.info("models.published", model=model.id, publication=number, state=state)
        await self._bank.prune()
        return state

    async def settle(self) -> None:
        """Publications that not all engines had taken up: have they by now? And those whose job was lost."""
        async with self._sessions() as session:
            lost = Publication.created_at < datetime.now(UTC) - LOST_AFTER
            stuck = list(await session.scalars(select(Publication.id).where(Publication.state == "changing", lost)))
        for number in stuck:
            await self.carry_out(number)
        async with self._sessions() as session:
            open_ = list(await session.scalars(select(Publication).where(Publication.state == "partial")))
        for publication in open_:
            async with self._sessions() as session:
                model = await session.get_one(Model, publication.model_id)
            states = await self.engines.serving(entry_of(model))
            if all(one.state == "serves" for one in states):
                await self._ended(publication.id, "live", states)

    async def one(self, number: int) -> Publication | None:
        """A publication."""
        async with self._sessions() as session:
            return await session.get(Publication, number)

    async def listed(self, most: int = 20) -> list[Publication]:
        """The newest publications."""
        async with self._sessions() as session:
            return list(await session.scalars(select(Publication).order_by(Publication.id.desc()).limit(most)))

    async def _possible(self, number: int) -> Shelved:
        try:
            shelved = await self._bank.one(number)
        except UnknownModelError as error:
            raise PublishError("unknown", f"Không có mô hình số {number}.") from error
        if shelved.live:
            raise PublishError("live", f"Mô hình số {number} đang được dùng.")
        if shelved.model.pruned_at is not None:
            raise PublishError("gone", f"Tệp của mô hình số {number} đã được dọn; hãy huấn luyện lại.")
        if fault := await asyncio.to_thread(modelfile.fault, self._settings, entry_of(shelved.model)):
            raise PublishError("faulty", f"Mô hình số {number} {fault}.")
        return shelved

    async def _record(self, number: int, kind: str, asking: Asking, also: Also | None) -> int:
        live = await self._bank.live()
        try:
            async with self._sessions.begin() as session:
                made = Publication(
                    model_id=number,
                    previous_id=live.id if live else None,
                    kind=kind,
                    author=asking.author,
                    reason=asking.reason,
                    state="changing",
                )
                session.add(made)
                await session.flush()
                if also is not None:
                    also(session)
                await defer_in(session, TASK, {"publication": made.id}, lock=TASK, priority=10)
                return made.id
        except IntegrityError as error:
            if "ix_publications_open" not in str(error.orig):
                raise
            raise PublishError("busy", "Một mô hình khác đang được đưa vào dùng. Hãy đợi xong.") from error

    async def _failed(self, number: int, error: str, states: Sequence[EngineState]) -> str:
        log.error("models.publish_failed", publication=number, error=error)
        await self._ended(number, "failed", states, error)
        return "failed"

    async def _ended(self, number: int, state: str, states: Sequence[EngineState], error: str | None = None) -> None:
        values: dict[str, Any] = {
            "state": state,
            "engines": [one.as_json() for one in states],
            "error": error,
            "finished_at": datetime.now(UTC),
        }
        async with self._sessions.begin() as session:
            if state in ("live", "partial"):
                former = update(Publication).where(Publication.state.in_(("live", "partial")), Publication.id != number)
                await session.execute(former.values(state="over"))
            await session.execute(update(Publication).where(Publication.id == number).values(values))


def gate_text(gate: dict[str, Any]) -> str:
    """A gate that was not reached, as a sentence."""
    where = gate["held_out"] + (f", {gate['style']}" if gate["style"] else "")
    value = "không đo được" if gate["value"] is None else f"{gate['value']:.1f}"
    measure = NAMES.get(gate["measure"], gate["measure"])
    if gate["kind"] == "drop":
        live = f"{gate['live']:.1f}"
        return f"{where}: {measure} {value}, đang dùng {live}, được kém nhiều nhất {gate['bound']:g} điểm."
    if gate["kind"] == "loss":
        return f"{where}: {measure} mất {value} điểm vì gõ khác, nhiều nhất {gate['bound']:g}."
    return f"{where}: {measure} {value}, ngưỡng {gate['bound']:g}."


def _told(states: Sequence[EngineState]) -> str:
    parts = [f"{one.url} {STATES.get(one.state, one.state)} ({one.detail})" for one in states]
    return "Mô hình đang dùng vẫn được dùng. Chưa chuyển được vì: " + "; ".join(parts) + "."
