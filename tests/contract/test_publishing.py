"""Publishing to real engines: all change or none does, nobody's turn is lost, and back is a matter of seconds."""

from __future__ import annotations

import asyncio
import shutil
import time
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from bot.settings import Settings
from bot.storage import jobs
from bot.storage.database import connect_async, sessions
from bot.storage.models import Model, Publication
from bot.training import modelfile
from bot.training.bank import Bank
from bot.training.publishing import Asking, Publisher, PublishError
from tests.contract import harness
from tests.contract.harness import NEW, OLD, SECRET, Conversation, Crowd, Engine, texts
from tests.support.databases import Databases

BECAUSE = Asking("an", "thử nghiệm")


@dataclass
class Office:
    """Two engines, a bank with two models, and who publishes."""

    engines: list[Engine]
    settings: Settings
    made: async_sessionmaker[AsyncSession]
    old: int = 0
    new: int = 0

    @property
    def bank(self) -> Bank:
        return Bank(self.made, self.settings)

    @property
    def publisher(self) -> Publisher:
        return Publisher(self.made, self.settings)

    async def publish(self, number: int) -> Publication:
        return await self.carried_out(await self.publisher.publish(number, BECAUSE))

    async def carried_out(self, publication: int) -> Publication:
        """As the worker does it: by the queued job."""
        await jobs.run(self.settings, modules=("bot.training.tasks",), wait=False)
        found = await self.publisher.one(publication)
        assert found is not None
        return found

    def served(self) -> list[str]:
        return [engine.client.get("/health").json()["model"] for engine in self.engines]

    def path(self, file: str) -> Path:
        return modelfile.folder(self.settings) / file


@pytest.fixture(scope="module")
def running(
    models: Path, actions: harness.Actions, databases: Databases, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[list[Engine], Settings]]:
    data = tmp_path_factory.mktemp("data")
    settings = Settings(data_dir=data, engine_secret=SecretStr(SECRET), models_kept=2)
    path = modelfile.new_path(settings)
    shutil.copy(models / "old.tar.gz", path)
    modelfile.point(settings, modelfile.made(path, "old", modelfile.code_checksum()))
    with databases.fresh() as url:
        folder = tmp_path_factory.mktemp("engines")
        engines = [Engine(modelfile.pointer(settings), url, actions.url, folder) for _ in range(2)]
        settings.database_url = SecretStr(url)
        settings.engine_urls = ",".join(f"http://127.0.0.1:{engine.port}" for engine in engines)
        yield engines, settings
        for engine in engines:
            engine.close()


@pytest.fixture
async def office(running: tuple[list[Engine], Settings], models: Path) -> AsyncIterator[Office]:
    engines, settings = running
    database = connect_async(settings.database_url.get_secret_value(), pool_size=2)
    made = Office(engines, settings, sessions(database))
    live = await made.bank.live()
    assert live is not None
    made.old = live.id
    made.new = await add(made, models / "new.tar.gz")
    try:
        yield made
        if (again := await made.bank.live()) and again.id != made.old:
            await made.publish(made.old)
    finally:
        await database.dispose()


async def add(office: Office, source: Path) -> int:
    path = modelfile.new_path(office.settings)
    shutil.copy(source, path)
    entry = modelfile.made(path, "new", modelfile.code_checksum())
    return (await office.bank.add(entry, run=0, author="lan", notes="lời chào mới", sentences=40)).id


async def test_all_engines_change_under_load_and_back_within_ten_seconds(office: Office) -> None:
    with Crowd(office.engines) as crowd:
        published = await office.publish(office.new)
        assert (published.state, published.error) == ("live", None)
        done = time.monotonic()
        begun = time.monotonic()
        back = await office.carried_out(await office.publisher.rollback(Asking("an")))
        seconds = time.monotonic() - begun
        last = time.monotonic()
        await asyncio.sleep(0.3)
    assert back.state == "live"
    assert seconds < 10, f"a rollback took {seconds:.1f} s"
    print(f"rollback of two engines under load: {seconds:.2f} s; slowest turn {crowd.slowest:.2f} s")
    assert crowd.failed == []
    assert {tuple(said) for _, said in crowd.said} == {(OLD,), (NEW,)}
    assert not [began for began, said in crowd.said if began < done and said == [NEW] and began < published_at(crowd)]
    assert {tuple(said) for began, said in crowd.said if began > last} == {(OLD,)}


def published_at(crowd: Crowd) -> float:
    """When the first turn was answered by the new model."""
    return min(began for began, said in crowd.said if said == [NEW])


