"""A new model comes into use while citizens write: no turn is lost, none is answered by half of each."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.contract import harness
from tests.contract.harness import NEW, OLD, Conversation, Crowd, Engine, digest, texts
from tests.support.databases import Databases


def point(folder: Path, name: str, sha256: str | None = None) -> None:
    partial = folder / "partial"
    partial.write_text(json.dumps({"model": name, "sha256": sha256 or digest(folder / name)}))
    partial.replace(folder / "current.json")


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


def test_no_turn_is_lost_or_mixed_while_models_change_under_load(own: Engine, models: Path) -> None:
    with Crowd([own]) as crowd:
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


def test_models_that_were_replaced_are_let_go(own: Engine, models: Path) -> None:
    def change(times: int) -> float:
        for _ in range(times):
            for name in ("new.tar.gz", "old.tar.gz"):
                assert ask(own, "activate", models, name).status_code == 200
        return own.rss()

    settled = change(4)
    assert change(8) - settled < 30, "MB after sixteen more changes"
