"""Training runs with the real engine: from a queued row to a judged model, cancelled, killed, refused."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import signal
import uuid
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from pydantic import SecretStr
from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from bot.settings import Settings
from bot.storage import jobs
from bot.storage.database import connect_async, sessions
from bot.storage.models import AnswerChange, Conversation, Evaluation, Message, TrainingRun
from bot.training import heldout, modelfile, tasks, trainer
from bot.training.bank import Bank
from bot.training.runs import Runs
from bot.training.trainer import Sources
from tests.contract import harness
from tests.contract.conftest import other_project

DATA = ("nlu.yml", "rules.yml")
HELD_OUT = [
    {"id": "1", "text": "mức phí phải đóng là bao nhiêu", "kind": "question", "aspect": "fee", "procedure": "1.001193"},
    {"id": "2", "text": "chào bạn nhé", "kind": "smalltalk"},
    {"id": "3", "text": "muc phi phai dong", "kind": "question", "aspect": "fee", "style": "no_diacritics"},
]


@dataclass
class Shop:
    """A database, a data directory with a live model, and what runs need."""

    settings: Settings
    made: async_sessionmaker[AsyncSession]
    sources: Sources

    @property
    def runs(self) -> Runs:
        return Runs(self.made)

    async def run(self, number: int) -> TrainingRun:
        found = await self.runs.one(number)
        assert found is not None
        return found

    async def until(self, number: int, *states: str) -> TrainingRun:
        async with asyncio.timeout(60):
            while True:
                if (found := await self.run(number)).state in states:
                    return found
                await asyncio.sleep(0.05)


@pytest.fixture
async def shop(database_url: str, models: Path, actions: harness.Actions, tmp_path: Path) -> AsyncIterator[Shop]:
    settings = Settings(
        data_dir=tmp_path / "var", database_url=SecretStr(database_url), actions_url=actions.url, engine_urls=""
    )
    settings.data.mkdir()
    path = modelfile.new_path(settings)
    shutil.copy(models / "old.tar.gz", path)
    modelfile.point(settings, modelfile.made(path, "old", modelfile.code_checksum()))
    database = connect_async(database_url, pool_size=3)
    try:
        yield Shop(settings, sessions(database), Sources(other_project(tmp_path), DATA, tmp_path))
    finally:
        await database.dispose()


async def messages(shop: Shop, *bodies: str) -> None:
    async with shop.made.begin() as session:
        citizen = Conversation(channel="web", external_id=str(uuid.uuid4()))
        session.add(citizen)
        await session.flush()
        for number, body in enumerate(bodies):
            session.add(
                Message(
                    conversation_id=citizen.id,
                    message_id=str(number),
                    kind="text",
                    body=body,
                    state="done",
                    status="answered",
                    intent="greet",
                )
            )
            await session.flush()


async def test_a_run_ends_with_a_model_that_was_judged_beside_the_live_one_and_changes_nothing(shop: Shop) -> None:
    content = "\n".join(json.dumps(row, ensure_ascii=False) for row in HELD_OUT).encode()
    assert heldout.save(shop.settings, "phuong", content) == 3
    await messages(shop, "xin chào", "lệ phí bao nhiêu tiền", "PA-2026-000123 123456", "[không lưu]")
    before = modelfile.published(shop.settings)
    number = await shop.runs.ask("lan", "lời chào mới")
    assert await trainer.train(shop.settings, number, shop.sources) == "ready"

    run = await shop.run(number)
    assert (run.progress, run.tries, run.error, run.author) == (100, 1, None, "lan")
    assert run.checksum == modelfile.checksum(shop.sources.project)
    assert "training on" in run.log
    assert run.model_id is not None
    assert modelfile.published(shop.settings) == before, "the live model is untouched"
    shelved = await Bank(shop.made, shop.settings).one(run.model_id)
    assert shelved.model.sentences
    assert shelved.evaluation is not None
    evaluation = shelved.evaluation
    assert evaluation.messages == 2, "a code with its PIN, and what was not kept, are not asked again"
    figures = evaluation.sets["phuong"]["candidate"]
    assert figures["measures"]["kind"][1] == 3 + 5 * 2, "and five kinds of noise of the two clean rows"
    assert {"clean", "no_diacritics", "~telex"} <= set(figures["styles"])
    assert figures["missing"] == 0
    assert {gate["kind"] for gate in evaluation.gates} == {"drop"}
    async with shop.made() as session:
        changes = list(await session.scalars(select(AnswerChange).order_by(AnswerChange.origin)))
    assert {(change.origin, change.effect) for change in changes} == {("messages", "unknown"), ("phuong", "neither")}
    assert all(change.before["replies"] == [harness.OLD] for change in changes)
    assert all(change.after["replies"] == [harness.NEW] for change in changes)
    async with shop.made() as session:
        left = (await session.execute(text("SELECT count(*) FROM engine.trackers"))).scalar()
    assert left == 0, "a trial leaves no conversation behind"


async def test_a_cancelled_run_ends_within_seconds_and_leaves_no_model(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(trainer, "BEAT", 0.05)
    number = await shop.runs.ask("lan")
    work = asyncio.create_task(trainer.train(shop.settings, number, shop.sources))
    await shop.until(number, "training")
    assert await shop.runs.cancel(number, "minh")
    assert await asyncio.wait_for(work, 15) == "cancelled"
    run = await shop.run(number)
    assert (run.state, run.cancelled_by, run.model_id) == ("cancelled", "minh", None)
    assert len(list(modelfile.folder(shop.settings).glob("*model-*"))) == 1
    assert not await shop.runs.cancel(number, "minh")


async def test_a_run_that_waits_is_cancelled_at_once_and_its_job_does_nothing(shop: Shop) -> None:
    number = await shop.runs.ask("lan")
    assert await shop.runs.cancel(number, "lan")
    await jobs.run(shop.settings, modules=("bot.training.tasks",), wait=False)
    assert (await shop.run(number)).state == "cancelled"


async def test_a_trainer_that_is_killed_leaves_the_run_failed_with_a_clear_message(shop: Shop) -> None:
    number = await shop.runs.ask("lan")
    before = modelfile.published(shop.settings)
    working = asyncio.create_task(tasks.supervise(shop.settings, shop.runs, number))
    await shop.until(number, "training")
    os.kill(_trainer(number), signal.SIGKILL)
    await asyncio.wait_for(working, 20)
    run = await shop.run(number)
    assert run.state == "failed"
    assert "SIGKILL" in str(run.error)
    assert "Mô hình đang dùng không đổi" in str(run.error)
    assert modelfile.published(shop.settings) == before


async def test_a_run_whose_worker_was_killed_is_taken_up_again_once(shop: Shop) -> None:
    number = await shop.runs.ask("lan")
    working = asyncio.create_task(tasks.supervise(shop.settings, shop.runs, number))
    await shop.until(number, "training")
    working.cancel()  # as a worker that ends takes its trainer with it
    await asyncio.gather(working, return_exceptions=True)
    assert (await shop.run(number)).state == "training"
    assert await trainer.train(shop.settings, number, shop.sources) == "ready"
    assert (await shop.run(number)).tries == 2

    third = await shop.runs.ask("lan")
    for expected in (True, True, False):
        assert await shop.runs.begin(third) is expected
    run = await shop.run(third)
    assert run.state == "failed"
    assert "bị ngắt giữa chừng 2 lần" in str(run.error)


async def test_a_run_that_nobody_works_on_any_more_fails_by_itself(shop: Shop) -> None:
    number = await shop.runs.ask("lan")
    assert await shop.runs.begin(number)
    assert await shop.runs.sweep() == 0
    async with shop.made.begin() as session:
        await session.execute(text("UPDATE training_runs SET beat_at = now() - interval '1 hour'"))
    assert await shop.runs.sweep() == 1
    assert "Mất liên lạc" in str((await shop.run(number)).error)


async def test_data_that_do_not_hold_together_fail_with_the_trainers_reason(shop: Shop) -> None:
    domain = shop.sources.project / "domain.yml"
    domain.write_text(domain.read_text(encoding="utf-8").replace("ask_fee, ", "", 1), encoding="utf-8")
    number = await shop.runs.ask("lan")
    assert await trainer.train(shop.settings, number, shop.sources) == "failed"
    run = await shop.run(number)
    assert "Huấn luyện thất bại" in str(run.error)
    assert "ask_fee" in run.log
    async with shop.made() as session:
        assert await session.scalar(select(Evaluation)) is None


async def test_a_sentence_that_is_asked_in_a_held_out_set_is_not_trained_on(shop: Shop) -> None:
    intents = shop.sources.project / "nlu_data" / "intents"
    intents.mkdir(parents=True)
    (shop.sources.project / "nlu_data" / "aliases").mkdir()
    taught = "cho tôi hỏi mức phí phải đóng là bao nhiêu"
    (intents / "ask_fee.yml").write_text(f"nlu:\n- intent: ask_fee\n  examples: |\n    - {taught}\n", encoding="utf-8")
    row = HELD_OUT[0] | {"text": "mức phí phải đóng là bao nhiêu cho tôi hỏi"}
    heldout.save(shop.settings, "phuong", json.dumps(row).encode())
    number = await shop.runs.ask("lan")
    assert await trainer.train(shop.settings, number, shop.sources) == "failed"
    run = await shop.run(number)
    assert "ask_fee.yml / phuong.jsonl 1" in str(run.error)
    assert taught in str(run.error)
    assert run.model_id is None


def _trainer(number: int) -> int:
    for path in Path("/proc").glob("[0-9]*"):
        try:
            line = (path / "cmdline").read_bytes().split(b"\0")
        except OSError:
            continue
        if line[1:4] == [b"-m", b"bot.training.trainer", str(number).encode()] and _is_ours(path):
            return int(path.name)
    raise AssertionError("no trainer runs")


def _is_ours(path: Path) -> bool:
    return f"PPid:\t{os.getpid()}\n" in (path / "status").read_text()
