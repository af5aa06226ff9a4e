"""The trainer: `python -m bot.training.trainer RUN`, one training run from its data to a judged model.

[take up, check for leaks, train, put in the bank, judge]. Started by a job (or `bot train`) at low priority; what it
starts ends with it. It changes nothing that citizens meet: publishing is a step of its own (`publishing`).
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import re
import shutil
import sys
import time
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from bot import logging
from bot.settings import Settings, load
from bot.storage.database import connect_async, sessions
from bot.storage.models import Model, TrainingRun
from bot.training import assess, checkout, corpus, heldout, lowly, modelfile
from bot.training.bank import Bank
from bot.training.floors import FloorsError
from bot.training.loading import environment
from bot.training.rows import RowsError
from bot.training.runs import Runs, only_one
from bot.training.trial import Bench, TrialError

BEAT = 1.0
"""Seconds between two signs of life."""
CHANGED = 3
"""How often training begins again because the data were changed meanwhile."""
TRAINED_AT, JUDGED_FROM = 55, 60
"""Percent of a run that training is; where judging begins."""
_SENTENCES = re.compile(r"training on (\d+) examples")
_OTHER_RUNS = 3600.0
"""Seconds to wait for another trainer of the same database."""


class RunError(Exception):
    """The run has failed; the text, for people, says why and what to do."""


@dataclass(frozen=True)
class Sources:
    """What is trained and judged; ours, but for tests.

    Attributes:
        project: the folder with config.yml, domain.yml and the data.
        data: training files, relative to it; empty: the usual ones.
        root: the checkout whose own sets are asked.
    """

    project: Path = checkout.ROOT
    data: Sequence[str] = ()
    root: Path = checkout.ROOT


@dataclass
class Course:
    """How far a run is."""

    progress: int = 0
    step: str = ""
    state: str = "training"
    lines: list[str] = field(default_factory=list)
    began: float = field(default_factory=time.monotonic)

    def say(self, line: str) -> None:
        """A line of the log, seen by whoever started us, too."""
        self.lines.append(line)
        print(line, flush=True)

    def go(self, progress: int, step: str) -> None:
        """A step, with the seconds since the start."""
        if step != self.step:
            self.say(f"[{time.monotonic() - self.began:5.0f} s] {step}")
        self.progress, self.step = progress, step


class Trainer:
    """Carries out runs.

    Args:
        settings: with the database's URL, and where the actions are; no actions: nothing is judged.
    """

    def __init__(
        self, settings: Settings, made: async_sessionmaker[AsyncSession], sources: Sources | None = None
    ) -> None:
        self._settings = settings
        self._sessions = made
        self._sources = sources or Sources()
        self._runs = Runs(made)
        self._bank = Bank(made, settings)
        self._course = Course()

    async def carry_out(self, number: int) -> str:
        """Do a run; its last state. An error of ours leaves it failed, too."""
        if not await self._runs.begin(number):
            run = await self._runs.one(number)
            return run.state if run else "failed"
        work = asyncio.create_task(self._work(number))
        beating = asyncio.create_task(self._beat(number, work))
        try:
            await work
            late = await self._write(number)  # somebody cancelled it while it ended
            await self._runs.end(number, "cancelled" if late else "ready")
        except asyncio.CancelledError:
            if (by := await self._write(number)) is None:
                raise  # not cancelled by somebody: we are being stopped, and the run is taken up again
            self._course.say(f"Đã huỷ theo yêu cầu của {by}.")
            await self._write(number)
            await self._runs.end(number, "cancelled")
        except RunError as error:
            self._course.say(str(error))
            await self._write(number)
            await self._runs.end(number, "failed", str(error))
        except Exception as error:
            self._course.say(f"{type(error).__name__}: {error}")
            await self._write(number)
            await self._runs.end(number, "failed", f"Lỗi ngoài dự kiến: {type(error).__name__}. Xem nhật ký.")
            raise
        finally:
            beating.cancel()
            work.cancel()
            shutil.rmtree(self._scratch, ignore_errors=True)
        run = await self._runs.one(number)
        return run.state if run else "failed"

    async def _work(self, number: int) -> None:
        run = await self._runs.one(number)
        assert run is not None, "begun"  # noqa: S101  it was taken up
        await self._bank.adopt()  # the live model has the smaller number
        again = (await self._bank.one(run.model_id)).model if run.model_id else None
        if again is not None and again.pruned_at is not None:
            raise RunError(f"Tệp của mô hình số {again.id} đã được dọn.")
        sets = [*heldout.projects(self._sources.root), *heldout.staffs(self._settings)]
        self._course.go(2, f"Kiểm tra dữ liệu với {len(sets)} tập giữ riêng")
        await self._no_leaks(sets)
        model = again or await self._new(number, run)
        self._course.go(TRAINED_AT, f"Đã có mô hình số {model.id}")
        await self._judge(model, sets)
        await self._bank.prune()

    async def _new(self, number: int, run: TrainingRun) -> Model:
        entry, sentences = await self._train(number)
        return await self._bank.add(entry, run=number, author=run.author, notes=run.notes, sentences=sentences)

    async def _no_leaks(self, sets: Sequence[heldout.HeldOut]) -> None:
        data = self._sources.project / "nlu_data"
        if not sets or not data.is_dir():
            return
        try:
            found = await asyncio.to_thread(heldout.leaks, data, sets)
        except corpus.CorpusError as error:
            raise RunError(f"Dữ liệu không đọc được: {error}") from error
        if found:
            shown = "\n".join(f"- {line}" for line in found[: heldout.SHOWN])
            more = f"\n… và {len(found) - heldout.SHOWN} câu nữa" if len(found) > heldout.SHOWN else ""
            raise RunError(
                f"Không huấn luyện: {len(found)} câu huấn luyện trùng hoặc gần trùng câu của tập giữ riêng."
                f" Bỏ chúng ở một trong hai nơi rồi chạy lại.\n{shown}{more}"
            )

    async def _train(self, number: int) -> tuple[modelfile.Entry, int | None]:
        root = self._sources.project
        for _ in range(CHANGED):
            digest, code = self._checksums()
            await self._runs.told(number, checksum=digest)
            path = modelfile.new_path(self._settings)
            self._course.go(5, "Huấn luyện")
            sentences = await self._engine(path)
            if self._checksums()[0] == digest:
                return modelfile.made(path, digest, code), sentences
            path.unlink(missing_ok=True)
            self._course.say(f"Dữ liệu trong {root} được sửa trong lúc huấn luyện: làm lại với dữ liệu mới.")
        raise RunError(f"Dữ liệu được sửa {CHANGED} lần trong lúc huấn luyện. Hãy chạy lại khi việc sửa đã xong.")

    def _checksums(self) -> tuple[str, str]:
        if self._sources.project == checkout.ROOT:
            return modelfile.checksum(), modelfile.code_checksum()
        return modelfile.checksum(self._sources.project), modelfile.code_checksum()

    async def _engine(self, path: Path) -> int | None:
        """Have the engine's environment train; how many sentences it trained on."""
        try:
            python = checkout.engine_python(self._settings)
        except checkout.NoEngineError as error:
            raise RunError(str(error)) from error
        self._scratch.mkdir(parents=True, exist_ok=True)
        command = [str(python), "-m", "bot.engine.train", "--out", str(path), "--project", str(self._sources.project)]
        if self._sources.data:
            command += ["--data", *self._sources.data]
        sentences = None
        async with lowly.running(command, environment(self._settings, self._scratch), checkout.ROOT) as process:
            assert process.stdout is not None  # noqa: S101  it was started with a pipe
            async for raw in process.stdout:
                line = raw.decode("utf-8", "replace").rstrip()
                self._course.say(line)
                self._course.progress = min(TRAINED_AT - 1, self._course.progress + 3)
                if found := _SENTENCES.search(line):
                    sentences = int(found[1])
            code = await process.wait()
        if code != 0:
            last = next((line for line in reversed(self._course.lines) if line.startswith("train: ")), "")
            raise RunError(f"Huấn luyện thất bại ({lowly.how(code)}). {last.removeprefix('train: ')}")
        return sentences

    async def _judge(self, model: Model, sets: Sequence[heldout.HeldOut]) -> None:
        if not self._settings.actions_url:
            self._course.say("Chưa đánh giá: hệ thống không chạy nên không có ai trả lời thử.")
            return
        self._course.state = "evaluating"
        self._course.go(JUDGED_FROM, "Đánh giá")
        live = await self._bank.live()
        if live is not None and live.pruned_at is not None:
            live = None
        folder, python = modelfile.folder(self._settings), checkout.engine_python(self._settings)
        bench = Bench(python, checkout.ROOT, environment(self._settings), self._settings.actions_url)
        assessment = assess.Assessment(
            self._sessions, bench, sets, most_messages=self._settings.compare_messages, root=self._sources.root
        )
        span = 99 - JUDGED_FROM

        def told(percent: int, step: str) -> None:
            self._course.progress = JUDGED_FROM + span * percent // 100
            self._course.step = f"Đánh giá: {step}"

        try:
            outcome = await assessment.run(folder / model.file, folder / live.file if live else None, told)
        except (RowsError, FloorsError, TrialError) as error:
            raise RunError(f"Mô hình số {model.id} đã huấn luyện xong nhưng không đánh giá được: {error}") from error
        async with self._sessions.begin() as session:
            evaluation = assess.kept(outcome, model.id, live.id if live else None)
            session.add(evaluation)
            await session.flush()
            for change in outcome.changes:
                change.evaluation_id = evaluation.id
            session.add_all(outcome.changes)
        reached = f"{len(outcome.gates) - len(outcome.failed)}/{len(outcome.gates)} ngưỡng đạt"
        self._course.say(
            f"Đánh giá xong sau {outcome.seconds:.0f} giây: {reached}, {len(outcome.changes)} câu trả lời thay đổi,"
            f" {outcome.messages} tin nhắn thật được hỏi lại."
        )

    @property
    def _scratch(self) -> Path:
        return self._settings.data / "cache" / "training"

    async def _write(self, number: int) -> str | None:
        course = self._course
        log = "\n".join(course.lines)
        return await self._runs.beat(number, progress=course.progress, step=course.step, state=course.state, log=log)

    async def _beat(self, number: int, work: asyncio.Task[None]) -> None:
        while True:
            await asyncio.sleep(BEAT)
            if await self._write(number) is not None:
                work.cancel()
                return