async def test_every_engine_reports_the_published_model_and_one_that_starts_later_begins_with_it(
    office: Office, actions: harness.Actions, tmp_path: Path
) -> None:
    published = await office.publish(office.new)
    file = (await office.bank.one(office.new)).model.file
    assert office.served() == [file, file]
    assert [one["state"] for one in published.engines] == ["serves", "serves"]
    assert modelfile.usable(office.settings) == office.path(file)
    later = Engine(modelfile.pointer(office.settings), office.engines[0].database_url, actions.url, tmp_path)
    try:
        assert texts(Conversation(later).say("xin chào")) == [NEW]
    finally:
        later.close()


async def test_a_damaged_file_is_refused_before_anything_changes(office: Office, models: Path) -> None:
    path = office.path((await office.bank.one(office.new)).model.file)
    path.write_bytes((models / "torn.tar.gz").read_bytes())
    with pytest.raises(PublishError, match="bị hỏng"):
        await office.publisher.publish(office.new, BECAUSE)
    torn = await add(office, models / "torn.tar.gz")  # recorded as it is: only loading it can tell
    failed = await office.publish(torn)
    assert failed.state == "failed"
    assert "Mô hình đang dùng vẫn được dùng" in str(failed.error)
    assert "not_loadable" in str(failed.error)
    old = (await office.bank.one(office.old)).model.file
    assert office.served() == [old, old]
    assert modelfile.usable(office.settings) == office.path(old)
    assert texts(Conversation(office.engines[0]).say("xin chào")) == [OLD]


async def test_one_engine_that_does_not_answer_keeps_all_on_the_old_model(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.training.engines.PATIENCE", 1.0)
    monkeypatch.setattr(office.settings, "engine_urls", f"{office.settings.engine_urls},http://127.0.0.1:1")
    publication = await office.publisher.publish(office.new, BECAUSE)
    publisher = Publisher(office.made, office.settings)
    monkeypatch.setattr(publisher.engines.prepare.__func__, "__kwdefaults__", {"patience": 1.0})
    assert await publisher.carry_out(publication) == "failed"
    found = await office.carried_out(publication)  # the job finds it done
    assert "http://127.0.0.1:1 không trả lời" in str(found.error)
    old = (await office.bank.one(office.old)).model.file
    assert office.served() == [old, old]


async def test_a_publication_whose_worker_died_is_finished_by_the_next(office: Office) -> None:
    publication = await office.publisher.publish(office.new, BECAUSE)
    model = (await office.bank.one(office.new)).model
    entry = modelfile.Entry(model.file, model.checksum, model.code, model.sha256)
    modelfile.point(office.settings, entry)  # killed between `point` and `activate`
    found = await office.carried_out(publication)
    assert found.state == "live"
    assert office.served() == [model.file, model.file]
    before = modelfile.previous(office.settings)
    assert before is not None
    assert before.model == (await office.bank.one(office.old)).model.file


async def test_one_at_a_time_and_never_against_the_gates_without_a_reason(office: Office) -> None:
    with pytest.raises(PublishError, match="chưa được đánh giá") as refused:
        await office.publisher.publish(office.new, Asking("an"))
    assert refused.value.code == "gates"
    publication = await office.publisher.publish(office.new, BECAUSE)
    with pytest.raises(PublishError) as busy:
        await office.publisher.publish(office.new, BECAUSE)
    assert busy.value.code == "busy"
    assert (await office.carried_out(publication)).reason == "thử nghiệm"
    for number, code in ((office.new, "live"), (10_000, "unknown")):
        with pytest.raises(PublishError) as error:
            await office.publisher.publish(number, BECAUSE)
        assert error.value.code == code


async def test_old_files_are_pruned_and_their_rows_say_so(office: Office, models: Path) -> None:
    numbers = [await add(office, models / "new.tar.gz") for _ in range(3)]
    await office.bank.prune()
    kept = {shelved.model.id: shelved.model.pruned_at is None for shelved in await office.bank.listed()}
    assert kept[office.old], "the live one stays, however old"
    assert [kept[number] for number in numbers] == [False, True, True]
    with pytest.raises(PublishError) as gone:
        await office.publisher.publish(numbers[0], BECAUSE)
    assert gone.value.code == "gone"


async def test_the_first_model_has_a_row_though_it_was_trained_before_there_were_tables(office: Office) -> None:
    async with office.made() as session:
        first: Any = (await session.execute(text("SELECT kind, author FROM publications ORDER BY id LIMIT 1"))).one()
        assert tuple(first) == ("first", "hệ thống")
        assert await session.get(Model, office.old) is not None
