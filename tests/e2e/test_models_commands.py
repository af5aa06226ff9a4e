"""`bot models` and `bot train` against a running system: its only model is the first; copies of it are published."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Iterator

import httpx
import pytest
from pydantic import SecretStr

from bot.settings import Settings
from bot.storage.database import connect_async, sessions
from bot.storage.embedded import EmbeddedPostgres
from bot.training import modelfile
from bot.training.bank import Bank
from tests.support.system import System, new_system


@pytest.fixture(scope="module")
def own() -> Iterator[System]:
    """A system whose model may be changed."""
    with new_system() as made:
        yield made


def copy_of_the_live_model(system: System) -> int:
    """Another file of the same model, in the bank."""
    url = EmbeddedPostgres(system.settings()).urls.owner
    settings = Settings(data_dir=system.data_dir, database_url=SecretStr(url))
    live = modelfile.usable(settings)
    assert live is not None
    path = modelfile.new_path(settings)
    shutil.copy(live, path)

    async def add() -> int:
        database = connect_async(url, pool_size=1)
        bank = Bank(sessions(database), settings)
        await bank.adopt()
        entry = modelfile.made(path, modelfile.checksum(), modelfile.code_checksum())
        made = await bank.add(entry, run=0, author="lan", notes="bản chép", sentences=None)
        await database.dispose()
        return made.id

    return asyncio.run(add())


def served(system: System) -> str:
    secret = (system.data_dir / "secrets" / "engine_secret").read_text()
    url = system.instance()["engine_urls"][0]
    answer = httpx.get(f"{url}/webhooks/turn/health", headers={"X-Engine-Secret": secret})
    return str(answer.json()["model"])


def test_training_again_is_not_needed_while_the_data_are_the_same(own: System) -> None:
    done = own.bot("train")
    assert done.returncode == 0, done.stderr
    assert "vẫn đúng với dữ liệu" in done.stdout


def test_there_is_nothing_to_go_back_to_at_first(own: System) -> None:
    done = own.bot("models", "rollback")
    assert done.returncode == 1
    assert "Không có mô hình trước đó" in done.stderr


def test_a_model_is_published_by_the_running_system_and_taken_back_in_seconds(own: System) -> None:
    first, number = served(own), copy_of_the_live_model(own)
    refused = own.bot("models", "publish", str(number))
    assert refused.returncode == 1
    assert "chưa được đánh giá" in refused.stderr
    done = own.bot("models", "publish", str(number), "--reason", "thử nghiệm")
    assert done.returncode == 0, done.stderr
    second = served(own)
    assert second != first
    assert own.say("xin chào")["understanding"]["status"] == "smalltalk"
    listed = own.bot("models", "list").stdout
    assert f"* {number:>4}" in listed
    back = own.bot("models", "rollback")
    assert back.returncode == 0, back.stderr
    assert served(own) == first
    with own.database() as connection:
        rows = connection.execute("SELECT kind, state FROM publications ORDER BY id").fetchall()
        took = connection.execute("SELECT max(finished_at - created_at) FROM publications WHERE kind <> 'first'")
        seconds = took.fetchone()[0].total_seconds()
    assert rows == [("first", "over"), ("publish", "over"), ("rollback", "live")]
    assert seconds < 10, f"a change took {seconds:.1f} s"