@contextlib.asynccontextmanager
async def _alone(settings: Settings) -> AsyncIterator[async_sessionmaker[AsyncSession]]:
    """The database, and the promise that no other trainer works on it."""
    engine = connect_async(settings.database_url.get_secret_value(), pool_size=3)
    try:
        async with engine.connect() as connection:
            end = time.monotonic() + _OTHER_RUNS
            while not await only_one(connection):
                await connection.rollback()
                if time.monotonic() > end:
                    raise RunError("Một lần huấn luyện khác chưa xong.")
                await asyncio.sleep(1)
            await connection.commit()
            yield sessions(engine)
    finally:
        await engine.dispose()


async def train(settings: Settings, number: int, sources: Sources | None = None) -> str:
    """Carry out a run, alone; its last state."""
    async with _alone(settings) as made:
        return await Trainer(settings, made, sources).carry_out(number)


def main() -> int:
    """The process."""
    parser = argparse.ArgumentParser(prog="python -m bot.training.trainer", description=__doc__)
    parser.add_argument("run", type=int, help="number of the run")
    number = parser.parse_args().run
    settings = load()
    logging.configure(settings)
    return 0 if asyncio.run(train(settings, number)) in ("ready", "cancelled") else 1


if __name__ == "__main__":
    sys.exit(main())
