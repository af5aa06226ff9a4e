"""A new model comes into use while citizens write: no turn is lost, none is answered by half of each."""

from __future__ import annotations

import hashlib
import json
import shutil
import threading
import time
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import pytest

from tests.contract import harness
from tests.contract.harness import PROJECT, SECRET, Conversation, Engine, texts
from tests.support.databases import Databases

OLD, NEW = "Chào bạn.\n\nTôi là trợ lý ảo.", "Kính chào bạn."


def digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def point(folder: Path, name: str, sha256: str | None = None) -> None:
    partial = folder / "partial"
    partial.write_text(json.dumps({"model": name, "sha256": sha256 or digest(folder / name)}))
    partial.replace(folder / "current.json")


@pytest.fixture(scope="module")
def models(model: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the model of the other tests, and one that greets in another way."""
    folder = tmp_path_factory.mktemp("models")
    shutil.copy(model, folder / "old.tar.gz")
    project = tmp_path_factory.mktemp("other") / "project"
    shutil.copytree(PROJECT, project)
    domain = project / "domain.yml"
    written = domain.read_text().replace('"Chào bạn.\\n\\nTôi là trợ lý ảo."', f'"{NEW}"')
    assert NEW in written
    domain.write_text(written)
    done = harness.train(folder / "new.tar.gz", project)
    assert done.returncode == 0, done.stdout + done.stderr
    whole = (folder / "new.tar.gz").read_bytes()
    (folder / "torn.tar.gz").write_bytes(whole[: len(whole) // 2])
    return folder


@pytest.fixture(scope="module")
def follower(
    models: Path, actions: harness.Actions, databases: Databases, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Engine]:
    """An engine that follows the pointer of the models' folder."""
    point(models, "old.tar.gz")
    with databases.fresh() as url:
        engine = Engine(models / "current.json", url, actions.url, tmp_path_factory.mktemp("engine"))
        yield engine
        engine.close()


@pytest.fixture
def own(follower: Engine, models: Path) -> Engine:
    """It, with the old model in use."""
    point(models, "old.tar.gz")
    assert ask(follower, "activate", models, "old.tar.gz").status_code == 200
    return follower


def ask(engine: Engine, step: str, models: Path, name: str, sha256: str | None = None) -> httpx.Response:
    body = {"model": name, "sha256": sha256 or digest(models / name)}
    return engine.client.post(f"/model/{step}", json=body)


@dataclass
class Crowd:
    """Citizens who greet all the time, each in a conversation of their own."""

    engine: Engine
    said: list[tuple[float, list[str]]] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)
    slowest: float = 0.0

    def __enter__(self) -> Crowd:
        self._stop = threading.Event()
        self._threads = [threading.Thread(target=self._greet) for _ in range(3)]
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join()

    def _greet(self) -> None:
        with httpx.Client(base_url=self.engine.client.base_url, headers={"X-Engine-Secret": SECRET}) as client:
            while not self._stop.is_set():
                body = {"conversation": str(uuid.uuid4()), "message_id": uuid.uuid4().hex, "text": "xin chào"}
                began = time.monotonic()
                response = client.post("/turn", json=body, timeout=20)
                self.slowest = max(self.slowest, time.monotonic() - began)
                if response.status_code == 200:
                    self.said.append((began, texts(response.json())))
                else:
                    self.failed.append(response.text)


def test_no_turn_is_lost_or_mixed_while_models_change_under_load(own: Engine, models: Path) -> None:
    with Crowd(own) as crowd:
        time.sleep(0.5)
        for name in ("new.tar.gz", "old.tar.gz", "new.tar.gz"):
            assert ask(own, "prepare", models, name).status_code == 200
            turned = time.monotonic()
            assert ask(own, "activate", models, name).json()["model"] == name
            seconds = time.monotonic() - turned
            assert seconds < 2, "what was prepared is in use at once"
            time.sleep(0.3)
        last = time.monotonic()
        time.sleep(0.5)
    assert crowd.failed == []
    assert len(crowd.said) > 100
    assert {tuple(said) for _, said in crowd.said} == {(OLD,), (NEW,)}
    assert {tuple(said) for began, said in crowd.said if began > last} == {(NEW,)}
    assert crowd.slowest < 5


def test_a_conversation_goes_on_across_the_change(own: Engine, models: Path) -> None:
    citizen = Conversation(own)
    assert texts(citizen.say("lệ phí bao nhiêu tiền")) == ["Câu trả lời 1"]
    assert ask(own, "activate", models, "new.tar.gz").status_code == 200
    assert texts(citizen.say("lệ phí bao nhiêu tiền")) == ["Câu trả lời 2"]
    assert texts(citizen.say("xin chào")) == [NEW]


@pytest.mark.parametrize(
    ("name", "sha256", "code"),
    [
        ("torn.tar.gz", None, "not_loadable"),
        ("new.tar.gz", "0" * 64, "damaged"),
        ("none.tar.gz", "0" * 64, "missing"),
        ("../old.tar.gz", "0" * 64, "bad_name"),
    ],
)
def test_a_model_that_is_not_as_it_should_be_is_refused_and_the_old_one_goes_on(
    own: Engine, models: Path, name: str, sha256: str | None, code: str
) -> None:
    for step in ("prepare", "activate"):
        response = ask(own, step, models, name, sha256)
        assert (response.status_code, response.json()["error"]["code"]) == (409, code)
    assert own.client.get("/health").json()["model"] == "old.tar.gz"
    assert texts(Conversation(own).say("xin chào")) == [OLD]


def test_an_engine_that_missed_the_change_follows_the_pointer_and_one_that_starts_later_begins_with_it(
    own: Engine, models: Path
) -> None:
    point(models, "torn.tar.gz")
    point(models, "new.tar.gz")
    end = time.monotonic() + 20
    while own.client.get("/health").json()["model"] != "new.tar.gz":
        assert time.monotonic() < end
        time.sleep(0.1)
    assert texts(Conversation(own).say("xin chào")) == [NEW]


def test_an_engine_does_not_start_with_a_file_that_is_not_the_one_that_was_trained(
    models: Path, actions: harness.Actions, databases: Databases, tmp_path: Path
) -> None:
    point(models, "old.tar.gz", "0" * 64)
    with databases.fresh() as url, pytest.raises(AssertionError, match="its checksum differs"):
        Engine(models / "current.json", url, actions.url, tmp_path)


def test_the_change_wants_the_secret_and_a_whole_request(own: Engine, models: Path) -> None:
    response = httpx.post(f"{own.client.base_url}model/prepare", json={"model": "new.tar.gz", "sha256": "0"})
    assert response.status_code == 401
    for body in (b"{", b"[]", b'{"model": "new.tar.gz"}'):
        assert own.client.post("/model/prepare", content=body).status_code == 400
    assert own.client.post("/model/forget", json={}).status_code == 404
